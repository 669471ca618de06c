"""Messages and tasks that failed: shown to the administrateur with the reason, and retried by hand."""

from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta

import pytest
from celery.contrib.testing.worker import start_worker
from django.urls import reverse
from redis import Redis

from comptes import effects, outbox
from comptes.models import Battement, Compte, Echec, JournalEntry, Notice
from comptes.operations.travaux import note_failure, retry_work
from segur_portal import works
from segur_portal.celery import app
from segur_portal.queues import DATES
from tests.comptes.conftest import AT, make_team
from tests.conftest import broker_emptied
from tests.factories.comptes import CompteFactory, InvitationFactory

PAGE = "/non-parti/"


@pytest.fixture
def failed(db, at) -> Notice:
    """A message that nobody can write: its kind is not known."""
    invitation = InvitationFactory(invited_at=at, email="lea@sirocco.example")
    outbox.post("comptes.invitation", on=f"invitation:{invitation.pk}", email=invitation.email, at=at)
    Notice.objects.update(kind="comptes.nothing")
    effects.deliver_to(invitation.email)
    return Notice.objects.get()


@pytest.fixture
def worker(transactional_db) -> Iterator[None]:
    with broker_emptied(), start_worker(app, pool="solo", perform_ping_check=False, shutdown_timeout=20):
        yield


def test_message_that_failed_is_shown_with_its_reason(failed, team, sign_in):
    page = sign_in(team.administrateur).get(PAGE)
    text = page.content.decode()

    assert page.status_code == 200
    assert "lea@sirocco.example" in text
    assert "KeyError : &#x27;comptes.nothing&#x27;" in text


def test_message_is_tried_again_by_hand(failed, team, sign_in, mailoutbox):
    browser = sign_in(team.administrateur)
    Notice.objects.update(kind="comptes.invitation")

    answer = browser.post(reverse("comptes:notice_retry", args=[failed.pk]), follow=True)
    effects.deliver_to(failed.email)

    failed.refresh_from_db()
    assert "L’e-mail à lea@sirocco.example est envoyé de nouveau." in answer.content.decode()
    assert (failed.state, failed.last_error, len(mailoutbox)) == ("sent", "", 1)
    assert JournalEntry.objects.filter(chain="portail", act="notice.retried", by=team.administrateur).count() == 1
    assert "Tous les e-mails ont été envoyés" in browser.get(PAGE).content.decode()


def test_message_that_left_is_not_tried_again(failed, team, sign_in):
    Notice.objects.update(state="cancelled")

    answer = sign_in(team.administrateur).post(reverse("comptes:notice_retry", args=[failed.pk]), follow=True)

    failed.refresh_from_db()
    assert "Ce message a déjà été envoyé" in answer.content.decode()
    assert failed.state == "cancelled"


@pytest.mark.parametrize("who", ["mandataire", "instructeur"])
def test_nobody_else_sees_it(failed, team, sign_in, who):
    person = getattr(team, who)
    browser = sign_in(person if isinstance(person, Compte) else person.compte)

    assert browser.get(PAGE).status_code == 403
    assert browser.post(reverse("comptes:notice_retry", args=[failed.pk])).status_code == 403


def test_same_work_that_fails_again_is_one_row(db):
    for hours in range(3):
        note_failure(
            task="preuves.effects.scan_piece", arguments=[12], error=ValueError("a\nb"), at=AT + timedelta(hours=hours)
        )

    echec = Echec.objects.get()
    assert (echec.count, echec.first_at, echec.last_at) == (3, AT, AT + timedelta(hours=2))
    assert echec.reason == "ValueError : a b"


def test_work_of_which_this_process_knows_nothing_is_handed_out_all_the_same(db, django_capture_on_commit_callbacks):
    """The web process and the workers are not always of one release: who knows the task does it."""
    note_failure(task="preuves.effects.of_another_release", arguments=[12], error=ValueError("a"), at=AT)
    with broker_emptied(), closing(Redis.from_url(app.conf.broker_url)) as broker:
        with django_capture_on_commit_callbacks(execute=True):
            retry_work(echec_id=Echec.objects.get().pk, by=make_team().administrateur, at=AT)
        assert broker.llen(DATES) == 1


def test_work_that_fails_in_a_worker_is_shown_and_goes_when_it_succeeds(worker, wait_until, sign_in):
    """The task looks for an account that is not there; once it is, the button is enough."""
    works._last.clear()  # this process may have written a beat a moment ago, for another test
    team = make_team()
    effects.send_digest.delay(4_000_001, "2026-07-01")
    wait_until(Echec.objects.exists)
    browser = sign_in(team.administrateur)
    failure = Echec.objects.get()
    text = browser.get(PAGE).content.decode()

    assert (failure.task, failure.arguments) == ("comptes.effects.send_digest", [4_000_001, "2026-07-01"])
    assert "DoesNotExist" in text
    CompteFactory(pk=4_000_001)
    browser.post(reverse("comptes:work_retry", args=[failure.pk]))
    wait_until(lambda: not Echec.objects.exists())
    wait_until(Battement.objects.filter(queue="letters", finished_at__isnull=False).exists)
    again = browser.post(reverse("comptes:work_retry", args=[failure.pk]), follow=True)
    assert "Ce travail a déjà abouti" in again.content.decode()
