// Looks at a file before it travels: its ending, its size, its first bytes, against the one list of formats.
// The server says the same afterwards, in the same words; without this file, or without the list, it alone does.
"use strict";

window.portailFichiers = (() => {
  const address = document.currentScript.dataset.formats;
  let list = null;

  const formats = () => (list ??= fetch(address, { credentials: "same-origin" }).then((answer) => {
    if (!answer.ok) throw new Error(answer.status);
    return answer.json();
  }).catch(() => (list = null)));

  const endingOf = (name) => (name.includes(".") ? name.slice(name.lastIndexOf(".") + 1).trim().toLowerCase() : "");

  // Python's \s and strip() of bytes, and its control characters.
  const readsAsText = (head) => head !== "" && ![...head].some((byte) => byte < " " && !"\t\n\v\f\r\x1b".includes(byte));

  function weightOf(sign, head) {
    const matches = sign.every(([at, content, within]) => {
      const place = head.indexOf(content, at);
      return place >= 0 && place <= at + within;
    });
    return matches ? sign.reduce((total, [, content]) => total + content.length, 0) : 0;
  }

  function recognised(known, name, head) {
    const ending = endingOf(name);
    const isText = readsAsText(head);
    const told = known.formats.find((format) => format.starts.length
      && (format.endings.includes(ending) || format.starts.some((start) => name.startsWith(start))));
    if (told) return told;
    const weights = known.formats.map((format) => Math.max(0, ...format.signs.map((sign) => weightOf(sign, head))));
    const heaviest = Math.max(...weights);
    if (heaviest >= (isText ? known.shortest : 1)) {
      const alike = known.formats.filter((_, place) => weights[place] === heaviest);
      return alike.find((format) => format.endings.includes(ending)) ?? alike[0];
    }
    return isText ? textFormat(known, ending, head) : null;
  }

  function textFormat(known, ending, head) {
    const texts = known.formats.filter((format) => format.beginnings);
    const beginning = head.replace(/^\xef\xbb\xbf/, "").replace(/^[\t\n\v\f\r ]+/, "").slice(0, 32).toLowerCase();
    return texts.find((format) => format.endings.includes(ending))
      ?? texts.find((format) => format.beginnings.some((sign) => sign && beginning.startsWith(sign)))
      ?? known.formats.find((format) => format.code === "txt");
  }

  const filled = (sentence, values) => sentence.replace(/\{(\w+)\}/g, (_, name) => values[name]);

  // A text or an archive only for want of what its name says: another name would mend nothing.
  const isOnlyA = (seen, named) =>
    (seen.beginnings && !named.beginnings) || (seen.code === "zip" && named.isDocument);

  function refusal(known, door, file, seen) {
    const { sentences } = known;
    if (!file.size) return sentences.empty;
    const ending = endingOf(file.name);
    const named = known.formats.find((format) => format.isTaken && format.endings.includes(ending));
    if (!seen || !door.formats.includes(seen.code)) {
      const taken = filled(sentences.taken, { kinds: door.kinds });
      if (!seen || (named && known.plain.includes(seen.code) && isOnlyA(seen, named))) {
        return `${named ? filled(sentences.damaged, { ending, name: named.name }) : sentences.unknown} ${taken}`;
      }
      const leads = seen.towards.some((code) => door.formats.includes(code));
      return [filled(sentences.seen, { name: seen.name }), leads ? seen.wayOut : "", taken].filter(Boolean).join(" ");
    }
    if (!seen.endings.includes(ending)) {
      if (named && isOnlyA(seen, named)) return filled(sentences.damaged, { ending, name: named.name });
      const sentence = ending ? sentences.misnamed : sentences.unnamed;
      return filled(sentence, { ending: ending.slice(0, 10), name: seen.name, right: seen.endings[0] });
    }
    const largest = door.atMost || seen.largest;
    return file.size > largest ? filled(sentences.large, { size: Math.floor(largest / 1048576) }) : "";
  }

  // Why the door of this field does not take this file; empty when it does, or when nobody here can say.
  async function refusalOf(field, file) {
    const known = field.dataset.formats && (await formats());
    if (!known) return "";
    const door = {
      formats: field.dataset.formats.split(" "),
      kinds: field.dataset.door,
      atMost: Number(field.dataset.atMost),
    };
    try {
      const bytes = new Uint8Array(await file.slice(0, known.head).arrayBuffer());
      const head = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
      return refusal(known, door, file, recognised(known, file.name, head));
    } catch {
      return ""; // The file was moved, or cannot be read: sending it says so.
    }
  }

  // A field that a form sends by itself: what is refused leaves it, with its sentence, and the other files stay.
  document.addEventListener("change", async (event) => {
    const field = event.target;
    if (!(field instanceof HTMLInputElement) || !field.dataset.formats || field.dataset.nature) return;
    const chosen = [...field.files];
    const sentences = await Promise.all(chosen.map((file) => refusalOf(field, file)));
    if (chosen.some((file, place) => field.files[place] !== file)) return; // others were chosen since
    const kept = new DataTransfer();
    chosen.forEach((file, place) => sentences[place] || kept.items.add(file));
    if (sentences.some(Boolean)) field.files = kept.files;
    show(field, chosen.map((file, place) => sentences[place] && `${file.name}\u00a0: ${sentences[place]}`).filter(Boolean));
  });

  function show(field, sentences) {
    field.parentElement.querySelector("[data-refused-files]")?.remove();
    if (!sentences.length) return;
    const shown = document.createElement("div");
    const lines = document.createElement("ul");
    shown.dataset.refusedFiles = "";
    shown.setAttribute("role", "alert");
    lines.className = "ps-field-errors";
    for (const sentence of sentences) {
      const line = document.createElement("li");
      line.textContent = sentence;
      lines.append(line);
    }
    shown.append(lines);
    field.after(shown);
  }

  return { refusalOf };
})();
