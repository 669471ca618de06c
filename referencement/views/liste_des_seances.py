"""The list of the séances of the collège."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from candidatures.catalogue.dispositifs import specs_in_order
from candidatures.rules.nru import searched
from comptes.models import Compte
from comptes.queries.counts import counts_of
from comptes.queries.pages import sorted_by
from comptes.queries.vues import vues_of
from comptes.requests import PortalRequest
from comptes.rules.figures import whole
from comptes.rules.listes import Asked, Colonne, Filtre, Liste, Vue
from comptes.views.listes import WorkList, drawn, page_asked, register, remember
from referencement import permissions
from referencement.models import SeanceDuCollege
from referencement.queries.liste_des_seances import VUES, in_vue, seance_lines, seances_holding

from .seances import refuse_who_does_not_read

NAME = "referencement:seances"
COLONNES = (
    Colonne("seance", "Séance", "date"),
    Colonne("nombre", "Dossiers"),
    Colonne("nombre", "Quorum"),
    Colonne("secretaire", "Secrétaire"),
    Colonne("etat", "État"),
    Colonne("echeance", "Échéance"),
)
LATEST = "-date"


@require_safe
def index(request: PortalRequest) -> HttpResponse:
    """Show the séances of one tab, the latest first."""
    refuse_who_does_not_read(request)
    liste = _liste()
    asked = liste.read(request.GET.dict(), searched=searched)
    page = page_asked(_rows(asked), asked)
    context = {
        **drawn(liste, asked, counts=counts_of({vue: in_vue(vue) for vue in VUES if vue}), page=page),
        "name": NAME,
        "vues": vues_of(request.user, NAME),
        "lines": seance_lines(page.keys, dispositif=asked.of("dispositif"), at=request.at),
        "plans": permissions.plans_seances(request.user),
    }
    return remember(request, render(request, "referencement/college/seances.html", context), asked, page.keys)


def _liste() -> Liste:
    return Liste(
        colonnes=COLONNES,
        vues=tuple(Vue(name, label) for name, label in VUES.items()),
        filtres=(Filtre("dispositif", "Démarche", {spec.code: spec.titre for spec in specs_in_order()}, "Toutes"),),
        usual=LATEST,
    )


def _rows(asked: Asked) -> QuerySet[SeanceDuCollege]:
    rows = in_vue(asked.vue).filter(seances_holding(asked.text, dispositif=asked.of("dispositif")))
    return sorted_by(rows, asked.tri or LATEST, {"date": "held_at"})


def rows_asked(address: Mapping[str, str], reader: Compte, at: datetime) -> QuerySet[Any, Any]:
    """Return the séances that an address asks for, to export them or to go from one to the next."""
    return _rows(_liste().read(address, searched=searched))


register(
    WorkList(
        NAME,
        rows_asked,
        whole,
        lambda key, wanted: reverse("referencement:seance", args=[key]),
        frozenset({"referencement:seance"}),
    )
)
