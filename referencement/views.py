from datetime import datetime
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Max
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from candidatures import permissions
from candidatures.enums import VoletState
from candidatures.models import Candidature
from candidatures.views.access import trail_to_candidature
from comptes.requests import PortalRequest
from referencement import queries, rules

PER_PAGE = 25


@require_safe
def candidature(request: PortalRequest, nru: str) -> HttpResponse:
    """The overview of a candidature: where it stands, whose turn it is, the next click."""
    found = get_object_or_404(Candidature.objects.visible_to(request.user).with_names(), nru=nru)
    fills = permissions.fills(request.user, found)
    moved_at = _moved_at(found)
    steps = [
        _with_link(step, found, fills=fills) | {"at": moved_at[step.key]}
        for step in rules.steps_of(queries.situation_of(found))
    ]
    reads_only = steps[0]["state"] != "done" and not permissions.can_engage(request.user, found)
    echeances = queries.echeances_for_page(found.dispositif, at=request.at)
    is_late = bool(echeances) and echeances[0]["state"] == "late"
    context = {
        "candidature": found,
        "trail": trail_to_candidature(found, request)[:-1],
        "steps": steps,
        "turn": _turn(steps, fills=fills, reads_only=reads_only, is_late=is_late),
        "echeances": echeances,
    }
    return render(request, "referencement/candidature.html", context)


def _moved_at(found: Candidature) -> dict[str, datetime | None]:
    """When each step, by its key, was brought where it is, in one query; None for what nobody moved yet."""
    volets = found.volets.annotate(accepted_at=Max("candidature__acceptations__accepted_at")).order_by("kind")
    moved_at: dict[str, datetime | None] = {"charte": None}
    for kind, admitted_at, submitted_at, accepted_at in volets.values_list(
        "kind", "admitted_at", "submitted_at", "accepted_at"
    ):
        moved_at |= {"charte": accepted_at, kind: admitted_at or submitted_at}
    return moved_at


def _with_link(step: rules.Step, found: Candidature, *, fills: bool) -> dict[str, Any]:
    return {
        "key": step.key,
        "label": step.label,
        "state": step.state,
        "hint": step.hint,
        "owner": step.owner,
        "href": _href(step, found, fills=fills),
    }


def _href(step: rules.Step, found: Candidature, *, fills: bool) -> str:
    if step.key == "charte":
        return reverse("candidatures:charte", args=[found.nru])
    if step.state == "todo":
        return ""
    return reverse("candidatures:volet" if fills else "candidatures:volet_review", args=[found.nru, step.key])


def _turn(steps: list[dict[str, Any]], *, fills: bool, reads_only: bool, is_late: bool) -> dict[str, Any] | None:
    """Say whose turn it is, and give the next click to who may make it.

    :param reads_only: the charte waits for somebody else, who may engage the éditeur
    :param is_late: Date 1 is over: what the éditeur has not handed in cannot be any more
    """
    step = next((step for step in steps if step["owner"]), None)
    if step is None:
        return None
    by_desk = step["owner"] == "ANS"
    said = {"step": step["label"], "text": step["hint"], "by_desk": by_desk}
    if is_late and not by_desk:
        said |= {"late": True, "title": "La Date 1 est passée", "href": step["href"], "link": "Consulter"}
        return said | {"text": "pas faite à temps. Ce qui est saisi reste enregistré, mais ne peut plus être soumis."}
    if by_desk or not fills:
        said["title"] = f"C’est au tour de {'l’ANS' if by_desk else 'l’éditeur'}"
        return said | ({} if fills else {"href": step["href"], "link": "Examiner" if by_desk else "Consulter"})
    return said | {
        "title": "C’est à vous",
        "href": step["href"],
        "link": "Lire la charte" if reads_only else "Continuer",
    }


@require_safe
def instruction(request: PortalRequest) -> HttpResponse:
    """The ANS's list of candidatures."""
    if not request.user.is_ans:
        raise Http404
    state = request.GET.get("etat", "")
    state = state if state in VoletState.values else ""
    text = request.GET.get("q", "").replace("\x00", "")[:100]
    page = Paginator(queries.dossiers(request.user, state=state, text=text), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "states": [(value, label, value == state) for value, label in VoletState.choices],
        "text": text,
        "state": state,
        "query": urlencode({name: value for name, value in (("etat", state), ("q", text)) if value}),
    }
    return render(request, "referencement/instruction.html", context)
