"""The kinds of text, one function each: what a form, a command, an import and another site may send becomes that kind.

Nothing that the eye does not see is refused: it is removed, or becomes the space or the line end that it stands for.
Only what is seen can be refused, with its French reason. What a function made, it gives back as it is.
"""

import re
import unicodedata

from comptes.rules.signs import without_unseen

_LINE_ENDS = re.compile("\r\n|[\n\r\v\f\x1c\x1d\x1e\u2028\u2029]")
# In a paragraph the non-breaking spaces of French typography stay, and so does a tab.
_ODD_SPACES = re.compile("[\x1f\u1680\u2000-\u200a\u205f\u3000]")
# Where French typography wants a space that does not break: kept, so that a sentence is printed as it was written.
_SPACES_OF_FRENCH = re.compile(
    "(?<=«)[\u00a0\u202f](?=\\S)|(?<=\\S)[\u00a0\u202f](?=[:;!?»%€])|(?<=\\d)[\u00a0\u202f](?=\\d)"
)
_ANY_SPACES = re.compile(r"\s+")
_BREAKING_SPACES = re.compile(r"[^\S\u00a0\u202f]+")
# Hyphens, dashes and the sign minus, as a word processor or a PDF writes the one of the keyboard.
_DASHES = re.compile("[\u2010-\u2015\u2043\u2212\ufe58\ufe63\uff0d]")
_QUOTATION_MARKS = re.compile(r'["\u00ab\u00bb\u201c\u201d\u201e]')
_NOT_IN_A_NAME = frozenset('@/\\:<>[]{}|"=')
_SPACES = re.compile(" +")
_LINK = re.compile(r"\b[a-z][a-z0-9+.-]*:/\S*|\bwww\.\S*", re.IGNORECASE)
_ADDRESS = re.compile(r"\S*@\S*")
_DOMAIN = re.compile(r"\b[\w-]{2,}(?:\.[\w-]{2,})+\b\S*")
_LETTERS_ALIKE = str.maketrans({"œ": "oe", "æ": "ae"} | dict.fromkeys("’‘`\u00b4\u02bc", "'"))
# Two first names, typed as in an e-mail address: `Jean.Marc`. A domain is not written so, nor ends so.
_JOINED_NAMES = re.compile(r"(?<![\w.-])[^\W\d_a-z][^\W\d_A-Z]{2,}(?:\.[^\W\d_a-z][^\W\d_A-Z]{2,})+(?![\w.-])")
_ENDS_OF_DOMAINS = frozenset(
    ("app", "biz", "com", "dev", "info", "net", "org", "pro", "site", "shop", "xyz", "example")
)
# A browser writes it so in a form, and a name may not hold it there (HTML, « multipart/form-data »).
_WRITTEN_QUOTE = "%22"
_ENDING = re.compile(r"(.*)\.(?: (?=\w{1,4}$))?(\w{1,10})")
LONGEST_READ, LONGEST_QUERY = 2000, 100  # of what is cut anyway
LONGEST_NAME, LONGEST_HEADER, LONGEST_FILE_NAME = 60, 200, 150
LONGEST_MOTIF = 1000
"""Of a reason that a person types in the only field of a form (`components/reason_input.html`)."""


class NotAText(ValueError):
    """A text is not of the kind that is asked; the message is the French reason."""


def line(text: str) -> str:
    """Return a text on one line: a tab or a line end is a space, and spaces count once."""
    seen, kept = without_unseen(text), set()
    if "\u00a0" in seen or "\u202f" in seen:
        kept = {match.start() for match in _SPACES_OF_FRENCH.finditer(seen)}
    return _ANY_SPACES.sub(lambda match: match.group() if match.start() in kept else " ", seen).strip()


def paragraph(text: str) -> str:
    """Return a text of several lines, each ended by one sign, without blank lines around."""
    lines = _LINE_ENDS.sub("\n", _ODD_SPACES.sub(" ", without_unseen(text))).split("\n")
    return "\n".join(part.rstrip() for part in lines).strip()


