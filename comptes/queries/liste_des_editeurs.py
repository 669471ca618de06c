"""The list of the éditeurs: its tabs, what finds one, its orders and its lines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, ClassVar

from django.db import connection
from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from comptes.enums import Role
from comptes.models import Compte, Editeur, Rattachement
from comptes.models.editeur import numbered
from comptes.models.sorting import SortName, name_holds
from comptes.rules import ages
from comptes.rules.ages import Age
from comptes.rules.companies import name_of, number_among

from .counts import PreparedCounts, capped
from .pages import sorted_by

VUES = {"": "Tous", "sans-mandataire": "Sans mandataire", "non-remis": "E-mails non remis"}
BY_NAME = "nom"
ORDERS = {BY_NAME: "nom", "inscription": "registered_at"}
_NOW = Q(rattachements__detached_at=None)
_ENTERS = Q(rattachements__compte__is_active=True)


def in_vue(reader: Compte, vue: str) -> QuerySet[Editeur]:
    """Return the éditeurs of one tab (`VUES`) that a reader sees, in no order."""
    return _in_vue(Editeur.objects.visible_to(reader).order_by(), vue)


def _in_vue(editeurs: QuerySet[Editeur], vue: str) -> QuerySet[Editeur]:
    seats = Rattachement.objects.current().filter(editeur=OuterRef("pk"))
    match vue:
        case "sans-mandataire":
            shut = Compte.objects.filter(pk=OuterRef("compte"), is_active=False)
            return editeurs.filter(~Exists(seats.filter(~Exists(shut), role=Role.MANDATAIRE)))
        case "non-remis":
            return editeurs.filter(Exists(seats.filter(compte__unreachable_at__isnull=False)))
    return editeurs


def called(text: str) -> Q:
    """Keep the éditeurs whose name or number, however it was pasted, holds every word of a text."""
    conditions = [Q(name_holds("raison_sociale", word)) | numbered(word) for word in text.split()]
    return Q(*conditions) | numbered(number_among(text) or text) if conditions else Q()


def in_order(rows: QuerySet[Editeur], tri: str) -> QuerySet[Editeur]:
    """Sort éditeurs by one of `ORDERS`, by name whatever the accents when none is asked."""
    return sorted_by(rows.annotate(nom=SortName("raison_sociale")), tri or BY_NAME, ORDERS)


def counts_by_vue() -> dict[str, str]:
    """Count the éditeurs of each tab, for the ANS, which sees them all."""
    return {vue: capped(count) for vue, count in _counts().ask().items()}


@cache
def _counts() -> PreparedCounts:
    return PreparedCounts({vue: _in_vue(Editeur.objects.order_by(), vue) for vue in VUES}, is_planned_once=True)


def countries_of_editeurs() -> Mapping[str, str]:
    """Return the countries where éditeurs are registered, by code, in order of name."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNTRIES)
        codes = [code for (code,) in cursor.fetchall()]
    return dict(sorted(((code, name_of(code)) for code in codes), key=lambda pair: pair[1]))


# From each country to the next one in the index of the companies, instead of every éditeur.
_COUNTRIES = """
WITH RECURSIVE known(country) AS (
    SELECT min(country) FROM comptes_editeur
    UNION ALL
    SELECT (SELECT min(country) FROM comptes_editeur e WHERE e.country > known.country)
    FROM known WHERE known.country IS NOT NULL
)
SELECT country FROM known WHERE country IS NOT NULL
"""


@dataclass(frozen=True, slots=True)
class EditeurLine:
    """One éditeur, on one line.

    :param people: who belongs to it today
    :param state: the tab that it deserves: `danger` without a mandataire, `attention` when e-mails come back
    """

    drawn_once: ClassVar[bool] = True

    pk: int
    name: str
    known_as: str
    commune: str
    people: int
    state: str
    state_label: str
    since: Age | None


def editeur_lines(keys: Sequence[int]) -> list[EditeurLine]:
    """Read the lines of these éditeurs (pk), in that order, in one query."""
    mandataires = _NOW & _ENTERS & Q(rattachements__role=Role.MANDATAIRE)
    rows = Editeur.objects.filter(pk__in=keys).annotate(
        people=Count("rattachements", filter=_NOW),
        mandataires=Count("rattachements", filter=mandataires),
        unreachable=Count("rattachements", filter=_NOW & Q(rattachements__compte__unreachable_at__isnull=False)),
    )
    counted: QuerySet[Any] = rows.order_by("pk")
    lines = {row.pk: _line(row, row.people, row.mandataires, row.unreachable) for row in counted}
    return [lines[key] for key in keys if key in lines]


def _line(row: Editeur, people: int, mandataires: int, unreachable: int) -> EditeurLine:
    state, label = ("danger", VUES["sans-mandataire"]) if not mandataires else ("", "")
    if mandataires and unreachable:
        state, label = "attention", VUES["non-remis"]
    return EditeurLine(
        pk=row.pk,
        name=row.raison_sociale,
        known_as=row.known_as,
        commune=row.commune,
        people=people,
        state=state,
        state_label=label,
        since=ages.on(row.registered_at),
    )
