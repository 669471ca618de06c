"""The number of a company in a German register of commerce: it is one company's only with the court that keeps it.

HRB 86891 is somebody in Munich, and somebody else in Hamburg (https://www.handelsregister.de). The courts are those of
`python-stdnum`; a branch of a court (« Zweigstelle ») kept the register of its court.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping

from stdnum.de.handelsregisternummer import GERMAN_COURTS

from comptes.rules.readings import Kind, NotANumber, Reading, like

WITHOUT_COURT = (
    "Un numéro {register} n’est unique qu’avec son tribunal\u00a0: ajoutez-le, comme {register}\u00a0{number} München, "
    "ou donnez le numéro de TVA, comme DE136695976."
)
_TITLE = r"(?:AMTSGERICHTS?|REGISTERGERICHTS?|HANDELSREGISTER|AG)"
_LETTERS = {"GNR": "GnR"}


def _folded(name: str) -> str:
    """Return the letters of a name, without accents: `MUNCHEN`."""
    marks = unicodedata.normalize("NFD", name.upper())
    return "".join(sign for sign in marks if "A" <= sign <= "Z")


def _written_as(court: str) -> Iterator[str]:
    """Give the ways in which a court is written, the shortest form of its name first."""
    alone, _, place = court.partition(" (")
    for name in (alone, place, f"{place} {alone}", f"{alone} {place}"):
        yield name
        yield name.upper().replace("Ä", "AE").replace("Ö", "OE").replace("Ü", "UE")


def _name_of(court: str) -> str:
    return court.partition(" Zweigstelle")[0].partition(" (")[0]


COURTS: Mapping[str, str] = {
    **{_folded(way): _name_of(court) for court in reversed(GERMAN_COURTS) for way in _written_as(court) if way},
    "BADHOMBURG": "Bad Homburg v.d.H.",
    "LUDWIGSHAFENAMRHEIN": "Ludwigshafen a.Rhein",
    "OFFENBACH": "Offenbach am Main",
    "WEIDENINDEROBERPFALZ": "Weiden i. d. OPf.",
    "WEIDEN": "Weiden i. d. OPf.",
}
"""The name of each court, by what may be written of it."""


def _court(written: str) -> str:
    return COURTS.get(_folded(re.sub(rf"^(?:{_TITLE})+|{_TITLE}$", "", written)), "")


def _read(match: re.Match[str]) -> Reading:
    before, register, number, after = match["before"] or "", match["register"], match["number"], match["after"]
    before += match["within"] or ""
    for letters in ("", *(after[:length] for length in (1, 2, 3))):  # some courts add letters to their numbers
        rest = after.removeprefix(letters)
        court = "" if (rest and before) or not (letters.isalpha() or letters == "") else _court(rest or before)
        if court:
            return Reading(f"{register}{number}{_folded(letters)}/{_folded(court)}")
    raise NotANumber(WITHOUT_COURT.format(register=_LETTERS.get(register, register), number=number))


def _shown(kept: str) -> str:
    number, _, court = kept.partition("/")
    register = re.match("HRA|HRB|GNR|PR|VR", number)
    assert register is not None, "Only what `holds` is shown."
    written = _LETTERS.get(register[0], register[0])
    return f"{written}\u00a0{number[register.end() :]} ({COURTS.get(court, court)})"


HANDELSREGISTER = Kind(
    "n°",
    r"(?P<before>[^0-9/]{2,60}?)?(?P<register>HRA|HRB|GNR|PR|VR)(?:NR)?(?P<within>[^0-9/]{2,60}?)?(?:NR)?(?P<number>[1-9][0-9]{0,5})(?P<after>[^0-9]{0,60})",
    _read,
    like(r"(?:HRA|HRB|GNR|PR|VR)[1-9][0-9]{0,5}[A-Z]{0,3}/[A-Z]+"),
    _shown,
)
