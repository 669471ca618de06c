"""The convention of a candidature: its text, its state, and the acts on it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from candidatures import permissions as of_candidatures
from candidatures.models import Candidature
from candidatures.views.access import Sends, find_candidature, sends_to_the_team, trail_to_candidature
from comptes.dates import instant_in_words
from comptes.requests import PortalRequest, posted_text
from comptes.views import confirm
from comptes.views.refusals import refuse
from referencement import permissions
from referencement.enums import ConventionState, Prestataire, Seuil, Signataire
from referencement.forms.convention import CodeForm, SignatoryForm
from referencement.models import Convention
from referencement.operations.conventions import (
    ConventionNotPossible,
    cancel_convention,
    change_signatory,
    prepare_convention,
    send_convention,
)
from referencement.operations.signatures import SignatureNotPossible, send_code, sign_convention
from referencement.queries.blocages import dossier_complet
from referencement.queries.conventions import living_convention, numero_of, quotes_of, still_holds
from referencement.queries.signatures import is_attributed, latest_file, open_procedure, people_who_can_sign
from referencement.queries.standings import has_ended
from referencement.queries.textes import convention_in_force
from referencement.rules.blocages import blocages
from referencement.rules.convention import data_of

State = ConventionState


@require_safe
def page(request: PortalRequest, nru: str) -> HttpResponse:
    """Show the convention, or what it would say if it were prepared today, and whose turn it is."""
    candidature = find_candidature(request, nru)
    return _show(request, candidature)


def _show(request: PortalRequest, candidature: Candidature, form: Any = None) -> HttpResponse:
    conventions = list(candidature.conventions.select_related("signatory").order_by("-number"))
    convention = next((version for version in conventions if version.state != State.CANCELLED), None)
    context = {
        "candidature": candidature,
        "trail": trail_to_candidature(candidature, request),
        "convention": convention,
        "former": [version for version in conventions if version.state == State.CANCELLED],
        "numero": numero_of(convention) if convention else "",
        "state": convention.state if convention else "",
        "state_label": convention.get_state_display() if convention else "",
        "cancels": False,
        "holds": True,
        "drafts": convention_in_force(candidature.dispositif_id).drafts if request.user.is_ans else (),
        "writes_to_signatory": not settings.SIGNATURE["provider_url"],
        **_turn(request, candidature, convention),
    }
    if context["panel"] == "send":
        context["sends"] = Sends(0, "")  # nobody was told of it yet: cancelling it tells nobody either
    elif context["cancels"] or context["panel"] == "sign":
        context["sends"] = sends_to_the_team(candidature)
    if context["panel"] == "sign":
        context["asked"] = confirm.lacks_a_stronger_proof(request)
    if form is not None:
        context["form"] = form
    status = 422 if form is not None else 200
    return render(request, "referencement/convention.html", context, status=status)


def _turn(request: PortalRequest, candidature: Candidature, convention: Convention | None) -> dict[str, Any]:
    """Return the text that this person may read, and the `panel` of the acts beside it."""
    by_desk = permissions.prepares_conventions(request.user)
    if convention is None:
        return _unprepared(request, candidature, by_desk=by_desk)
    if convention.state == State.DRAFTED and not request.user.is_ans:
        return {"panel": "not_yet", "data": None}
    shown: dict[str, Any] = {"data": convention.data, "fichier": latest_file(convention)}
    shown["holds"] = still_holds(convention, quotes_of(candidature))
    if convention.state == State.DRAFTED:
        return {**shown, "panel": "send" if by_desk else "wait", "form": _signatory_form(candidature)}
    if convention.state == State.SENT:
        return {**shown, **_sent(request, candidature, convention, by_desk=by_desk)}
    if convention.state == State.SIGNED_BY_EDITEUR and by_desk and is_attributed(convention):
        if has_ended(candidature.pk, at=request.at):
            return {**shown, "panel": "ended"}
        return {**shown, "panel": "sign", "form": CodeForm(), "for_whom": convention.data["agence"]}
    done = convention.state == State.COUNTERSIGNED
    return {**shown, "panel": "done" if done else "wait", "cancels": by_desk and not done}


def _unprepared(request: PortalRequest, candidature: Candidature, *, by_desk: bool) -> dict[str, Any]:
    if not by_desk:
        return {"panel": "not_yet", "data": None}
    complet = dossier_complet(candidature, at=request.at)
    missing = blocages(complet.facts, seuil=Seuil.CONVENTION, at=request.at)
    preview = data_of(convention_in_force(candidature.dispositif_id), complet.quotes, numero="")
    return {
        "panel": "prepare",
        "data": preview,
        "obstacles": [{"sentence": blocage.sentence, "owner": blocage.owner.label} for blocage in missing],
    }


def _sent(request: PortalRequest, candidature: Candidature, convention: Convention, *, by_desk: bool) -> dict[str, Any]:
    can_engage = not request.user.is_ans and of_candidatures.can_engage(request.user, candidature)
    if can_engage and convention.signatory_id == request.user.pk:
        procedure = open_procedure(convention, Signataire.EDITEUR)
        if procedure and procedure.provider == Prestataire.EXTERNAL:
            return {"panel": "elsewhere"}
        editeur = convention.data["cite"]["editeur"]["raison_sociale"]
        return {"panel": "sign", "form": CodeForm(), "for_whom": editeur}
    form = _signatory_form(candidature, initial={"signatory": convention.signatory_id})
    return {"panel": "change" if can_engage or by_desk else "wait", "form": form, "cancels": by_desk}


def _signatory_form(candidature: Candidature, data: Any = None, **kwargs: Any) -> SignatoryForm:
    return SignatoryForm(data, people=people_who_can_sign(candidature), **kwargs)


@require_POST
def act(request: PortalRequest, nru: str, geste: str) -> HttpResponse:
    """Do what the button says, then show the convention again, with a confirmation or the reasons of the refusal."""
    candidature = find_candidature(request, nru)
    if geste not in GESTES:
        raise Http404
    try:
        faulty = GESTES[geste](request, candidature)
    except (ConventionNotPossible, SignatureNotPossible) as refused:
        return refuse(request, refused.reasons, "referencement:convention", nru)
    return _show(request, candidature, faulty) if faulty is not None else redirect("referencement:convention", nru)


def _prepare(request: PortalRequest, candidature: Candidature) -> None:
    _refuse_who_does_not_prepare(request)
    prepare_convention(candidature_id=candidature.pk, by=request.user, at=request.at)
    messages.success(request, "La convention est préparée. Relisez-la avant de l’envoyer.")


def _send(request: PortalRequest, candidature: Candidature) -> Any:
    _refuse_who_does_not_prepare(request)
    form = _signatory_form(candidature, request.POST)
    if not form.is_valid():
        return form
    to = form.cleaned_data["signatory"]
    send_convention(convention_id=_living(candidature).pk, to=to, by=request.user, at=request.at)
    messages.success(request, f"La convention est envoyée à la signature de {to}.")
    return None


def _change_signatory(request: PortalRequest, candidature: Candidature) -> Any:
    if not of_candidatures.can_engage(request.user, candidature):
        _refuse_who_does_not_prepare(request)
    form = _signatory_form(candidature, request.POST)
    if not form.is_valid():
        return form
    to = form.cleaned_data["signatory"]
    change_signatory(convention_id=_living(candidature).pk, to=to, by=request.user, at=request.at)
    messages.success(request, f"La convention est désormais à signer par {to}.")
    return None


def _cancel(request: PortalRequest, candidature: Candidature) -> None:
    _refuse_who_does_not_prepare(request)
    motif, convention = posted_text(request), _living(candidature)
    cancel_convention(convention_id=convention.pk, reason=motif, by=request.user, at=request.at)
    messages.success(request, "La convention est annulée. Vous pouvez en préparer une autre.")


def _send_code(request: PortalRequest, candidature: Candidature) -> None:
    code = send_code(convention_id=_living(candidature).pk, by=request.user, at=request.at)
    until = instant_in_words(code.expires_at)
    messages.success(request, f"Un code vous est envoyé à {request.user.email}. Il est valable jusqu’au {until}.")


def _sign(request: PortalRequest, candidature: Candidature) -> Any:
    form = CodeForm(request.POST)
    if not form.is_valid():
        return form
    sign_convention(
        convention_id=_living(candidature).pk, typed=form.cleaned_data["code"], by=request.user, at=request.at
    )
    messages.success(request, "La convention est signée. Vous pouvez télécharger le document.")
    return None


GESTES: dict[str, Callable[[PortalRequest, Candidature], Any]] = {
    "preparer": _prepare,
    "envoyer": _send,
    "signataire": _change_signatory,
    "annuler": _cancel,
    "code": _send_code,
    "signer": _sign,
}


def _living(candidature: Candidature) -> Convention:
    convention = living_convention(candidature)
    if convention is None:
        raise ConventionNotPossible("Aucune convention n’est en cours pour cette candidature.")
    return convention


def _refuse_who_does_not_prepare(request: PortalRequest) -> None:
    if not permissions.prepares_conventions(request.user):
        raise PermissionDenied("Seul un responsable d’instruction prépare et envoie une convention.")
