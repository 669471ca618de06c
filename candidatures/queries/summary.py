"""A volet as it is read: label, answer in words, who gave it and when."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from candidatures.catalogue.volets import Champ, Kind, Value, is_asked
from candidatures.models import Volet

from .volets import choices_of, reponses_at, spec_of_volet


@dataclass(frozen=True)
class Row:
    """One answer in words; `lines` is empty when nothing was answered. `at` is aware."""

    code: str
    label: str
    lines: tuple[str, ...]
    required: bool
    who: str = ""
    at: datetime | None = None


@dataclass(frozen=True)
class SectionSummary:
    title: str
    anchor: str
    rows: tuple[Row, ...]


def summary_of(volet: Volet, *, version: int) -> list[SectionSummary]:
    """The volet's answers as they stood at that version, in one query."""
    spec, choices = spec_of_volet(volet), choices_of(volet)
    reponses = reponses_at(volet, version=version)
    answers = {code: reponse.value for code, reponse in reponses.items()}

    def row(champ: Champ) -> Row:
        lines = tuple(in_words(champ, answers.get(champ.code), choices))
        given = reponses.get(champ.code)
        who, at = (given.answered_by.full_name, given.answered_at) if given else ("", None)
        return Row(champ.code, champ.label, lines, champ.required, who, at)

    return [
        SectionSummary(
            section.title,
            f"section-{number}",
            tuple(row(champ) for champ in section.champs if is_asked(champ, answers)),
        )
        for number, section in enumerate(spec.sections, start=1)
    ]


def in_words(champ: Champ, value: Value, choices: Mapping[str, Mapping[str, str]]) -> list[str]:
    """Say a JSON answer in French, one line each; none when nothing was answered."""
    if value is None:
        return []
    match champ.kind:
        case Kind.LIST if value.get("aucun"):
            return [champ.none_label]
        case Kind.LIST:
            return [_line_in_words(champ, line, choices) for line in value["lignes"]]
        case Kind.CHOICES:
            return [choices[champ.choices].get(code, code) for code in value]
        case Kind.CHOICE:
            return [choices[champ.choices].get(value, value)]
        case Kind.YES_NO:
            return ["Oui" if value else "Non"]
    return [str(value)]


def _line_in_words(champ: Champ, line: Mapping[str, Value], choices: Mapping[str, Mapping[str, str]]) -> str:
    cells = (", ".join(in_words(column, line.get(column.code), choices)) for column in champ.columns)
    return " – ".join(cell for cell in cells if cell)
