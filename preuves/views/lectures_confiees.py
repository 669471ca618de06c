"""What an expert sees: the second readings that they have in hand, and for each, that chapitre and nothing else."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from comptes.dates import PARIS, instant_to_the_second
from comptes.requests import PortalRequest, posted_text
from comptes.views.resume import carried_data
from preuves.enums import SecondeLectureState
from preuves.forms.secondes_lectures import LectureForm
from preuves.mails.chapitres import label_of
from preuves.models import SecondeLecture
from preuves.operations.secondes_lectures import (
    SecondeLectureNotPossible,
    accept_seconde_lecture,
    decline_seconde_lecture,
    give_seconde_lecture,
    save_lecture_draft,
)
from preuves.queries.dossier import dossier_of
from preuves.queries.fichiers import lines_for_viewing
from preuves.queries.indices import lines_of
from preuves.queries.instruction import examen_of
from preuves.queries.secondes_lectures import is_asked, lectures_in_hand, was_asked

from .instruction import neighbour

TRAIL = "Secondes lectures"
TOO_LONG = "Vos observations sont trop longues\u00a0: le brouillon n’est pas enregistré."


@require_safe
def index(request: PortalRequest) -> HttpResponse:
    """List the second readings that wait for this person, the most urgent first."""
    lectures = [(lecture, label_of(lecture.soumission.chapitre)) for lecture in lectures_in_hand(request.user)]
    if not lectures and not is_asked(request.user):
        raise Http404
    today = request.at.astimezone(PARIS).date()
    return render(request, "preuves/secondes_lectures.html", {"lectures": lectures, "today": today})


def page(request: PortalRequest, lecture_id: int) -> HttpResponse:
    """Show what is asked, then the chapitre once the expert has declared no interest; on POST, answer."""
    lecture = lectures_in_hand(request.user).filter(pk=lecture_id).first()
    if lecture is None:
        if not was_asked(lecture_id, request.user):
            raise Http404
        return render(request, "preuves/seconde_lecture_ended.html", status=410)
    draft = {"position": lecture.position, "observations": lecture.observations}
    if request.method != "POST":
        return _page(request, lecture, LectureForm(carried_data(request), initial=draft))
    answers = request.POST.get("geste") == "rendre"
    form = LectureForm(request.POST) if answers else LectureForm(initial=draft)
    if answers and ("brouillon" in request.POST or request.htmx):
        return _save(request, lecture, form)
    try:
        sentence = _act(request, lecture, form)
    except SecondeLectureNotPossible as refused:
        return _page(request, lecture, form, refusal=refused.sentence)
    if not sentence:
        return _page(request, lecture, form)
    messages.success(request, sentence)
    if request.POST.get("geste") == "accepter":
        return redirect("preuves:seconde_lecture", lecture_id)
    return redirect("preuves:secondes_lectures")


def _save(request: PortalRequest, lecture: SecondeLecture, form: LectureForm) -> HttpResponse:
    """Keep a draft: by autosave, or with its button."""
    form.full_clean()
    try:
        if "observations" in form.errors and request.POST.get("observations"):
            raise SecondeLectureNotPossible(TOO_LONG)
        save_lecture_draft(
            lecture_id=lecture.pk,
            position=request.POST.get("position", ""),
            observations=form.cleaned_data.get("observations", ""),
            by=request.user,
            at=request.at,
        )
    except SecondeLectureNotPossible as refused:
        if request.htmx:
            return render(request, "preuves/avis_saved.html", {"text": refused.sentence})
        return _page(request, lecture, form, refusal=refused.sentence)
    if request.htmx:
        text = f"Brouillon enregistré le {instant_to_the_second(request.at)}"
        return render(request, "preuves/avis_saved.html", {"text": text})
    messages.success(request, "Votre brouillon est enregistré. Personne d’autre ne le lit.")
    return redirect(request.get_full_path())


def _act(request: PortalRequest, lecture: SecondeLecture, form: LectureForm) -> str:
    """Answer, and return what was done; empty when the form is not valid."""
    common: dict[str, Any] = {"lecture_id": lecture.pk, "by": request.user, "at": request.at}
    match request.POST.get("geste"):
        case "accepter":
            accept_seconde_lecture(declares="declare" in request.POST, **common)
            return "Vous avez accepté la seconde lecture. Le chapitre et ses preuves sont sur cette page."
        case "decliner":
            decline_seconde_lecture(reason=posted_text(request), **common)
            return "Vous avez décliné la seconde lecture. L’instructeur est informé."
        case "rendre" if form.is_valid():
            give_seconde_lecture(**form.cleaned_data, **common)
            return "Votre seconde lecture a été transmise. Votre accès au chapitre a pris fin."
        case "rendre":
            return ""
    raise Http404


def _page(request: PortalRequest, lecture: SecondeLecture, form: LectureForm, *, refusal: str = "") -> HttpResponse:
    chapitre = lecture.soumission.chapitre
    context = {
        "trail": [(TRAIL, reverse("preuves:secondes_lectures"))],
        "lecture": lecture,
        "chapitre": chapitre,
        "candidature": chapitre.dossier.candidature,
        "label": label_of(chapitre),
        "refusal": refusal,
        "today": request.at.astimezone(PARIS).date(),
    }
    if lecture.state == SecondeLectureState.ACCEPTED:
        context |= _chapitre(request, lecture, form)
    return render(request, "preuves/seconde_lecture.html", context, status=422 if request.method == "POST" else 200)


def _chapitre(request: PortalRequest, lecture: SecondeLecture, form: LectureForm) -> dict[str, Any]:
    """Return what the page shows of the chapitre: its preuves as they were submitted, one of them open."""
    code = lecture.soumission.chapitre.code
    dossier = dossier_of(lecture.soumission.chapitre.dossier.candidature, code=code)
    known = dossier.chapitre(code) if dossier else None
    read = examen_of(dossier, known, by=request.user) if dossier and known else None
    if read is None:
        raise Http404
    line = read.line(request.GET.get("preuve", ""))
    numeros = [line.numero for line in read.read]
    lines, _ = lines_of(line.revision, None)
    return {
        "read": read,
        "line": line,
        "shown": line.revision,
        "viewing": lines_for_viewing(lines, text=line.revision.comment) if line.revision else [],
        "here": reverse("preuves:seconde_lecture", args=[lecture.pk]),
        "place": numeros.index(line.numero) + 1 if line.numero in numeros else 0,
        "before": neighbour(numeros, line.numero, -1),
        "after": neighbour(numeros, line.numero, 1),
        "form": None,
        "answer": form,
    }
