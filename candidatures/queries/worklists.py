"""Lists whose rows each belong to a candidature: what an address keeps of them, what a tab holds, their lines."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from functools import cached_property
from typing import Any, ClassVar

from django.db.models import Q, QuerySet

from candidatures.queries.referents import Mien
from candidatures.queries.search import holding
from comptes.models.prepared import IDS, Parameter
from comptes.queries.counts import PreparedCounts, capped
from comptes.queries.pages import sorted_by
from comptes.rules.ages import Age
from comptes.rules.figures import whole
from comptes.rules.listes import Asked

DUE = "echeance"


def by_due_date(way: str) -> tuple[str, ...]:
    """The columns of the order by the nearest date of a candidature, as the index of its turn has them."""
    return f"{way}tour__due_at", f"{way}tour__candidature"


class Whose(Enum):
    """Whose candidatures a tab keeps."""

    ANYBODY = auto()
    MINE = auto()
    TEAM = auto()
    NOBODY = auto()


@dataclass(frozen=True, slots=True)
class Pile:
    """One tab. `name`: in the address; `keeps`: the rows, whoever follows their candidature."""

    name: str
    label: str
    keeps: Q = field(default_factory=Q)
    whose: Whose = Whose.ANYBODY
    is_counted: bool = True


def piles_of_the_ans(keeps: Q) -> tuple[Pile, ...]:
    """Return the tabs of what the ANS has to do, by the follower of the candidature."""
    return (
        Pile("moi", "À moi", keeps, Whose.MINE),
        Pile("equipe", "À mon équipe", keeps, Whose.TEAM),
        Pile("sans-referent", "Sans référent", keeps, Whose.NOBODY),
    )


@dataclass(frozen=True)
class Etagere:
    """The rows of one list, and how an address keeps some of them.

    :param way: from a row to its candidature, such as `candidature__`
    :param columns: what each filter of its own compares, by its name
    :param orders: the columns of each order, by its name
    :param usual: the order when none is asked
    """

    rows: QuerySet[Any, Any]
    way: str
    piles: tuple[Pile, ...]
    columns: Mapping[str, str]
    orders: Mapping[str, str | tuple[str, ...]]
    usual: str

    def kept(self, asked: Asked, *, mien: Mien) -> QuerySet[Any, Any]:
        """Return the rows that an address asks for, in its order."""
        rows = self._of(next(pile for pile in self.piles if pile.name == asked.vue), **{"in": mien.comptes})
        rows = rows.filter(holding(asked.text, candidature=self.way), *self._filters(asked))
        tri = asked.tri or self.usual
        if tri.removeprefix("-") == DUE:
            # Every candidature has its turn: said so, the index of its dates gives the rows in their order.
            rows = rows.filter((f"{self.way}tour__isnull", False))
        return sorted_by(rows, tri, self.orders)

    def counted(self, *, mien: Mien) -> dict[str, str]:
        """Count the rows of each tab, in one query."""
        return {name: capped(count) for name, count in self._counts.ask(comptes=list(mien.comptes)).items()}

    @cached_property
    def _counts(self) -> PreparedCounts:
        comptes = Parameter("comptes", IDS)
        tabs = {pile.name: self._of(pile, among=comptes) for pile in self.piles if pile.is_counted}
        return PreparedCounts(tabs, is_planned_once=True)

    def _of(self, pile: Pile, **comptes: Any) -> QuerySet[Any, Any]:
        """:param comptes: those whose candidatures are the reader's, by the lookup that finds them: `in`, or `among`"""
        rows = self.rows.filter(pile.keeps)
        followed = Q(*((f"{self.way}referent__compte__{lookup}", value) for lookup, value in comptes.items()))
        match pile.whose:
            case Whose.ANYBODY:
                return rows
            case Whose.MINE:
                return rows.filter(followed)
            case Whose.TEAM:
                return rows.filter((f"{self.way}referent__isnull", False)).exclude(followed)
            case Whose.NOBODY:
                return rows.filter((f"{self.way}referent__isnull", True))

    def _filters(self, asked: Asked) -> Iterator[Q]:
        yield from (Q((column, asked.of(name))) for name, column in self.columns.items() if asked.of(name))
        if asked.of("dispositif"):
            yield Q((f"{self.way}dispositif", asked.of("dispositif")))
        if asked.of("referent"):
            yield Q((f"{self.way}referent__compte", whole(asked.of("referent"))))
        if asked.of("etiquette"):
            yield Q((f"{self.way}etiquettes__etiquette", whole(asked.of("etiquette"))))


@dataclass(frozen=True, slots=True)
class DossierLine:
    """One row, on one line. Two that are equal are drawn alike.

    :param what: the heading of what the row is, such as « Volet »
    :param detail: what is said of it when it is pointed at
    :param path: the page of the row
    :param note: after the state
    :param since_label: the heading of its age
    """

    drawn_once: ClassVar[bool] = True

    what: str
    label: str
    detail: str
    path: str
    nru: str
    produit: str
    editeur: str
    referent: str
    state: str
    state_label: str
    note: str
    since_label: str
    since: Age | None
    due: Age | None = None
    has_due: bool = False


def of_dossier(way: str) -> tuple[str, ...]:
    """The columns of a candidature that `DossierLine` shows: NRU, solution, éditeur, first and last name."""
    return tuple(f"{way}{column}" for column in _OF_DOSSIER)


_OF_DOSSIER = (
    "nru",
    "produit__nom",
    "produit__editeur__raison_sociale",
    "referent__compte__first_name",
    "referent__compte__last_name",
)


def cells_of(nru: str, produit: str, editeur: str, first: str | None, last: str | None) -> dict[str, str]:
    """Return the values of `of_dossier` as the fields of a line."""
    return {"nru": nru, "produit": produit, "editeur": editeur, "referent": f"{first or ''} {last or ''}".strip()}


def in_order(keys: Sequence[int], lines: Iterable[tuple[int, DossierLine]]) -> list[DossierLine]:
    """Put the lines that were read in the order of their keys."""
    by_key = dict(lines)
    return [by_key[key] for key in keys if key in by_key]
