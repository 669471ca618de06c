"""One page of a long list, read in one query whose cost does not grow with the list: it is counted up to a limit."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import F, Q, QuerySet
from django.db.models.expressions import OrderBy

from comptes.dates import NBSP
from comptes.rules.figures import whole

# Rows. A longer list says « plus de 1 000 », and its pages go on as far as it does.
COUNTED = 1000
# The same of what a search by words finds: reading it in order then stops soon, however many rows hold a usual word.
SOUGHT = 100


@dataclass(frozen=True)
class Extent:
    """How long a list is, as pages say it.

    :param total: None when the list is longer than `most`, which is as far as it was counted
    """

    total: int | None
    per_page: int
    most: int

    @property
    def count(self) -> int:
        """How many rows it has at least."""
        return self.most if self.total is None else self.total

    @property
    def count_in_french(self) -> str:
        """Return `count` as pages say it: « 1 000 »."""
        return f"{self.count:,}".replace(",", NBSP)

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
    def after(self) -> int | None:
        """The key from which the next page goes on, beyond the rows that are counted; None before."""
        return self.keys[-1] if self.keys and self._is_beyond(self.number) else None

    @property
    def before(self) -> int | None:
        """The key before which the previous page ends, when that page too is beyond the rows that are counted."""
        return self.keys[0] if self.keys and self._is_beyond(self.number - 2) else None

    def _is_beyond(self, pages: int) -> bool:
        """Whether so many pages hold all the rows that are counted."""
        return pages * self.paginator.per_page >= self.paginator.most

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


def sorted_by(rows: QuerySet[Any, Any], tri: str, orders: Mapping[str, str | tuple[str, ...]]) -> QuerySet[Any, Any]:
    """Sort rows by one column; what is unknown comes last.

    :param tri: the name of an order, after a dash to turn it round
    :param orders: the column of each order, then those that tell equal rows apart as an index does, if any
    """
    columns = orders[tri.removeprefix("-")]
    path, *others = (columns,) if isinstance(columns, str) else columns
    column = F(path)
    first = column.desc(nulls_last=True) if tri[0] == "-" else column.asc(nulls_last=True)
    return rows.order_by(first, *others, "pk")


def counted_keys(rows: QuerySet[Any, Any], *, most: int) -> QuerySet[Any, Any]:
    """Return the keys of the rows that are counted, and that of one more when there are more."""
    return rows.values_list("pk", flat=True)[: most + 1]


def page_of(
    rows: QuerySet[Any, Any],
    number: int,
    *,
    per_page: int,
    after: int | None = None,
    before: int | None = None,
    is_searched: bool = False,
) -> LongPage:
    """Read one page of the keys of these rows, in one query; a number too small or too large gives the first or last.

    Beyond the rows that are counted, a page goes on from a key that its link bears: three queries, whose cost does not
    grow with the number of the page. A number typed without that key costs the rows that it skips.

    :param rows: ordered, the last column of the order being unique
    :param after: the key of the row after which the page begins; read beyond the rows that are counted only
    :param before: the key of the row before which it ends
    :param is_searched: whether the rows are those that hold some words: `SOUGHT` are counted, else `COUNTED`
    """
    most = SOUGHT if is_searched else COUNTED
    keys = _keys_of(rows, most)
    return page_among(keys, number, per_page=per_page, most=most, rows=lambda: rows, after=after, before=before)


def _keys_of(rows: QuerySet[Any, Any], most: int) -> list[int]:
    """Read the counted keys as one array: a thousand rows take Django longer than PostgreSQL."""
    try:
        sql, params = counted_keys(rows, most=most).query.sql_with_params()
    except EmptyResultSet:
        return []
    with connections[rows.db].cursor() as cursor:
        cursor.execute(f"SELECT ARRAY({sql})", params)
        keys: list[int] = cursor.fetchone()[0]
    return keys


def page_among(
    keys: Sequence[int],
    number: int,
    *,
    per_page: int,
    most: int,
    rows: Callable[[], QuerySet[Any, Any]],
    after: int | None = None,
    before: int | None = None,
) -> LongPage:
    """Return the same page, whose `counted_keys` are read already.

    :param rows: gives the rows, for a page beyond those that are counted
    """
    is_longer = len(keys) > most
    extent = Extent(None if is_longer else len(keys), per_page, most)
    asked = max(number, 1)
    if asked <= extent.num_pages or not is_longer:
        asked = min(asked, extent.num_pages)
        start = (asked - 1) * per_page
        return LongPage(tuple(keys[start : start + per_page]), asked, extent, len(keys) > start + per_page)
    if page := _beyond_a_key(rows(), asked, extent, after, before):
        return page
    return _far(rows(), asked, extent)


def _beyond_a_key(
    rows: QuerySet[Any, Any], asked: int, extent: Extent, after: int | None, before: int | None
) -> LongPage | None:
    """Read the page that follows, or precedes, a row; None when that row is not there, or nothing is beyond it."""
    per_page = extent.per_page
    if after is not None:
        keys = _keys(beyond(rows, after), per_page + 1)
        return LongPage(tuple(keys[:per_page]), asked, extent, len(keys) > per_page) if keys else None
    if before is not None:
        keys = _keys(beyond(rows, before, backwards=True), per_page)[::-1]
        return LongPage(tuple(keys), asked, extent, has_next=True) if keys else None
    return None


def _keys(rows: QuerySet[Any, Any], most: int) -> list[int]:
    return list(rows.values_list("pk", flat=True)[:most])


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


def keys_beyond(rows: QuerySet[Any, Any], key: int, *, most: int, backwards: bool = False) -> list[int]:
    """Return the keys of the rows that come after one, or before it, nearest first, in two queries.

    That row need not be in the list itself: an act often takes it out, and what follows is still what followed.
    """
    return _keys(beyond(rows, key, backwards=backwards), most)


def beyond(rows: QuerySet[Any, Any], key: int, *, backwards: bool = False) -> QuerySet[Any, Any]:
    """Keep the rows that come after the row of a key in their order; those before it, nearest first, when backwards.

    In each column, what is unknown comes last. None when no row has this key.
    """
    order = [_column(item) for item in rows.query.order_by]
    columns = [path for path, _ in order]
    computed = {path: rows.query.annotations[path] for path in columns if path in rows.query.annotations}
    every = rows.model._default_manager.annotate(**computed).order_by()
    values = every.filter(pk=key).values_list(*columns).first()
    if values is None:
        return rows.none()
    kept, same = Q(pk__in=[]), Q()
    for (path, is_descending), value in zip(order, values, strict=True):
        kept |= same & _past(path, value, is_descending=is_descending, backwards=backwards)
        same &= Q((f"{path}__isnull", True)) if value is None else Q((path, value))
    further = rows.filter(kept)
    return further.order_by(*(_turned(path, is_descending) for path, is_descending in order)) if backwards else further


def _past(path: str, value: Any, *, is_descending: bool, backwards: bool) -> Q:
    """Keep what stands further than a value in one column."""
    if value is None:
        return Q((f"{path}__isnull", False)) if backwards else Q(pk__in=[])
    further = Q((f"{path}__{'lt' if is_descending != backwards else 'gt'}", value))
    return further if backwards else further | Q((f"{path}__isnull", True))


def _turned(path: str, is_descending: bool) -> OrderBy:
    return F(path).asc(nulls_first=True) if is_descending else F(path).desc(nulls_first=True)


def _column(item: Any) -> tuple[str, bool]:
    """Return the name of a column that sorts, and whether the greatest comes first."""
    if isinstance(item, OrderBy):
        column: Any = item.expression  # an `F`, whose stubs do not know the name
        return str(column.name), item.descending
    return item.removeprefix("-"), item.startswith("-")


def number_of(typed: str | None) -> int:
    """Read the number of a page as it stands in an address; the first page when it is none."""
    number = whole(typed or "", most=6)
    return 1 if number is None else number
