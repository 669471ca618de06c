"""The public statistics: numbers and delays of each dispositif, with nothing that singles out an éditeur."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from candidatures.catalogue.dispositifs import specs_in_order
from referencement.models import DureeObservee, TableauDePilotage
from referencement.rules.durees import FEWEST

from .mesures import Mesures

# What is public: the stages that depend on the ANS, the éditeurs or the desks, in the words of the page.
STAGES: Mapping[str, str] = {
    "examen-volet": "Examen d’un volet par l’ANS",
    "examen-chapitre": "Examen d’un chapitre de preuves par l’ANS",
    "etape-guichet": "Réponse d’un autre guichet",
    "signature": "Signature de la convention",
    "college": "Passage au collège",
}


@dataclass(frozen=True, slots=True)
class Delai:
    """How long a stage lasts, in days: half of the cases lie between `low` and `high`."""

    code: str
    label: str
    cases: int
    low: int
    median: int
    high: int


@dataclass(frozen=True)
class Statistiques:
    """What is public of a dispositif. A number that is None is hidden: it would be smaller than five."""

    code: str
    titre: str
    measured_at: datetime | None
    candidatures: int | None
    editeurs: int | None
    referencements: int | None
    delais: tuple[Delai, ...]


def hidden(number: int) -> int | None:
    """Return a number, or None when it is so small that it would tell of somebody."""
    return None if 0 < number < FEWEST else number


def statistiques() -> list[Statistiques]:
    """Return those of each open dispositif, in two queries."""
    boards = {board.dispositif_id: board for board in TableauDePilotage.objects.order_by("pk")}
    durees: dict[str, dict[str, DureeObservee]] = {}
    for row in DureeObservee.objects.filter(cases__gte=FEWEST, kind__in=STAGES).order_by("dispositif", "kind"):
        durees.setdefault(row.dispositif_id, {})[row.kind] = row
    return [_of(spec.code, spec.titre, boards.get(spec.code), durees.get(spec.code, {})) for spec in specs_in_order()]


def _of(code: str, titre: str, board: TableauDePilotage | None, durees: Mapping[str, DureeObservee]) -> Statistiques:
    mesures = Mesures.from_json(board.contenu) if board else Mesures()
    return Statistiques(
        code,
        titre,
        board.measured_at if board else None,
        hidden(sum(mesures.states.values())),
        hidden(mesures.editeurs),
        hidden(mesures.referenced),
        tuple(
            Delai(kind, label, row.cases, _days(row.low), _days(row.median), _days(row.high))
            for kind, label in STAGES.items()
            if (row := durees.get(kind))
        ),
    )


def _days(duration: timedelta) -> int:
    return round(duration / timedelta(days=1))
