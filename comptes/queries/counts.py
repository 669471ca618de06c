"""How many rows lists and tabs have, counted in one query, up to the most that a list counts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import QuerySet

from comptes.dates import NBSP
from comptes.models.prepared import Statement, statement_of

from .pages import COUNTED, counted_keys


def counts_of(tabs: Mapping[str, QuerySet[Any, Any]]) -> dict[str, str]:
    """Count the rows of each tab, up to the most that a list counts, in one query: « 12 », « 1 000 + »."""
    return {name: capped(count) for name, count in numbers_of(tabs).items()}


def numbers_of(tabs: Mapping[str, QuerySet[Any, Any]]) -> dict[str, int]:
    """Return these counts as numbers: one more than the most that a list counts, when there are more."""
    return PreparedCounts(tabs, is_planned_once=False).ask()


class PreparedCounts:
    """The counts of tabs, whose SQL is written once.

    :param tabs: the rows of each; a `Parameter` may stand where a value would
    :param is_planned_once: whether PostgreSQL plans it once for a connection, without looking at the values
    """

    def __init__(self, tabs: Mapping[str, QuerySet[Any, Any]], *, is_planned_once: bool) -> None:
        counted = {name: _count_sql(rows) for name, rows in tabs.items()}
        self.names = tuple(tabs)
        self.known = tuple(name for name, pair in counted.items() if pair)
        pairs = [pair for pair in counted.values() if pair]
        places = tuple(place for _, each in pairs for place in each)
        columns = ", ".join(f"(SELECT count(*) FROM ({sql}) counted)" for sql, _ in pairs)  # noqa: S608 -- written by Django
        sql, connection = f"SELECT {columns}", connections[DEFAULT_DB_ALIAS]
        self.statement = statement_of(sql, places, connection) if is_planned_once else Statement(sql, places)

    def ask(self, **values: Any) -> dict[str, int]:
        """Return the count of each tab, one more than the most that a list counts when there are more; in one query."""
        if not self.known:
            return dict.fromkeys(self.names, 0)
        connection = connections[DEFAULT_DB_ALIAS]
        with connection.cursor() as cursor:
            cursor.execute(*self.statement.ready(connection, values))
            counts = dict(zip(self.known, cursor.fetchone(), strict=True))
        return {name: counts.get(name, 0) for name in self.names}


def _count_sql(rows: QuerySet[Any, Any]) -> tuple[str, tuple[Any, ...]] | None:
    try:
        sql, params = counted_keys(rows.order_by(), most=COUNTED).query.sql_with_params()
    except EmptyResultSet:
        return None
    return sql, tuple(params)


def capped(count: int) -> str:
    """Say a number of `numbers_of`: « 12 », « 1 000 + »."""
    return f"1{NBSP}000{NBSP}+" if count > COUNTED else str(count)
