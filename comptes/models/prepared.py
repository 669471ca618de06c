"""Prepared queries: Django writes their SQL once per process, PostgreSQL plans most of them once per connection."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from hashlib import sha256
from types import SimpleNamespace
from typing import Any, NamedTuple

from django.contrib.postgres.fields import ArrayField
from django.db import DEFAULT_DB_ALIAS, NotSupportedError, connections
from django.db.models import BigAutoField, BigIntegerField, Expression, Field, ForeignKey, Lookup, QuerySet
from psycopg2.extensions import AsIs

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


class Statement(NamedTuple):
    """What asks a query whose SQL is written.

    :param asked: what runs it, with one `%s` for each of `places`: `EXECUTE …`, or the `SELECT` itself
    :param places: the parameters, and the constants of a `SELECT`, in the order of the text
    :param text: what PostgreSQL prepares, `PREPARE … AS SELECT …`; empty when it plans the query each time
    :param name: of that statement on a connection
    """

    asked: str
    places: tuple[Any, ...]
    text: str = ""
    name: str = ""

    def ready(self, connection: Any, values: Mapping[str, Any]) -> tuple[str, tuple[Any, ...]]:
        """Have a connection know the statement; return what runs it, and the values of its places."""
        if self.text:
            connection.prepare(self.name, self.text)
        return self.asked, tuple(values[at.name] if isinstance(at, Parameter) else at for at in self.places)


def statement_of(sql: str, places: Iterable[Any], connection: Any) -> Statement:
    """Write what PostgreSQL prepares. What is no parameter stands in it as it is, so that a partial index may serve."""
    written = tuple(places)
    parameters = {place.name: place for place in written if isinstance(place, Parameter)}
    numbered = {name: AsIs(f"${number}") for number, name in enumerate(parameters, start=1)}
    values = [numbered[place.name] if isinstance(place, Parameter) else place for place in written]
    types = ", ".join(str(place.output_field.db_type(connection)) for place in parameters.values())
    typed, given = (f"({types})", f"({', '.join(['%s'] * len(parameters))})") if parameters else ("", "")
    text = f"{typed} AS {connection.ops.compose_sql(sql, values)}"
    name = f"prepared_{sha256(text.encode()).hexdigest()[:16]}"
    return Statement(f"EXECUTE {name} {given}", tuple(parameters.values()), f"PREPARE {name} {text}", name)


class Written(NamedTuple):
    """A queryset whose SQL is written."""

    queryset: Any
    compiler: Any
    statement: Statement


class Prepared:
    """A queryset, returned by `make` for its parameters, that Django compiles only the first time.

    It is a prepared statement of PostgreSQL: planned the first time on a connection, without looking at the values.
    A parameter may stand wherever an expression may: `filter(candidature=candidature)`; for a list,
    `filter(pk__among=…)` instead of `in`. Joins, deferred fields and annotations work; `prefetch_related` is ignored.

    :param parameters: the field of each value, by name
    """

    is_planned_each_time = False

    def __init__(self, make: Callable[..., QuerySet[Any, Any]], **parameters: Field[Any, Any]) -> None:
        self._make, self._parameters = make, parameters

    def ask(self, **values: Any) -> list[Any]:
        """Return the rows for these values, in one query.

        :raises NotSupportedError: when a column has changed its type since the statement was prepared on this
            connection, which is then closed after the request
        """
        written = self._written
        connection: Any = connections[written.queryset.db]
        ready = written.statement.ready(connection, values)
        asked = copy.copy(written.compiler)
        asked.connection = connection
        asked.as_sql = lambda *_, **__: ready
        query = copy.copy(written.queryset.query)
        query.get_compiler = lambda *_, **__: asked
        # The attributes of a queryset that its iterable class uses.
        read = SimpleNamespace(
            db=written.queryset.db,
            query=query,
            model=written.queryset.model,
            _fields=written.queryset._fields,
            _known_related_objects={},
        )
        try:
            return list(written.queryset._iterable_class(read))  # noqa: SLF001 -- no public name reads rows of a compiler
        except NotSupportedError:
            connection.close_at = 0
            raise

    def first(self, **values: Any) -> Any:
        """Return the first of these rows; None when there is none."""
        return next(iter(self.ask(**values)), None)

    @cached_property
    def _written(self) -> Written:
        queryset = self._make(**{name: Parameter(name, field) for name, field in self._parameters.items()})
        connection: Any = connections[DEFAULT_DB_ALIAS]
        compiler = queryset.query.get_compiler(using=DEFAULT_DB_ALIAS)
        sql, places = compiler.as_sql()
        each_time = self.is_planned_each_time
        statement = Statement(sql, tuple(places)) if each_time else statement_of(sql, places, connection)
        return Written(queryset, compiler, statement)


class PlannedEachTime(Prepared):
    """A prepared query that is planned with its values each time: a word may be in one row, or in a tenth of them."""

    is_planned_each_time = True
