"""The candidatures chosen for a lot, and how far a lot is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from candidatures.enums import CandidatureState, GesteDeLot, LigneDeLotState, VoletState
from candidatures.models import (
    Candidature,
    LigneDeLot,
    Lot,
    ModeleDeDemande,
    Produit,
    ReservationDeVolet,
    Volet,
)
from comptes.models import Compte

from .reservations import who_reads

# What the list of candidatures offers; a person's dossiers are handed over from the page of the team.
OFFERED = tuple(geste for geste in GesteDeLot if geste is not GesteDeLot.HAND_OVER)
OTHER_DEMARCHE = "Ce modèle est celui d’une autre démarche."
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


def volets_for(chosen: Iterable[Chosen], modele: ModeleDeDemande) -> QuerySet[Volet]:
    """Return the volet of each candidature on which a modèle asks, with what its message shows."""
    volets = Volet.objects.filter(candidature__in=[line.pk for line in chosen], kind=modele.kind)
    return volets.select_related("candidature__produit__editeur", "candidature__dispositif").order_by("pk")


def why_not_asked(keys: Sequence[int], modele: ModeleDeDemande, *, reader: Compte, at: datetime) -> dict[int, str]:
    """Say, in French, why a modèle cannot be sent on a candidature (pk), as things stand; two queries."""
    held = ReservationDeVolet.objects.filter(volet__candidature__in=keys, volet__kind=modele.kind, ends_at__gt=at)
    readers = {row.volet_id: row for row in held.exclude(compte=reader).select_related("compte").order_by("pk")}
    volets = Volet.objects.filter(candidature__in=keys, kind=modele.kind).select_related("candidature").order_by("pk")
    reasons = {}
    for volet in volets:
        if modele.dispositif_id not in (None, volet.candidature.dispositif_id):
            reasons[volet.candidature_id] = OTHER_DEMARCHE
        elif volet.state != VoletState.SUBMITTED or volet.candidature.state != CandidatureState.OPEN:
            reasons[volet.candidature_id] = "Ce volet n’est pas à examiner."
        elif volet.pk in readers:
            reasons[volet.candidature_id] = who_reads(readers[volet.pk])
    return reasons


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one candidature of a lot. `to`: the person who received it, if the act gives it to somebody."""

    pk: int
    nru: str
    nom: str
    state: str
    state_label: str
    reason: str
    to: str


@dataclass(frozen=True)
class Progress:
    """How far a lot is.

    :param stopped: how many were given up after an error
    :param lines: those that were given up or refused, then the others, `SHOWN` at most
    """

    total: int
    done: int
    refused: int
    stopped: int
    left: int
    lines: Sequence[Outcome]

    @property
    def treated(self) -> int:
        """How many have a result: done, refused with a reason, or given up."""
        return self.total - self.left


def progress_of(lot: Lot) -> Progress:
    """Count the lines of a lot by what became of them, and return those to show; three queries."""
    counts = Counter(lot.lignes.order_by("pk").values_list("state", flat=True))
    named: QuerySet[LigneDeLot] = lot.lignes.select_related("candidature__produit__editeur")
    # « stopped », then « refused », are the last in the alphabet.
    lines = list(named.order_by("-state", "pk")[:SHOWN])
    given: dict[int, int] = {line.pk: {**lot.params, **line.params}.get("compte", 0) for line in lines}
    people = {
        person.pk: person.full_name for person in Compte.objects.filter(pk__in=set(given.values())).order_by("pk")
    }
    return Progress(
        total=counts.total(),
        done=counts[LigneDeLotState.DONE],
        refused=counts[LigneDeLotState.REFUSED],
        stopped=counts[LigneDeLotState.STOPPED],
        left=counts[LigneDeLotState.PENDING],
        lines=[_outcome(line, people.get(given[line.pk], "")) for line in lines],
    )


def _outcome(line: LigneDeLot, to: str) -> Outcome:
    state, label = line.state, line.get_state_display()
    done = state == LigneDeLotState.DONE
    candidature = line.candidature
    return Outcome(
        candidature.pk, candidature.nru, candidature.produit.nom, state, label, line.reason, to if done else ""
    )


def unfinished_lots() -> list[int]:
    """Return the lots (pk) that are not finished, the first asked first."""
    return list(Lot.objects.filter(finished_at=None).order_by("pk").values_list("pk", flat=True))
