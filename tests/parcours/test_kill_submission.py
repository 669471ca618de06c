"""The web process is killed in the middle of an act on a chapitre: it did not happen, and it is done again."""

from collections.abc import Callable
from contextlib import closing, suppress
from http.client import HTTPConnection, HTTPException
from threading import Thread
from urllib.parse import urlencode

import psycopg2
import pytest
from django.db import connection
from django.urls import reverse

from comptes import journal
from comptes.models import Compte, JournalEntry, Notice
from preuves.enums import Avis
from preuves.models import SoumissionDeChapitre, VerdictDePreuve
from preuves.operations.chapitres import submit_chapitre
from preuves.operations.instruction import claim_chapitre, save_draft
from preuves.queries.instruction import review_facts_of
from tests.candidatures.conftest import Team
from tests.factories import preuves as make
from tests.parcours.server import TOKEN, Server, cookies_of, portal_database
from tests.preuves.conftest import make_team_to_prove

WAITING = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
OTHERS = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state = 'idle in transaction'"


@pytest.fixture
def team(transactional_db: None) -> Team:
    team = make_team_to_prove()
    make.a_complete_chapitre(team.candidature, team.salarie)
    return team


def count_of(question: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(question)
        (count,) = cursor.fetchone()
    return int(count)


def post(server: Server, address: str, by: Compte, **typed: object) -> int:
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": cookies_of(by), "X-CSRFToken": TOKEN}
    with closing(HTTPConnection("127.0.0.1", server.port, timeout=30)) as caller:
        caller.request("POST", address, urlencode(typed), headers)
        return caller.getresponse().status


def killed_in_the_middle(
    team: Team, serve: Callable[[], Server], wait_until: Callable[..., None], act: Callable[[Server], object]
) -> None:
    """Kill the server while the act, half written, waits for the journal's chain that somebody holds.

    What it wrote is then left to the database alone: nobody else is there to undo it.
    """
    server = serve()

    def acting() -> None:
        with suppress(OSError, HTTPException):
            act(server)

    with closing(psycopg2.connect(f"{portal_database()}/{connection.settings_dict['NAME']}")) as holder:
        with holder.cursor() as cursor:
            cursor.execute("SELECT FROM comptes_journalchain WHERE name = %s FOR UPDATE", [team.candidature.chain])
        caller = Thread(target=acting)
        caller.start()
        wait_until(lambda: count_of(WAITING) == 1)
        server.kill()
        caller.join()
        holder.rollback()
    wait_until(lambda: count_of(WAITING) == count_of(OTHERS) == 0)


def so_far() -> tuple[int, ...]:
    counted = (JournalEntry, Notice, SoumissionDeChapitre, VerdictDePreuve)
    return tuple(model.objects.count() for model in counted)


def test_submission_cut_by_a_kill_did_not_happen_and_is_done_again(
    team: Team, serve: Callable[[], Server], wait_until: Callable[..., None]
) -> None:
    address, before = reverse("preuves:chapitre_submit", args=[team.candidature.nru, "MAT"]), so_far()

    def submit(server: Server) -> int:
        return post(server, address, team.salarie)

    killed_in_the_middle(team, serve, wait_until, submit)
    chapitre = make.the_chapitre(team.candidature)
    assert (chapitre.state, chapitre.first_submitted_at, so_far()) == ("open", None, before)
    assert list(journal.verify()) == []

    assert submit(serve()) == 302
    assert make.the_chapitre(team.candidature).state == "submitted"
    assert [after - then for after, then in zip(so_far(), before, strict=True)] == [1, 3, 1, 0]
    assert list(journal.verify()) == []


@pytest.mark.long(
    "tests/parcours/test_kill_submission.py::test_submission_cut_by_a_kill_did_not_happen_and_is_done_again"
)
def test_conclusion_cut_by_a_kill_did_not_happen_and_is_done_again(
    team: Team, serve: Callable[[], Server], wait_until: Callable[..., None]
) -> None:
    chapitre = submit_chapitre(candidature_id=team.candidature.pk, code="MAT", by=team.salarie, at=make.AUTUMN)
    chapitre = claim_chapitre(chapitre_id=chapitre.pk, by=team.instructeur, at=make.AUTUMN)
    for numero, sha256 in review_facts_of(chapitre, by=team.instructeur).submitted.items():
        save_draft(
            chapitre_id=chapitre.pk,
            numero=numero,
            sha256=sha256,
            avis=Avis.ACCEPTED,
            reason="",
            by=team.instructeur,
            at=make.AUTUMN,
        )
    version, before = make.the_chapitre(team.candidature).version, so_far()
    address = reverse("preuves:conclure", args=[team.candidature.nru, "MAT"])

    def conclude(server: Server) -> int:
        return post(server, address, team.instructeur, version=version)

    killed_in_the_middle(team, serve, wait_until, conclude)
    chapitre = make.the_chapitre(team.candidature)
    assert (chapitre.state, chapitre.version, so_far()) == ("under_review", version, before)
    assert list(journal.verify()) == []

    assert conclude(serve()) == 302
    assert make.the_chapitre(team.candidature).state == "approved"
    assert so_far()[3] == before[3] + 2
    assert list(journal.verify()) == []
