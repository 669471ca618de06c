"""Queries that are written and planned once, then asked with values."""

from typing import Any

import pytest
from django.db import NotSupportedError, connection, transaction
from django.db.models import BigIntegerField, TextField

from comptes.models import Compte
from comptes.models.prepared import IDS, PlannedEachTime, Prepared
from tests.comptes.conftest import Team


def test_each_question_has_its_own_answer(team: Team) -> None:
    asked = Prepared(lambda pk: Compte.objects.filter(pk=pk).order_by("pk"), pk=BigIntegerField())

    assert asked.ask(pk=team.salarie.compte.pk) == [team.salarie.compte]
    assert asked.ask(pk=team.mandataire.compte.pk) == [team.mandataire.compte]
    assert asked.first(pk=0) is None


def test_it_is_asked_in_one_query(team: Team, django_assert_num_queries: Any) -> None:
    asked = Prepared(lambda pk: Compte.objects.filter(pk=pk).order_by("pk"), pk=BigIntegerField())
    asked.ask(pk=team.salarie.compte.pk)

    with django_assert_num_queries(1):
        asked.ask(pk=team.salarie.compte.pk)


def test_a_list_of_values_may_have_any_length(team: Team) -> None:
    people = Prepared(lambda pks: Compte.objects.filter(pk__among=pks).order_by("pk"), pks=IDS)
    both = sorted([team.salarie.compte.pk, team.mandataire.compte.pk])

    assert [person.pk for person in people.ask(pks=both)] == both
    assert people.ask(pks=[]) == []


def test_columns_come_as_the_queryset_gives_them(team: Team) -> None:
    names = Prepared(
        lambda email: Compte.objects.filter(email=email).order_by("pk").values_list("pk", "email"), email=TextField()
    )

    assert names.ask(email=team.salarie.compte.email) == [(team.salarie.compte.pk, team.salarie.compte.email)]


def test_what_somebody_types_stays_a_value(team: Team) -> None:
    asked = Prepared(lambda email: Compte.objects.filter(email=email).order_by("pk"), email=TextField())

    assert asked.ask(email="' OR 1=1 -- %s") == []


def _kept_statements() -> int:
    """Count the statements that are prepared on this connection."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements")
        return int(cursor.fetchone()[0])


def test_the_server_prepares_it_once(team: Team) -> None:
    asked = Prepared(lambda pk: Compte.objects.filter(pk=pk, first_name="Une%").order_by("pk"), pk=BigIntegerField())
    before = _kept_statements()

    for _ in range(7):
        assert asked.ask(pk=team.salarie.compte.pk) == []

    assert _kept_statements() == before + 1


def test_it_outlives_the_transaction_in_which_it_was_first_asked(team: Team) -> None:
    asked = Prepared(lambda pk: Compte.objects.filter(pk=pk, last_name="Undone").order_by("pk"), pk=BigIntegerField())
    with transaction.atomic():
        asked.ask(pk=0)
        transaction.set_rollback(True)

    assert asked.ask(pk=0) == []


def test_query_that_is_planned_each_time_is_written_once_and_kept_by_no_connection(
    team: Team, django_assert_num_queries: Any
) -> None:
    def make(email: Any) -> Any:
        written.append(email)
        return Compte.objects.filter(email__contains=email).exclude(last_name="50% d'avance").order_by("pk")

    written: list[Any] = []
    asked = PlannedEachTime(make, email=TextField())
    before = _kept_statements()
    email = team.salarie.compte.email

    with django_assert_num_queries(3):
        assert [asked.ask(email=part) for part in (email, "' OR 1=1 -- %s", email[1:])] == [
            [team.salarie.compte],
            [],
            [team.salarie.compte],
        ]
    assert (len(written), _kept_statements()) == (1, before)


def test_it_needs_no_parameter(team: Team) -> None:
    everybody = Prepared(lambda: Compte.objects.order_by("pk").values_list("pk", flat=True))

    assert everybody.ask() == list(Compte.objects.order_by("pk").values_list("pk", flat=True))


def test_a_migration_forgets_what_was_prepared(team: Team) -> None:
    asked = Prepared(lambda pk: Compte.objects.filter(pk=pk, last_name="Moved").order_by("pk"), pk=BigIntegerField())
    asked.ask(pk=0)

    with connection.schema_editor() as editor:
        editor.execute("ALTER TABLE comptes_compte ALTER phone TYPE varchar(99)")

    assert asked.ask(pk=0) == []


def test_a_column_that_another_connection_changed_closes_this_one_after_the_request(team: Team) -> None:
    asked = Prepared(
        lambda pk: Compte.objects.filter(pk=pk, last_name="Elsewhere").order_by("pk"), pk=BigIntegerField()
    )
    asked.ask(pk=0)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE comptes_compte ALTER phone TYPE varchar(99)")

    with pytest.raises(NotSupportedError), transaction.atomic():
        asked.ask(pk=0)

    assert connection.close_at == 0
    connection.close_at = None
