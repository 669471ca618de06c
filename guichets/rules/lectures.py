"""What a machine recognises in the text of a desk's page, by the words of that desk: proposed, and never kept alone."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from comptes.dates import day_in_figures
from guichets.catalogue.specs import GuichetSpec
from preuves.rules.indices import Indice
from preuves.rules.lectures import Lu, dates_in, plain

from .captures import Shown, are_alike

OF_THE_STAGE = re.compile(r"^\W*(?:etape|etat|statut|situation)\b")
OF_THE_SOFTWARE = re.compile(
    r"^\W*(?:nom (?:du|de la) )?(?:logiciel|solution|produit)\b[\s:–-]*(?P<name>[^(|]+)", re.IGNORECASE
)
OF_A_DATE = re.compile(r"\b(?:(?P<date_etape>depuis)|(?P<retour_prevu>retour))\b")
LONGEST_NAME = 200


@dataclass(frozen=True)
class Reconnu:
    """What was recognised; a field stays empty when the text does not say it, or says two things."""

    etape: str = ""
    date_etape: date | None = None
    retour_prevu: date | None = None
    logiciel: str = ""

    @property
    def values(self) -> dict[str, str | date]:
        """The fields of a capture that were recognised."""
        fields = {name: getattr(self, name) for name in ("etape", "date_etape", "retour_prevu", "logiciel")}
        return {name: value for name, value in fields.items() if value}


def recognised(text: str, guichet: GuichetSpec, *, logiciel: str = "") -> Reconnu:
    """Recognise what a desk's page shows.

    :param logiciel: the name that was declared: the one that is proposed, when the page shows it
    """
    lines = [line for line in (" ".join(line.split()) for line in text.splitlines()) if line]
    bare = [plain(line) for line in lines]
    return Reconnu(etape=_stage(bare, guichet), logiciel=_software(lines, logiciel), **_dates(bare))


def _stage(lines: list[str], guichet: GuichetSpec) -> str:
    """Find the one stage that the page says it is at; a page that names several stages says nothing by that alone."""
    whole = "\n".join(lines)
    tries = (
        {code for place in range(len(lines)) for code in _labelled(lines, place, guichet)},
        {stage.code for stage in guichet.etapes if stage.au_guichet and _says(whole, stage.au_guichet)},
        set(_stages_in(whole, guichet)),
    )
    seen = next(filter(None, tries), set())
    return seen.pop() if len(seen) == 1 else ""


def _labelled(lines: list[str], place: int, guichet: GuichetSpec) -> list[str]:
    """Give the stages that follow « Étape : », on its line or, in a table, on the next one."""
    label = OF_THE_STAGE.search(lines[place])
    if label is None:
        return []
    below = lines[place + 1] if place + 1 < len(lines) else ""
    return list(_stages_in(lines[place][label.end() :], guichet)) or list(_stages_in(below, guichet))


def _stages_in(text: str, guichet: GuichetSpec) -> Iterator[str]:
    for stage in guichet.etapes:
        if _says(text, stage.label) or (stage.au_guichet and _says(text, stage.au_guichet)):
            yield stage.code


def _says(text: str, label: str) -> bool:
    """Whether a text holds these words; what stands between two of them may be read as a bar, a letter or nothing."""
    between = r"[\W_]*(?:[il1][\W_]+)?"
    pattern = between.join(re.escape(word) for word in re.findall(r"\w+", plain(label)))
    return re.search(rf"(?<!\w){pattern}(?!\w)", text) is not None


def _dates(lines: list[str]) -> dict[str, date]:
    """Give the dates that follow « depuis » and « retour »: on the line, or in the next one, under their headings."""
    seen: dict[str, date] = {}
    for place, line in enumerate(lines):
        names = [str(match.lastgroup) for match in OF_A_DATE.finditer(line)]
        dates = dates_in(line) or dates_in(lines[place + 1] if place + 1 < len(lines) else "")
        if names and len(names) == len(dates):
            seen = dict(zip(names, dates, strict=True)) | seen
    return seen


def _software(lines: list[str], declared: str) -> str:
    if declared and any(plain(declared) in plain(line) for line in lines):
        return declared
    names = [match["name"].strip(" :–-") for line in lines if (match := OF_THE_SOFTWARE.search(line))]
    return names[0][:LONGEST_NAME] if len(names) == 1 else ""


def noticed(lu: Lu, guichet: GuichetSpec, *, declared: Shown | None = None) -> Iterator[Indice]:
    """Say what was recognised in a file.

    :param declared: what its author typed of it, if they did: what differs deserves a second look
    """
    seen = recognised(lu.text, guichet, logiciel=declared.logiciel if declared else "")
    if seen.etape:
        label = guichet.by_code[seen.etape].full_label
        yield Indice(f"Étape {guichet.a}", label, lu.source, _tone(declared is None or declared.etape == seen.etape))
    for label, day, typed in (
        ("À cette étape depuis le", seen.date_etape, declared and declared.date_etape),
        ("Retour prévu le", seen.retour_prevu, declared and declared.retour_prevu),
    ):
        if day:
            yield Indice(label, day_in_figures(day), lu.source, _tone(declared is None or typed == day))
    if seen.logiciel:
        same = declared is None or are_alike(declared.logiciel, seen.logiciel)
        yield Indice("Logiciel affiché", seen.logiciel, lu.source, _tone(same))


def _tone(as_typed: bool) -> str:
    return "neutral" if as_typed else "attention"
