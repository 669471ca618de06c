// What the portal keeps of a text that is typed, counted as the server counts it: comptes/rules/texts.py and signs.py.
"use strict";

(() => {
  const PICTURES = "\\u00a9\\u00ae\\u2122\\u2190-\\u2bff\\u3030\\u303d\\u3297\\u3299\\u{1f000}-\\u{1faff}";
  const LETTERS = "\\u0600-\\u109f\\u1780-\\u18af";
  const KEPT = [
    "\\u{1f3f4}[\\u{e0020}-\\u{e007e}]+\\u{e007f}",
    `(?<=[${PICTURES}\\ufe0f])\\u200d(?=[${PICTURES}])`,
    `(?<=[${LETTERS}])[\\u200c\\u200d](?=[${LETTERS}])`,
    `(?<=[${PICTURES}0-9#*\\u203c\\u2049\\u2139])[\\ufe0e\\ufe0f]`,
    "[\\t\\n\\v\\f\\r\\x1c-\\x1f]",
    "[\\u0600-\\u0605\\u06dd\\u070f\\u0890\\u0891\\u08e2\\u{110bd}\\u{110cd}]",
  ].join("|");
  const UNSEEN = [
    "\\p{Cc}\\p{Cf}\\p{Cs}\\p{Co}\\u034f\\u115f\\u1160\\u17b4\\u17b5\\u2800\\u3164\\uffa0",
    "\\ufe00-\\ufe0f\\u{e0100}-\\u{e01ef}\\p{Noncharacter_Code_Point}",
  ].join("");
  const signs = new RegExp(`(${KEPT})|[${UNSEEN}]`, "gu");
  const lineEnds = /\r\n|[\n\r\v\f\x1c\x1d\x1e\u2028\u2029]/g;
  // Bullets of word processors and signs of Windows, of which one character stays.
  const others = /[\uf0b7\uf0a7\uf0d8\uf0fc\uf0e0\uf06e\uf076\x80\x82-\x8c\x8e\x91-\x9c\x9e\x9f]/;

  const once = (text) =>
    text.replace(signs, (sign, kept) => kept ?? (others.test(sign) ? "•" : "")).normalize("NFC");

  const paragraph = (text) => {
    let seen = once(text);
    for (let before = text; seen !== before; ) [before, seen] = [seen, once(seen)];
    const lines = seen.replace(/[\x1f\u1680\u2000-\u200a\u205f\u3000]/g, " ").replace(lineEnds, "\n").split("\n");
    return lines.map((line) => line.replace(/[\s\x1c-\x1f]+$/, "")).join("\n").replace(/^[\s\x1c-\x1f]+|[\s\x1c-\x1f]+$/g, "");
  };

  window.charactersIn = (text) => [...paragraph(text)].length;
})();
