"""Prepared queries, for those whose SQL is slow to compile: compiled once per process, then run with values."""

from __future__ import annotations

import copy
from collections.abc import Callable
from functools import cached_property
from types import SimpleNamespace
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import BigAutoField, BigIntegerField, Expression, Field, ForeignKey, Lookup, QuerySet

from .texts import LineField


class Parameter(Expression):
    """The place of a value in a prepared query."""

    def __init__(self, name: str, output_field: Field[Any, Any]) -> None:
        super().__init__(output_field=output_field)
        self.name = name

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        return "%s", [self]


class Among(Lookup):
    """`in`, for a list whose length is not known when the query is compiled."""

    lookup_name = "among"

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        column, before = self.process_lhs(compiler, connection)
        values, places = self.process_rhs(compiler, connection)
        return f"{column} = ANY{values}", [*before, *places]


BigAutoField.register_lookup(Among)
ForeignKey.register_lookup(Among)
LineField.register_lookup(Among)
IDS = ArrayField(BigIntegerField())


class Prepared:
    """A queryset, returned by `make` for its parameters, that Django compiles only the first time.

    A parameter may stand wherever an expression may: `filter(candidature=candidature)`; for a list,
    `filter(pk__among=…)` instead of `in`. Joins, deferred fields and annotations work; `prefetch_related` is ignored.

    :param parameters: the field of each value, by name
    """

    def __init__(self, make: Callable[..., QuerySet[Any, Any]], **parameters: Field[Any, Any]) -> None:
        self._make, self._parameters = make, parameters

    def ask(self, **values: Any) -> list[Any]:
        """Return the rows for these values, in one query."""
        queryset, compiler, sql, places = self._written
        params = tuple(values[place.name] if isinstance(place, Parameter) else place for place in places)
        asked = copy.copy(compiler)
        asked.connection = connections[queryset.db]
        asked.as_sql = lambda *_, **__: (sql, params)
        query = copy.copy(queryset.query)
        query.get_compiler = lambda *_, **__: asked
        # The attributes of a queryset that its iterable class uses.
        read = SimpleNamespace(
            db=queryset.db, query=query, model=queryset.model, _fields=queryset._fields, _known_related_objects={}
        )
        return list(queryset._iterable_class(read))  # noqa: SLF001 -- no public name reads rows of a compiler

    def first(self, **values: Any) -> Any:
        """Return the first of these rows; None when there is none."""
        return next(iter(self.ask(**values)), None)

    @cached_property
    def _written(self) -> tuple[Any, Any, str, tuple[Any, ...]]:
        """The queryset, its compiler, its SQL, and its SQL parameters, some of them a `Parameter`."""
        queryset = self._make(**{name: Parameter(name, field) for name, field in self._parameters.items()})
        compiler = queryset.query.get_compiler(using=DEFAULT_DB_ALIAS)
        sql, places = compiler.as_sql()
        return queryset, compiler, sql, tuple(places)
