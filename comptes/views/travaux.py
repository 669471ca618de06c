"""The messages and tasks that failed, with the reason, for the administrateurs, who may retry each."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from comptes import notices, permissions, queries
from comptes.models import RetourIncompris
from comptes.operations import travaux as travaux_operations
from comptes.operations.travaux import NotRetried
from comptes.requests import PortalRequest

PER_PAGE = 25
REFUSAL = "Seul un administrateur du portail peut voir les envois en échec."


@require_safe
def index(request: PortalRequest) -> HttpResponse:
    """The messages and the works that failed or are refused for now, latest first."""
    _refuse_others(request)
    page = Paginator(queries.notices_held(), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "notices": [{"notice": notice, "label": notices.label_of(notice)} for notice in page],
        "works": queries.failed_works()[:PER_PAGE],
        "returns": RetourIncompris.objects.all()[:PER_PAGE],
        "returns_count": RetourIncompris.objects.count(),
        "works_count": queries.failed_works().count(),
    }
    return render(request, "comptes/travaux.html", context)


@require_POST
def retry_notice(request: PortalRequest, notice_id: int) -> HttpResponse:
    _refuse_others(request)
    try:
        notice = travaux_operations.retry_notice(notice_id=notice_id, by=request.user, at=request.at)
    except NotRetried as refused:
        messages.info(request, refused.sentence)
    else:
        messages.success(request, f"L’e-mail à {notice.email} est envoyé de nouveau.")
    return redirect("comptes:travaux")


@require_POST
def retry_work(request: PortalRequest, echec_id: int) -> HttpResponse:
    _refuse_others(request)
    try:
        travaux_operations.retry_work(echec_id=echec_id, by=request.user, at=request.at)
    except NotRetried as refused:
        messages.info(request, refused.sentence)
    else:
        messages.success(request, "Ce travail est relancé. S’il aboutit, il ne sera plus affiché ici.")
    return redirect("comptes:travaux")


def _refuse_others(request: PortalRequest) -> None:
    if not permissions.administers(request.user):
        raise PermissionDenied(REFUSAL)
