"""The accusés de dépôt of a candidature, and the file of each."""

from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from candidatures.models import Accuse, Candidature
from candidatures.queries.accuses import accuses_of
from comptes.requests import PortalRequest

from .access import find_candidature, trail_to_candidature
from .pdf import answer_pdf

PER_PAGE = 25


@require_safe
def index(request: PortalRequest, nru: str) -> HttpResponse:
    """Every accusé of a candidature, latest first."""
    candidature = find_candidature(request, nru)
    page = Paginator(accuses_of(candidature), PER_PAGE).get_page(request.GET.get("page"))
    context = {"candidature": candidature, "page": page, "trail": trail_to_candidature(candidature, request)}
    return render(request, "candidatures/accuses.html", context)


@require_safe
def download(request: PortalRequest, numero: str) -> HttpResponseBase:
    """Send the PDF of an accusé; 409 and a page while it is not printed."""
    mine = Candidature.objects.visible_to(request.user)
    accuses = Accuse.objects.select_related("candidature__produit__editeur", "candidature__dispositif", "impression")
    accuse = get_object_or_404(accuses, numero=numero, candidature__in=mine)
    if not hasattr(accuse, "impression"):
        context = {"accuse": accuse, "trail": trail_to_candidature(accuse.candidature, request)}
        return render(request, "candidatures/accuse_waiting.html", context, status=409)
    return answer_pdf(request, accuse.impression, name=numero)
