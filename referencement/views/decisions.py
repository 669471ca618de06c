"""The proposals that a second person of the ANS decides: mesures on référencements, and nouveaux examens."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from candidatures.views.demarches import wanted_dispositif
from comptes.dates import end_in_words, instant_in_words
from comptes.requests import PortalRequest
from referencement.models import Mesure
from referencement.queries.referencements import mesure_facts, mesures_to_decide, reexamens_to_decide
from referencement.rules.phrases import how_long
from referencement.rules.referencement import still_to_be_heard


@require_safe
def index(request: PortalRequest) -> HttpResponse:
    """List what waits for a decision, the oldest first."""
    if not request.user.is_ans:
        raise Http404
    wanted = wanted_dispositif(request)
    context = {
        "wanted": wanted,
        "trail": [("Instruction", reverse("referencement:instruction"))],
        "mesures": [
            {"row": mesure, "age": how_long(mesure.proposed_at, request.at), "answer": _answer(mesure, request)}
            for mesure in mesures_to_decide(dispositif=wanted.code)
        ],
        "reexamens": [
            {"row": reexamen, "age": how_long(reexamen.asked_at, request.at)}
            for reexamen in reexamens_to_decide(dispositif=wanted.code)
        ],
    }
    return render(request, "referencement/decisions_waiting.html", context)


def _answer(mesure: Mesure, request: PortalRequest) -> dict[str, Any]:
    """Say when the éditeur answered, or until when it may, and whether the mesure may be decided now."""
    if mesure.answer_until_at is None:
        return {"sentence": "Aucune réponse n’est attendue", "may_decide": True}
    if mesure.answered_at is not None:
        return {"sentence": f"Réponse reçue le {instant_in_words(mesure.answered_at)}", "may_decide": True}
    if still_to_be_heard(mesure_facts(mesure), at=request.at):
        return {"sentence": f"Réponse possible jusqu’au {end_in_words(mesure.answer_until_at)}", "may_decide": False}
    return {
        "sentence": f"Sans réponse, délai dépassé ({end_in_words(mesure.answer_until_at)})",
        "may_decide": True,
    }
