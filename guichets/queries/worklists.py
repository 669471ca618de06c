"""The lists of captures and of anomalies: their tabs, their orders and their lines."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse

from candidatures.enums import CandidatureState
from candidatures.queries.worklists import DossierLine, Etagere, Pile, in_order, piles_of_the_ans
from comptes.rules import ages
from guichets.enums import AnomalieState, CaptureState
from guichets.models import Anomalie, Capture

from .captures import TO_CONFIRM, etape_label, with_demande
from .sante import TO_DEAL_WITH

WAY = "demande__candidature__"
_OPEN = Q(demande__candidature__state=CandidatureState.OPEN)
CAPTURES = Etagere(
    rows=Capture.objects.order_by(),
    way=WAY,
    piles=(
        *piles_of_the_ans(TO_CONFIRM),
        Pile("", "À confirmer", TO_CONFIRM),
        Pile("decidees", "Confirmées ou refusées", Q(state__in=[CaptureState.CONFIRMED, CaptureState.REFUSED])),
        Pile("toutes", "Toutes", is_counted=False),
    ),
    columns={"guichet": "demande__guichet", "etat": "state"},
    orders={"attente": "recorded_at"},
    usual="attente",
)
ANOMALIES = Etagere(
    rows=Anomalie.objects.order_by(),
    way=WAY,
    piles=(
        *piles_of_the_ans(TO_DEAL_WITH),
        Pile("", "À traiter", TO_DEAL_WITH),
        Pile("prises-en-compte", "Prises en compte", _OPEN & Q(state=AnomalieState.ACKNOWLEDGED)),
        Pile("toutes", "Toutes", is_counted=False),
    ),
    columns={"guichet": "demande__guichet", "nature": "kind"},
    orders={"attente": "opened_at"},
    usual="attente",
)
TONES = {
    CaptureState.RECORDED: "pending",
    CaptureState.CONFIRMED: "success",
    CaptureState.REFUSED: "refused",
    CaptureState.SUPERSEDED: "withdrawn",
}


def capture_lines(keys: Sequence[int], at: datetime) -> list[DossierLine]:
    """Read the lines of these captures (pk), in that order, in one query."""
    captures = _with_referent(with_demande(Capture.objects.filter(pk__in=keys)))
    return in_order(keys, ((capture.pk, _capture(capture, at)) for capture in captures))


def _capture(capture: Capture, at: datetime) -> DossierLine:
    state = CaptureState(capture.state)
    waits = state is CaptureState.RECORDED
    return DossierLine(
        what="Demande",
        label=capture.demande.label,
        detail="",
        path=reverse("guichets:capture_read", args=[capture.pk]),
        **_cells(capture),
        state=TONES[state],
        state_label=etape_label(capture) if waits else str(state.label),
        note="" if waits else etape_label(capture),
        since_label="Déposée depuis",
        since=ages.waiting(capture.recorded_at, at=at) if waits else ages.on(capture.recorded_at),
    )


def anomalie_lines(keys: Sequence[int], at: datetime) -> list[DossierLine]:
    """Read the lines of these anomalies (pk), in that order, in one query."""
    anomalies = Anomalie.objects.filter(pk__in=keys).select_related("demande__candidature__produit__editeur")
    return in_order(keys, ((anomalie.pk, _anomalie(anomalie, at)) for anomalie in _with_referent(anomalies)))


def _anomalie(anomalie: Anomalie, at: datetime) -> DossierLine:
    state = AnomalieState(anomalie.state)
    waits = state is AnomalieState.OPEN
    return DossierLine(
        what="Réponse",
        label=f"{anomalie.nature}, {anomalie.demande.label}",
        detail=f"{anomalie.nature}, {anomalie.demande.label}\u00a0: {anomalie.sentence}",
        path=reverse("guichets:anomalie", args=[anomalie.pk]),
        **_cells(anomalie),
        state=state,
        state_label=str(state.label),
        note=f"par {anomalie.who.inside}" if waits else "",
        since_label="Reçue depuis",
        since=ages.waiting(anomalie.opened_at, at=at) if waits else ages.on(anomalie.opened_at),
    )


def _with_referent(rows: QuerySet[Any, Any]) -> QuerySet[Any, Any]:
    return rows.select_related(
        "demande__candidature__produit__editeur", "demande__candidature__referent__compte"
    ).order_by("pk")


def _cells(row: Any) -> dict[str, Any]:
    candidature = row.demande.candidature
    referent = getattr(candidature, "referent", None)
    return {
        "nru": candidature.nru,
        "produit": candidature.produit.nom,
        "editeur": candidature.produit.editeur.raison_sociale,
        "referent": referent.compte.full_name if referent else "",
    }
