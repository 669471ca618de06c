"""The reader's notifications, and how they choose to receive them."""

from collections.abc import Mapping
from datetime import datetime

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from comptes import notices, queries
from comptes.forms import NotificationModesForm
from comptes.models import Compte, Notice
from comptes.operations import notifications as notifications_operations
from comptes.operations.notifications import choose_modes, mark_read
from comptes.queries.counts import counts_of
from comptes.queries.liste_des_notifications import (
    LATEST,
    ORDERS,
    VUES,
    in_vue,
    natures_of,
    notices_in_order,
    saying,
)
from comptes.queries.pages import sorted_by
from comptes.queries.vues import vues_of
from comptes.requests import PortalRequest
from comptes.rules import texts
from comptes.rules.alike import Told, grouped
from comptes.rules.figures import whole
from comptes.rules.listes import Asked, Colonne, Filtre, Liste, Vue

from .listes import WorkList, back_to, drawn, page_asked, register, remember
from .refusals import show_form

NAME = "comptes:notifications"
COLONNES = (
    Colonne("fait", "Notification"),
    Colonne("concerne", "Solution"),
    Colonne("etat", "E-mail"),
    Colonne("instant", "Reçue le", "date"),
)


def index(request: PortalRequest) -> HttpResponse:
    """The notifications of somebody, in one tab, the latest first; posting marks them all as read."""
    if request.method == "POST":
        count = mark_read(compte_id=request.user.pk, at=request.at)
        messages.success(
            request, "Toutes vos notifications sont lues." if count else "Toutes vos notifications étaient déjà lues."
        )
        return redirect(NAME)
    liste = _liste(request.user)
    asked = liste.read(request.GET.dict(), searched=texts.query)
    page = page_asked(_rows(request.user, asked), asked)
    counts = counts_of({vue: in_vue(request.user, vue) for vue in VUES})
    told = map(_told, notices_in_order(page.keys))
    context = {
        **drawn(liste, asked, counts=counts, page=page),
        "name": NAME,
        "vues": vues_of(request.user, NAME),
        "groups": grouped(told, latest_first=(asked.tri or LATEST) == LATEST),
    }
    answer = render(request, "comptes/notifications.html", context)
    return remember(request, answer, asked, page.keys) if request.user.is_ans else answer


def _liste(reader: Compte) -> Liste:
    return Liste(
        colonnes=COLONNES,
        vues=tuple(Vue(name, label) for name, label in VUES.items()),
        filtres=(Filtre("nature", "Nature", natures_of(reader), "Toutes", True),),
        usual=LATEST,
    )


def _rows(reader: Compte, asked: Asked) -> QuerySet[Notice]:
    kind = Q(kind=asked.of("nature")) if asked.of("nature") else Q()
    return sorted_by(in_vue(reader, asked.vue).filter(saying(asked.text), kind), asked.tri or LATEST, ORDERS)


def rows_asked(address: Mapping[str, str], reader: Compte, at: datetime) -> QuerySet[Notice]:
    """Return the notifications that an address asks for, to export them or to go from one to the next."""
    return _rows(reader, _liste(reader).read(address, searched=texts.query))


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


register(
    WorkList(
        NAME,
        rows_asked,
        whole,
        lambda key, wanted: reverse("comptes:notification", args=[key]),
        frozenset({"comptes:notification"}),
    )
)


def page(request: PortalRequest, notice_id: int) -> HttpResponse:
    """One notification, as it was sent; posting marks it as read."""
    notice = get_object_or_404(queries.notifications_of(request.user), pk=notice_id)
    if request.method == "POST":
        mark_read(compte_id=request.user.pk, notice_id=notice.pk, at=request.at)
        return back_to(request, NAME)
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
    return show_form(request, "comptes/notification_settings.html", context)


@require_POST
def confirm_address(request: PortalRequest) -> HttpResponse:
    """Believe somebody who says that their address works again."""
    notifications_operations.confirm_address(compte_id=request.user.pk)
    messages.success(request, f"Adresse confirmée\u00a0: les e-mails seront de nouveau envoyés à {request.user.email}.")
    return redirect("comptes:notifications")
