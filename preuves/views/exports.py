"""A copy of a whole dossier, or its state: asked for, followed while it is made, downloaded until its time is over."""

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from comptes.requests import PortalRequest
from comptes.typography import size_in_words
from comptes.views.refusals import refuse
from preuves.enums import FormeDExport
from preuves.models import ExportDeDossier
from preuves.operations.exports import ExportNotPossible, ask_export

from .access import find_dossier_to_fill, trail_to_dossier
from .fichiers import Content, give

SHOWN = 10


def page(request: PortalRequest, nru: str) -> HttpResponse:
    """Show what the reader asked for; on POST, ask for a copy or for the state of the dossier."""
    candidature = find_dossier_to_fill(request, nru).candidature
    if request.method == "POST":
        forme = FormeDExport.ETAT if request.POST.get("forme") == FormeDExport.ETAT else FormeDExport.COPIE
        try:
            ask_export(candidature_id=candidature.pk, forme=forme, by=request.user, at=request.at)
        except ExportNotPossible as refused:
            return refuse(request, refused.reasons, "preuves:exports", nru)
        messages.success(request, "Votre fichier est en préparation. Vous pouvez quitter cette page.")
        return redirect("preuves:exports", nru)
    mine = ExportDeDossier.objects.filter(candidature=candidature, asked_by=request.user).order_by("-pk")[:SHOWN]
    lines = [
        {"export": export, "opens": export.opens(request.at), "size": size_in_words(export.size)} for export in mine
    ]
    context = {
        "candidature": candidature,
        "trail": trail_to_dossier(candidature, request),
        "lines": lines,
        "under_way": any(export.is_under_way for export in mine),
    }
    return render(request, "preuves/exports_state.html" if request.htmx else "preuves/exports.html", context)


@require_safe
def download(request: PortalRequest, nru: str, export_id: int) -> HttpResponseBase:
    """Give a file to whoever asked for it, until its time is over."""
    candidature = find_dossier_to_fill(request, nru).candidature
    export = get_object_or_404(ExportDeDossier, pk=export_id, candidature=candidature, asked_by=request.user)
    if not export.opens(request.at):
        raise Http404
    forme = FormeDExport(export.forme)
    content = Content(str(export.file.name), export.size, forme.content_type, f"export-{export.pk}")
    disposition = content_disposition_header(as_attachment=True, filename=forme.name_for(nru))
    return give(request, content, {"Content-Disposition": disposition or "attachment"})
