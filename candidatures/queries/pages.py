"""One page of a long list, read in one query whose cost does not grow with the list: it is counted up to a limit."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import QuerySet

from comptes.rules.figures import whole

# Rows. A longer list says « plus de 1 000 », and its pages go on as far as it does.
COUNTED = 1000


@dataclass(frozen=True)
class Extent:
    """How long a list is, as pages say it.

    :param total: None when the list is longer than `COUNTED`
    """

    total: int | None
    per_page: int

    @property
    def count(self) -> int:
        """How many rows it has at least."""
        return COUNTED if self.total is None else self.total

    @property
    def is_longer(self) -> bool:
        """Whether it has more rows than `count` says."""
        return self.total is None

    @property
    def num_pages(self) -> int:
        """How many pages it has at least."""
        return max(1, -(-self.count // self.per_page))


@dataclass(frozen=True)
class LongPage:
    """One page of a list, with the names of Django's own `Page`, so that one template shows both.

    :param keys: of its rows, in order
    """

    keys: tuple[int, ...]
    number: int
    paginator: Extent
    has_next: bool

    @property
    def has_previous(self) -> bool:
        return self.number > 1

    @property
    def has_other_pages(self) -> bool:
        return self.has_next or self.has_previous

    @property
    def next_page_number(self) -> int:
        return self.number + 1

    @property
    def previous_page_number(self) -> int:
        return self.number - 1


def counted_keys(rows: QuerySet[Any, Any]) -> QuerySet[Any, Any]:
    """Return the keys of the rows that are counted, and that of one more when there are more."""
    return rows.values_list("pk", flat=True)[: COUNTED + 1]


def page_of(rows: QuerySet[Any, Any], number: int, *, per_page: int) -> LongPage:
    """Read one page of the keys of these rows, in one query; a number too small or too large gives the first or last.

    Beyond the rows that are counted, two queries; three for a number too large.
    """
    return page_among(_keys_of(rows), number, per_page=per_page, rows=lambda: rows)


def _keys_of(rows: QuerySet[Any, Any]) -> list[int]:
    """Read the counted keys as one array: a thousand rows take Django longer than PostgreSQL."""
    try:
        sql, params = counted_keys(rows).query.sql_with_params()
    except EmptyResultSet:
        return []
    with connections[rows.db].cursor() as cursor:
        cursor.execute(f"SELECT ARRAY({sql})", params)
        keys: list[int] = cursor.fetchone()[0]
    return keys


def page_among(keys: Sequence[int], number: int, *, per_page: int, rows: Callable[[], QuerySet[Any, Any]]) -> LongPage:
    """Return the same page, whose `counted_keys` are read already.

    :param rows: gives the rows, for a page beyond those that are counted
    """
    is_longer = len(keys) > COUNTED
    extent = Extent(None if is_longer else len(keys), per_page)
    asked = max(number, 1)
    if asked <= extent.num_pages or not is_longer:
        asked = min(asked, extent.num_pages)
        start = (asked - 1) * per_page
        return LongPage(tuple(keys[start : start + per_page]), asked, extent, len(keys) > start + per_page)
    return _far(rows(), asked, extent)


def _far(rows: QuerySet[Any, Any], asked: int, extent: Extent) -> LongPage:
    """Read a page that lies beyond the rows that are counted; the last one instead of one beyond the last row."""
    per_page = extent.per_page
    keys = _slice(rows, asked, per_page)
    if not keys:
        asked = -(-rows.count() // per_page)
        keys = _slice(rows, asked, per_page)
    return LongPage(tuple(keys[:per_page]), asked, extent, len(keys) > per_page)


def _slice(rows: QuerySet[Any, Any], asked: int, per_page: int) -> list[int]:
    """Read the keys of a page, and that of the row after it."""
    start = (asked - 1) * per_page
    return list(rows.values_list("pk", flat=True)[start : start + per_page + 1])


def number_of(typed: str | None) -> int:
    """Read the number of a page as it stands in an address; the first page when it is none."""
    number = whole(typed or "", most=6)
    return 1 if number is None else number
