"""The kinds of text: what each refuses, with its French reason, and how to make a line from anything."""

import re
import unicodedata

# Control characters, invisible ones (that turn the reading of a line around, or hide in it), halves, private ones,
# and the two separators of lines and paragraphs.
_UNSEEN = ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")
_TURNS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_IN_A_PARAGRAPH = frozenset("\n\r\t")
_NOT_IN_A_NAME = frozenset('@/\\:<>[]{}|"=')
_SPACES = re.compile(" +")
_LINK = re.compile(r"\b[a-z][a-z0-9+.-]*:/\S*|\bwww\.\S*", re.IGNORECASE)
_ADDRESS = re.compile(r"\S*@\S*")
_DOMAIN = re.compile(r"\b[\w-]{2,}(?:\.[\w-]{2,})+\b\S*")
LONGEST_NAME, LONGEST_HEADER = 60, 200


class NotAText(ValueError):
    """A text is not of the kind that is asked; the message is the French reason."""


def line(text: str) -> str:
    """Return a text that stands on one line.

    :raises NotAText: when it holds a line end, or an invisible character
    """
    if any(sign in "\n\r\u2028\u2029" for sign in text):
        raise NotAText("Ce texte tient sur une seule ligne\u00a0: retirez les retours à la ligne.")
    if any(unicodedata.category(sign) in _UNSEEN for sign in text):
        raise NotAText("Ce texte contient des caractères invisibles\u00a0: retapez-le au lieu de le coller.")
    return text


def paragraph(text: str) -> str:
    """Return a text of several lines.

    :raises NotAText: when it holds a control character, or one that reverses the direction of reading
    """
    if any(_hurts(sign) for sign in text):
        raise NotAText("Ce texte contient des caractères invisibles\u00a0: retapez-le au lieu de le coller.")
    return text


def _hurts(sign: str) -> bool:
    """Whether a character may not stand in a paragraph."""
    return sign in _TURNS or (unicodedata.category(sign) in ("Cc", "Cs") and sign not in _IN_A_PARAGRAPH)


def name(text: str) -> str:
    """Return the first or last name of a person: it appears in the subjects of our messages.

    :raises NotAText: as `line`, or when it holds an address or a link
    """
    line(text)
    if _NOT_IN_A_NAME & set(text) or _LINK.search(text) or _DOMAIN.search(text):
        raise NotAText("Un nom ne contient ni adresse, ni lien, ni ponctuation de phrase.")
    return text


def as_line(text: object) -> str:
    """Make one line from any text, such as a machine's message or an old row; it cannot fail."""
    seen = "".join(" " if unicodedata.category(sign) in _UNSEEN else sign for sign in str(text))
    return _SPACES.sub(" ", seen).strip()


def as_paragraph(text: object) -> str:
    """Remove from a text what a paragraph refuses; it cannot fail."""
    return "".join(sign for sign in str(text) if not _hurts(sign))


def in_subject(text: object) -> str:
    """Return a name as the subject of a message shows it: cut, and without any address or link."""
    shown = as_line(text)
    for pattern in (_LINK, _ADDRESS, _DOMAIN):
        shown = pattern.sub("", shown)
    shown = _SPACES.sub(" ", shown).strip(" :,;–-") or "…"
    return shown if len(shown) <= LONGEST_NAME else f"{shown[: LONGEST_NAME - 1].rstrip()}…"


def as_header(text: object) -> str:
    """Make the header of a message, its subject for instance, of anything; it cannot fail."""
    shown = _ADDRESS.sub("", _LINK.sub("", as_line(text)))
    shown = _SPACES.sub(" ", shown).strip() or "Portail Ségur"
    return shown if len(shown) <= LONGEST_HEADER else f"{shown[: LONGEST_HEADER - 1].rstrip()}…"
