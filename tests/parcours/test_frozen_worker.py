"""A worker freezes while it verifies a file, its row locked: the pages say so, another one does it, nothing is lost."""

import os
import signal
from collections.abc import Callable
from contextlib import ExitStack, closing
from pathlib import Path

import psycopg2
import pytest
from django.conf import settings as portal
from django.db import connection
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from candidatures.models import Piece
from comptes import journal
from preuves import sweeps
from preuves.enums import EnvoiState, Nature
from preuves.models import Envoi
from tests.candidatures.conftest import Team
from tests.comptes.conftest import broker_at
from tests.factories import envois
from tests.factories import preuves as make
from tests.parcours.coupures import PATIENCE, Broker, forked_worker, queued, wait_until
from tests.parcours.server import portal_database
from tests.preuves.conftest import make_team_to_prove

VIDEO = "INS/va1.02.01.01"
# Whoever freezes in a transaction holds its rows no longer than that.
SECONDS = {"DATABASE_IDLE_TIMEOUT": "3", "DATABASE_LOCK_TIMEOUT": "30", "CLAMD_URL": "none"}


@pytest.fixture
def team(transactional_db: None, settings: Settings) -> Team:
    settings.UPLOAD_PART_SIZE = envois.PART
    return make_team_to_prove()


def is_waiting() -> bool:
    """Whether a process waits for a row that another one holds."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return bool(cursor.fetchone()[0])


@pytest.mark.long("tests/preuves/test_envois.py::test_file_whose_worker_died_is_verified_by_the_sweep")
def test_file_that_a_frozen_worker_verifies_is_said_to_be_and_is_not_lost(
    team: Team, sign_in: Callable[..., Client]
) -> None:
    more = {"MEDIA_ROOT": str(portal.MEDIA_ROOT), **SECONDS}

    def shown() -> str:
        page = reverse("preuves:preuve", args=[team.candidature.nru, VIDEO])
        return sign_in(team.salarie).get(page).content.decode().replace("\u00a0", " ")

    def state() -> EnvoiState:
        return Envoi.objects.get().state

    envoi = envois.an_envoi(team.candidature, team.salarie, nature=Nature.VIDEO, at=make.AUTUMN)
    with ExitStack() as stack:
        broker = Broker()
        broker.start()
        stack.callback(broker.kill)
        frozen = stack.enter_context(forked_worker(make.AUTUMN, broker, more))
        holder = stack.enter_context(
            closing(psycopg2.connect(f"{portal_database()}/{connection.settings_dict['NAME']}"))
        )
        with holder.cursor() as cursor:
            cursor.execute("SELECT 1 FROM candidatures_candidature WHERE id = %s FOR UPDATE", [team.candidature.pk])
            with broker_at(broker.url):
                envois.send(envoi, at=make.AUTUMN)
            wait_until(is_waiting, seconds=PATIENCE)
            os.killpg(frozen.pid, signal.SIGSTOP)
        holder.rollback()
        assert state() == EnvoiState.ARRIVED
        assert "Reçu, en cours de vérification" in shown()

        stack.enter_context(forked_worker(make.AUTUMN, broker, more))
        with broker_at(broker.url):  # the first ring goes to the frozen worker, which was waiting for one
            assert [sweeps.take_up_envois() for _ in range(2)] == [1, 1]
        wait_until(lambda: state() == EnvoiState.KEPT, seconds=PATIENCE)
        os.killpg(frozen.pid, signal.SIGCONT)
        wait_until(lambda: queued(broker) == (0, 0), seconds=PATIENCE)  # what it held is done, or was given up

    assert (state(), b"".join(Piece.objects.get().read())) == (EnvoiState.KEPT, envois.VIDEO)
    assert "Reçu, en cours de vérification" not in shown()
    assert (sweeps.take_up_envois(), list(journal.verify())) == (0, [])
    assert not (Path(portal.ARRIVALS_ROOT) / envoi.stored_as).exists()
