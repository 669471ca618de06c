from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from comptes.requests import PortalRequest, posted_number
from comptes.views.refusals import refuse
from preuves import permissions
from preuves.catalogue.problems import Problem
from preuves.catalogue.reading import WorkbookReading
from preuves.catalogue.rem import PreuveSpec
from preuves.forms.rem import NaturesForm
from preuves.models import ImportDuREM
from preuves.models.importation import ImportDeClasseur
from preuves.operations.imports import (
    ImportClosed,
    ImportNotRead,
    correct_natures,
    delete_import,
    discard_import,
    publish_import,
)
from preuves.operations.rem import RemNotPublishable
from preuves.queries.impact import dossiers_of, impact_of
from preuves.queries.imports import ProblemsShown, imports, is_read, preview_of, reading_of

from .rem import check_imports, check_reads, trail_to_rem

DOSSIERS, MOST_TICKED = 20, 30
PROBLEMS = 50
"""How many problems a page of them shows."""
ASKED = 10
"""How many natures are asked about at a time, unless all those of a chapitre are."""


def preview(request: PortalRequest, import_id: int) -> HttpResponse:
    """What a workbook holds, what is wrong in it and what it changes; its natures are corrected here."""
    check_reads(request)
    sent = get_object_or_404(imports(), pk=import_id)
    if request.method == "POST":
        return _correct(request, sent)
    if sent.published_id:
        return redirect("preuves:rem_version", sent.published_id)
    if not is_read(sent):
        return render(request, "preuves/rem_reading.html", {"sent": sent, "trail": trail_to_rem()})
    shown, may_import = preview_of(sent), permissions.imports_rem(request.user)
    may_publish = may_publish_it(request, sent)
    page = Paginator(dossiers_of(sent.dispositif_id), DOSSIERS).get_page(request.GET.get("page"))
    chosen = _chosen(request, shown.reading)
    asked = chosen if request.GET.get("natures") else chosen[:ASKED]
    form = NaturesForm(preuves=asked)
    context = {
        "sent": sent,
        "trail": trail_to_rem(),
        "preview": shown,
        "problems": problems_page(request, shown),
        "ticked": request.GET.getlist("confirme"),
        "may_import": may_import,
        "may_publish": may_publish,
        "may_delete": may_import and not sent.published_id and not (sent.is_pending and shown.is_publishable),
        "asks": may_publish and sent.is_pending and shown.is_publishable,
        "chosen": [(preuve, form[preuve.numero]) for preuve in asked],
        "left": len(chosen) - len(asked),
        "shown": request.GET.get("natures", ""),
        "page": page,
        "impacts": impact_of(list(page), shown.reading.spec),
    }
    return render(request, "preuves/rem_preview.html", context)


def may_publish_it(request: PortalRequest, sent: ImportDeClasseur) -> bool:
    return permissions.publishes_rem(request.user) and sent.sent_by_id != request.user.pk


def problems_page(request: PortalRequest, shown: ProblemsShown) -> Page[Problem]:
    return Paginator(shown.problems, PROBLEMS).get_page(request.GET.get("problemes"))


def _chosen(request: PortalRequest, reading: WorkbookReading) -> list[PreuveSpec]:
    """The preuves whose nature is shown to be corrected: those of one chapitre, else those to look at."""
    code, to_check = request.GET.get("natures", ""), reading.to_check
    return [
        preuve
        for chapitre, _, _, preuve in reading.spec.preuves()
        if chapitre.code == code or (not code and preuve.numero in to_check)
    ]


def _correct(request: PortalRequest, sent: ImportDuREM) -> HttpResponse:
    check_imports(request)
    if not is_read(sent):
        return redirect("preuves:rem_preview", sent.pk)
    chosen = _chosen(request, reading_of(sent))
    form = NaturesForm(request.POST, preuves=[preuve for preuve in chosen if f"nature-{preuve.numero}" in request.POST])
    if not form.fields or not form.is_valid():
        return refuse(request, ["Une de ces natures n’existe pas."], "preuves:rem_preview", sent.pk)
    try:
        correct_natures(import_id=sent.pk, natures=form.cleaned_data, by=request.user, at=request.at)
    except (ImportClosed, ImportNotRead) as refused:
        return refuse(request, refused.reasons, "preuves:rem_preview", sent.pk)
    messages.success(request, "Les natures sont enregistrées pour cet import.")
    return redirect(f"{reverse('preuves:rem_preview', args=[sent.pk])}#natures")


@require_POST
def publish(request: PortalRequest, import_id: int) -> HttpResponse:
    """Publish what was previewed."""
    check_reads(request)
    sent = get_object_or_404(imports(), pk=import_id)
    try:
        version = publish_import(**seen_by_reader(request, sent))
    except (ImportClosed, RemNotPublishable) as refused:
        return refuse(request, refused.reasons, preview_ticked(request, "preuves:rem_preview", sent))
    messages.success(request, f"Le {version} est publié.")
    return redirect("preuves:rem_version", version.pk)


@require_POST
def discard(request: PortalRequest, import_id: int) -> HttpResponse:
    """Throw a workbook away instead of publishing it."""
    check_imports(request)
    sent = get_object_or_404(imports(), pk=import_id)
    try:
        discard_import(import_id=sent.pk, by=request.user, at=request.at)
    except ImportClosed as refused:
        return refuse(request, refused.reasons, "preuves:rem_preview", sent.pk)
    messages.success(request, discarded_in_words(sent))
    return redirect("preuves:rem")


@require_POST
def delete(request: PortalRequest, import_id: int) -> HttpResponse:
    """Delete a workbook that was thrown away, or that cannot be published."""
    check_imports(request)
    sent = get_object_or_404(imports(), pk=import_id)
    try:
        delete_import(import_id=sent.pk, by=request.user, at=request.at)
    except (ImportClosed, RemNotPublishable) as refused:
        return refuse(request, refused.reasons, "preuves:rem_preview", sent.pk)
    messages.success(request, f"L’import de «\u00a0{sent.workbook_name}\u00a0» est supprimé.")
    return redirect("preuves:rem")


def seen_by_reader(request: PortalRequest, sent: ImportDeClasseur) -> dict[str, Any]:
    """Return what publishing a workbook is asked with: what was read of it, and what was ticked."""
    return {
        "import_id": sent.pk,
        "seen": request.POST.get("seen", ""),
        "latest_id": posted_number(request, "latest"),
        "confirmed": request.POST.getlist("confirme"),
        "by": request.user,
        "at": request.at,
    }


def preview_ticked(request: PortalRequest, preview: str, sent: ImportDeClasseur) -> str:
    """Return the address of the preview, with what was ticked in it."""
    ticked = urlencode({"confirme": request.POST.getlist("confirme")[:MOST_TICKED]}, doseq=True)
    there = reverse(preview, args=[sent.pk])
    return f"{there}?{ticked}" if ticked else there


def discarded_in_words(sent: ImportDeClasseur) -> str:
    return f"L’import de «\u00a0{sent.workbook_name}\u00a0» est abandonné, sans publication."
