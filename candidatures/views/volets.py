from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from candidatures.enums import VoletKind, VoletState
from candidatures.forms.volet import ADD_LINE, REMOVE_LINE, VoletForm
from candidatures.models import Demande, Reponse, Volet
from candidatures.operations.pieces import keep_pieces
from candidatures.operations.volets import Saved, VoletNotOpen, save_answers
from candidatures.queries.candidatures import deadline_of
from candidatures.queries.prefill import prefill_of
from candidatures.queries.read import ReadVolet, read_volet
from candidatures.queries.summary import SummaryRow, in_words, last_submitted
from candidatures.queries.volets import choices_of, demande_of, spec_of_volet
from candidatures.rules import submission as rules
from candidatures.rules.deadlines import Deadline
from comptes.dates import instant_in_words, instant_to_the_second
from comptes.requests import PortalRequest
from comptes.views.resume import carried_data

from .access import find_volet_to_fill, trail_to_candidature
from .demandes import demande_for_page
from .submission import deadline_for_page, obstacles_besides_warnings
from .unsaved import keep_unsaved, unsaved_of


def fill(request: PortalRequest, nru: str, kind: VoletKind) -> HttpResponse:
    """Fill a volet. Valid answers are kept at each save; the errors of the others are shown beside their fields."""
    volet = find_volet_to_fill(request, nru, kind)
    if request.method == "POST":
        return _save(request, volet)
    if volet.state not in rules.FILLABLE:
        return redirect("candidatures:volet_submit", nru, kind)
    read, deadline = read_volet(volet), deadline_of(volet)
    carried, unsaved = carried_data(request), unsaved_of(request, volet)
    typed = {code: kept["typed"] for code, kept in unsaved.items()}
    initial, adding = {**_initial(read), **typed}, request.GET.get("ligne", "")
    form = _form_of(volet, read.demande, carried, initial=initial, adding=adding)
    if carried:
        form.is_valid()
    form.show_unsaved({code: kept["why"] for code, kept in unsaved.items()})
    if "verifier" in request.GET:
        form.show_obstacles(obstacles_besides_warnings(read.facts, deadline, at=request.at))
    return _page(request, read, deadline, form, carried=bool(carried))


def _save(request: PortalRequest, volet: Volet) -> HttpResponse:
    demande = demande_of(volet) if volet.state == VoletState.COMPLEMENT_REQUESTED else None
    form = _form_of(volet, demande, *_without_removed_line(request))
    form.is_valid()
    if "seen_version" not in form.cleaned_data:
        form.add_error(None, "Cette page est incomplète. Rechargez-la avant d’enregistrer.")
        return _page(request, read_volet(volet), deadline_of(volet), form, status=422)
    try:
        saved = _keep(request, volet, form)
    except VoletNotOpen as refused:
        if request.htmx:
            return _autosave_refused(request, refused.sentence)
        form.add_error(None, f"{refused.sentence} Rien n’a été enregistré. Votre saisie est affichée ci-dessous.")
        return _page(request, read_volet(volet), deadline_of(volet), form, status=409)
    if request.htmx:
        return _autosaved(request, volet, form, saved)
    form.show_conflicts(_in_words(volet, saved.conflicts), version=saved.version)
    keep_unsaved(request, volet, form)
    if form.errors:
        deadline = deadline_of(volet)
        return _page(request, saved.read, deadline, form, saved=bool(saved.written), status=422)
    for note in form.notes:
        messages.info(request, note)
    return _next_page(request, volet)


def _keep(request: PortalRequest, volet: Volet, form: VoletForm) -> Saved:
    """Keep the valid answers and their files; no file when the volet takes no answer.

    :raises VoletNotOpen: with the reason
    """
    if request.FILES and (reason := rules.why_not_fillable(read_volet(volet).facts)):
        raise VoletNotOpen(reason)
    answers = keep_pieces(candidature=volet.candidature, answers=form.answers, by=request.user, at=request.at)
    return save_answers(
        volet_id=volet.pk,
        answers=answers,
        seen_version=form.cleaned_data["seen_version"],
        by=request.user,
        at=request.at,
    )


def _autosaved(request: PortalRequest, volet: Volet, form: VoletForm, saved: Saved) -> HttpResponse:
    """Answer an autosave: when it was kept, and what is to be corrected. A conflict suspends it: the person decides."""
    for code, sentence in _in_words(volet, saved.conflicts).items():
        form.add_error(code, sentence)
    keep_unsaved(request, volet, form)
    context = {
        "form": form,
        "saved_at": instant_to_the_second(request.at),
        "suspended": bool(saved.conflicts),
        "seen_version": form.cleaned_data["seen_version"] if saved.conflicts else saved.version,
    }
    return render(request, "candidatures/autosaved.html", context)


