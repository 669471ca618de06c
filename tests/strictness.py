"""What makes the tests stricter than Django; each context manager forbids one thing that Django allows."""

import ipaddress
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.conf import settings
from django.db.backends.postgresql.operations import DatabaseOperations
from django.db.models.sql.compiler import SQLCompiler
from django.template.base import FilterExpression


class NetworkBlocked(RuntimeError):
    """A test spoke to another machine. Not an OSError, which the portal's retries could hide."""


class UndefinedVariable(LookupError):
    """A template used a variable that is not defined."""


@contextmanager
def network_blocked() -> Iterator[None]:
    """Let Python's sockets reach this machine only."""
    connect, connect_ex, resolve = socket.socket.connect, socket.socket.connect_ex, socket.getaddrinfo

    def guarded_connect(self: socket.socket, address: Any) -> None:
        _refuse_elsewhere(self, address)
        connect(self, address)

    def guarded_connect_ex(self: socket.socket, address: Any) -> int:
        _refuse_elsewhere(self, address)
        return connect_ex(self, address)

    def guarded_resolve(host: Any, *args: Any, **kwargs: Any) -> Any:
        if host and not _is_here(host):
            raise NetworkBlocked(f"A test asks for the address of {host!r}.")
        return resolve(host, *args, **kwargs)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", guarded_connect)
        patch.setattr(socket.socket, "connect_ex", guarded_connect_ex)
        patch.setattr(socket, "getaddrinfo", guarded_resolve)
        yield


def _refuse_elsewhere(sock: socket.socket, address: Any) -> None:
    if sock.family in (socket.AF_INET, socket.AF_INET6) and not _is_here(address[0]):
        raise NetworkBlocked(f"A test speaks to {address!r}.")


def _is_here(host: str | bytes) -> bool:
    host = host.decode() if isinstance(host, bytes) else host
    if host in ("localhost", socket.gethostname()):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class _Raise:
    """What Django puts in place of an undefined variable; here, it raises."""

    def __contains__(self, text: object) -> bool:
        return text == "%s"

    def __mod__(self, name: object) -> str:
        raise UndefinedVariable(f"No template variable is called {name}.")


@contextmanager
def undefined_variables_fail() -> Iterator[None]:
    """Let an undefined template variable raise.

    Allowed: after `{% if %}` and `{% for %}`, where Django itself asks softly, and before `|default`, which says that
    the variable is optional.
    """
    resolve = FilterExpression.resolve

    def strict_resolve(self: FilterExpression, context: Any, ignore_failures: bool = False) -> Any:
        optional = bool(self.filters) and self.filters[0][0].__name__ in ("default", "default_if_none")
        return resolve(self, context, ignore_failures or optional)

    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(settings.TEMPLATES[0]["OPTIONS"], "string_if_invalid", _Raise())
        patch.setattr(FilterExpression, "resolve", strict_resolve)
        yield


@contextmanager
def unordered_lists_come_back_last_first() -> Iterator[None]:
    """Make a queryset without an order return its last row first.

    PostgreSQL promises no order, but mostly answers in the order of insertion, which tests then rely on. The reverse
    is as legitimate, and unlike a random order, it fails at every run. Not where an order would change the result:
    DISTINCT, GROUP BY, UNION, subqueries.
    """
    order_by_pairs = SQLCompiler._order_by_pairs

    def pairs(self: SQLCompiler) -> Iterator[Any]:
        query = self.query
        is_ordered = query.extra_order_by or query.order_by or not query.default_ordering
        meta = query.get_meta()
        grouped = query.distinct or query.group_by is not None or query.combinator or query.subquery
        if is_ordered or grouped or meta is None or meta.ordering:
            yield from order_by_pairs(self)
        else:
            yield from self.find_ordering_name("-pk", meta)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(SQLCompiler, "_order_by_pairs", pairs)
        yield


@contextmanager
def flush_passes_the_triggers() -> Iterator[None]:
    """Let the flush between two tests that commit empty the tables whose trigger refuses TRUNCATE.

    Only tables that hold rows are emptied: truncating the hundred others would be most of the cost.
    """
    sql_flush = DatabaseOperations.sql_flush

    def flush(self: Any, style: Any, tables: Any, **options: Any) -> list[str]:
        with self.connection.cursor() as cursor:
            held = [f"SELECT '{name}' WHERE EXISTS (SELECT FROM \"{name}\")" for name in tables]
            cursor.execute(" UNION ALL ".join(held))
            filled = [name for (name,) in cursor.fetchall()]
            # PostgreSQL wants the tables that refer to these truncated too, be they empty.
            statements = sql_flush(self, style, filled, **options | {"allow_cascade": True})
            cursor.execute("SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger WHERE tgtype & 32 <> 0 ORDER BY 1")
            names = [name for (name,) in cursor.fetchall()]
        off = [f"ALTER TABLE {name} DISABLE TRIGGER USER" for name in names]
        on = [f"ALTER TABLE {name} ENABLE TRIGGER USER" for name in names]
        return [*off, *statements, *on] if statements else []

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DatabaseOperations, "sql_flush", flush)
        yield
