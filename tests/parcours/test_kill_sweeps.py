"""A worker is killed while it recalls an échéance, and while it photographs it: all is done again, nothing twice."""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from datetime import timedelta

import psycopg2
import pytest
from django.db import connection

from candidatures.models import Candidature
from comptes import clock, journal
from comptes import sweeps as of_comptes
from comptes.enums import NoticeState
from comptes.models import Notice
from referencement import sweeps
from referencement.models import PhotoDEcheance
from referencement.queries.rappels import REMINDER
from referencement.rules.rappels import Palier
from tests.candidatures.conftest import make_team
from tests.comptes import smtp
from tests.comptes.conftest import broker_at
from tests.factories import candidatures as make
from tests.parcours.coupures import PATIENCE, Broker, Letterbox, a_sending_worker, forked_worker, kill, wait_until
from tests.parcours.server import portal_database
from tests.parcours.test_kill_submission import OTHERS, WAITING, count_of

J_7 = Palier.J_7.before(make.DATE_1) + timedelta(minutes=1)
TEN_PAST = make.DATE_1 + timedelta(minutes=10)
COLUMNS = "candidature_id, echeance, instant, sort, data, sha256"


def reminders(state: NoticeState | None = None) -> list[str]:
    """The Message-ID of each reminder of J-7, by order of posting."""
    notices = Notice.objects.filter(kind=REMINDER, occurrence__endswith=Palier.J_7.code).order_by("pk")
    return list((notices.filter(state=state) if state else notices).values_list("message_id", flat=True))


def recall(broker: Broker) -> None:
    """Write the reminders, and hand them out to the workers."""
    with broker_at(broker.url), clock.travel(J_7):
        sweeps.post_reminders()
        of_comptes.deliver_due_notices()


@pytest.mark.long("tests/referencement/test_rappels.py::test_sweeps_at_once_post_one_row_each")
def test_reminders_cut_between_the_write_and_the_send_leave_once_each(transactional_db: None) -> None:
    for _ in range(2):
        make_team()
    with ExitStack() as stack:
        mail = stack.enter_context(smtp.serve())
        broker = Broker()
        broker.start()
        stack.callback(broker.kill)
        recall(broker)
        written = reminders()
        held = written[-2:]  # of two people: a recipient's letters leave one after the other
        letterbox = mail.received = Letterbox(held)
        stack.callback(letterbox.door.open)

        with a_sending_worker(J_7, broker, mail.port) as worker:
            wait_until(lambda: letterbox.door.waiting == 2, seconds=PATIENCE)
            wait_until(lambda: len(reminders(NoticeState.SENT)) == len(written) - 2, seconds=PATIENCE)
            kill(worker)
        letterbox.door.open()
        wait_until(lambda: count_of(WAITING) == count_of(OTHERS) == 0)
        assert reminders(NoticeState.PENDING) == held

        for _ in range(2):
            recall(broker)
        stack.enter_context(a_sending_worker(J_7, broker, mail.port))
        wait_until(lambda: reminders(NoticeState.SENT) == written, seconds=PATIENCE)

    assert len(written) == 6
    assert reminders() == written
    counted = letterbox.counted()
    assert {message: counted[message] for message in written} == {
        message: 2 if message in held else 1 for message in written
    }


@contextmanager
def photos_held(candidatures: Sequence[int]) -> Iterator[None]:
    """Write the photos of these without committing: a sweep that takes the same waits to know."""
    row = f"INSERT INTO referencement_photodecheance ({COLUMNS}) VALUES %s"
    with closing(psycopg2.connect(f"{portal_database()}/{connection.settings_dict['NAME']}")) as holder:
        with holder.cursor() as cursor:
            for pk in candidatures:
                cursor.execute(row, [(pk, "date-1", make.DATE_1, "late", "{}", "0" * 64)])
        yield
        holder.rollback()


@pytest.mark.long("tests/referencement/test_photos.py::test_sweeps_at_once_take_each_photo_once")
def test_photos_cut_in_the_middle_are_taken_once_each(transactional_db: None) -> None:
    """The first chunk stays, the second did not happen."""
    team = make_team()
    for rank in range(sweeps.CHUNK + 1):
        make.a_candidature(make.a_produit(team.editeur, team.mandataire, f"Produit {rank}"), team.mandataire)
    every = list(Candidature.objects.order_by("pk").values_list("pk", flat=True))
    with ExitStack() as stack:
        broker = Broker()
        broker.start()
        stack.callback(broker.kill)
        with photos_held(every[-1:]), forked_worker(TEN_PAST, broker, {}) as worker:
            with broker_at(broker.url):
                sweeps.take_photos.delay()
            wait_until(lambda: count_of(WAITING) == 1, seconds=PATIENCE)
            kill(worker)
        wait_until(lambda: count_of(WAITING) == count_of(OTHERS) == 0)
        before = list(PhotoDEcheance.objects.order_by("candidature").values_list("candidature", flat=True))

        stack.enter_context(forked_worker(TEN_PAST, broker, {}))
        with broker_at(broker.url):
            for _ in range(2):
                sweeps.take_photos.delay()
        wait_until(lambda: PhotoDEcheance.objects.count() == len(every), seconds=PATIENCE)

    assert before == every[: sweeps.CHUNK]
    photos = Counter(PhotoDEcheance.objects.order_by("pk").values_list("candidature", "echeance", "instant"))
    assert photos == {(pk, "date-1", make.DATE_1): 1 for pk in every}
    assert list(journal.verify()) == []
