"""What a text holds that nobody sees: removed, but where it joins what is seen."""

import re
import unicodedata

# Pictures that a joiner may hold together: the same list as in static/textes.js.
_PICTURES = "\u00a9\u00ae\u2122\u2190-\u2bff\u3030\u303d\u3297\u3299\U0001f000-\U0001faff"
_SKINS, _AS_PICTURE = "\U0001f3fb-\U0001f3ff", "\ufe0f"
# Scripts in which a joiner changes how letters are drawn: Arabic, those of India, Khmer, Mongolian…
_JOINED_LETTERS = "\u0600-\u109f\u1780-\u18af"
_JOINERS = "\u200c\u200d"
# A flag of a region: a black flag, its letters as tags, and the tag that ends it.
_REGION = "\U0001f3f4[\U000e0020-\U000e007e]+\U000e007f"
# Of category Cf, and yet seen: signs of Arabic, Syriac and Kaithi that hold a number.
_SEEN = frozenset("\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd")
# Unseen, whatever their category: joiners of graphemes, fillers of Hangul, vowels of Khmer, a blank of Braille.
_BLANKS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
_SELECTORS = "\ufe00-\ufe0f\U000e0100-\U000e01ef"
# What a word processor types for the bullets of its own fonts.
_BULLETS = {"\uf0b7": "•", "\uf0a7": "▪", "\uf0d8": "➢", "\uf0fc": "✓", "\uf0e0": "→", "\uf06e": "■", "\uf076": "❖"}
_WHOLE = re.compile(
    rf"{_REGION}"
    rf"|(?<=[{_PICTURES}{_SKINS}{_AS_PICTURE}])\u200d(?=[{_PICTURES}])"
    rf"|(?<=[{_JOINED_LETTERS}])[{_JOINERS}](?=[{_JOINED_LETTERS}])"
    rf"|(?<=[{_PICTURES}0-9#*\u203c\u2049\u2139])[\ufe0e\ufe0f]"
)
_DOUBTFUL = re.compile(r"[^\n\t -~\u00a1-\u00ac\u00ae-\u02ff’‘“”–—…€\u00a0\u202f]")
_SELECTOR = re.compile(f"[{_SELECTORS}]")


def without_unseen(text: str) -> str:
    """Return a text in composed form, without what nobody sees; spaces and line ends are left to its kind.

    A joiner stays inside an emoji, and between letters that it joins; a bullet of a word processor becomes an ordinary
    one, and a sign of Windows that came as a control character becomes that sign.
    """
    while (seen := unicodedata.normalize("NFC", _once(text))) != text:
        text = seen
    return text


def _once(text: str) -> str:
    if not _DOUBTFUL.search(text):
        return text
    signs = {ord(sign): _sign(sign) for sign in set(text)}
    parts, start = [], 0
    for kept in _WHOLE.finditer(text):
        parts += [text[start : kept.start()].translate(signs), kept.group()]
        start = kept.end()
    return "".join([*parts, text[start:].translate(signs)])


def _sign(sign: str) -> str:
    """Return what is seen of one character: itself, another, or nothing."""
    if sign in _BULLETS:
        return _BULLETS[sign]
    if sign in _BLANKS or _SELECTOR.match(sign) or is_no_character(sign):
        return ""
    match unicodedata.category(sign):
        case "Cc":
            return sign if sign.isspace() and sign < "\x80" else _of_windows(sign)
        case "Cf":
            return sign if sign in _SEEN else ""
        case "Cs" | "Co":
            return ""
    return sign


def is_no_character(sign: str) -> bool:
    """Whether a code is reserved for ever: no database, PDF or workbook takes it."""
    return "\ufdd0" <= sign <= "\ufdef" or ord(sign) & 0xFFFE == 0xFFFE


def _of_windows(sign: str) -> str:
    return bytes([ord(sign)]).decode("cp1252", "ignore") if sign >= "\x80" else ""
