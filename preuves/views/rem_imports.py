from collections.abc import Callable
from typing import TypeVar

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from comptes.requests import PortalRequest, posted_number
from preuves import permissions
from preuves.catalogue.reading import WorkbookReading
from preuves.catalogue.rem import PreuveSpec
from preuves.forms.rem import NaturesForm
from preuves.models import ImportDuREM
from preuves.models.importation import ImportDeClasseur
from preuves.models.rem import VersionPubliee
from preuves.operations.imports import ImportClosed, correct_natures, discard_import, publish_import
from preuves.operations.rem import RemNotPublishable
from preuves.queries.impact import dossiers_of, impact_of
from preuves.queries.imports import imports, preview_of, reading_of

from .rem import check_imports, check_reads, trail_to_rem

DOSSIERS = 20
Version = TypeVar("Version", bound=VersionPubliee)


def preview(request: PortalRequest, import_id: int) -> HttpResponse:
    """What a workbook holds, what is wrong in it and what it changes; its natures are corrected here."""
    check_reads(request)
    sent = get_object_or_404(imports(), pk=import_id)
    if request.method == "POST":
        return _correct(request, sent)
    if sent.published_id:
        return redirect("preuves:rem_version", sent.published_id)
    shown = preview_of(sent)
    page = Paginator(dossiers_of(sent.dispositif_id), DOSSIERS).get_page(request.GET.get("page"))
    chosen = _chosen(request, shown.reading)
    form = NaturesForm(preuves=chosen)
    context = {
        "sent": sent,
        "trail": trail_to_rem(),
        "preview": shown,
        "may_import": permissions.imports_rem(request.user),
        "chosen": [(preuve, form[preuve.numero]) for preuve in chosen],
        "shown": request.GET.get("natures", ""),
        "page": page,
        "impacts": impact_of(list(page), shown.reading.spec),
    }
    return render(request, "preuves/rem_preview.html", context)


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
    form = NaturesForm(request.POST, preuves=_chosen(request, reading_of(sent)))
    if not form.is_valid():
        messages.error(request, "Une de ces natures n’existe pas\u00a0: rien n’a été enregistré.")
        return redirect("preuves:rem_preview", sent.pk)
    try:
        correct_natures(import_id=sent.pk, natures=form.cleaned_data, by=request.user, at=request.at)
    except ImportClosed as refused:
        messages.error(request, refused.sentence)
    else:
        messages.success(request, "Les natures sont enregistrées pour cet import.")
    return redirect(f"{reverse('preuves:rem_preview', args=[sent.pk])}#natures")


@require_POST
def publish(request: PortalRequest, import_id: int) -> HttpResponse:
    """Publish what was previewed."""
    check_imports(request)
    sent = get_object_or_404(imports(), pk=import_id)
    version = published(request, sent, publish_import)
    if version is None:
        return redirect("preuves:rem_preview", sent.pk)
    messages.success(request, f"Le {version} est publié.")
    return redirect("preuves:rem_version", version.pk)


@require_POST
def discard(request: PortalRequest, import_id: int) -> HttpResponse:
    """Throw a workbook away instead of publishing it."""
    check_imports(request)
    sent = get_object_or_404(imports(), pk=import_id)
    if discarded(request, sent, discard_import):
        return redirect("preuves:rem")
    return redirect("preuves:rem_preview", sent.pk)


def published(request: PortalRequest, sent: ImportDeClasseur, publish: Callable[..., Version]) -> Version | None:
    """Publish what was previewed; None, and the reason in a message, when it cannot be."""
    try:
        return publish(
            import_id=sent.pk,
            seen=request.POST.get("seen", ""),
            latest_id=posted_number(request, "latest"),
            by=request.user,
            at=request.at,
        )
    except (ImportClosed, RemNotPublishable) as refused:
        messages.error(request, refused.sentence)
        return None


def discarded(request: PortalRequest, sent: ImportDeClasseur, discard: Callable[..., object]) -> bool:
    """Throw a workbook away, and say so; false, and the reason in a message, when it was already closed."""
    try:
        discard(import_id=sent.pk, by=request.user, at=request.at)
    except ImportClosed as refused:
        messages.error(request, refused.sentence)
        return False
    messages.success(request, f"L’import de «\u00a0{sent.workbook_name}\u00a0» est abandonné\u00a0: rien n’est publié.")
    return True