def _autosave_refused(request: PortalRequest, reason: str) -> HttpResponse:
    return render(request, "candidatures/autosave_refused.html", {"reason": reason})


def _next_page(request: PortalRequest, volet: Volet) -> HttpResponse:
    action = request.POST.get("action", "")
    page = reverse("candidatures:volet", args=[volet.candidature.nru, volet.kind])
    if action == "soumettre":
        return redirect("candidatures:volet_submit", volet.candidature.nru, volet.kind)
    if action.startswith(f"{ADD_LINE}:") and (champ := action.partition(":")[2]) in spec_of_volet(volet).by_code:
        return redirect(f"{page}?ligne={champ}#champ-{champ}")
    if removed := _removed_line(action):
        messages.success(request, "La ligne est retirée.")
        return redirect(f"{page}#champ-{removed[0]}")
    messages.success(request, "Vos réponses sont enregistrées.")
    return redirect(page)


def _removed_line(action: str) -> tuple[str, str] | None:
    """Return the list and the number of the line that a button removes; None for another button."""
    verb, _, what = action.partition(":")
    champ, _, number = what.rpartition(":")
    return (champ, number) if verb == REMOVE_LINE and champ and number.isdecimal() else None


def _without_removed_line(request: PortalRequest) -> tuple[Mapping[str, str], Mapping[str, Any]]:
    """Return what was posted, without the line that the button removes: a line without answer is dropped."""
    removed = _removed_line(request.POST.get("action", ""))
    if removed is None:
        return request.POST, request.FILES
    data, files = request.POST.copy(), request.FILES.copy()
    prefix = "-".join((*removed, ""))
    for posted in (data, files):
        for name in [name for name in posted if name.startswith(prefix)]:
            del posted[name]
    return data, files


def _initial(read: ReadVolet) -> dict[str, Any]:
    """Return the first values of the form; a form that is posted keeps what was posted."""
    return {**prefill_of(read.volet), **read.facts.answers, "seen_version": read.volet.version}


def _form_of(
    volet: Volet,
    demande: Demande | None,
    data: Mapping[str, str] | None,
    files: Mapping[str, Any] | None = None,
    *,
    initial: Mapping[str, Any] | None = None,
    adding: str = "",
) -> VoletForm:
    return VoletForm(
        data,
        files,
        spec=spec_of_volet(volet),
        choices=choices_of(volet),
        editeur=volet.candidature.produit.editeur.company,
        unlocked=frozenset(demande.champs) if demande else None,
        initial=initial,
        adding=adding,
    )


def _page(
    request: PortalRequest,
    read: ReadVolet,
    deadline: Deadline,
    form: VoletForm,
    *,
    carried: bool = False,
    saved: bool = False,
    status: int = 200,
) -> HttpResponse:
    volet, facts = read.volet, read.facts
    done, asked = rules.progress(facts)
    rows = _rows_before(read, form)
    sections = list(form.sections(facts, rows, unfolded="parties" in request.GET))
    if rows:
        sections = [section for section in sections if section.fields]
    context = {
        "volet": volet,
        "candidature": volet.candidature,
        "trail": trail_to_candidature(volet.candidature, request),
        "form": form,
        "sections": sections,
        "has_folded": any(not section.is_open for section in sections),
        "locked": [row for section in sections for row in section.locked],
        "spec": facts.spec,
        **deadline_for_page(request, volet, deadline),
        "done": done,
        "asked": asked,
        "not_fillable": rules.why_not_fillable(facts),
        **demande_for_page(read.demande, at=request.at),
        "carried": carried,
        "saved": saved,
    }
    return render(request, "candidatures/volet.html", context, status=status)


def _rows_before(read: ReadVolet, form: VoletForm) -> Mapping[str, SummaryRow]:
    """Return what the ANS read of every champ before its demande, by champ; nothing without a demande."""
    if len(form.unlocked) == len(form.spec.by_code):
        return {}
    return {row.code: row for section in last_submitted(read.volet) for row in section.rows}


def _in_words(volet: Volet, conflicts: Mapping[str, Reponse]) -> dict[str, str]:
    choices, champs = choices_of(volet), spec_of_volet(volet).by_code
    return {
        code: f"{row.answered_by} a répondu entre-temps, le {instant_in_words(row.answered_at)} : "
        f"« {' ; '.join(in_words(champs[code], row.value, choices)) or 'rien'} ». Votre réponse est conservée "
        "ci-dessus. Pour la garder, enregistrez de nouveau."
        for code, row in conflicts.items()
    }
