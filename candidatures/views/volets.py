from collections.abc import Mapping

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from candidatures import operations, queries
from candidatures.enums import VoletKind, VoletState
from candidatures.forms import ADD_LINE, VoletForm
from candidatures.models import Reponse, Volet
from candidatures.rules import submission as rules
from comptes.requests import PortalRequest
from comptes.views.resume import carried_data

from .access import find_volet_to_fill, trail_to_candidature


def fill(request: PortalRequest, nru: str, kind: VoletKind) -> HttpResponse:
    """Fill a volet. Whatever holds is kept at each save; what does not is said beside its field."""
    volet = find_volet_to_fill(request, nru, kind)
    if request.method == "POST":
        return _save(request, volet)
    if volet.state != VoletState.DRAFT:
        return redirect("candidatures:volet_submit", nru, kind)
    carried = carried_data(request)
    form = _form_of(volet, carried)
    if carried:
        form.is_valid()
    if "verifier" in request.GET:
        form.show_obstacles(_obstacles(request, volet))
    return _page(request, volet, form, carried=bool(carried))


def _save(request: PortalRequest, volet: Volet) -> HttpResponse:
    form = _form_of(volet, request.POST)
    form.is_valid()
    if "seen_version" not in form.cleaned_data:
        form.add_error(None, "Cette page est incomplète : rechargez-la avant d’enregistrer.")
        return _page(request, volet, form)
    try:
        saved = operations.save_answers(
            volet_id=volet.pk,
            answers=form.answers,
            seen_version=form.cleaned_data["seen_version"],
            by=request.user,
            at=request.at,
        )
    except operations.VoletNotOpen as refused:
        form.add_error(None, f"{refused.reason} Rien n’a été enregistré ; votre saisie est encore ci-dessous.")
        return _page(request, volet, form, status=409)
    form.show_conflicts(_in_words(volet, saved.conflicts), version=saved.version)
    if form.errors:
        return _page(request, volet, form, saved=bool(saved.written), status=422)
    return _next_page(request, volet)


def _next_page(request: PortalRequest, volet: Volet) -> HttpResponse:
    action = request.POST.get("action", "")
    page = reverse("candidatures:volet", args=[volet.candidature.nru, volet.kind])
    if action == "soumettre":
        return redirect("candidatures:volet_submit", volet.candidature.nru, volet.kind)
    if (
        action.startswith(f"{ADD_LINE}:")
        and (champ := action.partition(":")[2]) in queries.spec_of_volet(volet).by_code
    ):
        return redirect(f"{page}#champ-{champ}")
    messages.success(request, "Vos réponses sont enregistrées.")
    return redirect(page)


def submit(request: PortalRequest, nru: str, kind: VoletKind) -> HttpResponse:
    """Read the whole volet again, see what is missing, and hand it to the ANS."""
    volet = find_volet_to_fill(request, nru, kind)
    if request.method == "POST":
        try:
            operations.submit_volet(volet_id=volet.pk, by=request.user, at=request.at)
        except operations.Conflict as conflict:
            messages.warning(request, conflict.sentence)
        except operations.VoletNotSubmittable as refused:
            return _reading(request, volet, refused.obstacles, refused=True, status=422)
        else:
            messages.success(request, f"{volet.get_kind_display()} : soumise à l’ANS le {queries.said(request.at)}.")
        return redirect("referencement:candidature", nru)
    return _reading(request, volet, _obstacles(request, volet) if volet.state == VoletState.DRAFT else ())


def _reading(
    request: PortalRequest,
    volet: Volet,
    obstacles: tuple[rules.Obstacle, ...],
    *,
    refused: bool = False,
    status: int = 200,
) -> HttpResponse:
    filling = reverse("candidatures:volet", args=[volet.candidature.nru, volet.kind])
    spec = queries.spec_of_volet(volet)
    context = {
        "volet": volet,
        "candidature": volet.candidature,
        "trail": trail_to_candidature(volet.candidature, request),
        "sections": queries.summary_of(volet, version=volet.version),
        "obstacles": [
            {
                "sentence": f"{section} : {one.sentence}" if (section := spec.section_of(one.champ)) else one.sentence,
                "href": f"{filling}?verifier=1#champ-{one.champ}" if one.champ else "",
            }
            for one in obstacles
        ],
        **_deadline(request, volet),
        "is_draft": volet.state == VoletState.DRAFT,
        "moved": "" if volet.state == VoletState.DRAFT else queries.who_moved(volet),
        "refused": refused,
    }
    return render(request, "candidatures/volet_submit.html", context, status=status)


def _form_of(volet: Volet, data: Mapping[str, str] | None) -> VoletForm:
    latest = queries.latest_reponses(volet)
    initial = queries.prefill_of(volet) | {code: reponse.value for code, reponse in latest.items()}
    return VoletForm(
        data,
        spec=queries.spec_of_volet(volet),
        choices=queries.choices_of(volet),
        initial={**initial, "seen_version": volet.version},
    )


def _page(
    request: PortalRequest,
    volet: Volet,
    form: VoletForm,
    *,
    carried: bool = False,
    saved: bool = False,
    status: int = 200,
) -> HttpResponse:
    facts = queries.facts_of(volet)
    done, asked = rules.progress(facts)
    context = {
        "volet": volet,
        "candidature": volet.candidature,
        "trail": trail_to_candidature(volet.candidature, request),
        "form": form,
        "sections": list(form.sections()),
        "spec": facts.spec,
        **_deadline(request, volet),
        "done": done,
        "asked": asked,
        "not_fillable": rules.why_not_fillable(facts),
        "carried": carried,
        "saved": saved,
    }
    return render(request, "candidatures/volet.html", context, status=status)


def _obstacles(request: PortalRequest, volet: Volet) -> tuple[rules.Obstacle, ...]:
    return rules.obstacles_to_submit(queries.facts_of(volet), deadline=queries.deadline_of(volet), at=request.at)


def _deadline(request: PortalRequest, volet: Volet) -> dict[str, object]:
    deadline = queries.deadline_of(volet)
    over = volet.first_submitted_at is not None
    return {
        "deadline": deadline,
        "deadline_state": "done" if over else deadline.state(request.at),
        "remaining": "Soumis dans les temps" if over else deadline.remaining(request.at),
    }


def _in_words(volet: Volet, conflicts: Mapping[str, Reponse]) -> dict[str, str]:
    choices, champs = queries.choices_of(volet), queries.spec_of_volet(volet).by_code
    return {
        code: f"{row.answered_by} a répondu entre-temps, le {queries.said(row.answered_at)} : "
        f"« {' ; '.join(queries.in_words(champs[code], row.value, choices)) or 'rien'} ». Votre réponse est gardée "
        "ci-dessus : enregistrez à nouveau pour la préférer."
        for code, row in conflicts.items()
    }
