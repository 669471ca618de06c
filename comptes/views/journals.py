from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from comptes import journal, permissions, queries
from comptes.models import Editeur, JournalEntry
from comptes.queries.journaux import narrowed
from comptes.queries.pages import LongPage, page_of
from comptes.requests import PortalRequest
from comptes.rules import journaux
from comptes.rules.figures import whole
from comptes.rules.listes import AFTER, BEFORE, PAGE

from .trail import trail_to_team

LINES = 25


@require_safe
def of_portail(request: PortalRequest) -> HttpResponse:
    """Every act of the ANS that is of no éditeur and of no candidature, latest first: rules, texts, accounts, help."""
    if not request.user.is_ans:
        raise Http404
    if not permissions.reads_textes(request.user):
        raise PermissionDenied
    wanted = journaux.read(request.GET.dict())
    page = page_of_journal(request, narrowed(queries.journal_of(journal.PORTAIL), wanted))
    people = [(journaux.PORTAIL, "Le portail"), *((str(agent.pk), agent.full_name) for agent in queries.agents())]
    context = {
        "page": page,
        "lines": journal.lines(queries.entries_of(page.keys)),
        "wanted": wanted,
        "people": [(key, name, key == wanted.par) for key, name in people],
        "sortes": [(key, label, key == wanted.sorte) for key, (label, _) in journaux.SORTES.items()],
    }
    return render(request, "comptes/journal_of_portail.html", context)


@require_safe
def of_editeur(request: PortalRequest, editeur_id: int) -> HttpResponse:
    """Every act on an éditeur, its people and its products, latest first."""
    editeur = get_object_or_404(Editeur.objects.visible_to(request.user), pk=editeur_id)
    entries = queries.journal_of(journal.chain_of_editeur(editeur.pk))
    page = page_of_journal(request, entries)
    trail = trail_to_team(editeur, request.user)
    context = {"editeur": editeur, "page": page, "lines": journal.lines(queries.entries_of(page.keys)), "trail": trail}
    return render(request, "comptes/journal.html", context)


def page_of_journal(request: PortalRequest, entries: QuerySet[JournalEntry]) -> LongPage:
    """Read the page of a journal that its address asks for; a chain grows for ever, and is counted up to a limit."""
    number, after, before = (whole(request.GET.get(name, ""), most=18) for name in (PAGE, AFTER, BEFORE))
    return page_of(entries, number or 1, per_page=LINES, after=after, before=before)
