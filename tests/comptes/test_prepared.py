"""Queries that are written once, then asked with values."""

from typing import Any

from django.db.models import BigIntegerField, TextField

from comptes.models import Compte
from comptes.models.prepared import IDS, Prepared
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
