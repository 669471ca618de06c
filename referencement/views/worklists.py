"""The ANS's lists of volets, of conventions and of threads."""

from __future__ import annotations

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from candidatures.enums import Camp, VoletKind, VoletState
from candidatures.models import Message, Volet
from candidatures.views.worklists import DossierList, Labels
from comptes.requests import PortalRequest
from comptes.rules.listes import Filtre
from referencement.enums import ConventionState
from referencement.models import Convention
from referencement.queries import worklists


def _volet_named(named: str) -> int | None:
    """Return the volet that a page shows; the first one of a candidature when it shows none."""
    nru, _, kind = named.partition("/")
    volets = Volet.objects.filter(candidature__nru=nru, **({"kind": kind} if kind else {}))
    return volets.order_by("pk").values_list("pk", flat=True).first()


def _volet_page(key: int) -> str:
    nru, kind = Volet.objects.values_list("candidature__nru", "kind").get(pk=key)
    return reverse("candidatures:volet_review", args=[nru, kind])


VOLETS = DossierList(
    name="referencement:volets",
    code="volets",
    labels=Labels(
        title="Volets",
        what="Volet",
        since="Soumis depuis",
        these="ces volets",
        empty="Aucun volet ne correspond",
        fills="Changez d’onglet, ou élargissez la recherche. Un volet s’affiche ici dès que sa candidature est créée.",
    ),
    etagere=worklists.VOLETS,
    filtres=lambda: (
        Filtre("volet", "Volet", dict(VoletKind.choices)),
        Filtre("etat", "État", dict(VoletState.choices)),
    ),
    lines=worklists.volet_lines,
    key_of=_volet_named,
    href=_volet_page,
    pages=frozenset({"candidatures:volet_review", "referencement:candidature"}),
)
VOLETS.register()


@require_safe
def volets(request: PortalRequest) -> HttpResponse:
    """Show the volets of one tab."""
    return VOLETS.show(request)


def _convention_named(named: str) -> int | None:
    nru = named.partition("/")[0]
    conventions = Convention.objects.filter(candidature__nru=nru)
    return conventions.order_by("-number").values_list("pk", flat=True).first()


def _convention_page(key: int) -> str:
    return reverse("referencement:convention", args=[Convention.objects.values_list("candidature__nru").get(pk=key)[0]])


CONVENTIONS = DossierList(
    name="referencement:conventions",
    code="conventions",
    labels=Labels(
        title="Conventions",
        what="Convention",
        since="Préparée depuis",
        these="ces conventions",
        empty="Aucune convention ne correspond",
        fills="Changez d’onglet, ou élargissez la recherche. Une convention s’affiche ici dès qu’elle est préparée.",
    ),
    etagere=worklists.CONVENTIONS,
    filtres=lambda: (Filtre("etat", "État", dict(ConventionState.choices)),),
    lines=worklists.convention_lines,
    key_of=_convention_named,
    href=_convention_page,
    pages=frozenset({"referencement:convention", "referencement:candidature"}),
)
CONVENTIONS.register()


@require_safe
def conventions(request: PortalRequest) -> HttpResponse:
    """Show the conventions of one tab, and how many are to be prepared."""
    return CONVENTIONS.show(request, template="referencement/conventions.html", to_prepare=worklists.to_prepare())


def _message_named(named: str) -> int | None:
    nru = named.partition("/")[0]
    return Message.objects.filter(candidature__nru=nru).order_by("-pk").values_list("pk", flat=True).first()


def _thread_page(key: int) -> str:
    return reverse("referencement:messages", args=[Message.objects.values_list("candidature__nru").get(pk=key)[0]])


MESSAGES = DossierList(
    name="referencement:threads",
    code="messages",
    labels=Labels(
        title="Messages",
        what="Dernier message",
        since="Envoyé depuis",
        these="cette liste",
        empty="Aucun message ne correspond",
        fills="Changez d’onglet, ou élargissez la recherche. Le dernier message de chaque candidature s’affiche ici.",
    ),
    etagere=worklists.MESSAGES,
    filtres=lambda: (Filtre("de", "Écrit par", {Camp.EDITEUR.value: "L’éditeur", Camp.ANS.value: "L’ANS"}),),
    lines=worklists.message_lines,
    key_of=_message_named,
    href=_thread_page,
    pages=frozenset({"referencement:messages", "referencement:candidature"}),
)
MESSAGES.register()


@require_safe
def threads(request: PortalRequest) -> HttpResponse:
    """Show the last message of each candidature, for one tab."""
    return MESSAGES.show(request)
