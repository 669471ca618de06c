"""The health of each desk, and the answers that are overdue."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from candidatures.views.demarches import wanted_dispositif
from comptes.dates import PARIS
from comptes.queries.counts import counts_of
from comptes.requests import PortalRequest
from guichets.queries.captures import captures_to_confirm
from guichets.queries.desks import circuit_of, is_pulled
from guichets.queries.sante import anomalies_to_deal_with, overdue_returns, sante_of_guichets

PER_PAGE = 25


@require_safe
def page(request: PortalRequest) -> HttpResponse:
    """Show the health of each desk, how much waits for the ANS, and the overdue answers."""
    if not request.user.is_ans:
        raise Http404
    wanted = wanted_dispositif(request)
    today = request.at.astimezone(PARIS).date()
    context = {
        "wanted": wanted,
        "desks": [
            (sante, circuit_of(sante.guichet.code), is_pulled(sante.guichet.code))
            for sante in sante_of_guichets(at=request.at)
        ],
        "overdue": overdue_returns(on=today, dispositif=wanted.code)[:PER_PAGE],
        **counts_of(
            {
                "anomalies": anomalies_to_deal_with(dispositif=wanted.code),
                "captures": captures_to_confirm(dispositif=wanted.code),
            }
        ),
    }
    return render(request, "guichets/board.html", context)
