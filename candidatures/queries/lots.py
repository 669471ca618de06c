"""The candidatures chosen for a lot, and how far a lot is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import QuerySet

from candidatures.enums import LigneDeLotState
from candidatures.models import Candidature, LigneDeLot, Lot, Produit

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


@dataclass(frozen=True)
class Progress:
    """How far a lot is.

    :param lines: those that were refused, then the others, `SHOWN` at most
    """

    total: int
    done: int
    refused: int
    left: int
    lines: Sequence[LigneDeLot]


def progress_of(lot: Lot) -> Progress:
    """Count the lines of a lot by what became of them, and return those to show; two queries."""
    counts = Counter(lot.lignes.order_by("pk").values_list("state", flat=True))
    named: QuerySet[LigneDeLot] = lot.lignes.select_related("candidature__produit__editeur")
    # « refused » comes after « done » and « pending » in the alphabet.
    lines = named.order_by("-state", "pk")[:SHOWN]
    return Progress(
        total=counts.total(),
        done=counts[LigneDeLotState.DONE],
        refused=counts[LigneDeLotState.REFUSED],
        left=counts[LigneDeLotState.PENDING],
        lines=list(lines),
    )


def unfinished_lots() -> list[int]:
    """Return the lots (pk) that are not finished, the first asked first."""
    return list(Lot.objects.filter(finished_at=None).order_by("pk").values_list("pk", flat=True))
