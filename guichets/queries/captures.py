"""The captures: which ones wait for the ANS, and what the page of one shows beside it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

from django.db.models import Q, QuerySet
from django.utils.text import capfirst

from candidatures.enums import CandidatureState
from candidatures.models import Candidature
from comptes.dates import day_in_words, instant_in_words
from guichets.enums import CaptureState, Portee
from guichets.models import Capture, DemandeAuGuichet
from guichets.rules.declarations import nil_of
from guichets.rules.reconciliation import AnomalieFound, Believed, DeskAnswer, DeskReturn, reconcile

from .ages import age_of
from .architecture import architecture_of
from .demandes import believed

TO_CONFIRM = Q(state=CaptureState.RECORDED, demande__ended_at=None, demande__candidature__state=CandidatureState.OPEN)


def captures_to_confirm(*, dispositif: str = "") -> QuerySet[Capture]:
    """The captures that wait for the ANS, the oldest first; of one dispositif when it is named."""
    waiting = Capture.objects.filter(TO_CONFIRM)
    if dispositif:
        waiting = waiting.filter(demande__candidature__dispositif=dispositif)
    return waiting.order_by("recorded_at", "pk")


def pieces_of_captures(candidature: Candidature) -> Q:
    """Select the pièces of a candidature that are captures, which the ANS may read."""
    return Q(pk__in=Capture.objects.filter(demande__candidature=candidature).values("piece"))


def decided_by(capture: Capture) -> str:
    """Say by whom and when a capture was decided: « par … le … »; empty while it waits."""
    if capture.decided_at is None:
        return ""
    who = f" par {capture.decided_by.full_name}" if capture.decided_by else ""
    return f"{who} le {instant_in_words(capture.decided_at)}"


def believed_of_capture(demande: DemandeAuGuichet) -> Believed:
    """What the portal holds of a demande, with the NIL that its capture must show: its own, or the éligibilité's."""
    held = believed(demande)
    if held.nil or demande.spec.portee is not Portee.COMPOSANT:
        return held
    return replace(held, nil=nil_of(demande.composant, architecture_of(demande.candidature)))


def with_demande(captures: QuerySet[Capture]) -> QuerySet[Capture]:
    return captures.select_related(
        "demande__candidature__produit__editeur",
        "demande__candidature__dispositif",
        "piece",
        "recorded_by",
        "decided_by",
    )


def etape_label(capture: Capture) -> str:
    return capture.demande.spec.labels.get(capture.etape, capture.etape)


Rows = list[tuple[str, str]]


def claimed(capture: Capture) -> Rows:
    """What its author typed about a capture, row by row, to compare with the image."""
    who = f"{capture.recorded_by.full_name}{', de l’ANS' if capture.recorded_by.is_ans else ''}"
    return [
        ("Logiciel", capture.logiciel),
        *([("NIL", capture.nil)] if capture.nil else []),
        ("Étape", capture.demande.spec.etape(capture.etape).full_label),
        ("Depuis le", _day(capture.date_etape)),
        ("Retour prévu le", _day(capture.retour_prevu)),
        *[(capture.demande.spec.documents.get(nature, nature), numero) for nature, numero in capture.documents.items()],
        ("Déposée le", instant_in_words(capture.recorded_at)),
        ("Par", who),
    ]


def held(demande: DemandeAuGuichet, *, at: datetime) -> Rows:
    """What the portal holds of a demande, in the same order as `claimed`."""
    nil = believed_of_capture(demande).nil
    return [
        ("Logiciel", demande.logiciel),
        *([("NIL", nil)] if nil else []),
        ("Étape", demande.etape.full_label),
        ("Depuis le", _day(demande.etape_date)),
        ("Retour prévu le", _day(demande.retour_prevu)),
        (demande.spec.identifiant.capitalize(), demande.numero),
        ("Source", capfirst(age_of(demande, at=at))),
    ]


def _day(day: date | None) -> str:
    return day_in_words(day) if day else ""


def may_be_decided(capture: Capture) -> bool:
    """Whether a capture waits, and its demande is still followed."""
    demande = capture.demande
    is_followed = demande.ended_at is None and demande.candidature.state == CandidatureState.OPEN
    return capture.state == CaptureState.RECORDED and is_followed


def consequence_of(capture: Capture, demande: DemandeAuGuichet, *, at: datetime) -> str:
    """Say in French what confirming a capture would do, or why it could not be followed."""
    shown = DeskAnswer(demande.spec, capture.etape, capture.date_etape, "", capture.nil, capture.logiciel)
    outcome = reconcile(believed(demande), shown, at=at)
    if isinstance(outcome, AnomalieFound):
        return f"Elle ne peut pas être prise en compte\u00a0: {outcome.sentence}"
    if isinstance(outcome, DeskReturn):
        back = f"de «\u00a0{demande.etape.label}\u00a0» à «\u00a0{etape_label(capture)}\u00a0»"
        return f"La demande revient en arrière, {back}\u00a0: les étapes suivantes sont de nouveau en attente."
    if not outcome.moves:
        return "L’étape ne change pas. Elle est vérifiée de nouveau."
    return f"La demande passe de «\u00a0{demande.etape.label}\u00a0» à «\u00a0{etape_label(capture)}\u00a0»."
