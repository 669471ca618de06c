"""The help centre, as an administrateur keeps it: what is to do, each fiche with its versions, and its text."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from candidatures import permissions
from candidatures.enums import FicheKind
from candidatures.forms.aide import FicheForm, initial_of
from candidatures.models import FicheDAide, VersionDeFiche
from candidatures.operations import aide as operations
from candidatures.operations.aide import FicheMisfilled, FicheNotPossible
from candidatures.queries.aide import FILTERS, counts, every_kept, history_of, kept_of, public_aide, votes_of
from candidatures.rules.aide import PORTAL
from comptes.dates import PARIS
from comptes.requests import PortalRequest, posted_number
from comptes.views.refusals import refuse
from comptes.views.resume import carried_data

LABELS = {
    "a-revoir": "À revoir",
    "manquent": "Liens et adresses qui manquent",
    "brouillons": "Brouillons à publier",
    "ecran": "Modifiées à l’écran",
}


@require_safe
def index(request: PortalRequest) -> HttpResponse:
    """List every fiche, or those of one filter: to review, missing links, drafts."""
    _only_administrateurs(request)
    kept = every_kept(today=_today(request), portal=PORTAL)
    nature = request.GET.get("nature", "")
    if nature in FicheKind.values:
        kept = [row for row in kept if row.fiche.kind == nature]
    counted = counts(kept)
    chosen = request.GET.get("voir", "")
    if chosen in FILTERS:
        kept = [row for row in kept if FILTERS[chosen](row)]
    context = {
        "kept": kept,
        "chosen": chosen,
        "nature": FicheKind(nature).label if nature in FicheKind.values else "",
        "filters": [(name, LABELS[name], counted[name]) for name in FILTERS],
        "new": [(reverse("candidatures:aide_new", args=[kind.value]), kind.label) for kind in FicheKind],
    }
    return render(request, "candidatures/aide/agence.html", context)


@require_safe
def fiche(request: PortalRequest, fiche_id: int) -> HttpResponse:
    """Show one fiche: its latest version as the public would read it, what it lacks, its history."""
    _only_administrateurs(request)
    fiche_kept = get_object_or_404(FicheDAide, pk=fiche_id)
    history = history_of(fiche_kept)
    return _show(request, history, history[0], title=history[0].titre)


@require_safe
def version(request: PortalRequest, fiche_id: int, numero: int) -> HttpResponse:
    """Show an older version, from which another one may be written."""
    _only_administrateurs(request)
    fiche_kept = get_object_or_404(FicheDAide, pk=fiche_id)
    history = history_of(fiche_kept)
    chosen = next((row for row in history if row.numero == numero), None)
    if chosen is None:
        raise Http404
    return _show(request, history, chosen, title=f"{chosen.titre} (version {numero})")


def _show(request: PortalRequest, history: list[VersionDeFiche], chosen: VersionDeFiche, *, title: str) -> HttpResponse:
    public = next((row for row in history if row.is_public), None)
    codes = public_aide().codes
    kept = kept_of(chosen, public, codes, PORTAL, today=_today(request), votes=votes_of(chosen.fiche))
    context = {
        "title": title,
        "trail": _trail(),
        "kept": kept,
        "version": chosen,
        "public": public,
        "is_latest": chosen == history[0],
        "history": history,
        "codes": codes,
        "has_a_page": chosen.fiche.kind == FicheKind.PAGE,
    }
    return render(request, "candidatures/aide/fiche.html", context)


def create(request: PortalRequest, kind: str) -> HttpResponse:
    """Write a new fiche of one kind; « aperçu » shows it before anything is kept."""
    _only_administrateurs(request)
    if kind not in FicheKind.values:
        raise Http404
    carried = carried_data(request)
    form = FicheForm(request.POST or carried, kind=kind, is_new=True, initial={"seen": 0, "ordre": 0})
    if request.method == "POST" and form.is_valid() and not _previews(request):
        try:
            written = operations.open_fiche(
                kind=FicheKind(kind),
                code=form.cleaned_data["code"],
                values=form.values_posted(),
                by=request.user,
                at=request.at,
            )
        except FicheMisfilled as refused:
            _note_faults(form, refused)
        else:
            messages.success(request, "La fiche est enregistrée en brouillon. Publiez-la pour que le public la lise.")
            return redirect("candidatures:aide_fiche", written.fiche_id)
    title = f"Nouvelle fiche\u00a0: {FicheKind(kind).label}"
    return _write(request, form, FicheDAide(kind=kind), title, carried)


def edit(request: PortalRequest, fiche_id: int) -> HttpResponse:
    """Write the next version of a fiche, from its latest version, or from the one that the address names."""
    _only_administrateurs(request)
    fiche_kept = get_object_or_404(FicheDAide, pk=fiche_id)
    history = history_of(fiche_kept)
    asked = request.GET.get("version", "")
    start = next((row for row in history if str(row.numero) == asked), history[0])
    carried = carried_data(request)
    initial = {**initial_of(start, fiche_kept.kind), "seen": history[0].numero}
    form = FicheForm(request.POST or carried, kind=fiche_kept.kind, is_new=False, initial=initial)
    if request.method == "POST" and form.is_valid() and not _previews(request):
        try:
            operations.write_version(
                fiche_id=fiche_kept.pk,
                seen=form.cleaned_data["seen"],
                values=form.values_posted(),
                by=request.user,
                at=request.at,
            )
        except FicheMisfilled as refused:
            _note_faults(form, refused)
        except FicheNotPossible as refused:
            form.add_error(None, list(refused.reasons))
            # What was typed stays; saved again, it follows the version that was just named.
            typed = request.POST.copy()
            typed["seen"] = str(history[0].numero)
            form.data = typed
        else:
            messages.success(request, "La version est enregistrée en brouillon. Le public lit encore la précédente.")
            return redirect("candidatures:aide_fiche", fiche_kept.pk)
    return _write(request, form, fiche_kept, f"Modifier\u00a0: {history[0].titre}", carried)


def _write(request: PortalRequest, form: FicheForm, fiche: FicheDAide, title: str, carried: Any) -> HttpResponse:
    """Show the form; after « aperçu », with the fiche as it would be read."""
    preview = None
    if request.method == "POST" and _previews(request) and form.is_valid():
        preview = VersionDeFiche(fiche=fiche, numero=0, written_at=request.at, **form.values_posted())
    refused = request.method == "POST" and not form.is_valid()
    context = {
        "trail": _trail(),
        "form": form,
        "title": title,
        "carried": carried,
        "preview": preview,
        "codes": public_aide().codes,
        "fiche": fiche,
        "back": reverse("candidatures:aide_fiche", args=[fiche.pk])
        if fiche.pk
        else reverse("candidatures:aide_agence"),
    }
    return render(request, "candidatures/aide/edit.html", context, status=422 if refused else 200)


@require_POST
def publish(request: PortalRequest, fiche_id: int) -> HttpResponse:
    """Publish the latest version, which the page shows."""
    _only_administrateurs(request)
    fiche_kept = get_object_or_404(FicheDAide, pk=fiche_id)
    version = fiche_kept.versions.filter(pk=posted_number(request, "version")).first()
    if version is None:
        return refuse(request, ["Cette version n’existe pas."], "candidatures:aide_fiche", fiche_kept.pk)
    try:
        operations.publish_version(version_id=version.pk, by=request.user, at=request.at)
    except FicheNotPossible as refused:
        return refuse(request, refused.reasons, "candidatures:aide_fiche", fiche_kept.pk)
    messages.success(request, "La fiche est publiée.")
    return redirect("candidatures:aide_fiche", fiche_kept.pk)


@require_POST
def withdraw(request: PortalRequest, fiche_id: int) -> HttpResponse:
    _only_administrateurs(request)
    fiche_kept = get_object_or_404(FicheDAide, pk=fiche_id)
    try:
        operations.withdraw_fiche(fiche_id=fiche_kept.pk, by=request.user, at=request.at)
    except FicheNotPossible as refused:
        return refuse(request, refused.reasons, "candidatures:aide_fiche", fiche_kept.pk)
    messages.success(request, "La fiche n’est plus publiée. Les liens qui y menaient ne sont plus montrés.")
    return redirect("candidatures:aide_fiche", fiche_kept.pk)


def _note_faults(form: FicheForm, refused: FicheMisfilled) -> None:
    for name, sentence in refused.faults.items():
        form.add_error(name if name in form.fields else None, sentence)


def _previews(request: PortalRequest) -> bool:
    return request.POST.get("geste") == "apercu"


def _trail() -> list[tuple[str, str]]:
    return [("Centre d’aide", reverse("candidatures:aide_agence"))]


def _today(request: PortalRequest) -> date:
    return request.at.astimezone(PARIS).date()


def _only_administrateurs(request: PortalRequest) -> None:
    if not permissions.keeps_aide(request.user):
        raise PermissionDenied("Seul un administrateur du portail tient le centre d’aide.")
