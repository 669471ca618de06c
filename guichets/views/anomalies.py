"""The anomalies: what a desk says and cannot be believed as it stands. Somebody of the ANS reads it, and decides."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from candidatures import permissions
from candidatures.views.demarches import wanted_dispositif
from candidatures.views.worklists import DossierList, Labels
from comptes.requests import PortalRequest, posted_text
from comptes.rules.figures import whole
from comptes.rules.listes import Filtre
from comptes.views.listes import back_to, list_read, onwards
from comptes.views.refusals import refuse
from guichets.catalogue.guichets import every_guichet
from guichets.enums import AnomalieKind
from guichets.models import Anomalie
from guichets.operations import retours as retours_operations
from guichets.operations.anomalies import AnomalieNotAcknowledgeable, acknowledge_anomalie, acknowledge_anomalies
from guichets.operations.retours import ReturnNotConfirmable
from guichets.queries import worklists
from guichets.queries.sante import anomalies_alike, open_anomalies_of
from preuves.views.access import refuse_who_does_not_instruct

MOST_AT_ONCE = 500
ANOMALIES = DossierList(
    name="guichets:anomalies",
    code="anomalies",
    labels=Labels(
        title="Réponses à vérifier",
        subtitle="Réponses de guichets qui ne peuvent pas être prises en compte telles quelles.",
        what="Réponse",
        since="Reçue depuis",
        these="ces réponses",
        empty="Aucune réponse à vérifier",
        fills="Les réponses des guichets correspondent aux déclarations. Changez d’onglet, ou élargissez la recherche.",
    ),
    etagere=worklists.ANOMALIES,
    filtres=lambda: (
        Filtre("guichet", "Guichet", {desk.code: desk.label for desk in every_guichet()}),
        Filtre("nature", "Nature", dict(AnomalieKind.choices), "Toutes"),
    ),
    lines=worklists.anomalie_lines,
    key_of=whole,
    href=lambda key: reverse("guichets:anomalie", args=[key]),
    pages=frozenset({"guichets:anomalie", "guichets:confirm_return"}),
)
ANOMALIES.register()


@require_safe
def index(request: PortalRequest) -> HttpResponse:
    """Show the anomalies of one tab, and those that one answer may suit."""
    alike = anomalies_alike(dispositif=wanted_dispositif(request).code) if permissions.instructs(request.user) else []
    return ANOMALIES.show(
        request, template="guichets/anomalies.html", alike=alike, dispositif=request.GET.get("dispositif", "")
    )


def page(request: PortalRequest, anomalie_id: int) -> HttpResponse:
    """Show an anomaly; on POST, record that a person deals with it, and how, then go to the next one."""
    anomalie = _find(request, anomalie_id)
    if request.method != "POST":
        return _show(request, anomalie)
    refuse_who_does_not_instruct(request)
    note = posted_text(request)
    try:
        acknowledge_anomalie(anomalie_id=anomalie.pk, note=note, by=request.user, at=request.at)
    except AnomalieNotAcknowledgeable as refused:
        return _show(request, _find(request, anomalie_id), problem=[refused.sentence], note=note)
    messages.success(
        request, "La réponse à vérifier est prise en compte. Elle sera close par une réponse cohérente du guichet."
    )
    return onwards(request, ANOMALIES.name, anomalie.pk)


@require_POST
def acknowledge_alike(request: PortalRequest) -> HttpResponse:
    """Give one answer to all the open anomalies of a kind, as many as the page counted at most."""
    if not request.user.is_ans:
        raise Http404
    refuse_who_does_not_instruct(request)
    wanted, note = wanted_dispositif(request), posted_text(request)
    if not note:
        reason = "Indiquez la suite donnée\u00a0: elle figure dans chaque dossier."
        return refuse(request, [reason], list_read(request, ANOMALIES.name))
    alike = open_anomalies_of(request.POST.get("nature", ""), dispositif=wanted.code)
    ids = list(alike.order_by("opened_at", "pk").values_list("pk", flat=True)[:MOST_AT_ONCE])
    result = acknowledge_anomalies(anomalie_ids=ids, note=note, by=request.user, at=request.at)
    messages.success(request, f"Réponses prises en compte\u00a0: {result.done}.")
    if result.moved:
        messages.warning(request, f"Déjà prises en compte ou closes entre-temps\u00a0: {len(result.moved)}.")
    return back_to(request, ANOMALIES.name)


@require_POST
def confirm_return(request: PortalRequest, anomalie_id: int) -> HttpResponse:
    """Confirm that a desk went back: the demande follows at once."""
    anomalie = _find(request, anomalie_id)
    refuse_who_does_not_instruct(request)
    try:
        demande = retours_operations.confirm_return(anomalie_id=anomalie.pk, by=request.user, at=request.at)
    except ReturnNotConfirmable as refused:
        return _show(request, _find(request, anomalie_id), problem=[refused.sentence])
    messages.success(request, f"{demande.label}\u00a0: retour à l’étape «\u00a0{demande.etape.label}\u00a0».")
    return onwards(request, ANOMALIES.name, anomalie.pk)


def _find(request: PortalRequest, anomalie_id: int) -> Anomalie:
    if not request.user.is_ans:
        raise Http404
    joined = Anomalie.objects.select_related("demande__candidature__produit__editeur", "acknowledged_by")
    return get_object_or_404(joined, pk=anomalie_id)


def _show(request: PortalRequest, anomalie: Anomalie, *, problem: Sequence[str] = (), note: str = "") -> HttpResponse:
    context = {
        "anomalie": anomalie,
        "demande": anomalie.demande,
        "candidature": anomalie.demande.candidature,
        "trail": [(ANOMALIES.labels.title, reverse(ANOMALIES.name))],
        "may_decide": permissions.instructs(request.user),
        "problem": problem,
        "refused": bool(problem),
        "note": note,
    }
    return render(request, "guichets/anomalie.html", context, status=409 if problem else 200)
