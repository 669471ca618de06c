"""What makes the tests stricter than Django; each context manager forbids one thing that Django allows."""

import ipaddress
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.conf import settings
from django.core.handlers.base import BaseHandler
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


class RefusedAsAccepted(AssertionError):
    """A page says « Erreur : » of what was posted, and answers 200: a program that posts would believe it accepted."""


@contextmanager
def refusals_have_their_status() -> Iterator[None]:
    """Let no page answer 200 to what it refuses: the title of its window begins with « Erreur : »."""
    get_response = BaseHandler.get_response

    def checked(self: BaseHandler, request: Any) -> Any:
        response = get_response(self, request)
        if request.method == "POST" and response.status_code == 200 and not response.streaming:
            title = response.content.partition(b"<title>")[2].lstrip()
            if title.startswith("Erreur\u00a0:".encode()):
                raise RefusedAsAccepted(f"{request.path} answers 200 to what it refuses.")
        return response

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(BaseHandler, "get_response", checked)
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


# Bytes of a table with its indexes: beyond, it is truncated, since rows that are deleted stay until a VACUUM.
LARGE = 2 * 1024 * 1024
# Written by the migrations, and the same for every test: Django would write them again after each flush.
_KEPT = ("django_content_type", "auth_permission")
_USED = """
    SELECT relname, pg_total_relation_size(oid) FROM pg_class
    WHERE relname = ANY(%s) AND relnamespace = current_schema()::regnamespace AND pg_relation_size(oid) > 0
"""


@contextmanager
def flush_is_quick_and_passes_the_triggers() -> Iterator[None]:
    """Empty, between two tests that commit, the tables that were used, whose triggers refuse it.

    Rows are deleted, and neither triggers nor foreign keys are asked: to truncate is to make anew the files of a table,
    of its indexes and of all the tables that refer to it.
    """
    sql_flush = DatabaseOperations.sql_flush

    def flush(self: Any, style: Any, tables: Any, **options: Any) -> list[str]:
        with self.connection.cursor() as cursor:
            cursor.execute(_USED, [[name for name in tables if name not in _KEPT]])
            used = dict(cursor.fetchall())
        emptied = [f"DELETE FROM {self.quote_name(name)}" for name, size in used.items() if size <= LARGE]
        large = [name for name, size in used.items() if size > LARGE]
        # PostgreSQL wants the tables that refer to these truncated too, be they empty.
        truncated = sql_flush(self, style, large, **options | {"allow_cascade": True})
        if not used:
            return []
        # Whoever still writes is waited for, so that nothing of theirs is left to the next test.
        lock = f"LOCK TABLE {', '.join(map(self.quote_name, used))} IN EXCLUSIVE MODE"
        role = "SET LOCAL session_replication_role = {}"
        return [lock, role.format("replica"), *emptied, *truncated, role.format("origin")]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DatabaseOperations, "sql_flush", flush)
        patch.setattr("django.core.management.commands.flush.emit_post_migrate_signal", lambda *_: None)
        yield


# What asks the disk, for a test of that.
FSYNC = os.fsync


@contextmanager
def disk_is_not_waited_for() -> Iterator[None]:
    """Let files be written without waiting for the disk, as the PostgreSQL of the tests does: no power cut matters."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", lambda opened: None)
        yield
