"""The list of the chapitres that wait for the ANS."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from candidatures.queries.referents import chapitres_of_people, mine
from candidatures.rules.nru import searched
from comptes.models import Compte
from comptes.queries.vues import vues_of
from comptes.requests import PortalRequest
from comptes.rules.listes import VUE, Asked, Colonne, Filtre, Liste, Vue
from comptes.views.listes import WorkList, drawn, page_asked, register, remember
from preuves.enums import VueDesChapitres
from preuves.models import Chapitre
from preuves.queries.conclusions import two_people_are_asked
from preuves.queries.waiting import Filters, chapitres_to_read, counted, filters_to_read, in_view, waiting_lines

NAME = "preuves:a_examiner"
SUBMITTED = "soumission"
COLONNES = (
    Colonne("chapitre", "Chapitre"),
    Colonne("solution", "Solution"),
    Colonne("editeur", "Éditeur"),
    Colonne("nru", "NRU"),
    Colonne("etat", "État"),
    Colonne("referent", "Référent"),
    Colonne("attente", "Soumis depuis", SUBMITTED),
)
VUES = tuple(Vue(value, label) for value, label in VueDesChapitres.choices)
OF_ONE_PERSON = tuple(vue for vue in VUES if vue.name != VueDesChapitres.TO_CONFIRM)
# The tab of what one reads had another name in the address.
FORMER = "miens"


@require_safe
def index(request: PortalRequest) -> HttpResponse:
    """List the chapitres of one tab that wait for the ANS, the oldest submission first."""
    if not request.user.is_ans:
        raise Http404
    filters, types, mien = filters_to_read(), chapitres_of_people(), mine(request.user, at=request.at)
    liste = liste_of(filters, request.GET.get("dispositif", ""))
    asked = liste.read(_wanted(request.GET.dict()), searched=searched)
    rows = in_view(_rows(asked), asked.vue, mien=mien, types=types)
    page = page_asked(rows, asked)
    lines = waiting_lines(page.keys, labels=filters.labels, types=types, equipe=mien.equipe, at=request.at)
    counts = counted(mien=mien, types=types, two_people=liste.vues == VUES)
    confirms = asked.vue == VueDesChapitres.TO_CONFIRM
    context = {**drawn(liste, asked, counts=counts, page=page), "lines": lines, "confirms": confirms}
    context |= {"name": NAME, "vues": vues_of(request.user, NAME)}
    return remember(request, render(request, "preuves/a_examiner.html", context), asked, page.keys)


def liste_of(filters: Filters, dispositif: str) -> Liste:
    """Declare the list; the chapitres that filter it are those of the démarche that is asked, or of any.

    The tab of the conclusions to confirm is there when a démarche asks two people for some.
    """
    known = dispositif if dispositif in filters.dispositifs else ""
    return Liste(
        colonnes=COLONNES,
        vues=VUES if two_people_are_asked(filters.dispositifs) else OF_ONE_PERSON,
        filtres=(
            Filtre("dispositif", "Démarche", filters.dispositifs, "Toutes", True),
            Filtre("chapitre", "Chapitre", filters.codes(known)),
        ),
        usual=SUBMITTED,
    )


def _wanted(address: dict[str, str]) -> dict[str, str]:
    return {VUE: VueDesChapitres.READING.value, **address} if address.pop(FORMER, "") else address


def _rows(asked: Asked) -> QuerySet[Chapitre]:
    return chapitres_to_read(
        text=asked.text, dispositif=asked.of("dispositif"), code=asked.of("chapitre"), turned=asked.tri.startswith("-")
    )


def rows_asked(address: Mapping[str, str], reader: Compte, at: datetime) -> QuerySet[Chapitre]:
    """Return the rows that an address asks for, to export them or to go from one to the next."""
    liste = liste_of(filters_to_read(), address.get("dispositif", ""))
    asked = liste.read(_wanted(dict(address)), searched=searched)
    return in_view(_rows(asked), asked.vue, mien=mine(reader, at=at), types=chapitres_of_people())


def _key_of(named: str) -> int | None:
    nru, _, code = named.partition("/")
    chapitres = Chapitre.objects.filter(dossier__candidature__nru=nru, code=code)
    return chapitres.values_list("pk", flat=True).first()


def _href(key: int) -> str:
    nru, code = Chapitre.objects.values_list("dossier__candidature__nru", "code").get(pk=key)
    return reverse("preuves:examen", args=[nru, code])


register(WorkList(NAME, rows_asked, _key_of, lambda key, wanted: _href(key), frozenset({"preuves:examen"})))
