"""A second reading asked of an expert, by whoever reads a chapitre."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from comptes.dates import PARIS
from comptes.requests import PortalRequest
from comptes.views.refusals import refuse
from comptes.views.resume import carried_data
from preuves.enums import ChapitreState
from preuves.forms.secondes_lectures import DemandeDeLectureForm
from preuves.models import SecondeLecture
from preuves.operations.secondes_lectures import (
    SecondeLectureNotPossible,
    ask_seconde_lecture,
    withdraw_seconde_lecture,
)
from preuves.rules.secondes_lectures import NOT_HOLDER, USUAL

from .access import refuse_who_does_not_instruct
from .instruction import find_chapitre_to_read, trail_to_chapitres


def ask(request: PortalRequest, nru: str, code: str) -> HttpResponse:
    """Ask an expert to read a chapitre that one is reading."""
    dossier, chapitre = find_chapitre_to_read(request, nru, code)
    refuse_who_does_not_instruct(request)
    back = reverse("preuves:examen", args=[nru, code])
    row = chapitre.row
    if row is None or row.state != ChapitreState.UNDER_REVIEW or row.claimed_by_id != request.user.pk:
        if request.method == "POST":
            return refuse(request, [NOT_HOLDER], back)
        messages.info(request, NOT_HOLDER)
        return redirect(back)
    carried = carried_data(request)
    usual = (request.at + USUAL).astimezone(PARIS).date()
    form = DemandeDeLectureForm(request.POST or carried, initial={"before": usual})
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        try:
            lecture = ask_seconde_lecture(
                chapitre_id=row.pk,
                email=typed["email"],
                names=(typed["first_name"], typed["last_name"]),
                question=typed["question"],
                before=typed["before"],
                by=request.user,
                at=request.at,
            )
        except SecondeLectureNotPossible as refused:
            form.add_error(None, list(refused.reasons))
        else:
            messages.success(request, f"La demande de seconde lecture a été envoyée à {lecture.expert.full_name}.")
            return redirect(back)
    context = {
        "trail": [
            *trail_to_chapitres(dossier, request),
            (chapitre.spec.label, reverse("preuves:examen", args=[nru, code])),
        ],
        "candidature": dossier.candidature,
        "chapitre": chapitre,
        "form": form,
        "carried": carried,
        "back": back,
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "preuves/seconde_lecture_ask.html", context, status=status)


@require_POST
def withdraw(request: PortalRequest, lecture_id: int) -> HttpResponse:
    """Take a request back."""
    if not request.user.is_ans:
        raise Http404
    refuse_who_does_not_instruct(request)
    joined = SecondeLecture.objects.select_related("soumission__chapitre__dossier__candidature")
    chapitre = get_object_or_404(joined, pk=lecture_id).soumission.chapitre
    try:
        withdraw_seconde_lecture(lecture_id=lecture_id, by=request.user, at=request.at)
    except SecondeLectureNotPossible as refused:
        return refuse(request, refused.reasons, "preuves:examen", chapitre.dossier.candidature.nru, chapitre.code)
    messages.success(request, "La demande de seconde lecture est retirée. L’expert reçoit un e-mail.")
    return redirect("preuves:examen", chapitre.dossier.candidature.nru, chapitre.code)
