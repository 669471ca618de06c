"""A volet to be read: label, answer in French, who gave it and when."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from candidatures.catalogue.champs import Champ, ChampKind, Value, is_asked
from candidatures.models import Reponse, Volet
from candidatures.rules.entreprises import company_in
from comptes.dates import day_in_words

from .volets import choices_of, reponses_at, spec_of_volet


@dataclass(frozen=True)
class SummaryRow:
    """One answer in French; `lines` is empty when nothing was answered. `at` is aware.

    :param pieces: the files of the answer: id and name
    :param former: the answer of the former submission, when it was another
    """

    code: str
    label: str
    lines: tuple[str, ...]
    required: bool
    who: str = ""
    at: datetime | None = None
    pieces: tuple[tuple[int, str], ...] = ()
    former: tuple[str, ...] | None = None


@dataclass(frozen=True)
class SectionSummary:
    title: str
    anchor: str
    rows: tuple[SummaryRow, ...]


def summary_of(volet: Volet, *, version: int, former: int | None = None) -> list[SectionSummary]:
    """Return the answers of the volet at that version, in one query; two when compared with a former version."""
    reponses = reponses_at(volet, version=version)
    return summary_from(volet, reponses, reponses_at(volet, version=former) if former is not None else reponses)


def last_submitted(volet: Volet) -> list[SectionSummary]:
    """Return the answers as the ANS last received them, in two queries."""
    latest = volet.soumissions.order_by("-number").values_list("version", flat=True)
    return summary_of(volet, version=latest[0])


def summary_from(
    volet: Volet, reponses: Mapping[str, Reponse], before: Mapping[str, Reponse] | None = None
) -> list[SectionSummary]:
    """Return the same from answers already read; no query.

    :param before: the answers of a former version; the same as `reponses` when there is nothing to compare
    """
    spec, choices = spec_of_volet(volet), choices_of(volet)
    before = reponses if before is None else before
    answers = {code: reponse.value for code, reponse in reponses.items()}

    def row(champ: Champ) -> SummaryRow:
        given, earlier = reponses.get(champ.code), before.get(champ.code)
        value, value_before = given and given.value, earlier and earlier.value
        return SummaryRow(
            champ.code,
            champ.label,
            tuple(in_words(champ, value, choices)),
            champ.required,
            who=given.answered_by.full_name if given else "",
            at=given.answered_at if given else None,
            pieces=tuple(_pieces(champ, value)),
            former=tuple(in_words(champ, value_before, choices)) if value != value_before else None,
        )

    sections = (
        SectionSummary(
            section.title,
            f"section-{number}",
            tuple(row(champ) for champ in section.champs if is_asked(champ, answers)),
        )
        for number, section in enumerate(spec.sections, start=1)
    )
    return [section for section in sections if section.rows]


def _pieces(champ: Champ, value: Value) -> Iterator[tuple[int, str]]:
    if champ.kind is ChampKind.LIST and value:
        for line in value.get("lignes", []):
            for column in champ.columns:
                if column.kind is ChampKind.PIECE and line.get(column.code):
                    yield line[column.code]["piece"], line[column.code]["nom"]


def in_words(champ: Champ, value: Value, choices: Mapping[str, Mapping[str, str]]) -> list[str]:
    """Write a JSON answer in French, one line each; none when nothing was answered."""
    if value is None:
        return []
    match champ.kind:
        case ChampKind.LIST if value.get("aucun"):
            return [champ.none_label]
        case ChampKind.LIST:
            return [_line_in_words(champ, line, choices) for line in value["lignes"]]
        case ChampKind.CHOICES:
            return [choices[champ.choices].get(code, code) for code in value]
    return [_one_in_words(champ, value, choices)]


def _one_in_words(champ: Champ, value: Value, choices: Mapping[str, Mapping[str, str]]) -> str:
    match champ.kind:
        case ChampKind.CHOICE:
            return choices[champ.choices].get(value, value)
        case ChampKind.YES_NO:
            return "Oui" if value else "Non"
        case ChampKind.DATE:
            return day_in_words(date.fromisoformat(value))
        case ChampKind.PIECE:
            return str(value["nom"])
        case ChampKind.COMPANY:
            return str(company_in(value))
    return str(value)


def _line_in_words(champ: Champ, line: Mapping[str, Value], choices: Mapping[str, Mapping[str, str]]) -> str:
    cells = (", ".join(in_words(column, line.get(column.code), choices)) for column in champ.columns)
    return " – ".join(cell for cell in cells if cell)
