"""What the portal's processes cannot do, even with SQL of their own: a real connection of their role is refused."""

from collections.abc import Callable, Iterator
from datetime import datetime
from io import StringIO
from secrets import token_hex

import psycopg2
import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from comptes import journal
from comptes.operations.rattachements import detach
from tests.comptes.conftest import make_team
from tests.ground import APPLICATION

ROLE = f"{APPLICATION}_alone"
Execute = Callable[[str], int]


@pytest.fixture
def as_the_application(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Execute]:
    """Make the role as the command does, and give what runs a statement in a connection of it."""
    password = token_hex(16)
    monkeypatch.setenv("APPLICATION_PASSWORD", password)
    call_command("grant_application_role", ROLE, stdout=StringIO())
    place = connection.settings_dict
    mine = psycopg2.connect(host=place["HOST"], port=place["PORT"], dbname=place["NAME"], user=ROLE, password=password)
    mine.autocommit = True

    def execute(statement: str) -> int:
        with mine.cursor() as cursor:
            cursor.execute(statement)
            return cursor.rowcount

    yield execute
    mine.close()
    with connection.cursor() as cursor:
        cursor.execute(f"DROP OWNED BY {ROLE}; DROP ROLE {ROLE}")


def test_the_application_can_neither_rewrite_nor_disarm(as_the_application: Execute, at: datetime) -> None:
    team = make_team()
    detach(rattachement_id=team.salarie.pk, by=team.mandataire.compte, at=at)
    assert as_the_application("SELECT 1 FROM comptes_journalentry") == 1

    for statement in (
        "UPDATE comptes_journalentry SET act = 'x'",
        "DELETE FROM comptes_journalentry",
        "TRUNCATE comptes_journalentry",
        "DROP TABLE comptes_journalentry CASCADE",
        "ALTER TABLE comptes_journalentry DISABLE TRIGGER journal_is_written_once",
        "ALTER TABLE comptes_journalentry DISABLE TRIGGER ALL",
        "DROP TRIGGER journal_is_written_once ON comptes_journalentry",
        "CREATE OR REPLACE FUNCTION refuse_to_rewrite() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
        "DROP FUNCTION refuse_to_rewrite() CASCADE",
        "ALTER TABLE comptes_journalentry OWNER TO " + ROLE,
        "SET session_replication_role = replica",
        "DELETE FROM comptes_journalchain",
        "TRUNCATE comptes_journalchain CASCADE",
        "UPDATE comptes_registeredchain SET name = 'x'",
        "DELETE FROM comptes_registeredchain",
        "TRUNCATE comptes_compte CASCADE",
        "DROP TABLE comptes_compte CASCADE",
        "CREATE TABLE ailleurs (a int)",
        "DELETE FROM django_migrations",
        "SET ROLE portail",
    ):
        with pytest.raises(psycopg2.errors.InsufficientPrivilege):
            as_the_application(statement)

    with pytest.raises(psycopg2.errors.IntegrityError, match="moves forward"):
        as_the_application("UPDATE comptes_journalchain SET length = length + 5, head = 'x'")
    assert list(journal.verify()) == []


def test_every_table_that_is_written_once_is_so_for_the_application(as_the_application: Execute) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger JOIN pg_proc ON pg_proc.oid = tgfoid"
            " WHERE proname = 'refuse_to_rewrite' AND tgtype & 1 = 1 AND tgtype & 24 = 24"
            " AND tgqual IS NULL AND tgattr = '' ORDER BY 1"
        )
        tables = [name for (name,) in cursor.fetchall()]
        cursor.execute(
            "SELECT table_name, privilege_type FROM information_schema.table_privileges WHERE grantee = %s"
            " AND table_name = ANY(%s)",
            [ROLE, tables],
        )
        granted = cursor.fetchall()

    assert len(tables) > 10
    assert {verb for _, verb in granted} == {"SELECT", "INSERT"}
    assert {table for table, _ in granted} == set(tables)


def test_nothing_but_reading_and_writing_is_granted(as_the_application: Execute) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT privilege_type FROM information_schema.table_privileges WHERE grantee = %s", [ROLE]
        )
        verbs = {verb for (verb,) in cursor.fetchall()}
        powers_of = "SELECT rolsuper, rolcreatedb, rolcreaterole, rolbypassrls FROM pg_roles WHERE rolname = %s"
        cursor.execute(powers_of, [ROLE])
        powers = cursor.fetchone()

    assert verbs == {"SELECT", "INSERT", "UPDATE", "DELETE"}
    assert powers == (False, False, False, False)


def test_the_owner_is_not_the_application(db: None) -> None:
    with pytest.raises(CommandError, match="cannot be the application"):
        call_command("grant_application_role", connection.settings_dict["USER"])
