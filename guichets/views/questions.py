from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from candidatures.catalogue.dispositifs import specs_in_order
from candidatures.catalogue.specs import DispositifSpec
from comptes.requests import PortalRequest
from guichets.catalogue.guichets import every_guichet
from guichets.catalogue.specs import GuichetSpec
from guichets.enums import Portee
from guichets.forms.questions import QuestionsForm
from guichets.rules.architecture import Requis, requis


@require_safe
@login_not_required
def page(request: PortalRequest) -> HttpResponse:
    """« Est-ce pour vous ? » A few questions, open to everybody; the answers are not kept."""
    dispositifs = specs_in_order()
    if not dispositifs:
        return render(request, "guichets/questions_none.html")
    spec = next((spec for spec in dispositifs if spec.code == request.GET.get("dispositif")), dispositifs[0])
    form = QuestionsForm(request.GET, spec=spec)
    others = [other for other in dispositifs if other is not spec]
    context: dict[str, Any] = {"form": form, "dispositif": spec, "others": others, "verdict": form.verdict}
    if form.verdict and form.verdict.shows_desks:
        required = requis(form.architecture(), spec)
        desks = [_desk(desk, spec, required) for desk in every_guichet() if desk.code in spec.guichets]
        context |= {
            "opens_tests": [desk for desk in every_guichet() if _opens_tests(desk, spec)],
            "desks": desks,
            "concerned": [desk["spec"] for desk in desks if desk["demandes"]],
            "tested_at": [desk for desk in every_guichet() if desk.code in spec.tested_at],
            "is_groupement": form.is_groupement,
            "has_additionnels": form.has_additionnels,
            "supposes_own_proxy": form.supposes_own_proxy,
        }
    return render(request, "guichets/questions.html", context)


def _opens_tests(desk: GuichetSpec, spec: DispositifSpec) -> bool:
    """Whether the prerequisite chapitre opens the test environments of a desk: one that decides of components."""
    return bool(spec.chapitre_prerequis) and desk.code in spec.guichets and desk.portee is Portee.COMPOSANT


def _desk(desk: GuichetSpec, spec: DispositifSpec, required: Requis) -> dict[str, Any]:
    """What one desk will ask for, and the desks whose grants must come first."""
    earlier = [other for other in every_guichet() if other.code in desk.apres]
    return {
        "spec": desk,
        "demandes": required.of(desk.code),
        "sans_profils": sorted(spec.guichets[desk.code].sans_profils),
        "waits": bool(earlier),
        "before": [other for other in earlier if required.of(other.code)],
        "by_role": desk.portee is Portee.ROLE,
        "by_component": desk.portee is Portee.COMPOSANT,
    }
