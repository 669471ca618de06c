"""The nouvel examen of a refused candidature: one person of the ANS proposes it, another grants it."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods, require_POST

from candidatures import permissions as of_candidatures
from candidatures.models import Candidature
from candidatures.views.access import find_candidature, sends_to_the_team, trail_to_candidature
from comptes.requests import PortalRequest, posted_text
from comptes.views.refusals import refuse, show_form
from referencement import permissions
from referencement.enums import FinKind, ReexamenGround, ReexamenState
from referencement.forms.referencements import ReexamenForm
from referencement.models import Reexamen
from referencement.operations.reexamens import ReexamenNotPossible, grant_reexamen, refuse_reexamen, request_reexamen
from referencement.queries.fins import fins_of
from referencement.queries.referencements import reexamens_of


@require_http_methods(["GET", "HEAD", "POST"])
def page(request: PortalRequest, nru: str) -> HttpResponse:
    """Show the nouveaux examens of a candidature; on POST, propose one."""
    if not request.user.is_ans:
        raise Http404
    candidature = find_candidature(request, nru)
    if request.method == "POST" and not of_candidatures.instructs(request.user):
        raise PermissionDenied("Seules les personnes qui instruisent à l’ANS peuvent proposer un nouvel examen.")
    form = ReexamenForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and _request(request, candidature, form):
        messages.success(
            request, "Le nouvel examen est proposé. Une autre personne de l’ANS doit l’accorder ou le refuser."
        )
        return redirect("referencement:reexamen", nru)
    reexamens = reexamens_of(candidature)
    waiting = next((reexamen for reexamen in reexamens if reexamen.state == ReexamenState.REQUESTED), None)
    fin = fins_of([candidature.pk]).get(candidature.pk)
    is_refused = fin is not None and fin.kind == FinKind.NOT_ATTRIBUTED
    may_ask = is_refused and waiting is None and of_candidatures.instructs(request.user)
    context = {
        "candidature": candidature,
        "trail": trail_to_candidature(candidature, request),
        "is_refused": is_refused,
        "waiting": waiting,
        "decided": [reexamen for reexamen in reexamens if reexamen.state != ReexamenState.REQUESTED],
        "may_decide": permissions.decides_mesures(request.user),
        "is_mine": waiting is not None and waiting.asked_by_id == request.user.pk,
        "sends": sends_to_the_team(candidature),
        "form": form if may_ask or form.is_bound else None,
    }
    return show_form(request, "referencement/reexamen.html", context)


def _request(request: PortalRequest, candidature: Candidature, form: ReexamenForm) -> bool:
    """Propose the nouvel examen; when it is refused, put the reasons in the form and return False."""
    try:
        request_reexamen(
            candidature_id=candidature.pk,
            ground=ReexamenGround(form.cleaned_data["ground"]),
            reason=form.cleaned_data["reason"],
            by=request.user,
            at=request.at,
        )
    except ReexamenNotPossible as refused:
        for reason in refused.reasons:
            form.add_error(None, reason)
        return False
    return True


@require_POST
def decide(request: PortalRequest, nru: str, reexamen_id: int) -> HttpResponse:
    """Grant the nouvel examen, or refuse it with a reason."""
    candidature = find_candidature(request, nru)
    if not permissions.decides_mesures(request.user):
        raise PermissionDenied("Seul un responsable d’instruction peut accorder ou refuser un nouvel examen.")
    reexamen = get_object_or_404(Reexamen, pk=reexamen_id, examen__candidature=candidature)
    try:
        if request.POST.get("geste") == "accorder":
            grant_reexamen(reexamen_id=reexamen.pk, by=request.user, at=request.at)
            messages.success(request, "Le nouvel examen est accordé\u00a0: la candidature est de nouveau en cours.")
        else:
            reason = posted_text(request)
            refuse_reexamen(reexamen_id=reexamen.pk, reason=reason, by=request.user, at=request.at)
            messages.success(request, "Le nouvel examen est refusé.")
    except ReexamenNotPossible as refused:
        return refuse(request, refused.reasons, "referencement:reexamen", nru)
    return redirect("referencement:reexamen", nru)
