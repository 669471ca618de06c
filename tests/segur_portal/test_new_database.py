"""A new database is made by one migration per app; an older one, by those that it replaces. Both are the same."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from tests.former import latest, migrate

APPS = ["comptes", "candidatures", "preuves", "guichets", "referencement"]
OURS = "relnamespace = 'public'::regnamespace"
# Each row is a name and what the database says of it.
CATALOGUE = {
    "columns": f"""
        SELECT relname || '.' || attname, format_type(atttypid, atttypmod)
            || CASE WHEN attnotnull THEN ' not null ' ELSE ' ' END || attidentity::text
            || coalesce(pg_get_expr(adbin, adrelid), '')
        FROM pg_attribute JOIN pg_class c ON c.oid = attrelid
        LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
        WHERE {OURS} AND relkind = 'r' AND attnum > 0 AND NOT attisdropped""",
    "constraints": f"""
        SELECT relname || '.' || conname, pg_get_constraintdef(k.oid)
        FROM pg_constraint k JOIN pg_class c ON c.oid = conrelid WHERE {OURS}""",
    "indexes": "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "triggers": f"""
        SELECT relname || '.' || tgname, pg_get_triggerdef(t.oid)
        FROM pg_trigger t JOIN pg_class c ON c.oid = tgrelid WHERE {OURS} AND NOT tgisinternal""",
    "functions": """
        SELECT proname, pg_get_functiondef(p.oid) FROM pg_proc p
        WHERE pronamespace = 'public'::regnamespace
          AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')""",
    "sequences": """
        SELECT sequencename, concat_ws(' ', data_type, start_value, increment_by, cycle)
        FROM pg_sequences WHERE schemaname = 'public'""",
    "extensions": "SELECT extname, '' FROM pg_extension",
}


@pytest.mark.parametrize("app", APPS)
def test_one_migration_replaces_the_first_ones_of_its_app(app: str) -> None:
    on_disk = MigrationLoader(None).disk_migrations
    own = sorted(key for key in on_disk if key[0] == app)
    (squashed,) = [key for key in own if on_disk[key].replaces]

    before = [key for key in own if key != squashed]

    assert on_disk[squashed].replaces == before[: len(on_disk[squashed].replaces)]
    assert squashed[1] == f"0001_squashed_{on_disk[squashed].replaces[-1][1]}"


def test_a_new_database_runs_none_of_those_that_are_replaced() -> None:
    graph = MigrationLoader(None).graph
    over = {key for app in APPS for node in graph.root_nodes(app) for key in graph.nodes[node].replaces}

    assert over
    assert not over & set(graph.nodes)


@pytest.mark.as_the_owner
@pytest.mark.long("tests/segur_portal/test_new_database.py::test_one_migration_replaces_the_first_ones_of_its_app")
def test_a_new_database_and_an_older_one_are_the_same(transactional_db: None) -> None:
    with another_database():
        migrate(latest())
        older = catalogue()

    assert catalogue() == older
    assert len(older["triggers"]) > 50


@contextmanager
def another_database() -> Iterator[None]:
    """Connect the portal to an empty database, beside that of the tests."""
    own, other = connection.settings_dict["NAME"], f"{connection.settings_dict['NAME']}_older"
    with connection.cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {other}")
        cursor.execute(f"CREATE DATABASE {other} TEMPLATE template0")
    go_to(other)
    try:
        yield
    finally:
        go_to(own)
        with connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE {other}")


def go_to(database: str) -> None:
    connection.close()
    connection.settings_dict["NAME"] = database


def catalogue() -> dict[str, dict[str, str]]:
    return {kind: told(query) for kind, query in CATALOGUE.items()}


def told(query: str) -> dict[str, str]:
    """What the database answers, without spaces, parentheses and casts, which depend on how it was typed."""
    with connection.cursor() as cursor:
        cursor.execute(query)
        return {name: re.sub(r"[\s()]|::text", "", content) for name, content in cursor.fetchall()}
