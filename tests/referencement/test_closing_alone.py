"""A séance is being closed while somebody acts on one of its dossiers: whoever comes second sees what the first did."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from typing import Any

import psycopg2
import pytest
from django.db import connection, connections

from candidatures.models import Candidature
from comptes import journal
from referencement.enums import ConventionState
from referencement.models import Convention
from referencement.operations.conventions import cancel_convention
from referencement.operations.examens import unlist_candidature
from referencement.operations.retraits import withdraw_candidature
from tests.factories.conventions import some_parties
from tests.parcours.server import portal_database

from .test_seance_machine import PLANNED_AT, a_planned_seance
from .test_seances import AT, Sitting, a_sitting

WAITING = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"


def waiting() -> int:
    with connection.cursor() as cursor:
        cursor.execute(WAITING)
        (count,) = cursor.fetchone()
    return int(count)


def while_closing(sitting: Sitting, act: Callable[[], Any], wait_until: Callable[..., None]) -> list[object]:
    """Act once the closing has looked at everything and written it, and before it commits."""
    return one_before_the_other(sitting.close, act, journal.PORTAIL, wait_until)


def one_before_the_other(
    first: Callable[[], Any], second: Callable[[], Any], chain: str, wait_until: Callable[..., None]
) -> list[object]:
    """Do the second once the first has written all but its entry in that chain, and before it commits."""

    def alone(act: Callable[[], Any]) -> object:
        try:
            return act()
        except Exception as refusal:
            return refusal
        finally:
            connections.close_all()

    with (
        ThreadPoolExecutor(2) as threads,
        closing(psycopg2.connect(f"{portal_database()}/{connection.settings_dict['NAME']}")) as holder,
    ):
        with holder.cursor() as cursor:
            cursor.execute("SELECT FROM comptes_journalchain WHERE name = %s FOR UPDATE", [chain])
        acts: list[Future[object]] = []
        for rank, act in enumerate((first, second), start=1):
            acts.append(threads.submit(alone, act))
            wait_until(lambda rank=rank: waiting() == rank)
        holder.rollback()
        return [act.result() for act in acts]


@pytest.fixture
def decided(transactional_db: None) -> Sitting:
    sitting = a_sitting()
    examen = sitting.list()
    sitting.advise(examen)
    sitting.decide(examen)
    return sitting


def test_convention_is_not_cancelled_while_it_bears_an_attribution(
    decided: Sitting, wait_until: Callable[..., None]
) -> None:
    convention, by = Convention.objects.get(), decided.parties.responsable

    def cancel() -> Convention:
        return cancel_convention(convention_id=convention.pk, reason="Une coquille.", by=by, at=AT)

    closed, refused = while_closing(decided, cancel, wait_until)
    convention.refresh_from_db()

    assert (type(closed).__name__, type(refused).__name__) == ("SeanceDuCollege", "ConventionNotPossible")
    assert convention.state == ConventionState.SIGNED_BY_EDITEUR
    assert list(journal.verify()) == []


@pytest.mark.parametrize("is_listed", [True, False])
def test_withdrawal_that_meets_the_agenda_is_done_or_refused_in_words(
    transactional_db: None, wait_until: Callable[..., None], *, is_listed: bool
) -> None:
    """Listed meanwhile, it is refused; taken off the agenda meanwhile, it is withdrawn: nothing breaks."""
    seance, parties = a_planned_seance(), some_parties(profils=["AHI"])
    candidature = parties.candidature

    def withdraw() -> Candidature:
        return withdraw_candidature(candidature_id=candidature.pk, by=parties.signatory, at=AT)

    def leave() -> None:
        pk = candidature.examens.get().pk
        unlist_candidature(examen_id=pk, reason="Une pièce.", by=seance.secretaire, at=PLANNED_AT)

    if is_listed:
        seance.list(parties)
    moved = leave if is_listed else (lambda: seance.list(parties))
    _, second = one_before_the_other(moved, withdraw, candidature.chain, wait_until)
    candidature.refresh_from_db()

    outcome = ("Candidature", "withdrawn") if is_listed else ("CandidatureNotPossible", "open")
    assert (type(second).__name__, candidature.state) == outcome
    assert list(journal.verify()) == []
