from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from comptes.requests import PortalRequest, posted_number, posted_text
from comptes.views.listes import back_to
from comptes.views.refusals import refuse
from preuves.operations.instruction import ReviewConflict, ReviewNotPossible
from preuves.operations.quatre_yeux import confirm_conclusion, send_back_conclusion

from .access import refuse_who_does_not_instruct
from .instruction import find_chapitre_to_read


@require_POST
def answer(request: PortalRequest, nru: str, code: str) -> HttpResponse:
    """Confirm the conclusion that a colleague proposed, or send it back; take back one's own."""
    _, chapitre = find_chapitre_to_read(request, nru, code)
    refuse_who_does_not_instruct(request)
    row = chapitre.row
    if row is None:
        raise Http404
    try:
        if request.POST.get("geste") == "confirmer":
            version = posted_number(request, "version")
            done = confirm_conclusion(chapitre_id=row.pk, seen_version=version, by=request.user, at=request.at)
            state = done.get_state_display().lower()
            sentence = f"{chapitre.spec.label}\u00a0: {state}. Un e-mail est envoyé à l’équipe de l’éditeur."
            messages.success(request, sentence)
            return back_to(request, "preuves:a_examiner")
        send_back_conclusion(chapitre_id=row.pk, reason=posted_text(request), by=request.user, at=request.at)
    except (ReviewConflict, ReviewNotPossible) as refused:
        return refuse(request, refused.reasons, "preuves:examen", nru, code)
    messages.success(request, "La conclusion n’est plus à confirmer. L’examen continue.")
    return redirect("preuves:examen", nru, code)
