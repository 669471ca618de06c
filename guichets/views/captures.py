"""The captures: either side records them, the ANS reads them and decides."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from candidatures import permissions
from candidatures.views.access import find_candidature, sends_to_the_team
from candidatures.views.worklists import DossierList, Labels
from comptes.requests import PortalRequest, posted_text
from comptes.rules.figures import whole
from comptes.rules.listes import Filtre
from comptes.views.listes import onwards
from comptes.views.resume import carried_data
from guichets.catalogue.guichets import every_guichet
from guichets.enums import CaptureState, Portee
from guichets.forms.captures import CaptureForm, SentToReadForm
from guichets.models import Capture, DemandeAuGuichet
from guichets.operations.captures import (
    CaptureNotDecidable,
    CaptureNotRecordable,
    confirm_capture,
    record_capture,
    refuse_capture,
)
from guichets.operations.lectures import send_to_read
from guichets.queries import worklists
from guichets.queries.captures import (
    captures_to_confirm,
    claimed,
    consequence_of,
    decided_by,
    etape_label,
    held,
    may_be_decided,
    with_demande,
)
from guichets.queries.lectures import EnMain, capture_in_hand, noticed_in, reads_captures
from preuves.queries.fichiers import for_viewing

from .access import find_demande
from .candidature import say_faults, show


def record(request: PortalRequest, nru: str, demande_id: int) -> HttpResponse:
    """Record what a desk's space shows, with its capture; the ANS confirms it."""
    candidature = find_candidature(request, nru)
    if request.user.is_ans:
        _refuse_who_does_not_instruct(request)
    demande = find_demande(candidature, demande_id)
    if demande.spec.portee is Portee.PREUVE:
        raise Http404
    if "lire" in request.POST:
        return _send_to_read(request, demande)
    carried = carried_data(request)
    en_main = capture_in_hand(request.POST.get("lue") or request.GET.get("lue", ""), demande, request.user)
    form = _form(demande, request.POST or carried, request.FILES, en_main)
    if request.method == "POST" and form.is_valid():
        try:
            record_capture(
                demande_id=demande.pk,
                shown=form.shown(),
                upload=form.cleaned_data["capture"],
                sent=en_main.piece if en_main else None,
                by=request.user,
                at=request.at,
            )
        except CaptureNotRecordable as refused:
            say_faults(form, refused.faults)
        else:
            who = "une autre personne de l’ANS" if request.user.is_ans else "l’ANS"
            messages.success(
                request,
                (f"{demande.label}\u00a0: capture déposée. Elle sera prise en compte après confirmation par {who}."),
            )
            return redirect("guichets:page", nru)
    return show(request, demande, form, "guichets/capture.html", carried=carried, **_reading(en_main))


def _form(demande: DemandeAuGuichet, data: Any, files: Any, en_main: EnMain | None = None) -> CaptureForm:
    initial: dict[str, Any] = {"logiciel": demande.logiciel, "nil": demande.nil}
    values = en_main.reconnu.values if en_main else {}
    form = CaptureForm(data, files or None, guichet=demande.spec, initial=initial | values)
    if en_main:
        form.propose(values, name=en_main.piece.name)
    return form


def _reading(en_main: EnMain | None) -> dict[str, Any]:
    offered = en_main is None and reads_captures()
    return {"en_main": en_main, "to_read": SentToReadForm(auto_id="lire_%s") if offered else None}


def _send_to_read(request: PortalRequest, demande: DemandeAuGuichet) -> HttpResponse:
    """Keep a capture, have it read, and come back to the form, where what is recognised is proposed."""
    to_read = SentToReadForm(request.POST, request.FILES, auto_id="lire_%s")
    upload = to_read.cleaned_data["capture"] if to_read.is_valid() else None
    try:
        piece = send_to_read(demande_id=demande.pk, upload=upload, by=request.user, at=request.at)
    except CaptureNotRecordable as refused:
        say_faults(to_read, refused.faults)
        form, context = _form(demande, None, None), {"en_main": None, "to_read": to_read}
        return show(request, demande, form, "guichets/capture.html", carried=None, status=422, **context)
    return redirect(f"{request.path}?lue={piece.pk}")


