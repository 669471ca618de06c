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
    """« Par quels guichets êtes-vous concerné\u00a0? » Four questions, for anybody; nothing is kept."""
    every = specs_in_order()
    if not every:
        return render(request, "guichets/questions_none.html")
    spec = next((one for one in every if one.code == request.GET.get("dispositif")), every[0])
    asked = request.GET.copy()
    asked.pop("dispositif", None)
    form = QuestionsForm(asked or None, spec=spec)
    context: dict[str, Any] = {"form": form, "dispositif": spec, "others": [one for one in every if one is not spec]}
    if form.is_answered:
        found = requis(form.architecture(), spec)
        context |= {
            "answered": True,
            "opens_tests": [one for one in every_guichet() if _opens_tests(one, spec)],
            "desks": [_desk(one, spec, found) for one in every_guichet() if one.code in spec.guichets],
            "is_groupement": form.is_groupement,
            "has_additionnels": form.has_additionnels,
            "supposes_own_proxy": form.supposes_own_proxy,
        }
    return render(request, "guichets/questions.html", context)


def _opens_tests(desk: GuichetSpec, spec: DispositifSpec) -> bool:
    """Whether the prerequisite chapitre opens the test environments of a desk: one that decides of components."""
    return bool(spec.chapitre_prerequis) and desk.code in spec.guichets and desk.portee is Portee.COMPOSANT


def _desk(desk: GuichetSpec, spec: DispositifSpec, found: Requis) -> dict[str, Any]:
    """What one desk will ask for, and whose grants must come first."""
    before = [one for one in every_guichet() if one.code in desk.apres]
    return {
        "spec": desk,
        "demandes": found.of(desk.code),
        "sans_profils": ", ".join(sorted(spec.guichets[desk.code].sans_profils)),
        "waits": bool(before),
        "before": [one for one in before if found.of(one.code)],
        "by_role": desk.portee is Portee.ROLE,
        "by_component": desk.portee is Portee.COMPOSANT,
    }
