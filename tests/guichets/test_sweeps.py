"""The sweeps against a desk that answers over HTTP; a pull is the task that a worker runs."""

import time
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import connection

from comptes import clock
from guichets import sweeps
from guichets.enums import Panne
from guichets.models import Anomalie, DemandeAuGuichet, EchecDeReleve, Releve
from guichets.operations.releves import mark_due
from guichets.queries.desks import circuit_of
from segur_portal.celery import app
from tests.candidatures.conftest import Team, all_at_once
from tests.comptes.conftest import no_broker
from tests.factories import guichets as make
from tests.factories.guichets import CNDA, MORNING, again
from tests.guichets.desk import Desk, a_desk
from tests.preuves.conftest import make_team_to_prove


@pytest.fixture
def desk() -> Iterator[Desk]:
    """The CNDA, whose circuit is closed."""
    with a_desk() as desk:
        circuit_of(CNDA).reset()
        yield desk
        circuit_of(CNDA).reset()


@pytest.fixture
def eager() -> Iterator[None]:
    """Run each task where it is sent."""
    app.conf.update(task_always_eager=True, task_eager_propagates=True)
    yield
    app.conf.update(task_always_eager=False, task_eager_propagates=False)


def sweep(at=MORNING) -> int:
    with clock.travel(at):
        return sweeps.pull_due_demandes()


def test_sweep_pulls_what_is_due_and_nothing_else(desk, demande, eager):
    handed = [sweep(), sweep(), sweep(MORNING + timedelta(hours=5))]

    assert handed == [1, 0, 1]
    assert again(demande).state == "pre_examen"
    assert Releve.objects.filter(demande=demande).count() == desk.asked["CNDA-INSI"] == 2


def test_desk_without_an_address_is_not_asked(team, eager):
    make.everything(team.candidature, team.salarie)

    assert sweep() == 0
    assert DemandeAuGuichet.objects.filter(pull_id=None).count() == 4


@pytest.mark.parametrize(
    ("status", "kind", "asked"), [(500, Panne.SERVER_ERROR, 3), (404, Panne.UNKNOWN, 1), (200, Panne.OTHER_SCHEMA, 1)]
)
def test_desk_that_answers_badly_moves_nothing(desk, demande, eager, status, kind, asked):
    desk.status = status
    desk.says = {"schema": "cnda-demande/2"}

    sweep()

    assert (again(demande).state, again(demande).failure) == ("initialisation", kind)
    assert (EchecDeReleve.objects.get().kind, desk.asked["CNDA-INSI"]) == (kind, asked)
    assert Anomalie.objects.count() == (status != 500)


def test_desk_that_throttles_is_left_alone_as_long_as_it_asks(desk, demande, eager):
    desk.status, desk.headers = 429, {"Retry-After": "3600"}

    sweep()

    assert again(demande).failure == Panne.THROTTLED
    assert again(demande).next_pull_at == MORNING + timedelta(hours=1)


IN_TRANSACTION = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state ~ 'transaction'"


@pytest.mark.django_db(transaction=True)
def test_desk_is_read_outside_any_transaction(desk, eager):
    """While it answers, no session of the portal is inside one."""
    team: Team = make_team_to_prove()
    make.a_demande(team.candidature, team.salarie)
    inside = []

    def look() -> None:
        with connection.cursor() as cursor:
            cursor.execute(IN_TRANSACTION)
            inside.extend(cursor.fetchone())
        connection.close()

    desk.meanwhile = look

    sweep()

    assert Releve.objects.count() == 1
    assert inside == [0]


def test_pull_that_was_noted_asks_nothing(desk, demande):
    (pull,) = mark_due(guichet=CNDA, budget=10, at=MORNING)

    with clock.travel(MORNING):
        for _ in range(2):
            sweeps.pull_demande(pull.demande_id, str(pull.pull_id))

    assert desk.asked == {"CNDA-INSI": 1}
    assert Releve.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_sweeps_at_once_pull_nothing_twice(desk, eager):
    team: Team = make_team_to_prove()
    numbers = [make.a_demande(team.candidature, team.salarie, make.cnda(code)).numero for code in ("INSI", "DMP")]
    desk.meanwhile = lambda: time.sleep(0.05)

    handed = all_at_once(4, lambda _: sweep())

    assert sum(handed) == 2
    assert desk.asked == dict.fromkeys(numbers, 1)


@pytest.mark.django_db(transaction=True)
def test_same_task_delivered_eight_times_is_one_releve(desk):
    team: Team = make_team_to_prove()
    make.a_demande(team.candidature, team.salarie)
    (pull,) = mark_due(guichet=CNDA, budget=10, at=MORNING)

    def run(_: int) -> None:
        with clock.travel(MORNING):
            sweeps.pull_demande(pull.demande_id, str(pull.pull_id))

    assert all_at_once(8, run) == [None] * 8
    assert Releve.objects.count() == 1


def test_broker_that_is_away_leaves_what_is_due_for_later(desk, demande, eager):
    app.conf.update(task_always_eager=False)
    with no_broker():
        lost = sweep()
    app.conf.update(task_always_eager=True)

    assert lost == 0
    assert sweep(MORNING + timedelta(minutes=5)) == 1
    assert again(demande).state == "pre_examen"


def test_worker_takes_the_pulls_of_a_sweep(worker, desk, wait_until):
    team = make_team_to_prove()
    demande = make.a_demande(team.candidature, team.salarie)

    sweep()

    wait_until(lambda: Releve.objects.filter(demande=demande).exists())
    assert again(demande).state == "pre_examen"
