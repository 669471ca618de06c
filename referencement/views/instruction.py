"""The ANS's list of candidatures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from django.db.models import F, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from candidatures.catalogue.dispositifs import faults_in_words, specs_in_order
from candidatures.enums import VoletState
from candidatures.models import Candidature, Volet
from candidatures.operations.lots import may_ask
from candidatures.queries.lots import OFFERED
from candidatures.queries.referents import Mien, mine
from candidatures.queries.suivi import offered_to
from candidatures.rules.nru import searched
from comptes.models import Compte
from comptes.requests import PortalRequest
from comptes.rules.figures import whole
from comptes.rules.listes import VUE, Asked, Colonne, Filtre, Liste, Vue
from comptes.views.listes import WorkList, drawn, page_asked, register, remember
from preuves.models import Chapitre
from preuves.models.chapitre import WAITING
from referencement.enums import TriDesTours
from referencement.queries.candidatures import OPENED, dossiers
from referencement.queries.instruction import instruction_lines
from referencement.queries.projections import FileDeLANS, Passed, passed_tours
from referencement.queries.vues import Part, VueDesDossiers, counted_by_turn

NAME = "referencement:instruction"
LATEST = f"-{OPENED}"
COLONNES = (
    Colonne("solution", "Solution"),
    Colonne("editeur", "Éditeur"),
    Colonne("nru", "NRU", OPENED),
    Colonne("tache", "À faire"),
    Colonne("referent", "Référent"),
    Colonne("attente", "Attend depuis", TriDesTours.AGE.value),
    Colonne("echeance", "Échéance", TriDesTours.DUE.value),
)
VUES = tuple(Vue(value, label) for value, label in VueDesDossiers.choices)
# The tabs had another name in the address.
FORMER = "attend"


@require_safe
def index(request: PortalRequest) -> HttpResponse:
    """Show the candidatures of one tab, as the address filters and sorts them."""
    if not request.user.is_ans:
        raise Http404
    passed, mien = passed_tours(at=request.at), mine(request.user, at=request.at)
    offered = offered_to(request.user, NAME)
    liste = liste_of(mien.equipe.names, offered.etiquettes)
    asked = liste.read(_wanted(request.GET.dict()), searched=searched)
    rows = _rows(request.user, asked, passed=passed, mien=mien)
    page = page_asked(rows, asked)
    counts = counted_by_turn(passed=passed, mien=mien)
    context = {
        **drawn(_counted(liste, counts), asked, counts=counts, page=page),
        "shut": faults_in_words(),
        "name": NAME,
        "vues": offered.vues,
        "gestes": [(geste.value, geste.label) for geste in OFFERED if may_ask(geste=geste, by=request.user)],
        "lines": instruction_lines(page.keys, request.user, passed=passed, at=request.at, away=mien.equipe.away),
    }
    return remember(request, render(request, "referencement/instruction.html", context), asked, page.keys)


def liste_of(people: Mapping[int, str], etiquettes: Mapping[str, str]) -> Liste:
    """Declare the list: its tabs, its columns and its filters.

    :param people: the names of those who instruct, by pk
    :param etiquettes: the names of the étiquettes, by pk
    """
    return Liste(
        colonnes=COLONNES,
        vues=VUES,
        filtres=(
            Filtre("dispositif", "Démarche", {spec.code: spec.titre for spec in specs_in_order()}, "Toutes", True),
            Filtre("pour", "À faire par l’ANS", dict(FileDeLANS.choices), "Tout"),
            Filtre("etat", "État d’un volet", dict(VoletState.choices)),
            Filtre("referent", "Référent", {str(pk): name for pk, name in people.items()}),
            Filtre("etiquette", "Étiquette", etiquettes, "Toutes"),
        ),
        usual=LATEST,
    )


def _counted(liste: Liste, counts: Mapping[str, int]) -> Liste:
    """Write, beside each thing that the ANS has to do, in how many candidatures it has."""
    return replace(liste, filtres=tuple(_with_counts(item, counts) for item in liste.filtres))


def _with_counts(filtre: Filtre, counts: Mapping[str, int]) -> Filtre:
    if filtre.name != "pour":
        return filtre
    return replace(filtre, options={key: f"{label} ({counts[key]})" for key, label in filtre.options.items()})


def _wanted(address: dict[str, str]) -> dict[str, str]:
    former = address.pop(FORMER, "")
    return {VUE: former, **address} if former else address


def _rows(reader: Compte, asked: Asked, *, passed: Passed, mien: Mien) -> QuerySet[Candidature]:
    return dossiers(
        reader,
        dispositif=asked.of("dispositif"),
        state=asked.of("etat"),
        text=asked.text,
        who=[asked.of("pour")] if asked.of("pour") else [],
        tri=asked.tri,
        part=Part(mien, asked.vue, whole(asked.of("referent")), whole(asked.of("etiquette"))),
        passed=passed,
    )


def rows_asked(address: Mapping[str, str], reader: Compte, at: datetime) -> QuerySet[Candidature]:
    """Return the rows that an address asks for, to export them or to go from one to the next."""
    mien = mine(reader, at=at)
    liste = liste_of(mien.equipe.names, offered_to(reader, NAME).etiquettes)
    asked = liste.read(_wanted(dict(address)), searched=searched)
    return _rows(reader, asked, passed=passed_tours(at=at), mien=mien)


def _key_of(named: str) -> int | None:
    nru = named.partition("/")[0]
    return Candidature.objects.filter(nru=nru).values_list("pk", flat=True).first()


def _href(key: int, wanted: Mapping[str, str]) -> str:
    """Return where what the list asks for is done in a candidature: its page when the list asks for anything."""
    nru = Candidature.objects.values_list("nru", flat=True).get(pk=key)
    name, more = "referencement:candidature", []
    match wanted.get("pour"):
        case FileDeLANS.VOLET_TO_READ:
            waiting = Volet.objects.filter(candidature=key, state=VoletState.SUBMITTED).order_by("submitted_at", "pk")
            name, more = "candidatures:volet_review", list(waiting.values_list("kind", flat=True)[:1])
        case FileDeLANS.CHAPITRE_TO_READ:
            waits = Chapitre.objects.filter(dossier__candidature=key, state__in=WAITING)
            free_first = waits.order_by(F("claimed_by").asc(nulls_first=True), "submitted_at", "pk")
            name, more = "preuves:examen", list(free_first.values_list("code", flat=True)[:1])
        case FileDeLANS.MESSAGE:
            return reverse("referencement:messages", args=[nru])
        case FileDeLANS.CONVENTION_TO_PREPARE | FileDeLANS.CONVENTION_TO_SEND | FileDeLANS.CONVENTION_TO_COUNTERSIGN:
            return reverse("referencement:convention", args=[nru])
    # The turn that is kept may be late: nothing waits there any more.
    return reverse(name, args=[nru, *more]) if more else reverse("referencement:candidature", args=[nru])


PAGES = (
    "referencement:candidature",
    "referencement:convention",
    "referencement:messages",
    "referencement:lot",
    "referencement:lot_new",
    "candidatures:volet_review",
    "preuves:examen",
    "preuves:dossier",
)
register(WorkList(NAME, rows_asked, _key_of, _href, frozenset(PAGES)))
