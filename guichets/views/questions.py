from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from candidatures.catalogue.dispositifs import every_spec
from comptes.requests import PortalRequest
from guichets.forms import QuestionsForm
from guichets.rules.architecture import requis


@require_safe
@login_not_required
def page(request: PortalRequest) -> HttpResponse:
    """« Par quels guichets êtes-vous concerné\u00a0? » Four questions, for anybody; nothing is kept."""
    spec = every_spec()[0]
    form = QuestionsForm(request.GET or None, spec=spec)
    context: dict[str, Any] = {"form": form, "dispositif": spec}
    if form.is_answered:
        found = requis(form.architecture(), spec)
        context |= {
            "answered": True,
            "habilitations": found.of("edc_psc"),
            "homologations": found.of("cnda"),
            "is_groupement": form.is_groupement,
            "has_additionnels": form.has_additionnels,
            "supposes_own_proxy": form.supposes_own_proxy,
        }
    return render(request, "guichets/questions.html", context)
