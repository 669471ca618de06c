"""The texts of the portal, changed on screen: their list, and each with its draft, its preview and its history."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from comptes import permissions
from comptes.forms.textes import TexteForm
from comptes.models import VersionDeTexte
from comptes.operations.textes import (
    TexteMisfilled,
    TexteNotPossible,
    discard_texte,
    give_back_texte,
    publish_texte,
    send_trial,
    write_texte,
)
from comptes.queries import textes as queries
from comptes.requests import PortalRequest, posted_number
from comptes.rules import texts

from .refusals import refuse


@require_safe
def index(request: PortalRequest) -> HttpResponse:
    """Every text, by family: what is in force, and the drafts."""
    _refuse_others(request)
    changed = queries.changed_on_screen()
    shown = [
        (famille, [(texte, changed.get(texte.cle)) for texte in famille.textes()]) for famille in queries.familles()
    ]
    context = {"familles": shown, "count": len(changed)}
    return render(request, "comptes/textes.html", context)


def page(request: PortalRequest, cle: str) -> HttpResponse:
    """One text: on POST, a draft of it is kept."""
    _refuse_others(request)
    texte = queries.texte_of(cle)
    if texte is None:
        raise Http404
    versions = queries.versions_of(cle)
    shown = _shown(request, versions)
    form = TexteForm(
        request.POST or None,
        has_subject=texte.has_subject,
        initial={
            "seen": versions[0].numero if versions else 0,
            "objet": shown.objet if shown else "",
            "corps": shown.corps if shown else texte.corps,
        },
    )
    if request.method == "POST" and form.is_valid() and _written(request, texte, form):
        messages.success(request, "Le brouillon est enregistré. Relisez l’aperçu avant de le mettre en vigueur.")
        return redirect("comptes:texte", cle)
    status = 422 if form.errors else 200
    return render(request, "comptes/texte.html", _context(request, texte, versions, shown, form), status=status)


def _shown(request: PortalRequest, versions: list[VersionDeTexte]) -> VersionDeTexte | None:
    """Return the version that the page shows: the one that is asked for, the draft, or what is in force.

    None is the text of the file.
    """
    asked = request.GET.get("version", "")
    if asked == "0":
        return None
    chosen = [version for version in versions if str(version.numero) == asked]
    chosen += [version for version in versions if version.is_draft]
    chosen += [version for version in versions if version.is_in_force]
    return chosen[0] if chosen else None


def _written(request: PortalRequest, texte: queries.Texte, form: TexteForm) -> bool:
    """Keep a draft; tell whether it was kept, else the form says why not, and holds what was typed."""
    if not permissions.writes_textes(request.user):
        raise PermissionDenied
    given = form.cleaned_data
    try:
        write_texte(
            cle=texte.cle,
            seen=given["seen"],
            objet=given.get("objet", ""),
            corps=given["corps"],
            by=request.user,
            at=request.at,
        )
    except TexteMisfilled as refused:
        for field, sentence in refused.faults.items():
            form.add_error(field, sentence)
    except TexteNotPossible as refused:
        form.add_error(None, list(refused.reasons))
        # What was typed stays; saved again, it replaces what was just read.
        typed = request.POST.copy()
        typed["seen"] = str(queries.latest_numero(texte.cle))
        form.data = typed
    return not form.errors


def _context(
    request: PortalRequest,
    texte: queries.Texte,
    versions: list[VersionDeTexte],
    shown: VersionDeTexte | None,
    form: TexteForm,
) -> dict[str, Any]:
    famille = queries.famille_of(texte.cle)
    assert famille is not None, "the text was found in its family"
    nru = texts.query(request.GET.get("dossier", ""))
    draft = next((version for version in versions if version.is_draft), None)
    current = next((version for version in versions if version.is_in_force), None)
    objet, corps = (shown.objet, shown.corps) if shown else ("", texte.corps)
    return {
        "texte": texte,
        "famille": famille,
        "form": form,
        "draft": draft,
        "current": current,
        "shown": shown,
        "versions": versions,
        "file_moved": current is not None and current.fichier != texte.fichier,
        "preview": famille.preview(texte, objet, corps, nru),
        "nru": nru,
        "writes": permissions.writes_textes(request.user),
        "publishes": draft is not None
        and permissions.publishes_texte(request.user, famille)
        and not (famille.binding and draft.written_by_id == request.user.pk),
        "trail": [("Textes", reverse("comptes:textes"))],
    }


@require_POST
def act(request: PortalRequest, cle: str, geste: str) -> HttpResponse:
    """Put a draft in force, give it up, try it, or give the text back to its file."""
    _refuse_others(request)
    if geste not in GESTES:
        raise Http404
    if queries.texte_of(cle) is None:
        raise Http404
    try:
        messages.success(request, GESTES[geste](request, cle))
    except TexteNotPossible as refused:
        return refuse(request, refused.reasons, "comptes:texte", cle)
    return redirect("comptes:texte", cle)


def _publish(request: PortalRequest, cle: str) -> str:
    version = publish_texte(version_id=_posted_version(request, cle).pk, by=request.user, at=request.at)
    return f"La version {version.numero} est en vigueur."


def _discard(request: PortalRequest, cle: str) -> str:
    version = discard_texte(version_id=_posted_version(request, cle).pk, by=request.user, at=request.at)
    return f"Le brouillon de la version {version.numero} est abandonné."


def _give_back(request: PortalRequest, cle: str) -> str:
    give_back_texte(cle=cle, by=request.user, at=request.at)
    return "Le texte du fichier est de nouveau en vigueur."


def _try(request: PortalRequest, cle: str) -> str:
    send_trial(version_id=_posted_version(request, cle).pk, by=request.user, at=request.at)
    return "L’essai part à votre adresse. Personne d’autre ne le reçoit."


def _posted_version(request: PortalRequest, cle: str) -> VersionDeTexte:
    return get_object_or_404(VersionDeTexte, pk=posted_number(request, "version"), cle=cle)


GESTES: dict[str, Callable[[PortalRequest, str], str]] = {
    "publier": _publish,
    "abandonner": _discard,
    "fichier": _give_back,
    "essai": _try,
}


def _refuse_others(request: PortalRequest) -> None:
    if not request.user.is_ans:
        raise Http404
    if not permissions.reads_textes(request.user):
        raise PermissionDenied
