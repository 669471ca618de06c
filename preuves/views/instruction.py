"""The reading of a submitted chapitre by the ANS, preuve by preuve, until it is returned or approved whole."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_POST, require_safe

from candidatures import permissions
from candidatures.catalogue.dispositifs import spec_of
from candidatures.rules.freeze import why_frozen
from candidatures.rules.submission import Obstacle
from candidatures.views.access import Trail, find_candidature, sends_to_the_team, trail_to_candidature
from comptes.dates import instant_in_words
from comptes.requests import PortalRequest, posted_number, posted_text
from comptes.rules.figures import whole
from comptes.views.listes import back_to
from comptes.views.refusals import refuse
from preuves.enums import ChapitreState
from preuves.models import Revision
from preuves.operations.instruction import (
    ReviewConflict,
    ReviewNotPossible,
    claim_chapitre,
    release_chapitre,
    take_over_chapitre,
)
from preuves.operations.reouvertures import contest_dispense, reopen_chapitre
from preuves.permissions import reopens
from preuves.queries.accuses import accuses_of_chapitre
from preuves.queries.beside import said_beside
from preuves.queries.chapitres import who_moved_chapitre
from preuves.queries.comparaison import comparaison_of, verdict_to_compare
from preuves.queries.dossier import ChapitreDuDossier, Dossier, dossier_of
from preuves.queries.fichiers import lines_for_viewing, revisions_submitted
from preuves.queries.indices import indices_of, lines_of
from preuves.queries.instruction import ChapitreReview, LigneDExamen, examen_of, former_verdicts
from preuves.queries.semblables import semblables_of
from preuves.rules import instruction as rules
from preuves.rules.completude import why_not_examined

from .access import refuse_who_does_not_instruct
from .verification import form_of


@require_safe
def examen(request: PortalRequest, nru: str, code: str) -> HttpResponse:
    """Show a chapitre as it was submitted, with one preuve to read; only counts before it is submitted."""
    dossier, chapitre = find_chapitre_to_read(request, nru, code)
    read = examen_of(dossier, chapitre, by=request.user)
    if read is None:
        return _not_yet(request, dossier, chapitre)
    line = read.line(request.GET.get("preuve", ""))
    context = page_of(request, dossier, chapitre, read, line, shown=_asked_revision(request, dossier, line))
    return render(request, "preuves/examen.html", context)


def _asked_revision(request: PortalRequest, dossier: Dossier, line: LigneDExamen) -> Revision | None:
    """Return the earlier deposit that the address names, among those that were submitted."""
    number = whole(request.GET.get("depot", ""), most=4)
    if number is None:
        return None
    handed = revisions_submitted(dossier.candidature).select_related("deposited_by", "preuve")
    return handed.filter(preuve__numero=line.numero, number=number).first()


def find_chapitre_to_read(request: PortalRequest, nru: str, code: str) -> tuple[Dossier, ChapitreDuDossier]:
    if not request.user.is_ans:
        raise Http404
    dossier = dossier_of(find_candidature(request, nru), code=code)
    chapitre = dossier.chapitre(code) if dossier else None
    if dossier is None or chapitre is None:
        raise Http404
    return dossier, chapitre


def _not_yet(request: PortalRequest, dossier: Dossier, chapitre: ChapitreDuDossier) -> HttpResponse:
    """Show counts, and what could be contested, but no content: the chapitre is not submitted."""
    context = {
        "candidature": dossier.candidature,
        "chapitre": chapitre,
        "trail": trail_to_chapitres(dossier, request),
        "facts": chapitre.facts,
        "standing": chapitre.facts.shown,
        "standing_label": chapitre.facts.shown_label,
        "dispensed": [dossier.attendu(preuve.numero) for preuve in chapitre.facts.exigibilites if preuve.is_dispensed],
        "may_contest": permissions.instructs(request.user)
        and chapitre.facts.candidature_open
        and not dossier.candidature.is_frozen,
        "frozen": why_frozen(dossier.candidature.gel),
        "sends": sends_to_the_team(dossier.candidature),
    }
    return render(request, "preuves/examen_not_yet.html", context)


def trail_to_chapitres(dossier: Dossier, request: PortalRequest) -> Trail:
    here = ("Dossier de preuves", reverse("preuves:dossier", args=[dossier.candidature.nru]))
    return [*trail_to_candidature(dossier.candidature, request), here]


def page_of(
    request: PortalRequest,
    dossier: Dossier,
    chapitre: ChapitreDuDossier,
    read: ChapitreReview,
    line: LigneDExamen,
    *,
    shown: Revision | None = None,
    obstacles: tuple[Obstacle, ...] = (),
) -> dict[str, Any]:
    """Return what the review screen shows: the chapitre on one side, one of its preuves on the other."""
    row, candidature = read.facts, dossier.candidature
    assert chapitre.row is not None, "A chapitre that was handed over has a row."
    instructs = permissions.instructs(request.user)
    reads = row.candidature_open and chapitre.row.state == ChapitreState.UNDER_REVIEW
    proposition = read.proposition
    mine = reads and chapitre.row.claimed_by_id == request.user.pk and proposition is None
    held = row.claim is not None and row.claim.holds(request.at)
    numeros = [line.numero for line in read.read]
    contests = (
        instructs and row.candidature_open and not candidature.is_frozen and line.attendu.exigibilite.is_dispensed
    )
    to_claim, later = chapitre.row.state == ChapitreState.SUBMITTED, why_not_examined(chapitre.facts)
    approved = chapitre.row.state == ChapitreState.APPROVED
    deposit = shown or line.revision
    here = reverse("preuves:examen", args=[candidature.nru, chapitre.spec.code])
    former = former_verdicts(line.revision) if line.revision else []
    compared = verdict_to_compare(line.revision, former) if shown in (None, line.revision) else None
    lines, before = lines_of(deposit, compared.revision if compared else None)
    viewings = lines_for_viewing([*lines, *before], text=deposit.comment) if deposit else []
    viewing, earlier = viewings[: len(lines)], viewings[len(lines) :]
    reopening = reopens(request.user) and row.candidature_open and approved and not candidature.is_frozen
    return {
        "candidature": candidature,
        "chapitre": chapitre,
        "row": chapitre.row,
        "trail": trail_to_chapitres(dossier, request),
        "standing": chapitre.facts.shown,
        "standing_label": chapitre.facts.shown_label,
        "read": read,
        "line": line,
        "shown": deposit,
        "viewing": viewing,
        "comparison": comparaison_of(compared, line.revision, before=earlier, after=viewing),
        "indices": indices_of(deposit, lines, line.attendu.preuve, nru=candidature.nru, read_by=request.user),
        "beside": said_beside(candidature, line.attendu.preuve, at=request.at),
        "former": former,
        "similar": semblables_of(candidature, line.attendu) if line.revision else [],
        "form": form_of(line, dossier) if mine and line.is_asked and shown in (None, line.revision) else None,
        "mine": mine,
        "kept": None if mine else line.draft,
        "may_claim": instructs and row.candidature_open and to_claim and not later,
        "later": later if to_claim else "",
        "may_take_over": instructs and reads and not mine and proposition is None,
        "two_people": chapitre.spec.code in spec_of(candidature.dispositif_id).quatre_yeux,
        "proposition": proposition,
        "proposed_by_me": proposition is not None and proposition.author_id == request.user.pk,
        "needs_reason": held,
        "held_until": instant_in_words(chapitre.row.claim_ends_at) if reads else "",
        "may_contest": contests,
        "may_reopen": reopening,
        "frozen": why_frozen(candidature.gel),
        "sends": sends_to_the_team(candidature) if mine or contests or reopening or proposition else None,
        "moved": who_moved_chapitre(chapitre.row),
        "accuses": accuses_of_chapitre(candidature, chapitre.spec.code),
        "summary": _summary(read, here) if mine else None,
        "lectures": read.lectures if instructs else (),
        "obstacles": [_with_link(obstacle, here) for obstacle in obstacles],
        "here": here,
        "place": numeros.index(line.numero) + 1 if line.numero in numeros else 0,
        "before": neighbour(numeros, line.numero, -1),
        "after": neighbour(numeros, line.numero, 1),
    }


def _summary(read: ChapitreReview, here: str) -> dict[str, Any]:
    """Return how far the reading is, what is left to verify, and what concluding would do.

    :param here: the address of the review screen
    """
    facts = read.facts
    left = rules.obstacles_to_conclude(facts)
    return {
        "asked": len(facts.asked),
        "done": len(facts.asked) - len({obstacle.champ for obstacle in left}),
        "to_correct": len(facts.to_correct),
        "accepted": len(facts.accepted),
        "missing": read.missing,
        "is_ready": not left,
        "left": [_with_link(obstacle, here) for obstacle in left],
        "goes_back": rules.goes_back(facts, missing=read.missing),
    }


def _with_link(obstacle: Obstacle, here: str) -> dict[str, str]:
    query = urlencode({"preuve": obstacle.champ})
    return {"sentence": obstacle.sentence, "href": f"{here}?{query}#preuve"}


def neighbour(numeros: list[str], numero: str, step: int) -> str:
    place = numeros.index(numero) + step if numero in numeros else -1
    return numeros[place] if 0 <= place < len(numeros) else ""


@require_POST
def claim(request: PortalRequest, nru: str, code: str) -> HttpResponse:
    """Take a chapitre to read it, free or, with a reason, from a colleague."""
    _, chapitre = find_chapitre_to_read(request, nru, code)
    refuse_who_does_not_instruct(request)
    if chapitre.row is None:
        raise Http404
    try:
        if "motif" in request.POST:
            take_over_chapitre(
                chapitre_id=chapitre.row.pk,
                reason=posted_text(request),
                by=request.user,
                at=request.at,
            )
        else:
            claim_chapitre(chapitre_id=chapitre.row.pk, by=request.user, at=request.at)
    except (ReviewConflict, ReviewNotPossible) as refused:
        return refuse(request, refused.reasons, "preuves:examen", nru, code)
    return redirect("preuves:examen", nru, code)


@require_POST
def release(request: PortalRequest, nru: str, code: str) -> HttpResponse:
    """Leave a chapitre to a colleague."""
    _, chapitre = find_chapitre_to_read(request, nru, code)
    refuse_who_does_not_instruct(request)
    if chapitre.row is None:
        raise Http404
    try:
        release_chapitre(chapitre_id=chapitre.row.pk, by=request.user, at=request.at)
    except ReviewNotPossible as refused:
        return refuse(request, refused.reasons, "preuves:examen", nru, code)
    messages.success(
        request, "Une autre personne peut examiner ce chapitre. Vos brouillons de vérification sont conservés."
    )
    return back_to(request, "preuves:a_examiner")


@require_POST
def reopen(request: PortalRequest, nru: str, code: str) -> HttpResponse:
    """Open an approved chapitre again, with a reason."""
    _, chapitre = find_chapitre_to_read(request, nru, code)
    if not reopens(request.user):
        raise PermissionDenied("Seul un responsable d’instruction peut rouvrir un chapitre validé.")
    if chapitre.row is None:
        raise Http404
    try:
        reopen_chapitre(
            chapitre_id=chapitre.row.pk,
            reason=posted_text(request),
            seen_version=posted_number(request, "version"),
            by=request.user,
            at=request.at,
        )
    except (ReviewConflict, ReviewNotPossible) as refused:
        return refuse(request, refused.reasons, "preuves:examen", nru, code)
    messages.success(request, "Le chapitre est rouvert. Un e-mail est envoyé à l’équipe de l’éditeur.")
    return redirect("preuves:examen", nru, code)


@require_POST
def contest(request: PortalRequest, nru: str, code: str) -> HttpResponse:
    """Refuse a héritage or an équivalence, with a reason: the preuve becomes due."""
    dossier, _ = find_chapitre_to_read(request, nru, code)
    refuse_who_does_not_instruct(request)
    numero = request.POST.get("numero", "")[:60]
    try:
        contest_dispense(
            candidature_id=dossier.candidature.pk,
            numero=numero,
            reason=posted_text(request),
            by=request.user,
            at=request.at,
        )
    except ReviewNotPossible as refused:
        return refuse(request, refused.reasons, "preuves:examen", nru, code)
    messages.success(
        request, f"La preuve {numero} est désormais à déposer. Un e-mail est envoyé à l’équipe de l’éditeur."
    )
    return redirect("preuves:examen", nru, code)
