"""The documents that the portal issued, as they were stored."""

from django.db.models import Q, QuerySet
from django.http import HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from candidatures.models import Candidature
from comptes.requests import PortalRequest
from referencement import queries
from referencement.enums import ConventionState
from referencement.models import Document


@require_safe
def download(request: PortalRequest, numero: str) -> HttpResponseBase:
    """Give the last file of a document, the most signed one; the page says why there is none yet."""
    document = get_object_or_404(_visible_to(request), numero=numero)
    fichier = queries.latest_file_of(document)
    if fichier is None:
        return render(request, "referencement/document_waiting.html", {"document": document}, status=409)
    headers = {
        "ETag": f'"{fichier.sha256}"',
        "Content-Length": str(fichier.size),
        "Content-Disposition": content_disposition_header(False, f"{numero}.pdf") or "inline",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Cache-Control": "private, no-store",
        "Cross-Origin-Resource-Policy": "same-origin",
        "X-Content-Type-Options": "nosniff",
    }
    if request.method == "HEAD":
        return HttpResponse(headers=headers, content_type="application/pdf")
    return StreamingHttpResponse(fichier.read(), headers=headers, content_type="application/pdf")


def _visible_to(request: PortalRequest) -> QuerySet[Document]:
    """The éditeur's side sees what is of its candidatures, but a convention that was not sent; the ANS sees all."""
    found = Document.objects.select_related("candidature")
    if request.user.is_ans:
        return found
    own = Q(candidature__in=Candidature.objects.visible_to(request.user))
    return found.filter(own).exclude(convention__state=ConventionState.DRAFTED)
