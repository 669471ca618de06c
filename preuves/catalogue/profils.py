"""Reads a cell of profils: names in any order and spelling, with or without exceptions."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from candidatures.catalogue.specs import DispositifSpec

from .headers import folded
from .html import plain
from .rem import GENERAL

LINES = re.compile(r"[\n\r]|<br\s*/?>|</(?:p|li)>", re.IGNORECASE)
SEPARATORS = re.compile(r"\s*[,;/|]\s*|\s+et\s+", re.IGNORECASE)
EXCEPT = re.compile(
    r"\s*\(?\b(?:sauf|hors|excepté|à l[’']exception (?:de|du|des))\b\s*:?\s*(.*)", re.IGNORECASE | re.DOTALL
)
WORDY = re.compile(r"^(?:profils?|pour|les?|la|l[’'])\s+", re.IGNORECASE)
PARENTHESIS = re.compile(r"^(.*?)\s*\(([^()]+)\)$")


@dataclass(frozen=True)
class Profils:
    """The codes that a cell names. `sauf`: those it excludes; `unknown`: names that the dispositif does not have."""

    codes: tuple[str, ...] = ()
    sauf: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()


class Profiler:
    """Reads the cells of profils of one dispositif; the same text is read once."""

    def __init__(self, dispositif: DispositifSpec) -> None:
        self.names = _names(dispositif)
        self.metier = frozenset(dispositif.profils)
        self.order = (GENERAL, *dispositif.profils, *dispositif.profils_architecture)
        self._read: dict[str, Profils] = {}

    def read(self, cell: str) -> Profils:
        """Read a cell; an empty one names no profil."""
        if cell not in self._read:
            self._read[cell] = self._understand(cell)
        return self._read[cell]

    def code_of(self, name: str) -> str | None:
        """Return the code of a profil named by its code or its label."""
        return self.names.get(folded(name))

    def _understand(self, cell: str) -> Profils:
        exception = EXCEPT.search(cell)
        codes, unknown = self._codes(cell[: exception.start()] if exception else cell)
        sauf, unknown_sauf = self._codes(exception[1].rstrip(" .)")) if exception else ((), ())
        # « Sauf X » alone means everybody but X.
        codes = codes or ((GENERAL,) if sauf and not unknown else ())
        not_chosen = tuple(code for code in sauf if code not in self.metier)
        return Profils(codes, sauf, (*unknown, *unknown_sauf, *not_chosen))

    def _codes(self, cell: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        codes, unknown = set(), []
        for line in LINES.split(cell):
            for name, code in self._named(plain(line)):
                if code:
                    codes.add(code)
                else:
                    unknown.append(name)
        return tuple(code for code in self.order if code in codes), tuple(unknown)

    def _named(self, line: str) -> Iterator[tuple[str, str | None]]:
        """Give each name of a line with its code. A label may hold commas: the longest known name is taken."""
        ends = [match.span() for match in SEPARATORS.finditer(line)] + [(len(line), len(line))]
        start = 0
        while start < len(line):
            following = [end for end in ends if end[0] >= start]
            known = (end for end in reversed(following) if self.code_of(_name(line[start : end[0]])))
            end = next(known, following[0])
            if name := _name(line[start : end[0]]):
                yield name, self.code_of(name)
            start = end[1] if end[1] > start else start + 1


def _name(text: str) -> str:
    return WORDY.sub("", text.strip(" \u00a0"))


def _names(dispositif: DispositifSpec) -> Mapping[str, str]:
    """Every way of naming each profil: its code, its label, what its label says in parentheses."""
    names = {folded(GENERAL): GENERAL, "generaux": GENERAL, "general (tous)": GENERAL, "tous": GENERAL}
    for code, label in {**dispositif.profils_architecture, **dispositif.profils}.items():
        ways = {code, code.replace("_", " "), label}
        if parts := PARENTHESIS.match(label):
            ways |= {parts[1], parts[2]}
        names |= {folded(way): code for way in ways}
    return names
