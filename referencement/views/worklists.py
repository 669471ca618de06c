"""The ANS's lists of volets, of conventions and of threads."""

from __future__ import annotations

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from candidatures.enums import VoletKind, VoletState
from candidatures.models import Volet
from candidatures.views.worklists import DossierList, Words
from comptes.requests import PortalRequest
from comptes.rules.listes import Filtre
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
    words=Words(
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
