"""Closing a séance: a preview of all that it will publish and send, then the act."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_http_methods, require_safe

from candidatures.documents.printing import DocumentNotPrintable
from candidatures.permissions import people_with_access
from candidatures.queries.people import people_by_produit
from comptes.requests import PortalRequest, posted_number
from comptes.views.refusals import refuse
from referencement.documents import printing as printing_documents
from referencement.documents.printing import VERSION
from referencement.enums import Decision, DocumentKind, ExamenState, SeanceState
from referencement.mails import college
from referencement.models import Examen
from referencement.operations.examens import SeanceConflict, SeanceNotPossible
from referencement.operations.seances import close_seance
from referencement.queries.blocages import dossier_complet
from referencement.queries.referencements import decision_on_examen, numeros_of_decisions
from referencement.queries.seances import agenda_of, obstacles_to_close
from referencement.queries.situations import (
    attestation_of,
    numero_of_issued,
    numero_of_minutes,
    proces_verbal_of,
    rapport_of,
)

from .examens import find_examen
from .seances import find_seance, refuse_who_does_not_hold, trail_to

ISSUED = {
    Decision.ATTRIBUTED: (DocumentKind.ATTESTATION, DocumentKind.RAPPORT),
    Decision.NOT_ATTRIBUTED: (DocumentKind.DECISION,),
}


@require_http_methods(["GET", "HEAD", "POST"])
def page(request: PortalRequest, seance_id: int) -> HttpResponse:
    """Show what closing would publish, and the obstacles; on POST, close the séance."""
    seance = find_seance(request, seance_id)
    refuse_who_does_not_hold(request, seance)
    obstacles: tuple[str, ...] = ()
    if request.method == "POST":
        try:
            close_seance(
                seance_id=seance.pk, seen_version=posted_number(request, "version"), by=request.user, at=request.at
            )
        except SeanceConflict as conflict:
            return refuse(request, [conflict.sentence], "referencement:seance_close", seance.pk)
        except SeanceNotPossible as refused:
            obstacles = refused.reasons
        else:
            messages.success(
                request,
                "La séance est close. Les documents sont en cours de préparation, et les éditeurs reçoivent un e-mail.",
            )
            return redirect("referencement:seance", seance.pk)
    examens = agenda_of(seance)
    obstacles = obstacles or obstacles_to_close(seance, examens)
    issued = _issued_of(examens)
    context = {
        "seance": seance,
        "trail": trail_to(seance),
        "examens": [(examen, [numero for _, numero in issued[examen.pk]]) for examen in examens],
        "proces_verbal": numero_of_minutes(seance),
        "obstacles": [{"sentence": obstacle} for obstacle in obstacles],
        "is_open": seance.state == SeanceState.OPEN,
        "messages_sent": _messages_of(examens),
    }
    return render(
        request, "referencement/college/cloture.html", context, status=409 if request.method == "POST" else 200
    )


def _messages_of(examens: list[Examen]) -> int:
    """Return how many messages the closing sends: one to each person of the team of each dossier."""
    people = people_by_produit([examen.candidature.produit_id for examen in examens])
    return sum(len(people[examen.candidature.produit_id]) for examen in examens)


def _issued_of(examens: list[Examen]) -> dict[int, list[tuple[DocumentKind, str]]]:
    """Return the documents that the closing issues, as (kind, number), by pk of examen; one query at most."""
    refused = [examen.candidature for examen in examens if examen.decision == Decision.NOT_ATTRIBUTED]
    decisions = numeros_of_decisions(refused) if refused else {}
    return {
        examen.pk: [
            (kind, decisions.get(examen.candidature_id) or numero_of_issued(kind, examen)) for kind in _kinds_of(examen)
        ]
        for examen in examens
    }


def _kinds_of(examen: Examen) -> tuple[DocumentKind, ...]:
    return ISSUED.get(Decision(examen.decision), ()) if examen.decision else ()


@require_safe
def preview(request: PortalRequest, seance_id: int, nru: str) -> HttpResponse:
    """Show the message about one dossier, the people who will receive it, and its documents."""
    examen = find_examen(request, seance_id, nru)
    refuse_who_does_not_hold(request, examen.seance)
    if examen.state != ExamenState.DECIDED:
        raise Http404
    people = people_with_access(examen.candidature.produit)
    context = {
        "examen": examen,
        "seance": examen.seance,
        "trail": [*trail_to(examen.seance), ("Clôture", "../")],
        "message": college.message_of(examen, Decision(examen.decision)),
        "people": people,
        "documents": [(kind, kind.label, numero) for kind, numero in _issued_of([examen])[examen.pk]],
    }
    return render(request, "referencement/college/apercu.html", context)


@require_safe
def preview_document(request: PortalRequest, seance_id: int, kind: str, nru: str = "") -> HttpResponse:
    """Print a document as the closing would, from today's data, without keeping it."""
    seance = find_seance(request, seance_id)
    refuse_who_does_not_hold(request, seance)
    if kind == DocumentKind.PROCES_VERBAL:
        data: dict[str, Any] = proces_verbal_of(seance, agenda_of(seance), by=request.user, at=request.at)
    else:
        examen = find_examen(request, seance_id, nru)
        if kind not in _kinds_of(examen):
            raise Http404
        data = _data_of(request, DocumentKind(kind), examen)
    try:
        content = printing_documents.render(kind, data, version=VERSION, at=request.at)
    except DocumentNotPrintable:
        return render(request, "referencement/college/unprintable.html", {"seance": seance}, status=503)
    return HttpResponse(
        content,
        content_type="application/pdf",
        headers={
            "Content-Disposition": content_disposition_header(False, f"apercu-{data['numero']}.pdf") or "inline",
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "Cache-Control": "private, no-store",
            "X-Content-Type-Options": "nosniff",
        },
    )


def _data_of(request: PortalRequest, kind: DocumentKind, examen: Examen) -> dict[str, Any]:
    if kind is DocumentKind.ATTESTATION:
        return attestation_of(examen, at=request.at)
    if kind is DocumentKind.DECISION:
        return decision_on_examen(examen, at=request.at)
    complet = dossier_complet(examen.candidature, at=request.at, with_history=False)
    if complet.dossier is None:
        raise Http404
    return rapport_of(examen, complet.dossier, at=request.at)