def identifier(text: str) -> str:
    """Return an identifier as it is kept and compared: dashes and spaces of the keyboard, no wide or narrow letters."""
    alike = unicodedata.normalize("NFKC", _DASHES.sub("-", line(_DASHES.sub("-", text))))
    return _ANY_SPACES.sub(" ", without_unseen(alike)).strip()


def version(text: str) -> str:
    """Return the number of a version, written as an identifier is."""
    return identifier(text)


def query(typed: str) -> str:
    """Return what somebody searches for, as names and numbers are kept; cut where nothing is so long.

    What was pasted with the quotation marks around it is looked for without them.
    """
    return identifier(_QUOTATION_MARKS.sub(" ", typed[:LONGEST_READ]))[:LONGEST_QUERY].rstrip()


def name(text: str) -> str:
    """Return the first or last name of a person: it appears in the subjects of our messages.

    :raises NotAText: when it holds an address or a link
    """
    alone = _ANY_SPACES.sub(" ", line(text))
    if len(alone) > LONGEST_HEADER:
        return alone  # too long for any field, which says so
    if _NOT_IN_A_NAME & set(alone) or _LINK.search(alone) or _DOMAIN.search(_without_joined_names(alone)):
        raise NotAText("Un nom ne contient ni adresse, ni lien, ni ponctuation de phrase.")
    return alone


def _without_joined_names(text: str) -> str:
    """Put a space between two names that a point joins, which a reader of messages could make a link of."""

    def apart(match: re.Match[str]) -> str:
        names = match.group()
        return names if names.rpartition(".")[2].lower() in _ENDS_OF_DOMAINS else names.replace(".", " ")

    return _JOINED_NAMES.sub(apart, text)


def file_name(text: str) -> str:
    """Return the name of a file, safe to show and to save under: no folder, one line, of a bounded length."""
    text = text.replace(_WRITTEN_QUOTE, '"')
    alone = _ANY_SPACES.sub(" ", without_unseen(text.replace("\\", "/"))).rpartition("/")[2].rstrip(" .").strip()
    stem, ending = (match[1], match[2]) if (match := _ENDING.fullmatch(alone)) else (alone, "")
    ending = f".{ending}" if ending else ""
    return (stem.strip(" .")[: LONGEST_FILE_NAME - len(ending)].rstrip(" .") or "fichier") + ending


def key(text: str) -> str:
    """Return what two texts share that differ by their spaces, case, accents, apostrophes or dashes alone."""
    alike = identifier(text.translate(_LETTERS_ALIKE)).casefold().translate(_LETTERS_ALIKE)
    plain = unicodedata.normalize("NFKD", alike)
    return "".join(sign for sign in plain if not (unicodedata.combining(sign) or sign.isspace()))


def as_line(text: object) -> str:
    """Make one line from anything, such as a machine's message or an old row; its non-breaking spaces stay."""
    return _BREAKING_SPACES.sub(" ", without_unseen(str(text))).strip()


def as_paragraph(text: object) -> str:
    """Make a paragraph from anything, such as what the portal itself writes."""
    return paragraph(str(text))


def in_subject(text: object) -> str:
    """Return a name as the subject of a message shows it: cut, and without any address or link."""
    shown = _without_joined_names(as_line(str(text)[:LONGEST_READ]))
    for pattern in (_LINK, _ADDRESS, _DOMAIN):
        shown = pattern.sub("", shown)
    shown = _SPACES.sub(" ", shown).strip(" :,;–-\u00a0\u202f") or "…"
    return shown if len(shown) <= LONGEST_NAME else f"{shown[: LONGEST_NAME - 1].rstrip()}…"


def as_header(text: object) -> str:
    """Make the header of a message, its subject for instance, of anything; it cannot fail."""
    shown = _ADDRESS.sub("", _LINK.sub("", as_line(str(text)[:LONGEST_READ])))
    shown = _SPACES.sub(" ", shown).strip() or "Portail Ségur"
    return shown if len(shown) <= LONGEST_HEADER else f"{shown[: LONGEST_HEADER - 1].rstrip()}…"
