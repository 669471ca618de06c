"""The list of the chapitres that wait for the ANS."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from candidatures.queries.pages import number_of, page_of
from candidatures.rules.nru import searched
from comptes.requests import PortalRequest
from preuves.queries.waiting import chapitres_to_read, filters_to_read, waiting_lines

PER_PAGE = 25
FILTERS = ("q", "dispositif", "chapitre", "miens")


@require_safe
def index(request: PortalRequest) -> HttpResponse:
    """List the chapitres that wait for the ANS, the oldest submission first."""
    if not request.user.is_ans:
        raise Http404
    asked = {name: searched(request.GET.get(name, "")) for name in FILTERS}
    filters = filters_to_read()
    dispositif = asked["dispositif"] if asked["dispositif"] in filters.dispositifs else ""
    codes = filters.codes(dispositif)
    code = asked["chapitre"] if asked["chapitre"] in codes else ""
    mine = request.user if asked["miens"] else None
    chapitres = chapitres_to_read(text=asked["q"], dispositif=dispositif, code=code, of=mine)
    page = page_of(chapitres, number_of(request.GET.get("page")), per_page=PER_PAGE)
    context = {
        "page": page,
        "lines": waiting_lines(page.keys, labels=filters.labels, at=request.at),
        "codes": [(value, label, value == code) for value, label in codes.items()],
        "dispositifs": [(value, label, value == dispositif) for value, label in filters.dispositifs.items()],
        "text": asked["q"],
        "mine": asked["miens"],
        "query": urlencode({name: value for name, value in asked.items() if value}),
    }
    return render(request, "preuves/a_examiner.html", context)
