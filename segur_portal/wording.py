"""The words that the portal uses, and those that it refuses: the tables of docs/redaction.md."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatch
from functools import cache
from pathlib import Path

from segur_portal.sentences import ROOT, Phrase

GUIDE = ROOT / "docs" / "redaction.md"
LISTS = ROOT / "tests" / "redaction"
HEADS = ("| thing | the word | never | except |", "| what it meant | write | never | except |")

SHAPES = {
    "a gender in parentheses or with a middle dot": (
        re.compile(r"\w\((?:e|s|es|ne|nes|x|ve|rice|trice|euse)\)|\w·(?:e|es|s|ne|trice)\b"),
        "a sentence that has no gender",
    ),
    "a vowel after de, le, que": (
        re.compile(
            r"(?<![\w-])(?:de|le|la|que|ne|je|se)[ \u00a0](?!onz|oui|un |e-|une |UTF|URL|a[ ,])(?=[aeiouyéèêâîôûœ])",
            re.IGNORECASE,
        ),
        "d’, l’, qu’, n’, j’, s’",
    ),
    "an exclamation mark": (re.compile(r"\w[ \u00a0\u202f]!(?=\s|$)"), "a full stop"),
}


@dataclass(frozen=True)
class Term:
    """One row of a table: the thing, the word to write, what is refused and where it is right all the same."""

    thing: str
    word: str
    never: tuple[str, ...]
    but: tuple[str, ...]

    def allows(self, phrase: Phrase) -> bool:
        """Tell whether an exception covers this phrase, by its file or by the words around."""
        paths = [but.strip("`") for but in self.but if but.startswith("`")]
        exceptions = [but.casefold() for but in self.but if not but.startswith("`")]
        text = spaced(phrase.text).casefold()
        return any(fnmatch(phrase.path, path) for path in paths) or any(word in text for word in exceptions)


@dataclass(frozen=True)
class Fault:
    """A refused word in a phrase, and what to write."""

    phrase: Phrase
    word: str
    instead: str

    @property
    def listed(self) -> str:
        return f"{self.phrase.path}: {self.word}"

    def __str__(self) -> str:
        place = f"{self.phrase.path}:{self.phrase.line}"
        return f"{place}: “{self.word}” in “{self.phrase.text}”, write “{self.instead}”"


@cache
def terms() -> tuple[tuple[Term, ...], ...]:
    """Read the two tables of the guide."""
    return tuple(tuple(_table(head)) for head in HEADS)


def _table(head: str) -> Iterator[Term]:
    _, _, rest = GUIDE.read_text().partition(head)
    for row in rest.splitlines()[2:]:
        if not row.startswith("|"):
            return
        thing, word, never, but = (cell.strip() for cell in row.strip("|").split("|"))
        yield Term(thing, word, _listed(never), _listed(but))


def _listed(cell: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in cell.split(",") if word.strip())


def faults(phrase: Phrase) -> Iterator[Fault]:
    """Yield what the guide refuses in this phrase."""
    text = spaced(phrase.text)
    suspect = any_sign().search(text)
    for term in (term for table in terms() for term in table if suspect):
        refused = [word for word in term.never if sign(word).search(text)]
        if refused and not term.allows(phrase):
            yield from (Fault(phrase, word, term.word) for word in refused)
    for shape, (pattern, instead) in SHAPES.items():
        if pattern.search(phrase.text):
            yield Fault(phrase, shape, instead)


@cache
def sign(word: str) -> re.Pattern[str]:
    """Make the pattern of a refused word: `*` is any letters; a capital, when there is one, counts."""
    letters = re.escape(word).replace(r"\*", r"\w*")
    end = r"(?!\w)" if word[-1].isalnum() else ""
    return re.compile(rf"(?<![\w-]){letters}{end}", re.IGNORECASE if word == word.lower() else 0)


@cache
def any_sign() -> re.Pattern[str]:
    """Make the pattern of all refused words at once: most phrases hold none."""
    every = {word for table in terms() for term in table for word in term.never}
    return re.compile("|".join(sign(word).pattern for word in sorted(every)), re.IGNORECASE)


def spaced(text: str) -> str:
    return re.sub(r"[\s\u00a0\u202f]+", " ", text)


def area(path: str) -> str:
    """Name the list of a file: its app, or its folder."""
    parts = Path(path).parts
    if parts[0] == "templates":
        return parts[1] if len(parts) > 2 else "base"
    return parts[0]


def known(name: str) -> set[str]:
    """Read the faults that are still allowed in an area."""
    path = LISTS / f"{name}.txt"
    return set(path.read_text().splitlines()) if path.exists() else set()
