from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from comptes import journal, queries
from comptes.models import Editeur
from comptes.requests import PortalRequest

LINES = 25


@require_safe
def of_editeur(request: PortalRequest, editeur_id: int) -> HttpResponse:
    """Every act on an éditeur, its people and its products, latest first."""
    editeur = get_object_or_404(Editeur.objects.visible_to(request.user), pk=editeur_id)
    entries = queries.journal_of(journal.chain_of_editeur(editeur.pk))
    page = Paginator(entries, LINES).get_page(request.GET.get("page"))
    return render(request, "comptes/journal.html", {"editeur": editeur, "page": page, "lines": journal.lines(page)})
