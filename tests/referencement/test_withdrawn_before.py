"""What was attributed, then withdrawn, before a référencement was a machine: renounced, or replaced."""

from datetime import timedelta
from importlib import import_module
from typing import Any

import pytest
from django.db import connection

from referencement.models import EvenementDeReferencement, Referencement
from referencement.operations.versions import present_new_version
from referencement.queries.standings import standing_of
from tests.factories.conventions import Parties, some_parties
from tests.factories.referencement import COLLEGE, an_attributed_solution

NEXT = COLLEGE + timedelta(days=60)
DAY = timedelta(days=1)


def as_it_was(parties: Parties, withdrawn_at: Any) -> None:
    """No référencement is written; the first version was withdrawn though it was attributed."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET LOCAL session_replication_role = replica")
        cursor.execute("DELETE FROM referencement_evenementdereferencement")
        cursor.execute("DELETE FROM referencement_referencement")
        cursor.execute(
            "UPDATE candidatures_candidature SET state = 'withdrawn', withdrawn_at = %s, withdrawn_by_id = %s"
            " WHERE id = %s",
            [withdrawn_at, parties.signatory.pk, parties.candidature.pk],
        )
        cursor.execute("SET LOCAL session_replication_role = DEFAULT")


def migrate() -> None:
    module = import_module("referencement.migrations.0008_referencements_opened")
    with connection.cursor() as cursor:
        for operation in module.Migration.operations:
            cursor.execute(operation.sql)


def told() -> list[tuple[str, Any, Any]]:
    rows = EvenementDeReferencement.objects.order_by("referencement__opened_at", "number")
    return list(rows.values_list("kind", "effect_at", "by"))


@pytest.mark.django_db
@pytest.mark.parametrize("withdrawn_at", [COLLEGE + DAY, COLLEGE - DAY])
def test_withdrawn_after_its_attribution_is_renounced(withdrawn_at: Any) -> None:
    parties = some_parties()
    an_attributed_solution(parties.candidature, parties.signatory)
    as_it_was(parties, withdrawn_at)
    migrate()
    referencement = Referencement.objects.get()

    assert (referencement.state, referencement.version) == ("renounced", 1)
    assert told() == [("renounced", max(withdrawn_at, COLLEGE), parties.signatory.pk)]
    assert standing_of(parties.candidature.pk, COLLEGE, at=NEXT).state == "renoncee"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("withdrawn_at", "kind"), [(NEXT - DAY, "renounced"), (NEXT, "replaced"), (NEXT + DAY, "replaced")]
)
def test_withdrawn_before_or_after_its_next_version(withdrawn_at: Any, kind: str) -> None:
    parties = some_parties()
    an_attributed_solution(parties.candidature, parties.signatory)
    successor = present_new_version(candidature_id=parties.candidature.pk, by=parties.signatory, at=NEXT - DAY)
    an_attributed_solution(successor, parties.signatory, at=NEXT)
    as_it_was(parties, withdrawn_at)
    migrate()

    states = Referencement.objects.order_by("opened_at").values_list("state", "version")
    assert list(states) == [(kind, 1), ("in_force", 0)]
    assert [event for event, _, _ in told()] == [kind]
