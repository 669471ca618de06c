from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from candidatures import permissions
from candidatures.views.demarches import wanted_dispositif
from comptes.dates import PARIS
from comptes.requests import PortalRequest, posted_text
from guichets.models import Anomalie
from guichets.operations import retours as retours_operations
from guichets.operations.anomalies import AnomalieNotAcknowledgeable, acknowledge_anomalie, acknowledge_anomalies
from guichets.operations.retours import ReturnNotConfirmable
from guichets.queries.captures import captures_to_confirm
from guichets.queries.desks import circuit_of, is_pulled
from guichets.queries.sante import (
    anomalies_counted,
    anomalies_living,
    open_anomalies_of,
    overdue_returns,
    sante_of_guichets,
)
from preuves.views.access import refuse_who_does_not_instruct

PER_PAGE = 25
MOST_AT_ONCE = 500


@require_safe
def page(request: PortalRequest) -> HttpResponse:
    """The health of each desk, the open anomalies, and the overdue answers."""
    if not request.user.is_ans:
        raise Http404
    wanted = wanted_dispositif(request)
    today = request.at.astimezone(PARIS).date()
    counted = anomalies_counted(dispositif=wanted.code)
    paginator = Paginator(anomalies_living(dispositif=wanted.code), PER_PAGE)
    paginator.count = counted.living
    context = {
        "wanted": wanted,
        "desks": [
            (sante, circuit_of(sante.guichet.code), is_pulled(sante.guichet.code))
            for sante in sante_of_guichets(at=request.at)
        ],
        "page": paginator.get_page(request.GET.get("page")),
        "overdue": overdue_returns(on=today, dispositif=wanted.code)[:PER_PAGE],
        "captures": captures_to_confirm(dispositif=wanted.code).count(),
        "may_acknowledge": permissions.instructs(request.user),
        "alike": [group for group in counted.alike if group.count > 1],
    }
    return render(request, "guichets/board.html", context)


@require_POST
def acknowledge(request: PortalRequest, anomalie_id: int) -> HttpResponse:
    """Record that a person deals with an anomaly, and how."""
    if not request.user.is_ans:
        raise Http404
    refuse_who_does_not_instruct(request)
    anomalie = get_object_or_404(Anomalie, pk=anomalie_id)
    try:
        acknowledge_anomalie(anomalie_id=anomalie.pk, note=posted_text(request), by=request.user, at=request.at)
    except AnomalieNotAcknowledgeable as refused:
        messages.warning(request, refused.sentence)
    else:
        messages.success(
            request,
            ("La réponse à vérifier est prise en compte. Elle sera close par une réponse cohérente du guichet."),
        )
    return redirect("guichets:board")


@require_POST
def acknowledge_alike(request: PortalRequest) -> HttpResponse:
    """Give one answer to all the open anomalies of a kind, as many as the page counted at most."""
    if not request.user.is_ans:
        raise Http404
    refuse_who_does_not_instruct(request)
    wanted, note = wanted_dispositif(request), posted_text(request)
    if not note:
        messages.error(request, "Indiquez la suite donnée\u00a0: elle figure dans chaque dossier.")
        return redirect("guichets:board")
    alike = open_anomalies_of(request.POST.get("nature", ""), dispositif=wanted.code)
    ids = list(alike.order_by("opened_at", "pk").values_list("pk", flat=True)[:MOST_AT_ONCE])
    result = acknowledge_anomalies(anomalie_ids=ids, note=note, by=request.user, at=request.at)
    messages.success(request, f"Réponses prises en compte\u00a0: {result.done}.")
    if result.moved:
        messages.warning(request, f"Déjà prises en compte ou closes entre-temps\u00a0: {len(result.moved)}.")
    return redirect("guichets:board")


@require_POST
def confirm_return(request: PortalRequest, anomalie_id: int) -> HttpResponse:
    """Confirm that a desk went back: the demande follows at once."""
    if not request.user.is_ans:
        raise Http404
    refuse_who_does_not_instruct(request)
    anomalie = get_object_or_404(Anomalie, pk=anomalie_id)
    try:
        demande = retours_operations.confirm_return(anomalie_id=anomalie.pk, by=request.user, at=request.at)
    except ReturnNotConfirmable as refused:
        messages.warning(request, refused.sentence)
    else:
        messages.success(request, f"{demande.label}\u00a0: retour à l’étape «\u00a0{demande.etape.label}\u00a0».")
    return redirect("guichets:board")
