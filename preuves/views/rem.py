from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from candidatures.catalogue.dispositifs import specs_in_order
from candidatures.views.access import Trail
from comptes.dates import PARIS
from comptes.requests import PortalRequest, posted_text
from comptes.views.refusals import refuse, show_form
from preuves import permissions
from preuves.forms.rem import RemImportForm
from preuves.operations.imports import send_workbook
from preuves.operations.retraits import NotWithdrawn, why_not_withdrawn, withdraw_rem
from preuves.queries import imports as imports_queries
from preuves.queries.dossier import rem_of
from preuves.queries.imports import exigences_to_read, imports_pending


@require_safe
def index(request: PortalRequest) -> HttpResponse:
    """The published versions of the REM, and the workbooks that wait to be published."""
    check_reads(request)
    versions = list(imports_queries.versions())
    published = {version.dispositif_id for version in versions}
    context = {
        "versions": versions,
        "without": [spec.titre for spec in specs_in_order() if spec.code not in published],
        "imports": list(imports_pending()),
        "may_import": permissions.imports_rem(request.user),
    }
    return render(request, "preuves/rem.html", context)


def send(request: PortalRequest) -> HttpResponse:
    """Send a workbook, to see what it would change; nothing is published yet."""
    check_imports(request)
    today = request.at.astimezone(PARIS).date()
    form = RemImportForm(request.POST or None, request.FILES or None, today=today)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        sent = send_workbook(
            dispositif_code=given["dispositif"].code,
            workbook=given["workbook"],
            annotations=given["annotations"],
            date=given["date"],
            by=request.user,
            at=request.at,
        )
        return redirect("preuves:rem_preview", sent.pk)
    return show_form(request, "preuves/rem_import.html", {"form": form, "trail": trail_to_rem()})


@require_safe
def version(request: PortalRequest, version_id: int) -> HttpResponse:
    """Show one published version, one chapitre at a time."""
    check_reads(request)
    published = get_object_or_404(imports_queries.versions(), pk=version_id)
    spec = rem_of(published).spec
    code = request.GET.get("chapitre") or spec.chapitres[0].code
    chapitre = next((chapitre for chapitre in spec.chapitres if chapitre.code == code), None)
    if chapitre is None:
        raise Http404
    context = {
        "version": published,
        "trail": trail_to_rem(),
        "chapitres": spec.chapitres,
        "chapitre": chapitre,
        "exigences": exigences_to_read(chapitre),
        "preuves": sum(1 for _ in spec.preuves()),
        "retrait": getattr(published, "retrait", None),
        "withdraw": "" if why_not_withdrawn(published) else reverse("preuves:rem_withdraw", args=[published.pk]),
    }
    return render(request, "preuves/rem_version.html", context)


@require_POST
def withdraw(request: PortalRequest, version_id: int) -> HttpResponse:
    """Withdraw a version that no dossier follows yet."""
    check_reads(request)
    version = get_object_or_404(imports_queries.versions(), pk=version_id)
    try:
        withdraw_rem(version_id=version.pk, reason=posted_text(request), by=request.user, at=request.at)
    except NotWithdrawn as refused:
        return refuse(request, refused.reasons, "preuves:rem_version", version.pk)
    messages.success(request, f"Le {version} est retiré. La version précédente est de nouveau la dernière.")
    return redirect("preuves:rem_version", version.pk)


def check_reads(request: PortalRequest) -> None:
    """Answer 404 to whoever may not read the REM on the agency's screens; éditeurs read it in their dossiers."""
    if not permissions.reads_rem(request.user):
        raise Http404


def check_imports(request: PortalRequest) -> None:
    check_reads(request)
    if not permissions.imports_rem(request.user):
        raise PermissionDenied


def trail_to_rem() -> Trail:
    return [("REM", reverse("preuves:rem"))]
