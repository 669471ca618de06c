"""The documents that the portal issued, as they were stored."""

from django.db.models import Q, QuerySet
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from candidatures.models import Candidature
from candidatures.views.pdf import answer_pdf
from comptes.requests import PortalRequest
from referencement.enums import ConventionState
from referencement.models import Document
from referencement.queries.signatures import latest_file_of


@require_safe
def download(request: PortalRequest, numero: str) -> HttpResponseBase:
    """Send the file of a document that has the most signatures; 409 and a page while it is not printed."""
    document = get_object_or_404(_visible_to(request), numero=numero)
    fichier = latest_file_of(document)
    if fichier is None:
        return render(request, "referencement/document_waiting.html", {"document": document}, status=409)
    return answer_pdf(request, fichier, name=numero)


def _visible_to(request: PortalRequest) -> QuerySet[Document]:
    """An éditeur sees the documents of its candidatures, except a convention not sent yet; the ANS sees them all."""
    documents = Document.objects.select_related("candidature")
    if request.user.is_ans:
        return documents
    own = Q(candidature__in=Candidature.objects.visible_to(request.user))
    return documents.filter(own).exclude(convention__state=ConventionState.DRAFTED)
