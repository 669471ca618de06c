"""Recognises a file from its name and first bytes, and says why a door refuses it, with the sentences of the list.

`static/fichiers.js` does the same before a file is sent; a test compares the sentences of both.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from candidatures.catalogue.formats import FORMATS, MEGABYTE, Door, Format
from candidatures.catalogue.zipped import inside, is_a_macro

HEAD = 8192
"""How many bytes of a file its format is read from."""

SHORTEST_SIGN = 4
"""A sign shorter than this also begins ordinary texts: it does not count for one."""

PLAIN = ("txt", "zip")
"""What a damaged file is found to be, when nothing else is seen of it."""

_NUMBER_OF_PART = re.compile(r"\d+(\.xml)$")
_TOLD_BY_NAME = tuple(known for known in FORMATS.values() if known.is_told_by_its_name)
SENTENCES = {
    "empty": "Ce fichier est vide.",
    "large": "Ce fichier dépasse {size}\u00a0Mo.",
    "seen": "Ce fichier est {name}.",
    "taken": "Ici se déposent {kinds}.",
    "unknown": "Le contenu de ce fichier n’est pas reconnu. Il est endommagé, ou son type n’est pas accepté.",
    "damaged": (
        "Ce fichier est nommé «\u00a0.{ending}\u00a0», mais son contenu n’est pas {name}\u00a0: il est endommagé, ou "
        "d’un autre type. Exportez-le de nouveau."
    ),
    "misnamed": "Ce fichier est nommé «\u00a0.{ending}\u00a0», mais c’est {name}\u00a0: renommez-le en "
    "«\u00a0.{right}\u00a0».",
    "unnamed": "Ce fichier n’a pas d’extension, mais c’est {name}\u00a0: renommez-le en «\u00a0.{right}\u00a0».",
}
"""What is said of a file at a door, by the server and by the page alike."""


def recognised(name: str, head: bytes) -> Format | None:
    """Return the format of a file, from its first bytes; its name only decides between formats that begin alike."""
    ending, is_text = ending_of(name), reads_as_text(head)
    if told := next(
        (known for known in _TOLD_BY_NAME if ending in known.endings or name.startswith(known.starts)), None
    ):
        return told
    weights = {known.code: known.weight_in(head) for known in FORMATS.values()}
    heaviest = max(weights.values())
    if heaviest >= (SHORTEST_SIGN if is_text else 1):
        alike = [FORMATS[code] for code, weight in weights.items() if weight == heaviest]
        return next((known for known in alike if ending in known.endings), alike[0])
    return _text_format(ending, head) if is_text else None


def _text_format(ending: str, head: bytes) -> Format:
    texts = [known for known in FORMATS.values() if known.is_text]
    if named := next((known for known in texts if ending in known.endings), None):
        return named
    beginning = head.removeprefix(b"\xef\xbb\xbf").lstrip()[:32].lower().decode("latin-1")
    told = (known for known in texts for sign in known.beginnings or () if sign and beginning.startswith(sign))
    return next(told, FORMATS["txt"])


def reads_as_text(head: bytes) -> bool:
    """Whether these bytes are text, in UTF-8 or in a Latin alphabet; the last character may be cut."""
    return bool(head) and not any(byte < 0x20 and byte not in b"\t\n\v\f\r\x1b" for byte in head)


def in_archive(known: Format, entries: Iterable[str]) -> Format:
    """Return what a ZIP is, from its entries: a document, a document with macros, or an archive."""
    names = {inside(entry) for entry in entries}
    if known.group == "bureautique" or known.holds or known.code in ("zip", "macros"):
        if any(map(is_a_macro, names)):
            return FORMATS["macros"]
        numbered = {_NUMBER_OF_PART.sub(r"\1", name) for name in names}  # Word sometimes writes `document2.xml`
        if told := next((other for other in FORMATS.values() if other.holds and other.holds in numbered), None):
            return told
    return FORMATS["zip"] if known.holds and known.group else known


def refusal(door: Door, *, name: str, size: int, actual: Format | None) -> str:
    """Say why a door refuses a file; empty when it accepts it.

    :param size: in bytes
    :param actual: the format of its content; None when it is unknown
    """
    if not size:
        return SENTENCES["empty"]
    if actual not in door.formats or actual is None:
        return _not_taken(door, actual, name)
    if ending_of(name) not in actual.endings:
        return _misnamed(actual, name)
    return too_large(door.largest_of(actual)) if size > door.largest_of(actual) else ""


def _not_taken(door: Door, actual: Format | None, name: str) -> str:
    """Name the format, then the way out if it leads to something that this door accepts, then what the door accepts."""
    taken = SENTENCES["taken"].format(kinds=door.accepted)
    named = _named_as(ending_of(name))
    if actual is None or (named and actual.code in PLAIN and _is_only_a(actual, named)):
        return f"{_unknown(name)} {taken}"
    leads = any(known.code in actual.towards for known in door.formats)
    seen = SENTENCES["seen"].format(name=actual.name)
    return " ".join(filter(None, (seen, actual.way_out if leads else "", taken)))


def _unknown(name: str) -> str:
    ending = ending_of(name)
    named = _named_as(ending)
    return SENTENCES["damaged"].format(ending=ending, name=named.name) if named else SENTENCES["unknown"]


def _named_as(ending: str) -> Format | None:
    return next((known for known in FORMATS.values() if known.group and ending in known.endings), None)


def _is_only_a(actual: Format, named: Format) -> bool:
    """Whether a file is a text or an archive only for want of what its name says: another name would mend nothing."""
    return (actual.is_text and not named.is_text) or (actual.code == "zip" and named.probe == "bureautique")


def _misnamed(actual: Format, name: str) -> str:
    ending = ending_of(name)
    if (named := _named_as(ending)) and _is_only_a(actual, named):
        return SENTENCES["damaged"].format(ending=ending, name=named.name)
    sentence = SENTENCES["misnamed" if ending else "unnamed"]
    return sentence.format(ending=ending[:10], name=actual.name, right=actual.endings[0])


def too_large(largest: int) -> str:
    return SENTENCES["large"].format(size=largest // MEGABYTE)


def ending_of(name: str) -> str:
    """Return the extension of a name, in lower case; empty without a dot."""
    return name.rpartition(".")[2].strip().lower() if "." in name else ""


def as_data() -> Mapping[str, Any]:
    """Return the list as pages read it (`static/formats.json`); bytes are written as characters of Latin-1."""
    return {
        "head": HEAD,
        "shortest": SHORTEST_SIGN,
        "plain": PLAIN,
        "sentences": SENTENCES,
        "formats": [
            {
                "code": known.code,
                "name": known.name,
                "endings": known.endings,
                "isTaken": bool(known.group),
                "isDocument": known.probe == "bureautique",
                "signs": [
                    [[mark.at, mark.content.decode("latin-1"), mark.within] for mark in sign] for sign in known.signs
                ],
                "beginnings": known.beginnings,
                "starts": known.starts,
                "largest": known.largest,
                "wayOut": known.way_out,
                "towards": known.towards,
            }
            for known in FORMATS.values()
        ],
    }
