"""What a work list offers, and what an address asks of it: one view, filters, an order, a place. Nothing is read here.

Every list of the portal is declared this way, so that its address says all that is shown, may be sent to a colleague,
kept as a saved view, or exported.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import ClassVar
from urllib.parse import urlencode

from comptes.rules.figures import whole

TEXT, VUE, TRI, PAGE, AFTER, BEFORE = "q", "vue", "tri", "page", "apres", "avant"
PLACE = (PAGE, AFTER, BEFORE)
# What may stand in the address of a list without being one of its filters.
OTHERS = (TEXT, VUE, TRI, *PLACE, "depuis", "enregistree")


@dataclass(frozen=True, slots=True)
class Vue:
    """One tab of a list."""

    name: str
    label: str


@dataclass(frozen=True, slots=True)
class Colonne:
    """One column. `tri`: the name of the order that its heading asks for; empty when it sorts nothing.

    :param width: of the column, as a share of the table, where it is wide enough for one line a row
    """

    name: str
    label: str
    tri: str = ""


@dataclass(frozen=True, slots=True)
class Filtre:
    """One filter: its values and their labels, in order.

    :param empty: what stands for no choice
    :param is_shared_out: whether each row has one of these values: when there is only one, it chooses nothing
    """

    name: str
    label: str
    options: Mapping[str, str]
    empty: str = "Tous"
    is_shared_out: bool = False


@dataclass(frozen=True, slots=True)
class Liste:
    """What one list offers.

    :param usual: the order when the address asks for none
    """

    colonnes: tuple[Colonne, ...]
    vues: tuple[Vue, ...] = ()
    filtres: tuple[Filtre, ...] = ()
    usual: str = ""

    @property
    def orders(self) -> tuple[str, ...]:
        return tuple(colonne.tri for colonne in self.colonnes if colonne.tri)

    def read(self, address: Mapping[str, str], *, searched: Callable[[str], str]) -> Asked:
        """Read what an address asks; what the list does not offer is left out, and named in `unknown`.

        :param searched: how a searched text is written, such as `candidatures.rules.nru.searched`
        """
        wanted = {filtre.name: address.get(filtre.name, "") for filtre in self.filtres}
        kept = {item.name: wanted[item.name] for item in self.filtres if wanted[item.name] in item.options}
        vue, tri = address.get(VUE, ""), address.get(TRI, "")
        is_vue, is_order = vue in {item.name for item in self.vues}, tri.removeprefix("-") in self.orders
        lost = [name for name in address if name not in (*OTHERS, *wanted) and address[name]]
        lost += [item.label for item in self.filtres if wanted[item.name] and item.name not in kept]
        lost += [name for name, value, known in ((VUE, vue, is_vue), (TRI, tri, is_order)) if value and not known]
        return Asked(
            vue=vue if is_vue else "",
            tri=tri if is_order else "",
            filtres=kept,
            text=searched(address.get(TEXT, "")),
            page=whole(address.get(PAGE, ""), most=6) or 1,
            after=whole(address.get(AFTER, ""), most=18),
            before=whole(address.get(BEFORE, ""), most=18),
            unknown=tuple(lost),
        )


@dataclass(frozen=True, slots=True)
class Asked:
    """What an address asks of a list.

    :param tri: the name of an order, after a dash when it is turned round; empty for the usual one
    :param after: the pk of the row after which the page begins, beyond the rows that are counted
    :param before: the pk of the row before which it ends
    :param unknown: what the list does not offer any more: the labels of its filters, or the names in the address
    """

    vue: str = ""
    tri: str = ""
    filtres: Mapping[str, str] = field(default_factory=dict)
    text: str = ""
    page: int = 1
    after: int | None = None
    before: int | None = None
    unknown: tuple[str, ...] = ()

    def of(self, name: str) -> str:
        """The value of a filter; empty when it is not asked."""
        return self.filtres.get(name, "")

    def query(self, **changes: str) -> str:
        """Write the address of the same rows, without the place in them; `changes` replace, or remove when empty."""
        every = {VUE: self.vue, **self.filtres, TEXT: self.text, TRI: self.tri, **changes}
        return urlencode({name: value for name, value in every.items() if value})

    @property
    def place(self) -> str:
        """The address of this very page of the list."""
        where = {PAGE: str(self.page) if self.page > 1 else "", AFTER: self.after or "", BEFORE: self.before or ""}
        return self.query(**{name: str(value) for name, value in where.items()})

    @property
    def narrows(self) -> bool:
        """Whether a text or a filter leaves rows out."""
        return bool(self.text or any(self.filtres.values()))


@dataclass(frozen=True, slots=True)
class Onglet:
    """A tab as it is drawn. `count`: None when it is not counted."""

    drawn_once: ClassVar[bool] = True

    label: str
    count: int | str | None
    query: str
    current: bool
    is_more: bool = False


@dataclass(frozen=True, slots=True)
class Entete:
    """The heading of a column as it is drawn.

    :param query: of the address that sorts by it, or turns its order round; empty when it sorts nothing
    :param sort: the value of `aria-sort`; empty when the list is sorted otherwise
    """

    drawn_once: ClassVar[bool] = True

    name: str
    label: str
    query: str
    sort: str


def tabs(liste: Liste, asked: Asked, counts: Mapping[str, int | str | None]) -> list[Onglet]:
    """Return the tabs of a list; each keeps the text, the filters and the order that are asked."""
    return [
        Onglet(vue.label, counts.get(vue.name), asked.query(**{VUE: vue.name}), vue.name == asked.vue)
        for vue in liste.vues
    ]


def headings(liste: Liste, asked: Asked) -> list[Entete]:
    """Return the headings of a list, each with the order that it asks for."""
    tri = asked.tri or liste.usual
    return [_heading(colonne, asked, tri) for colonne in liste.colonnes]


def _heading(colonne: Colonne, asked: Asked, tri: str) -> Entete:
    if not colonne.tri:
        return Entete(colonne.name, colonne.label, "", "")
    is_sorted, turned = tri.removeprefix("-") == colonne.tri, tri.startswith("-")
    asks = f"-{colonne.tri}" if is_sorted and not turned else colonne.tri
    return Entete(
        colonne.name,
        colonne.label,
        asked.query(**{TRI: asks}),
        ("descending" if turned else "ascending") if is_sorted else "",
    )


def selects(liste: Liste, asked: Asked) -> list[tuple[Filtre, list[tuple[str, str, bool]]]]:
    """Return the filters of a list with their options: value, label, and whether it is asked."""
    return [
        (filtre, [(value, label, value == asked.of(filtre.name)) for value, label in filtre.options.items()])
        for filtre in liste.filtres
        if len(filtre.options) > (1 if filtre.is_shared_out else 0) or asked.of(filtre.name)
    ]


def hidden(asked: Asked) -> Iterable[tuple[str, str]]:
    """Return what the form of the filters must carry along: the tab and the order."""
    return [(name, value) for name, value in ((VUE, asked.vue), (TRI, asked.tri)) if value]
