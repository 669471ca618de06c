"""The migrations one after the other, as an older database ran them; what replaces them in a new one is left aside."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader

Node = tuple[str, str]


def replaced() -> MigrationLoader:
    return MigrationLoader(connection, replace_migrations=False)


def latest(*apps: str) -> list[Node]:
    """The last migrations of these apps, or of all, that replace no other."""
    graph = replaced().graph
    leaves = [leaf for app in apps or [None] for leaf in graph.leaf_nodes(app)]
    return [leaf for leaf in leaves if not graph.nodes[leaf].replaces]


def migrate(targets: list[Node]) -> None:
    executor = MigrationExecutor(connection)
    executor.loader = replaced()
    executor.migrate(targets)


@contextmanager
def schema_apart() -> Iterator[None]:
    """An empty schema, in which migrations are run again."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE SCHEMA former; SET search_path TO former")
    yield
    connection.close()  # whatever it was left at
    with connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA former CASCADE")
