"""The texts of the workbook: HTML reduced to a safe subset (paragraphs, lists, emphasis, https links), plain words."""

import html
import re
import unicodedata
from functools import lru_cache

import nh3

from comptes.rules import texts

TAGS = {"p", "br", "ul", "ol", "li", "strong", "em", "b", "i", "a"}
ATTRIBUTES = {"a": {"href"}}
# What shows that a cell holds HTML. `délai < 5 min` and `<patient>` are plain words, and kept as they are.
MARKUP = re.compile(
    r"</?(?:p|br|ul|ol|li|strong|em|b|i|u|a|div|span|font|h[1-6]|table|t[rdh]|img|script|style|iframe|svg)\b[^<>]*>",
    re.IGNORECASE,
)
BLOCK = re.compile(r"<(?:p|ul|ol)\b")
BLOCK_END = re.compile(r"<br\s*/?>|</(?:p|li|div|h[1-6]|t[rdh])\b[^<>]*>", re.IGNORECASE)
BREAK = re.compile(r"\s*<br\s*/?>\s*", re.IGNORECASE)
SHORT = 200
SPACES = re.compile(r"[ \t\n\f]+")
EMPTY_PARAGRAPH = re.compile(r"<p>(?:\s|<br>)*</p>")
BEFORE_BLOCKS = re.compile(r"\s+(?=</?(?:p|ul|ol|li)>|<br>)")
AFTER_BLOCKS = re.compile(r"(</?(?:p|ul|ol|li)>|<br>)\s+")
# How Excel writes, inside a text, a character that XML forbids or would change.
ESCAPED_CHARACTER = re.compile(r"_x([0-9A-Fa-f]{4})_")
# What is not printable for Python, and is in most texts.
ORDINARY = "\n\t\u00a0\u202f"
LINE_ENDS = re.compile(r"\r\n|\r|\u2028|\u2029|\x0b|\x85")


def cleaned(texte: str) -> str:
    """Keep only the safe subset of a text; the words inside a forbidden tag stay."""
    return CLEANER.clean(texte)


def _only_https(tag: str, attribute: str, value: str) -> str | None:
    """Keep https links only; a relative one leads nowhere from a workbook."""
    return value if attribute != "href" or value.strip().lower().startswith("https://") else None


CLEANER = nh3.Cleaner(
    tags=TAGS,
    attributes=ATTRIBUTES,
    attribute_filter=_only_https,
    url_schemes={"https"},
    link_rel="noopener noreferrer",
)
"""Made once: its rules cost more than the cleaning of a text."""


def html_of(cell: str) -> str:
    """Return the safe HTML of a cell, always written in the same way, so that the same words give the same text."""
    return texts.paragraph(_html_of(normalised(cell)))


def _html_of(texte: str) -> str:
    if not MARKUP.search(texte):
        return _paragraphs(html.unescape(texte))
    if not BLOCK.search(texte.lower()) and not BREAK.search(texte):
        texte = texte.replace("\n", "<br>")
    safe = _whole(texte)
    safe = AFTER_BLOCKS.sub(r"\1", BEFORE_BLOCKS.sub("", SPACES.sub(" ", safe))).strip(" ")
    if not BLOCK.search(safe):
        safe = _whole("".join(f"<p>{line.strip(' ')}</p>" for line in BREAK.split(safe)))
    return EMPTY_PARAGRAPH.sub("", safe)


def _whole(texte: str) -> str:
    """Close and reopen, in each paragraph, an emphasis or a link that a line break had split."""
    return cleaned(texte).replace("&nbsp;", "\u00a0")


def _paragraphs(texte: str) -> str:
    lines = (SPACES.sub(" ", line).strip(" ") for line in texte.split("\n"))
    return "".join(f"<p>{html.escape(line, quote=False)}</p>" for line in lines if line.strip())


def plain(cell: str) -> str:
    """Return the words of a label: no tag, entities decoded, on one line."""
    return _short_label(cell) if len(cell) < SHORT else texts.line(untagged(cell))


@lru_cache(maxsize=4096)
def _short_label(cell: str) -> str:
    return texts.line(untagged(cell))


def untagged(cell: str) -> str:
    """Return the words of a label as they were typed, with what nobody sees in them."""
    return html.unescape(MARKUP.sub("", BLOCK_END.sub(" ", normalised(cell))))


def plain_text(texte: str) -> str:
    """Return the plain words of a safe HTML text, one line for each paragraph."""
    spaced = re.sub(r"<br>|</(?:p|li|ul|ol)>", "\n", texte)
    lines = html.unescape(re.sub(r"<[^>]*>", "", spaced)).split("\n")
    return "\n".join(line.strip(" ") for line in lines if line.strip())


def normalised(cell: str) -> str:
    """Return a cell with a single kind of line end, and without characters that cannot be read or stored."""
    texte = ESCAPED_CHARACTER.sub(lambda match: chr(int(match[1], 16)), cell) if "_x" in cell else cell
    texte = LINE_ENDS.sub("\n", texte)
    seen = texte
    for character in ORDINARY:
        seen = seen.replace(character, "")
    if seen.isprintable():
        return texte
    unreadable = {
        ord(character): None
        for character in set(texte)
        if character not in "\n\t" and unicodedata.category(character) in ("Cc", "Cs", "Cn", "Co")
    }
    return texte.translate(unreadable) if unreadable else texte
