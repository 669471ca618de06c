"""The lists of the ANS whose rows each belong to a candidature: declared, then drawn, read and exported alike."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import render

from candidatures.catalogue.dispositifs import specs_in_order
from candidatures.queries.referents import Mien, mine
from candidatures.queries.suivi import Offered, offered_to
from candidatures.queries.worklists import DUE, DossierLine, Etagere
from candidatures.rules.nru import searched
from comptes.models import Compte
from comptes.requests import PortalRequest
from comptes.rules.listes import Colonne, Filtre, Liste, Vue
from comptes.views.listes import WorkList, drawn, page_asked, register, remember

SINCE = "attente"


@dataclass(frozen=True)
class Labels:
    """What the page of a list says.

    :param what: the heading of its first column
    :param since: that of its age
    :param these: what is exported, such as « ces volets »
    """

    title: str
    what: str
    since: str
    these: str
    empty: str
    fills: str
    subtitle: str = ""


@dataclass(frozen=True)
class DossierList:
    """A list whose rows each belong to a candidature.

    :param name: of its address
    :param code: of its export
    :param filtres: those of its own, before the démarche, the référent and the étiquette
    :param lines: reads the lines of some rows (pk), at an instant
    :param pages: the names of the addresses where its items are read
    """

    name: str
    code: str
    labels: Labels
    etagere: Etagere
    filtres: Callable[[], tuple[Filtre, ...]]
    lines: Callable[[Sequence[int], datetime], list[DossierLine]]
    key_of: Callable[[str], int | None]
    href: Callable[[int], str]
    pages: frozenset[str]

    def register(self) -> None:
        """Let its items lead to one another, and views of it be kept."""
        register(WorkList(self.name, self.rows_asked, self.key_of, lambda key, wanted: self.href(key), self.pages))

    def show(
        self, request: PortalRequest, *, template: str = "candidatures/worklist.html", **context: Any
    ) -> HttpResponse:
        """Show the rows of one tab, as the address filters and sorts them.

        :param template: extends `candidatures/worklist.html`, to show more with `context`
        """
        if not request.user.is_ans:
            raise Http404
        mien, offered = mine(request.user, at=request.at), offered_to(request.user, self.name)
        liste = self._liste(mien, offered)
        asked = liste.read(request.GET.dict(), searched=searched)
        page = page_asked(self.etagere.kept(asked, mien=mien), asked)
        shown = {
            **drawn(liste, asked, counts=self.etagere.counted(mien=mien), page=page),
            "labels": self.labels,
            "name": self.name,
            "code": self.code,
            "vues": offered.vues,
            "lines": self.lines(page.keys, request.at),
            **context,
        }
        return remember(request, render(request, template, shown), asked, page.keys)

    def rows_asked(self, address: Mapping[str, str], reader: Compte, at: datetime) -> QuerySet[Any, Any]:
        """Return the rows that an address asks for, to export them or to go from one to the next."""
        mien = mine(reader, at=at)
        asked = self._liste(mien, offered_to(reader, self.name)).read(address, searched=searched)
        return self.etagere.kept(asked, mien=mien)

    def _liste(self, mien: Mien, offered: Offered) -> Liste:
        return Liste(
            colonnes=tuple(self._colonnes()),
            vues=tuple(Vue(pile.name, pile.label) for pile in self.etagere.piles),
            filtres=(
                *self.filtres(),
                Filtre("dispositif", "Démarche", {spec.code: spec.titre for spec in specs_in_order()}, "Toutes", True),
                Filtre("referent", "Référent", {str(pk): name for pk, name in mien.equipe.names.items()}),
                Filtre("etiquette", "Étiquette", offered.etiquettes, "Toutes"),
            ),
            usual=self.etagere.usual,
        )

    def _colonnes(self) -> tuple[Colonne, ...]:
        columns = (
            Colonne("objet", self.labels.what),
            Colonne("solution", "Solution"),
            Colonne("editeur", "Éditeur"),
            Colonne("nru", "NRU"),
            Colonne("etat", "État"),
            Colonne("referent", "Référent"),
            Colonne("attente", self.labels.since, SINCE),
        )
        return (*columns, Colonne("echeance", "Échéance", DUE)) if DUE in self.etagere.orders else columns
