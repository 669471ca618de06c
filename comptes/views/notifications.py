"""The reader's notifications, and how they choose to receive them."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from comptes import notices, queries
from comptes.forms import NotificationModesForm
from comptes.models import Notice
from comptes.operations import notifications as notifications_operations
from comptes.operations.notifications import choose_modes, mark_read
from comptes.requests import PortalRequest
from comptes.rules.alike import Told, grouped

PER_PAGE = 50


def index(request: PortalRequest) -> HttpResponse:
    """Every notification of somebody, latest first; posting marks them all as read."""
    if request.method == "POST":
        count = mark_read(compte_id=request.user.pk, at=request.at)
        messages.success(
            request, "Toutes vos notifications sont lues." if count else "Toutes vos notifications étaient déjà lues."
        )
        return redirect("comptes:notifications")
    page = Paginator(queries.notifications_of(request.user), PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "comptes/notifications.html", {"page": page, "groups": grouped(map(_told, page))})


def _told(notice: Notice) -> Told:
    return Told(
        id=notice.pk,
        kind=notice.kind,
        text=notice.subject or notices.label_of(notice),
        posted_at=notice.posted_at,
        is_unread=notice.is_unread,
        state=notice.get_state_display(),
        is_bounced=notice.bounced_at is not None,
    )


def page(request: PortalRequest, notice_id: int) -> HttpResponse:
    """One notification, as it was sent; posting marks it as read."""
    notice = get_object_or_404(queries.notifications_of(request.user), pk=notice_id)
    if request.method == "POST":
        mark_read(compte_id=request.user.pk, notice_id=notice.pk, at=request.at)
        return redirect("comptes:notifications")
    trail = [("Mes notifications", reverse("comptes:notifications"))]
    context = {"notice": notice, "label": notices.label_of(notice), "trail": trail, "unread": notice.is_unread}
    return render(request, "comptes/notification.html", context)


def settings(request: PortalRequest) -> HttpResponse:
    """Choose how to receive each kind, and at the ANS about which candidatures; legal ones are always sent at once."""
    chosen, is_ans = queries.preferences_of(request.user), request.user.is_ans
    kinds = [kind for kind in notices.every_kind() if is_ans or not kind.of_the_ans]
    typed = request.POST if request.method == "POST" else None
    chosen_by_reader = [kind for kind in kinds if not kind.legal]
    form = NotificationModesForm(typed, kinds=chosen_by_reader, chosen=chosen, scoped=is_ans)
    if request.method == "POST" and form.is_valid():
        choose_modes(compte_id=request.user.pk, modes=form.modes, portees=form.portees)
        messages.success(request, "Vos choix sont enregistrés.")
        return redirect("comptes:notification_settings")
    trail = [("Mes notifications", reverse("comptes:notifications"))]
    context = {"form": form, "legal": [kind.label for kind in kinds if kind.legal], "trail": trail}
    return render(request, "comptes/notification_settings.html", context, status=422 if form.errors else 200)


@require_POST
def confirm_address(request: PortalRequest) -> HttpResponse:
    """Believe somebody who says that their address works again."""
    notifications_operations.confirm_address(compte_id=request.user.pk)
    messages.success(request, f"Adresse confirmée\u00a0: les e-mails seront de nouveau envoyés à {request.user.email}.")
    return redirect("comptes:notifications")