CAPTURES = DossierList(
    name="guichets:captures",
    code="captures",
    labels=Labels(
        title="Captures à confirmer",
        subtitle="Captures des guichets que le portail n’interroge pas.",
        what="Demande",
        since="Déposée depuis",
        these="ces captures",
        empty="Aucune capture à confirmer",
        fills="Les captures déposées par les éditeurs apparaîtront ici. Changez d’onglet, ou élargissez la recherche.",
    ),
    etagere=worklists.CAPTURES,
    filtres=lambda: (
        Filtre("guichet", "Guichet", {desk.code: desk.label for desk in every_guichet()}),
        Filtre("etat", "État", dict(CaptureState.choices)),
    ),
    lines=worklists.capture_lines,
    key_of=whole,
    href=lambda key: reverse("guichets:capture_read", args=[key]),
    pages=frozenset({"guichets:capture_read", "guichets:capture_confirm", "guichets:capture_refuse"}),
)
CAPTURES.register()


@require_safe
def index(request: PortalRequest) -> HttpResponse:
    """Show the captures of one tab, those that wait for the ANS first."""
    return CAPTURES.show(request)


@require_safe
def read(request: PortalRequest, capture_id: int) -> HttpResponse:
    """Show a capture, what its author typed, and what the portal holds of its demande."""
    return _show(request, _find(request, capture_id))


@require_POST
def confirm(request: PortalRequest, capture_id: int) -> HttpResponse:
    """Confirm a capture, and go to the next one."""
    capture = _find(request, capture_id)
    _refuse_who_does_not_instruct(request)
    version = request.POST.get("version", "")
    try:
        confirm_capture(
            capture_id=capture.pk,
            seen_version=int(version) if version.isdecimal() and len(version) < 10 else -1,
            by=request.user,
            at=request.at,
        )
    except CaptureNotDecidable as refused:
        return _show(request, _find(request, capture_id), problem=refused.sentence)
    label = capture.demande.label
    messages.success(request, f"{label}\u00a0: capture confirmée, «\u00a0{etape_label(capture)}\u00a0».")
    return _next(request, capture)


@require_POST
def refuse(request: PortalRequest, capture_id: int) -> HttpResponse:
    """Refuse a capture with a reason, and go to the next one."""
    capture = _find(request, capture_id)
    _refuse_who_does_not_instruct(request)
    motif = posted_text(request)
    try:
        refuse_capture(capture_id=capture.pk, reason=motif, by=request.user, at=request.at)
    except CaptureNotDecidable as refused:
        return _show(request, _find(request, capture_id), problem=refused.sentence, motif=motif)
    label = capture.demande.label
    messages.success(request, f"{label}\u00a0: capture refusée. L’éditeur peut lire le motif.")
    return _next(request, capture)


def _find(request: PortalRequest, capture_id: int) -> Capture:
    if not request.user.is_ans:
        raise Http404
    return get_object_or_404(with_demande(Capture.objects.all()), pk=capture_id)


def _next(request: PortalRequest, capture: Capture) -> HttpResponse:
    """Go to the next capture that this person may confirm: of the list that was read, else the oldest that waits."""
    own = Q(recorded_by=request.user)
    waiting = captures_to_confirm().exclude(own).values_list("pk", flat=True).first()
    oldest = reverse("guichets:capture_read", args=[waiting]) if waiting else reverse(CAPTURES.name)
    return onwards(request, CAPTURES.name, capture.pk, but=own, otherwise=oldest)


def _show(request: PortalRequest, capture: Capture, *, problem: str = "", motif: str = "") -> HttpResponse:
    demande = capture.demande
    context: dict[str, Any] = {
        "trail": [("Captures à confirmer", reverse("guichets:captures"))],
        "tone": worklists.TONES[CaptureState(capture.state)],
        "capture": capture,
        "demande": demande,
        "candidature": demande.candidature,
        "etape": etape_label(capture),
        "claimed": claimed(capture),
        "held": held(demande, at=request.at),
        "consequence": consequence_of(capture, demande, at=request.at),
        "pieces": for_viewing([capture.piece]),
        "indices": noticed_in(capture),
        "decided": decided_by(capture),
        "is_mine": capture.recorded_by_id == request.user.pk,
        "may_decide": permissions.instructs(request.user) and may_be_decided(capture),
        "waiting": captures_to_confirm().count(),
        "sends": sends_to_the_team(demande.candidature),
        "problem": problem,
        "motif": motif,
    }
    return render(request, "guichets/capture_read.html", context, status=409 if problem else 200)


def _refuse_who_does_not_instruct(request: PortalRequest) -> None:
    if not permissions.instructs(request.user):
        raise PermissionDenied("Seuls les instructeurs peuvent confirmer ou refuser une capture.")
