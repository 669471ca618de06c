"""The lines of the volets, as the ANS's list shows them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from django.db.models import Q
from django.urls import reverse

from candidatures.enums import CandidatureState, VoletKind, VoletState
from candidatures.models import Volet
from candidatures.queries.worklists import (
    DossierLine,
    Etagere,
    Pile,
    cells_of,
    in_order,
    of_dossier,
    piles_of_the_ans,
)
from comptes.models.prepared import IDS, Prepared
from comptes.rules import ages

WAY = "candidature__"
_OPEN = Q(candidature__state=CandidatureState.OPEN)
_TO_READ = _OPEN & Q(state=VoletState.SUBMITTED)
VOLETS = Etagere(
    rows=Volet.objects.order_by(),
    way=WAY,
    piles=(
        *piles_of_the_ans(_TO_READ),
        Pile("ans", "À l’ANS", _TO_READ),
        Pile("editeur", "À l’éditeur", _OPEN & Q(state__in=[VoletState.DRAFT, VoletState.COMPLEMENT_REQUESTED])),
        Pile("clos", "Recevables", Q(state=VoletState.ADMITTED)),
        Pile("", "Tous", is_counted=False),
    ),
    columns={"volet": "kind", "etat": "state"},
    orders={"attente": "submitted_at", "echeance": "candidature__tour__due_at"},
    usual="attente",
)


def volet_lines(keys: Sequence[int], at: datetime) -> list[DossierLine]:
    """Read the lines of these volets (pk), in that order, in one query."""
    return in_order(keys, _volets(keys, at))


def _volets(keys: Sequence[int], at: datetime) -> Iterator[tuple[int, DossierLine]]:
    for pk, kind, state, submitted_at, due_at, *dossier in _VOLETS.ask(volets=list(keys)):
        cells = cells_of(*dossier)
        is_read = state == VoletState.ADMITTED
        yield (
            pk,
            DossierLine(
                what="Volet",
                label=str(VoletKind(kind).label),
                detail="",
                path=reverse("candidatures:volet_review", args=[cells["nru"], kind]),
                **cells,
                state=state,
                state_label=str(VoletState(state).label),
                note="",
                since_label="Soumis depuis",
                since=ages.on(submitted_at) if is_read else ages.waiting(submitted_at, at=at),
                due=None if is_read else ages.due(due_at, at=at),
                has_due=True,
            ),
        )


_VOLETS = Prepared(
    lambda volets: (
        Volet.objects.filter(pk__among=volets)
        .order_by("pk")
        .values_list("pk", "kind", "state", "submitted_at", f"{WAY}tour__due_at", *of_dossier(WAY))
    ),
    volets=IDS,
)
