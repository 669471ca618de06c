"""The instructeur's drafts on each preuve, then the conclusion of the chapitre."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_POST

from comptes.dates import instant_to_the_second
from comptes.requests import PortalRequest, keep_typed, posted_number
from comptes.views.listes import back_to, onwards_from
from comptes.views.refusals import refuse
from preuves.enums import ChapitreState
from preuves.forms.avis import VerificationForm
from preuves.operations.instruction import (
    ReviewConflict,
    ReviewNotConcludable,
    ReviewNotPossible,
    conclude_review,
    save_draft,
)
from preuves.queries.dossier import ChapitreDuDossier, Dossier
from preuves.queries.instruction import examen_of

from .access import refuse_who_does_not_instruct
from .instruction import find_chapitre_to_read, page_of
from .verification import chosen_motif

PROPOSED = "Votre conclusion est proposée. Une autre personne doit la confirmer\u00a0: l’éditeur ne reçoit rien avant."


@require_POST
def save(request: PortalRequest, nru: str, code: str) -> HttpResponse:
    """Keep a draft: by autosave, or on the way to the next preuve."""
    dossier, chapitre = find_chapitre_to_read(request, nru, code)
    refuse_who_does_not_instruct(request)
    attendu = dossier.attendu(request.POST.get("numero", ""))
    form = VerificationForm(request.POST, sentences=chosen_motif(request.POST.get("motif", ""), attendu, dossier))
    if chapitre.row is None:
        raise Http404
    if not form.is_valid():
        return _refused(request, dossier, chapitre, form, f"La vérification n’est pas enregistrée : {form.fault}")
    given = form.cleaned_data
    try:
        save_draft(
            chapitre_id=chapitre.row.pk,
            numero=given["numero"],
            sha256=given["sha256"],
            avis=given["avis"],
            # With JavaScript, the reason holds what was inserted: the menu alone says nothing yet.
            reason=given["reason"] if request.htmx else form.reason_with_motif(),
            by=request.user,
            at=request.at,
        )
    except (ReviewNotPossible, ReviewConflict) as refused:
        return _refused(request, dossier, chapitre, form, str(refused))
    if request.htmx:
        text = f"Brouillon enregistré le {instant_to_the_second(request.at)}"
        return render(request, "preuves/avis_saved.html", {"text": text})
    return _onwards(request, dossier, code, given["numero"])


def _refused(
    request: PortalRequest, dossier: Dossier, chapitre: ChapitreDuDossier, form: VerificationForm, reason: str
) -> HttpResponse:
    """Show why the draft is not kept, with what was typed."""
    if request.htmx:
        return render(request, "preuves/avis_saved.html", {"text": f"{reason} Votre texte est conservé ici."})
    read = examen_of(dossier, chapitre, by=request.user)
    if read is None:
        keep_typed(request, form.typed("reason"))
        return refuse(request, [reason], "preuves:examen", dossier.candidature.nru, chapitre.spec.code)
    line = read.line(form.typed("numero"))
    context = page_of(request, dossier, chapitre, read, line)
    context |= {"refused": reason, "lost": {"avis": form.avis_label, "reason": form.typed("reason")}}
    return render(request, "preuves/examen.html", context, status=409)


def _onwards(request: PortalRequest, dossier: Dossier, code: str, numero: str) -> HttpResponse:
    """Go to the next preuve to read, or stay, according to the button."""
    address = reverse("preuves:examen", args=[dossier.candidature.nru, code])
    if request.POST.get("action") != "suivant":
        return redirect(_at(address, numero))
    dossier, chapitre = find_chapitre_to_read(request, dossier.candidature.nru, code)
    read = examen_of(dossier, chapitre, by=request.user)
    follower = read.next_waiting(numero) if read else ""
    return redirect(_at(address, follower) if follower else f"{address}#conclure")


def _at(address: str, numero: str) -> str:
    return f"{address}?{urlencode({'preuve': numero})}#preuve"


@require_POST
def conclude(request: PortalRequest, nru: str, code: str) -> HttpResponse:
    """Return or approve the whole chapitre, according to the drafts."""
    dossier, chapitre = find_chapitre_to_read(request, nru, code)
    refuse_who_does_not_instruct(request)
    if chapitre.row is None:
        raise Http404
    try:
        concluded = conclude_review(
            chapitre_id=chapitre.row.pk,
            seen_version=posted_number(request, "version"),
            by=request.user,
            at=request.at,
        )
    except (ReviewConflict, ReviewNotPossible) as refused:
        return refuse(request, refused.reasons, "preuves:examen", nru, code)
    except ReviewNotConcludable as refused:
        read = examen_of(dossier, chapitre, by=request.user)
        assert read is not None, "A chapitre being read was handed over."
        line = read.line(refused.obstacles[0].champ)
        context = page_of(request, dossier, chapitre, read, line, obstacles=refused.obstacles)
        return render(request, "preuves/examen.html", context, status=422)
    else:
        if concluded.state == ChapitreState.UNDER_REVIEW:
            messages.success(request, PROPOSED)
            return redirect("preuves:examen", nru, code)
        messages.success(
            request,
            f"{chapitre.spec.label}\u00a0: {concluded.get_state_display().lower()}. "
            "Un e-mail est envoyé à l’équipe de l’éditeur.",
        )
        if request.POST.get("action") == "suivant":
            return onwards_from(request, f"{nru}/{code}", otherwise=reverse("preuves:a_examiner"))
        return back_to(request, "preuves:a_examiner")
    return redirect("preuves:examen", nru, code)
