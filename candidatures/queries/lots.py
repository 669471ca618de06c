"""The candidatures chosen for a lot, and how far a lot is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from candidatures.enums import GesteDeLot, LigneDeLotState
from candidatures.models import Candidature, LigneDeLot, Lot, Produit
from comptes.models import Compte

# What the list of candidatures offers; a person's dossiers are handed over from the page of the team.
OFFERED = tuple(geste for geste in GesteDeLot if geste is not GesteDeLot.HAND_OVER)
# How many lines the page of a lot shows beside those that were refused.
SHOWN = 100


@dataclass(frozen=True, slots=True)
class Chosen:
    """One candidature that was chosen. `referent`: the pk of its référent, if it has one."""

    pk: int
    nru: str
    produit: Produit
    referent: int | None
    referent_name: str


def choices_of(keys: Sequence[int]) -> list[Chosen]:
    """Return these candidatures (pk) in that order, with who follows each, in one query."""
    rows = Candidature.objects.filter(pk__in=keys).select_related("produit__editeur", "referent__compte")
    by_key = {row.pk: row for row in rows.order_by("pk")}
    return [_chosen(by_key[key]) for key in keys if key in by_key]


def _chosen(row: Candidature) -> Chosen:
    follower = getattr(row, "referent", None)
    name = follower.compte.full_name if follower else ""
    return Chosen(row.pk, row.nru, row.produit, follower.compte_id if follower else None, name)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one candidature of a lot. `to`: the name of who received it, if the act gives it to somebody."""

    nru: str
    nom: str
    state: str
    state_label: str
    reason: str
    to: str


@dataclass(frozen=True)
class Progress:
    """How far a lot is.

    :param lines: those that were refused, then the others, `SHOWN` at most
    """

    total: int
    done: int
    refused: int
    left: int
    lines: Sequence[Outcome]


def progress_of(lot: Lot) -> Progress:
    """Count the lines of a lot by what became of them, and return those to show; three queries."""
    counts = Counter(lot.lignes.order_by("pk").values_list("state", flat=True))
    named: QuerySet[LigneDeLot] = lot.lignes.select_related("candidature__produit__editeur")
    # « refused » comes after « done » and « pending » in the alphabet.
    lines = list(named.order_by("-state", "pk")[:SHOWN])
    given: dict[int, int] = {line.pk: {**lot.params, **line.params}.get("compte", 0) for line in lines}
    people = {
        person.pk: person.full_name for person in Compte.objects.filter(pk__in=set(given.values())).order_by("pk")
    }
    return Progress(
        total=counts.total(),
        done=counts[LigneDeLotState.DONE],
        refused=counts[LigneDeLotState.REFUSED],
        left=counts[LigneDeLotState.PENDING],
        lines=[_outcome(line, people.get(given[line.pk], "")) for line in lines],
    )


def _outcome(line: LigneDeLot, to: str) -> Outcome:
    state, label = line.state, line.get_state_display()
    done = state == LigneDeLotState.DONE
    candidature = line.candidature
    return Outcome(candidature.nru, candidature.produit.nom, state, label, line.reason, to if done else "")


def unfinished_lots() -> list[int]:
    """Return the lots (pk) that are not finished, the first asked first."""
    return list(Lot.objects.filter(finished_at=None).order_by("pk").values_list("pk", flat=True))
