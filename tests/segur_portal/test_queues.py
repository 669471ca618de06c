"""Every task is in the table: its queue, its limit, its ring; and what the portal asks of others is bounded."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter

import pytest
from django.conf import settings as portal
from django.core import checks
from django.db import OperationalError, connection, transaction
from kombu.exceptions import OperationalError as BrokerAway

from comptes import effects
from segur_portal import queues
from segur_portal.celery import app
from tests.comptes.conftest import broker_at, no_broker
from tests.comptes.test_concurrency import at_once
from tests.factories.comptes import CompteFactory


@contextmanager
def frozen() -> Iterator[int]:
    """A port of this machine that takes connections and never answers."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(64)
        yield listener.getsockname()[1]


def ours() -> set[str]:
    app.loader.import_default_modules()
    return {name for name in app.tasks if not name.startswith("celery.")}


def test_every_task_is_in_the_table_and_nothing_else():
    assert ours() - {"tests.beat"} == set(queues.JOBS)


@pytest.mark.parametrize("name", sorted(queues.JOBS))
def test_task_has_its_queue_and_its_limits(name):
    ours()
    job, task = queues.JOBS[name], app.tasks[name]

    assert app.amqp.router.route({}, name)["queue"].name == job.queue
    assert (task.soft_time_limit, task.time_limit) == (job.soft, job.hard)
    assert 0 < job.soft < job.hard < portal.CELERY_BROKER_TRANSPORT_OPTIONS["visibility_timeout"]


def test_a_plain_worker_serves_every_queue():
    assert {queue.name for queue in app.amqp.queues.values()} == set(queues.QUEUES)
    assert {job.queue for job in queues.JOBS.values()} == set(queues.QUEUES)


def test_beat_rings_for_what_the_table_says():
    rung = {name: job.every for name, job in queues.JOBS.items() if job.every}

    assert {entry["task"]: entry["schedule"] for entry in app.conf.beat_schedule.values()} == rung
    assert [name for name in rung if ".sweeps." not in name] == []


# -- what the portal waits for ----------------------------------------------------------------------------------------


def test_message_of_a_server_that_is_away_is_tried_at_each_ring():
    every = queues.JOBS["comptes.sweeps.deliver_due_notices"].every

    assert every is not None
    assert effects.NEXT_RING.total_seconds() < every - 1  # the sweep hands it out, then a worker takes it


def test_database_is_waited_for_so_long_and_no_longer(db):
    with connection.cursor() as cursor:
        for name, asked in (
            ("statement_timeout", "1min"),
            ("lock_timeout", "10s"),
            ("idle_in_transaction_session_timeout", "2min"),
            ("plan_cache_mode", "force_generic_plan"),
        ):
            cursor.execute(f"SHOW {name}")
            assert cursor.fetchone()[0] == asked
    assert portal.DATABASES["default"]["OPTIONS"]["connect_timeout"] == 5


def test_row_that_somebody_holds_is_not_waited_for_without_end(transactional_db):
    compte = CompteFactory()

    def wait() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL lock_timeout = '200ms'")
            type(compte).objects.select_for_update().get(pk=compte.pk)

    with transaction.atomic():
        type(compte).objects.select_for_update().get(pk=compte.pk)
        (answer,) = at_once(wait)

    assert isinstance(answer, OperationalError)


def test_mail_server_that_is_silent_is_given_up(db, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_TIMEOUT = "127.0.0.1", 0.3
    assert portal.EMAIL_TIMEOUT
    with frozen() as port:
        settings.EMAIL_PORT = port
        begun_at = perf_counter()
        outcome = effects._send(effects.notices.NoticeMail("a", "b"), to="a@b.example", message_id="<1@b.example>")

    assert (outcome.away, outcome.final) == (True, False)
    assert perf_counter() - begun_at < 2


@pytest.mark.parametrize("silent", [False, True])
def test_broker_that_has_just_failed_is_left_alone(silent):
    """Ten echoes of one act do not wait ten times."""
    with frozen() as port, broker_at(f"redis://127.0.0.1:{port}/0") if silent else no_broker():
        begun_at = perf_counter()
        for _ in range(10):
            with pytest.raises(BrokerAway):
                effects.deliver_to.delay("a@b.example")

    assert perf_counter() - begun_at < 5


# -- the stamp ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("believed", "refused"), [(300, True), (299, True), (301, False)])
def test_stamp_is_believed_for_longer_than_the_proxy_waits(settings, believed, refused):
    settings.PROXY_TIMEOUT, settings.STAMP_BELIEVED_FOR = 300, believed

    assert ("segur_portal.E001" in [check.id for check in checks.run_checks()]) is refused
