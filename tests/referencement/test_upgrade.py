"""What was attributed before a référencement was a row comes through the upgrade, as does what a version replaced."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection

from candidatures.models import Candidature
from referencement.enums import Decision
from referencement.operations.versions import present_new_version
from tests.factories.conventions import Parties, some_parties
from tests.factories.referencement import COLLEGE, an_attributed_solution, an_examen
from tests.former import migrate, schema_apart

BEFORE = [("comptes", "0006_editeur_company"), ("referencement", "0007_referencement_held")]
AFTER = [("referencement", "0008_referencements_opened")]
DAY = timedelta(days=1)
FLOORS = ("comptes", "candidatures", "referencement")
WRITTEN = ("referencement_referencement", "referencement_evenementdereferencement")
COLUMNS = """
SELECT table_name, string_agg(quote_ident(column_name), ', ') FROM information_schema.columns AS former
WHERE table_schema = 'former' AND split_part(table_name, '_', 1) = ANY(%s) AND table_name <> ALL(%s) AND EXISTS (
    SELECT FROM information_schema.columns AS now WHERE now.table_schema = 'public'
    AND now.table_name = former.table_name AND now.column_name = former.column_name
)
GROUP BY table_name
"""


@pytest.fixture
def parties(transactional_db: None) -> Parties:
    return some_parties()


@pytest.fixture
def solutions(parties: Parties) -> tuple[Candidature, Candidature, Candidature, Candidature]:
    """A version, the one that followed it, another solution, and one that was refused."""
    first, by = parties.candidature, parties.signatory
    an_attributed_solution(first, by)
    second = present_new_version(candidature_id=first.pk, by=by, at=COLLEGE + DAY)
    an_attributed_solution(second, by, at=COLLEGE + 9 * DAY)
    other, refused = some_parties(), some_parties()
    an_attributed_solution(other.candidature, other.signatory, at=COLLEGE + 5 * DAY)
    an_examen(refused.candidature, refused.signatory, Decision.NOT_ATTRIBUTED, reasons=["Une preuve ne convainc pas."])
    return first, second, other.candidature, refused.candidature


@pytest.fixture
def upgraded(solutions: tuple[Candidature, ...]) -> Iterator[None]:
    """What those solutions were, in a schema that stops before the migration, then goes through it."""
    with schema_apart(), connection.cursor() as cursor:
        migrate(BEFORE)
        cursor.execute("SET session_replication_role = replica")  # no foreign key asks for the rest of the portal
        cursor.execute(COLUMNS, [list(FLOORS), list(WRITTEN)])
        for table, columns in cursor.fetchall():
            cursor.execute(f"DELETE FROM former.{table}")
            cursor.execute(f"INSERT INTO former.{table} ({columns}) SELECT {columns} FROM public.{table}")
        cursor.execute("SET session_replication_role = DEFAULT")
        migrate(AFTER)
        yield


def rows(sql: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return list(cursor.fetchall())


@pytest.mark.long(
    "tests/referencement/test_referencement_machine.py::test_next_version_replaces_what_lives_and_nothing_else"
)
def test_each_attribution_is_a_referencement_and_a_later_version_replaces_the_earlier(
    upgraded: None, solutions: tuple[Candidature, ...]
) -> None:
    first, second, other, _ = (solution.pk for solution in solutions)
    moved = rows(
        "SELECT candidature_id, state, version, opened_at FROM former.referencement_referencement ORDER BY opened_at"
    )
    assert moved == [
        (first, "replaced", 1, COLLEGE),
        (other, "in_force", 0, COLLEGE + 5 * DAY),
        (second, "in_force", 0, COLLEGE + 9 * DAY),
    ]
    ((published_at, closed_by),) = rows(
        "SELECT published_at, closed_by_id FROM public.referencement_examen AS examen"
        f" JOIN public.referencement_seanceducollege AS seance ON seance.id = seance_id WHERE candidature_id = {second}"
    )
    assert rows(
        "SELECT one.candidature_id, next.candidature_id, number, kind, from_state, to_state, effect_at, at, by_id"
        " FROM former.referencement_evenementdereferencement AS event"
        " JOIN former.referencement_referencement AS one ON one.id = event.referencement_id"
        " JOIN former.referencement_referencement AS next ON next.id = event.successor_id"
    ) == [
        (
            first,
            second,
            1,
            "replaced",
            "in_force",
            "replaced",
            published_at,
            published_at,
            closed_by,
        )
    ]
