"""The tables of équivalences: those published, and the workbooks that wait for publication."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from candidatures.views.access import Trail
from comptes.dates import PARIS
from comptes.requests import PortalRequest, posted_text
from comptes.views.refusals import refuse, show_form
from preuves import permissions
from preuves.forms.rem import EquivalencesImportForm
from preuves.operations import equivalences as acts
from preuves.operations.imports import ImportClosed
from preuves.operations.rem import RemNotPublishable
from preuves.operations.retraits import NotWithdrawn, why_table_not_withdrawn, withdraw_equivalences
from preuves.queries import imports_equivalences as queries

from .rem import check_imports, check_reads, trail_to_rem
from .rem_imports import (
    DOSSIERS,
    discarded_in_words,
    may_publish_it,
    preview_ticked,
    problems_page,
    seen_by_reader,
)


@require_safe
def index(request: PortalRequest) -> HttpResponse:
    """The published tables, and the workbooks that wait to be published."""
    check_reads(request)
    context = {
        "trail": trail_to_rem(),
        "versions": queries.versions(),
        "imports": list(queries.imports_pending()),
        "may_import": permissions.imports_rem(request.user),
    }
    return render(request, "preuves/equivalences.html", context)


def send(request: PortalRequest) -> HttpResponse:
    """Send a workbook, to see what it would change; nothing is published yet."""
    check_imports(request)
    today = request.at.astimezone(PARIS).date()
    form = EquivalencesImportForm(request.POST or None, request.FILES or None, today=today)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        sent = acts.send_equivalences(
            source=given["source"].code,
            cible=given["cible"].code,
            workbook=given["workbook"],
            date=given["date"],
            by=request.user,
            at=request.at,
        )
        return redirect("preuves:equivalences_preview", sent.pk)
    return show_form(request, "preuves/equivalences_import.html", {"form": form, "trail": _trail()})


@require_safe
def preview(request: PortalRequest, import_id: int) -> HttpResponse:
    """Show what a workbook holds, its problems, what it changes and for whom."""
    check_reads(request)
    sent = get_object_or_404(queries.imports(), pk=import_id)
    if sent.published_id:
        return redirect("preuves:equivalences_version", sent.published_id)
    shown, may_publish = queries.preview_of(sent), may_publish_it(request, sent)
    page = Paginator(queries.candidatures_concerned(sent), DOSSIERS).get_page(request.GET.get("page"))
    context = {
        "sent": sent,
        "trail": _trail(),
        "preview": shown,
        "problems": problems_page(request, shown),
        "ticked": request.GET.getlist("confirme"),
        "may_import": permissions.imports_rem(request.user),
        "may_publish": may_publish,
        "asks": may_publish and sent.is_pending and shown.is_publishable,
        "page": page,
        "impacts": queries.impact_of(list(page), sent, shown.reading.spec, at=request.at),
    }
    return render(request, "preuves/equivalences_preview.html", context)


@require_POST
def publish(request: PortalRequest, import_id: int) -> HttpResponse:
    """Publish what was previewed."""
    check_reads(request)
    sent = get_object_or_404(queries.imports(), pk=import_id)
    try:
        version = acts.publish_equivalences_import(**seen_by_reader(request, sent))
    except (ImportClosed, RemNotPublishable) as refused:
        return refuse(request, refused.reasons, preview_ticked(request, "preuves:equivalences_preview", sent))
    messages.success(request, "La table est publiée. Les équipes concernées recevront un e-mail.")
    return redirect("preuves:equivalences_version", version.pk)


@require_POST
def discard(request: PortalRequest, import_id: int) -> HttpResponse:
    """Discard a workbook instead of publishing it."""
    check_imports(request)
    sent = get_object_or_404(queries.imports(), pk=import_id)
    try:
        acts.discard_equivalences_import(import_id=sent.pk, by=request.user, at=request.at)
    except ImportClosed as refused:
        return refuse(request, refused.reasons, "preuves:equivalences_preview", sent.pk)
    messages.success(request, discarded_in_words(sent))
    return redirect("preuves:equivalences")


@require_safe
def version(request: PortalRequest, version_id: int) -> HttpResponse:
    """One published table to read."""
    check_reads(request)
    table = get_object_or_404(queries.versions(), pk=version_id)
    obstacle = why_table_not_withdrawn(table)
    context = {
        "version": table,
        "trail": _trail(),
        "lines": queries.lines_of(table),
        "retrait": getattr(table, "retrait", None),
        "obstacle": obstacle,
        "withdraw": "" if obstacle else reverse("preuves:equivalences_withdraw", args=[table.pk]),
    }
    return render(request, "preuves/equivalences_version.html", context)


@require_POST
def withdraw(request: PortalRequest, version_id: int) -> HttpResponse:
    """Withdraw a table from which nobody benefits."""
    check_reads(request)
    table = get_object_or_404(queries.versions(), pk=version_id)
    try:
        withdraw_equivalences(version_id=table.pk, reason=posted_text(request), by=request.user, at=request.at)
    except NotWithdrawn as refused:
        return refuse(request, refused.reasons, "preuves:equivalences_version", table.pk)
    messages.success(request, "La table est retirée. La précédente, si elle existe, s’applique de nouveau.")
    return redirect("preuves:equivalences_version", table.pk)


def _trail() -> Trail:
    return [*trail_to_rem(), ("Équivalences", reverse("preuves:equivalences"))]
