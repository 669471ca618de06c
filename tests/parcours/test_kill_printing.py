"""The worker is killed in the middle of what the closing of a séance set off: all is done again, nothing twice."""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from hashlib import sha256

import psycopg2
import pytest
from django.db import connection

from comptes import clock, journal
from comptes import sweeps as of_comptes
from comptes.enums import NoticeState
from comptes.models import Notice
from referencement import sweeps
from referencement.enums import DocumentKind, FichierStage
from referencement.models import Document, FichierDeDocument
from tests.comptes import smtp
from tests.comptes.conftest import broker_at
from tests.factories.conventions import some_parties
from tests.factories.referencement import COLLEGE
from tests.parcours.coupures import (
    FORKS,
    PATIENCE,
    Broker,
    Letterbox,
    a_sending_worker,
    kill,
    queued,
    wait_until,
)
from tests.parcours.server import portal_database
from tests.parcours.test_kill_submission import OTHERS, WAITING, count_of
from tests.referencement.conftest import PRINTS
from tests.referencement.test_seances import Sitting, a_sitting, make_ready

pytestmark = PRINTS


@dataclass(frozen=True)
class Effects:
    """What a closing wrote, still to be printed and sent; `held`: what the worker is in the middle of when it dies."""

    documents: tuple[int, ...]
    notices: tuple[str, ...]
    held_documents: tuple[int, ...]
    held_notices: tuple[str, ...]


def three_decided_dossiers() -> list[Sitting]:
    """Three dossiers of one séance, each to be attributed."""
    first = a_sitting()
    others = [some_parties(profils=["AHI"]) for _ in range(2)]
    for parties in others:
        make_ready(parties)
    sittings = [first, *(replace(first, parties=parties) for parties in others)]
    for sitting in sittings:
        examen = sitting.list()
        sitting.advise(examen)
        sitting.decide(examen)
    return sittings


def close(sittings: list[Sitting]) -> Effects:
    """Close the séance; as many effects of the second dossier as the worker has forks will be held.

    Every effect of the first comes before them.
    """
    sittings[0].close()
    issued = Document.objects.filter(convention=None).order_by("pk")
    told = Notice.objects.filter(kind="referencement.attributed").order_by("pk")
    second = sittings[1].candidature
    return Effects(
        documents=tuple(issued.values_list("pk", flat=True)),
        notices=tuple(told.values_list("message_id", flat=True)),
        held_documents=tuple(issued.filter(candidature=second).values_list("pk", flat=True)),
        held_notices=tuple(told.filter(address__endswith=second.nru).values_list("message_id", flat=True)[:2]),
    )


@contextmanager
def prints_held(documents: Sequence[int]) -> Iterator[None]:
    """Write the rows of these prints without committing: a worker that printed the same waits to know."""
    row = "INSERT INTO referencement_fichierdedocument (document_id, stage, file, size, sha256, produced_at) VALUES %s"
    with closing(psycopg2.connect(f"{portal_database()}/{connection.settings_dict['NAME']}")) as holder:
        with holder.cursor() as cursor:
            for pk in documents:
                cursor.execute(row, [(pk, FichierStage.PRINTED.value, f"held-{pk}", 1, "0" * 64, COLLEGE)])
        yield
        holder.rollback()


def sweep(broker: Broker) -> None:
    """Hand out what is left, an hour later."""
    with broker_at(broker.url), clock.travel(COLLEGE + timedelta(hours=1)):
        sweeps.print_pending_documents()
        of_comptes.deliver_due_notices()


def printed(effects: Effects) -> int:
    return FichierDeDocument.objects.filter(document__in=effects.documents, stage=FichierStage.PRINTED).count()


def sent(effects: Effects) -> int:
    return Notice.objects.filter(message_id__in=effects.notices, state=NoticeState.SENT).count()


@pytest.mark.long(
    "tests/referencement/test_seances.py::test_two_closings_at_once_are_one",
    "tests/parcours/test_kill_submission.py::test_submission_cut_by_a_kill_did_not_happen_and_is_done_again",
)
def test_effects_of_a_closing_cut_by_a_kill_are_done_again_and_none_twice(transactional_db: None) -> None:
    sittings = three_decided_dossiers()
    with ExitStack() as stack:
        mail = stack.enter_context(smtp.serve())
        broker = Broker()
        broker.start()
        stack.callback(broker.kill)
        with broker_at(broker.url):
            effects = close(sittings)
        letterbox = mail.received = Letterbox(effects.held_notices)
        stack.callback(letterbox.door.open)

        with prints_held(effects.held_documents), a_sending_worker(COLLEGE, broker, mail.port) as worker:
            wait_until(lambda: count_of(WAITING) == 2 == letterbox.door.waiting, seconds=PATIENCE)
            before = (printed(effects), sent(effects))
            kill(worker)
        letterbox.door.open()
        wait_until(lambda: count_of(WAITING) == count_of(OTHERS) == 0)
        after, (_, lost) = (printed(effects), sent(effects)), queued(broker)

        sweep(broker)
        sweep(broker)
        stack.enter_context(a_sending_worker(COLLEGE, broker, mail.port))
        every = (len(effects.documents), len(effects.notices))
        wait_until(lambda: (printed(effects), sent(effects)) == every, seconds=PATIENCE)
        wait_until(lambda: queued(broker) == (0, lost), seconds=PATIENCE)

    # Prints and letters have each their queue: those of the third dossier may pass before what is held of the second.
    assert before == after
    assert 2 <= before[0] < len(effects.documents)
    assert len(effects.notices) // 3 <= before[1] < len(effects.notices)
    assert lost >= FORKS
    assert_documents_are_printed_once(effects)
    assert_messages_are_sent_again_only_if_held(effects, letterbox)
    assert list(journal.verify()) == []


def assert_documents_are_printed_once(effects: Effects) -> None:
    documents = Document.objects.filter(pk__in=effects.documents).order_by("pk")
    kinds = Counter(documents.values_list("kind", flat=True))
    assert kinds == {DocumentKind.ATTESTATION: 3, DocumentKind.RAPPORT: 3, DocumentKind.PROCES_VERBAL: 1}
    fichiers = FichierDeDocument.objects.filter(document__in=effects.documents).order_by("document", "pk")
    rows = list(fichiers.values_list("document", "stage"))
    assert rows == [(pk, FichierStage.PRINTED) for pk in effects.documents]
    assert [sha256(b"".join(fichier.read())).hexdigest() == fichier.sha256 for fichier in fichiers] == [True] * 7


def assert_messages_are_sent_again_only_if_held(effects: Effects, letterbox: Letterbox) -> None:
    """What the mail server had received when the worker died, which could not write so, and nothing else."""
    notices = Notice.objects.filter(kind="referencement.attributed").order_by("pk")
    rows = list(notices.values_list("message_id", "state"))
    assert rows == [(notice, NoticeState.SENT) for notice in effects.notices]
    assert len(set(notices.values_list("address", "email"))) == len(effects.notices)
    counted = letterbox.counted()
    assert {notice: counted[notice] for notice in effects.notices} == {
        notice: 2 if notice in effects.held_notices else 1 for notice in effects.notices
    }
