"""How many rows lists and tabs have, counted in one query, up to the most that a list counts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import QuerySet

from comptes.dates import NBSP

from .pages import COUNTED, counted_keys


def counts_of(tabs: Mapping[str, QuerySet[Any, Any]]) -> dict[str, str]:
    """Count the rows of each tab, up to the most that a list counts, in one query: « 12 », « 1 000 + »."""
    return {name: capped(count) for name, count in numbers_of(tabs).items()}


def numbers_of(tabs: Mapping[str, QuerySet[Any, Any]]) -> dict[str, int]:
    """Return these counts as numbers: one more than the most that a list counts, when there are more."""
    counted = {name: _count_sql(rows) for name, rows in tabs.items()}
    known = {name: pair for name, pair in counted.items() if pair}
    if not known:
        return dict.fromkeys(tabs, 0)
    with connections[next(iter(tabs.values())).db].cursor() as cursor:
        columns = ", ".join(f"(SELECT count(*) FROM ({sql}) counted)" for sql, _ in known.values())  # noqa: S608 -- written by Django
        cursor.execute(f"SELECT {columns}", [value for _, params in known.values() for value in params])
        counts = dict(zip(known, cursor.fetchone(), strict=True))
    return {name: counts.get(name, 0) for name in tabs}


def _count_sql(rows: QuerySet[Any, Any]) -> tuple[str, tuple[Any, ...]] | None:
    try:
        sql, params = counted_keys(rows.order_by(), most=COUNTED).query.sql_with_params()
    except EmptyResultSet:
        return None
    return sql, tuple(params)


def capped(count: int) -> str:
    """Say a number of `numbers_of`: « 12 », « 1 000 + »."""
    return f"1{NBSP}000{NBSP}+" if count > COUNTED else str(count)
