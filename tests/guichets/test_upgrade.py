"""What was in three machines comes into one, with its keys and its history: migrated for real, in a schema apart."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

BEFORE = [("guichets", "0003_first_confirmed_at")]
CNDA = ("initialisation", "pre_examen", "examen", "finalisation", "granted", "refused")
EDC = ("declared", "submitted", "in_review", "complement_requested", "granted", "refused")
GAZELLE = ("DONE_UNDEFINED", "DONE_FAILED", "DONE_PASSED")
DECIDED = ("granted", "refused")
DAY, INSTANT = "2026-11-02", "2026-11-03T09:00:00+00:00"
PARENT = """
INSERT INTO guichets_demandeauguichet (id, candidature_id, guichet, objet, numero, logiciel, is_third_party, version,
    recorded_at, recorded_by_id, ended_reason, etape_date, documents, pieces, first_confirmed_at, confirmed_at,
    failures, failure)
VALUES (%(id)s, %(id)s, %(guichet)s, %(objet)s, %(numero)s, 'Sirocco', false, 3,
    %(at)s, 1, '', %(day)s, '{"attestation": "A-1"}', '{}', %(at)s, %(at)s, 0, '')
"""
CHILDREN = {
    "cnda": """INSERT INTO guichets_homologation
        (demandeauguichet_ptr_id, composant, teleservice, nil, state, moved_at, decided_date)
        VALUES (%(id)s, 'Agenda', 'INSI', 'NIL-1', %(state)s, %(moved)s, %(decided)s)""",
    "edc_psc": """INSERT INTO guichets_habilitation
        (demandeauguichet_ptr_id, role, proxy, state, moved_at, decided_date)
        VALUES (%(id)s, 'utilisateur', 'Proxy du Nord', %(state)s, %(moved)s, %(decided)s)""",
    "gazelle": """INSERT INTO guichets_liengazelle (demandeauguichet_ptr_id, preuve, state, moved_at)
        VALUES (%(id)s, 'INT.01.01.01', %(state)s, %(moved)s)""",
}
HISTORY = """
INSERT INTO guichets_releve (id, demande_id, source, pull_id, seen_at, schema, raw, sha256, etape, date_etape, logiciel)
    VALUES (%(id)s, %(id)s, 'pulled', gen_random_uuid(), %(at)s, 's/1', 'a', 'b', %(state)s, %(day)s, '');
INSERT INTO guichets_passage (id, demande_id, number, etape, seen, etape_date, releve_id, passed_at)
    VALUES (%(id)s, %(id)s, 1, %(state)s, true, %(day)s, %(id)s, %(at)s);
INSERT INTO guichets_anomalie (id, demande_id, releve_id, kind, owner, sentence, state, opened_at, note)
    VALUES (%(id)s, %(id)s, %(id)s, 'backwards', 'ans', 'Phrase.', 'open', %(at)s, '');
INSERT INTO guichets_reponsedeguichet (id, demande_id, releve_id, revision_id, numero, etape, source, answered_at)
    VALUES (%(id)s, %(id)s, %(id)s, %(id)s, 'INS.01', %(state)s, 'pulled', %(at)s);
"""


@pytest.fixture
def apart(transactional_db: None) -> Iterator[None]:
    """An empty schema, in which every migration is run again."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE SCHEMA former; SET search_path TO former")
    yield
    connection.close()  # whatever it was left at
    with connection.cursor() as cursor:
        cursor.execute("DROP SCHEMA former CASCADE")


def rows(sql: str, *words: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, words)
        return list(cursor.fetchall())


def migrate(targets: list[tuple[str, str]]) -> None:
    executor = MigrationExecutor(connection)
    executor.migrate(targets)


def write_one_at_every_stage() -> None:
    """One demande at each stage of each desk, with a row of every kind that hangs on it; of nobody's candidature."""
    stages = [("cnda", one) for one in CNDA] + [("edc_psc", one) for one in EDC] + [("gazelle", one) for one in GAZELLE]
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")  # no foreign key asks for the rest of the portal
        for key, (guichet, state) in enumerate(stages, start=1):
            first = state in ("initialisation", "declared", "DONE_UNDEFINED")
            words = {"id": key, "guichet": guichet, "objet": f"{guichet}:{key}", "numero": f"N-{key}", "state": state}
            words |= {"at": INSTANT, "day": DAY, "moved": None if first else INSTANT}
            words |= {"decided": DAY if state in DECIDED else None}
            cursor.execute(PARENT, words)
            cursor.execute(CHILDREN[guichet], words)
            cursor.execute(HISTORY, words)
        cursor.execute("SET session_replication_role = DEFAULT")


def test_every_demande_comes_through_with_its_history(apart: None) -> None:
    migrate(BEFORE)
    write_one_at_every_stage()

    executor = MigrationExecutor(connection)
    migrate(list(executor.loader.graph.leaf_nodes("guichets")))

    found = rows(
        "SELECT id, guichet, state, role, proxy, composant, teleservice, nil, preuve, moved_at IS NULL,"
        " decided_date::text, version, numero, documents->>'attestation' FROM guichets_demandeauguichet ORDER BY id"
    )
    cnda = [
        (key, "cnda", one, "", "", "Agenda", "INSI", "NIL-1", "", one == CNDA[0], DAY if one in DECIDED else None)
        for key, one in enumerate(CNDA, start=1)
    ]
    edc = [
        (
            key,
            "edc_psc",
            one,
            "utilisateur",
            "Proxy du Nord",
            "",
            "",
            "",
            "",
            one == EDC[0],
            DAY if one in DECIDED else None,
        )
        for key, one in enumerate(EDC, start=7)
    ]
    gazelle = [
        (key, "gazelle", one, "", "", "", "", "", "INT.01.01.01", one == GAZELLE[0], DAY if one == GAZELLE[2] else None)
        for key, one in enumerate(GAZELLE, start=13)
    ]
    assert [one[:11] for one in found] == [*cnda, *edc, *gazelle]
    assert {one[11:] for one in found} == {(3, f"N-{key}", "A-1") for key in range(1, 16)}
    for table in ("releve", "passage", "anomalie", "reponsedeguichet"):
        assert rows(f"SELECT id, demande_id FROM guichets_{table} ORDER BY id") == [(key, key) for key in range(1, 16)]
    assert (
        rows("SELECT tablename FROM pg_tables WHERE schemaname = 'former' AND tablename ~ 'homologation|habil|lien'")
        == []
    )


def test_nothing_declared_yet_is_no_trouble(apart: None) -> None:
    executor = MigrationExecutor(connection)
    migrate(list(executor.loader.graph.leaf_nodes("guichets")))

    assert rows("SELECT code FROM guichets_guichet ORDER BY code") == [("cnda",), ("edc_psc",), ("gazelle",)]
    assert rows("SELECT count(*) FROM guichets_demandeauguichet") == [(0,)]
