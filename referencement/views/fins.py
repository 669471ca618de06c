"""The page of a candidature that is over: what was decided, when, by whom, and how it may be opened again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from candidatures import permissions
from candidatures.models import Candidature
from candidatures.queries.candidatures import why_closed
from candidatures.queries.textes import recours_in_force
from candidatures.views.access import trail_to_candidature
from comptes.dates import end_in_words, instant_in_words
from comptes.requests import PortalRequest
from referencement.enums import FinKind, Publication, Retour
from referencement.queries.referencements import announced_mesure
from referencement.queries.seances import last_decision
from referencement.queries.signatures import documents_of
from referencement.rules.fin import Fin
from referencement.rules.publication import BADGES, Standing

TITLES = {
    FinKind.NOT_ATTRIBUTED: "Le référencement n’est pas attribué",
    FinKind.FORECLOSED: "Cette candidature est close pour dépôt hors délai (forclusion)",
    FinKind.WITHDRAWN: "Cette candidature est retirée",
}
REOPENING = {
    Retour.EXAMEN: (
        "Le collège peut l’examiner de nouveau si un recours est accepté, ou si le dossier est corrigé. Une personne "
        "de l’ANS le propose, une autre l’accorde. La candidature est alors de nouveau en cours."
    ),
    Retour.DEROGATION: (
        "Une dérogation de l’ANS peut donner plus de temps pour l’échéance dépassée. La candidature est alors "
        "rouverte, telle qu’elle était. Deux personnes de l’ANS en décident."
    ),
    Retour.NEVER: (
        "Non. Une autre candidature peut être présentée pour cette solution, avec un autre numéro, tant que les "
        "échéances de la démarche le permettent."
    ),
}
TO_ASK = "Pour le demander, écrivez à l’ANS par la messagerie."
# What the éditeur may still do there, as they read it and as the ANS does.
CORRECTABLE = (
    "Vous pouvez encore y déposer des corrections, pour demander un nouvel examen.",
    "L’éditeur peut encore y déposer des corrections, pour demander un nouvel examen.",
)
CLOSED = ("Vous ne pouvez plus rien y déposer.", "L’éditeur ne peut plus rien y déposer.")


def over(
    request: PortalRequest, candidature: Candidature, fin: Fin, exchanges: Sequence[Mapping[str, Any]]
) -> HttpResponse:
    """Show a candidature that is over: no blocages, no countdown; the ANS may read that it can be opened again."""
    is_refused = fin.kind == FinKind.NOT_ATTRIBUTED
    fills = not request.user.is_ans
    context = {
        "candidature": candidature,
        "trail": trail_to_candidature(candidature, request)[:-1],
        "title": TITLES[fin.kind],
        "label": fin.kind.label,
        "tone": "neutral" if fin.kind == FinKind.WITHDRAWN else "danger",
        "closed": why_closed(candidature) or f"Décision du collège technique, publiée le {instant_in_words(fin.at)}.",
        "decision": last_decision(candidature) if is_refused else None,
        "recours": () if fin.kind == FinKind.WITHDRAWN else recours_in_force(candidature.dispositif_id).paragraphs,
        "exchanges": exchanges,
        "reopening": f"{REOPENING[fin.retour]} {TO_ASK}" if fills and is_refused else REOPENING[fin.retour],
        "reopen": _reopen(request, candidature, fin),
        "rest": (CORRECTABLE if is_refused else CLOSED)[not fills],
        "is_mine": fills,
        "documents": documents_of(candidature),
        "has_photos": candidature.has_photos,  # type: ignore[attr-defined]  # annotated by `with_photos`
        "writes": permissions.writes_messages(request.user, candidature),
        "volet": "candidatures:volet" if fills else "candidatures:volet_review",
    }
    return render(request, "referencement/over.html", context)


def _reopen(request: PortalRequest, candidature: Candidature, fin: Fin) -> dict[str, str] | None:
    """Return the link to the page where opening it again is decided, if this reader may see that page."""
    if fin.retour == Retour.EXAMEN and request.user.is_ans:
        return {
            "href": reverse("referencement:reexamen", args=[candidature.nru]),
            "label": "Nouvel examen par le collège",
        }
    if fin.retour == Retour.EXAMEN:
        return {"href": reverse("referencement:messages", args=[candidature.nru]), "label": "Écrire à l’ANS"}
    if fin.retour == Retour.DEROGATION:
        return {"href": reverse("referencement:derogations", args=[candidature.nru]), "label": "Dérogations"}
    return None


def standing_for_page(candidature: Candidature, standing: Standing) -> dict[str, Any]:
    """Return what the page shows of a référencement: its state, and the mesure that the éditeur may answer."""
    in_force = standing.state == Publication.REFERENCED
    waiting = announced_mesure(candidature)
    title = (
        "Le référencement est attribué"
        if in_force
        else f"{standing.state.label} depuis le {instant_in_words(standing.since)}"
    )
    return {
        "tone": "success" if in_force else "warning",
        "title": title,
        "badge": BADGES[standing.state],
        "waiting": f"{waiting.get_kind_display()} annoncée par l’ANS" if waiting else "",
        "until": end_in_words(waiting.answer_until_at) if waiting else "",
        "answered": waiting is not None and waiting.answered_at is not None,
    }
