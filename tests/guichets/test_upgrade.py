"""What was in three machines comes into one, with its keys and its history: migrated for real, in a schema apart."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection

from tests.former import latest, migrate, replaced, schema_apart

# Migrations one by one, on a database of their own.
pytestmark = pytest.mark.long("tests/guichets/test_machine.py::test_pair_by_raw_sql")

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
    with schema_apart():
        yield


def rows(sql: str, *values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())


def write_one_at_every_stage() -> None:
    """One demande at each stage of each desk, with a row of every kind that hangs on it; of nobody's candidature."""
    stages = (
        [("cnda", etape) for etape in CNDA]
        + [("edc_psc", etape) for etape in EDC]
        + [("gazelle", etape) for etape in GAZELLE]
    )
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")  # no foreign key asks for the rest of the portal
        for key, (guichet, state) in enumerate(stages, start=1):
            first = state in ("initialisation", "declared", "DONE_UNDEFINED")
            values = {"id": key, "guichet": guichet, "objet": f"{guichet}:{key}", "numero": f"N-{key}", "state": state}
            values |= {"at": INSTANT, "day": DAY, "moved": None if first else INSTANT}
            values |= {"decided": DAY if state in DECIDED else None}
            cursor.execute(PARENT, values)
            cursor.execute(CHILDREN[guichet], values)
            cursor.execute(HISTORY, values)
        cursor.execute("SET session_replication_role = DEFAULT")


def test_every_demande_comes_through_with_its_history(apart: None) -> None:
    migrate(BEFORE)
    write_one_at_every_stage()

    migrate(latest("guichets"))

    moved = rows(
        "SELECT id, guichet, state, role, proxy, composant, teleservice, nil, preuve, moved_at IS NULL,"
        " decided_date::text, version, numero, documents->>'attestation' FROM guichets_demandeauguichet ORDER BY id"
    )
    cnda = [
        (key, "cnda", etape, "", "", "Agenda", "INSI", "NIL-1", "", etape == CNDA[0], DAY if etape in DECIDED else None)
        for key, etape in enumerate(CNDA, start=1)
    ]
    edc = [
        (
            key,
            "edc_psc",
            etape,
            "utilisateur",
            "Proxy du Nord",
            "",
            "",
            "",
            "",
            etape == EDC[0],
            DAY if etape in DECIDED else None,
        )
        for key, etape in enumerate(EDC, start=7)
    ]
    gazelle = [
        (
            key,
            "gazelle",
            step,
            "",
            "",
            "",
            "",
            "",
            "INT.01.01.01",
            step == GAZELLE[0],
            DAY if step == GAZELLE[2] else None,
        )
        for key, step in enumerate(GAZELLE, start=13)
    ]
    assert [row[:11] for row in moved] == [*cnda, *edc, *gazelle]
    assert {row[11:] for row in moved} == {(3, f"N-{key}", "A-1") for key in range(1, 16)}
    for table in ("releve", "passage", "anomalie", "reponsedeguichet"):
        assert rows(f"SELECT id, demande_id FROM guichets_{table} ORDER BY id") == [(key, key) for key in range(1, 16)]
    assert (
        rows("SELECT tablename FROM pg_tables WHERE schemaname = 'former' AND tablename ~ 'homologation|habil|lien'")
        == []
    )


def test_nothing_declared_yet_is_no_trouble(apart: None) -> None:
    migrate(latest("guichets"))

    assert rows("SELECT code FROM guichets_guichet ORDER BY code") == [("cnda",), ("edc_psc",), ("gazelle",)]
    assert rows("SELECT count(*) FROM guichets_demandeauguichet") == [(0,)]


# What was recorded by hand before captures were confirmed: (its demande's own `confirmed_at`, whether it is followed,
# its relevés by (source, hour, stage)), and the stage of the capture that waits once migrated.
LEGACY = {
    "never answered": (None, True, [("manual", 1, "pre_examen")], "pre_examen"),
    "answered before": (1, True, [("pulled", 1, "pre_examen"), ("manual", 2, "examen")], "examen"),
    "answered since": (3, True, [("manual", 2, "examen"), ("pulled", 3, "examen")], None),
    "answered at once": (2, True, [("manual", 2, "examen"), ("pulled", 2, "examen")], None),
    "recorded twice": (None, True, [("manual", 1, "pre_examen"), ("manual", 2, "examen")], "examen"),
    "let go": (None, False, [("manual", 1, "pre_examen")], None),
    "pulled alone": (1, True, [("pulled", 1, "pre_examen")], None),
    "words unknown": (None, True, [("manual", 1, "x" * 40)], "x" * 30),
}


def write_legacy(apps: Any) -> None:
    demandes, releves = (apps.get_model("guichets", name) for name in ("DemandeAuGuichet", "Releve"))
    for key, (confirmed, followed, made, _) in enumerate(LEGACY.values(), start=1):
        demande = demandes.objects.create(
            pk=key,
            candidature_id=1,
            guichet_id="cnda",
            objet=f"cnda:{key}/INSI",
            teleservice="INSI",
            state="initialisation",
            numero=f"N-{key}",
            recorded_at=hour(0),
            recorded_by_id=1,
            confirmed_at=hour(confirmed) if confirmed else None,
            **({} if followed else {"ended_at": hour(9), "ended_by_id": 1, "ended_reason": "Abandonnée."}),
        )
        for source, seen, etape in made:
            by_hand = {"piece_id": key, "recorded_by_id": 1} if source == "manual" else {"pull_id": uuid4()}
            releves.objects.create(
                demande=demande,
                source=source,
                seen_at=hour(seen),
                sha256="0" * 64,
                etape=etape,
                date_etape=DAY,
                logiciel="Sirocco",
                **by_hand,
            )


def hour(number: int) -> datetime:
    return datetime.fromisoformat(INSTANT) + timedelta(hours=number)


def test_what_was_recorded_by_hand_waits_for_the_ans_unless_the_desk_said_as_much_since(apart: None) -> None:
    before, after = [("guichets", "0009_capture")], [("guichets", "0010_captures_to_confirm")]
    migrate(before)
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")  # as above; both the rows and what is made of them
    write_legacy(replaced().project_state(before).apps)

    migrate(after)

    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = DEFAULT")
    columns = "demande_id, etape, state, logiciel, piece_id, recorded_by_id, recorded_at, decided_at, releve_id"
    waiting = {
        key: (etape, max(seen for source, seen, _ in made if source == "manual"))
        for key, (_, _, made, etape) in enumerate(LEGACY.values(), start=1)
        if etape
    }
    assert rows(f"SELECT {columns} FROM guichets_capture ORDER BY demande_id") == [
        (key, etape, "recorded", "Sirocco", key, 1, hour(seen), None, None) for key, (etape, seen) in waiting.items()
    ]
    made = sorted((key, *capture[:1]) for key, legacy in enumerate(LEGACY.values(), start=1) for capture in legacy[2])
    assert rows("SELECT demande_id, source FROM guichets_releve ORDER BY demande_id, source") == made
    sources = [(key, "pulled" if legacy[0] else "") for key, legacy in enumerate(LEGACY.values(), start=1)]
    assert rows("SELECT id, source FROM guichets_demandeauguichet ORDER BY id") == sources
