"""A file that does not open: it blocks a submission not yet made, and sends the chapitre back after; never late."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from candidatures.models import Accuse
from comptes import journal
from comptes.models import Notice
from comptes.notices import kind
from preuves import sweeps
from preuves.effects import probe_piece
from preuves.enums import ChapitreState, Nature
from preuves.models import Chapitre, Sonde
from preuves.operations.chapitres import ChapitreNotSubmittable, submit_chapitre
from preuves.operations.illisibles import UNREADABLE, hand_back_unreadable
from preuves.operations.instruction import claim_chapitre
from preuves.queries.chapitres import who_moved_chapitre
from tests.candidatures.conftest import Team
from tests.factories import fichiers as some
from tests.factories import preuves as make

NOON_2 = datetime(2027, 10, 1, 10, 0, tzinfo=UTC)
NUMERO, VIDEO = "INS.01.01.01", "INS/va1.02.01.01"
BROKEN = some.PNG[:60]
WHY = "« ecran.png » : Cette image ne s’ouvre pas : elle est coupée ou abîmée. Enregistrez-la de nouveau en PNG."


@pytest.fixture
def complete(team: Team) -> int:
    """A chapitre where everything is deposited, one of it a file that does not open; its pk as a pièce."""
    piece = make.a_file(team.candidature, team.salarie, content=BROKEN)
    make.a_deposit(team.candidature, team.salarie, NUMERO, make.some_files(piece))
    make.a_deposit(team.candidature, team.salarie, VIDEO, make.not_applicable())
    return piece


def submit(team: Team, at: datetime = make.AUTUMN) -> Chapitre:
    return submit_chapitre(candidature_id=team.candidature.pk, code="INS", by=team.salarie, at=at)


def page(team: Team, sign_in: Callable[..., Client], name: str, *more: str) -> str:
    return (
        sign_in(team.salarie)
        .get(reverse(f"preuves:{name}", args=[team.candidature.nru, *more]))
        .content.decode()
        .replace("\u00a0", " ")
        .replace("&nbsp;", " ")
    )


def test_found_before_it_blocks_the_submission_with_what_to_do(
    team: Team, complete: int, sign_in: Callable[..., Client]
) -> None:
    probe_piece(complete)

    with pytest.raises(ChapitreNotSubmittable) as refused:
        submit(team)
    (sentence,) = refused.value.reasons
    assert sentence.replace("\u00a0", " ") == f"Un fichier de la preuve {NUMERO} ne s’ouvre pas. {WHY}"
    assert "Ne s’ouvre pas" in page(team, sign_in, "chapitre", "INS")
    assert "Cette image ne s’ouvre pas" in page(team, sign_in, "chapitre_submit", "INS")
    assert "Ne s’ouvre pas" in page(team, sign_in, "preuve", NUMERO)


def test_replaced_it_blocks_nothing_any_more(team: Team, complete: int) -> None:
    probe_piece(complete)
    good = make.a_file(team.candidature, team.salarie, name="bon.png", content=some.PNG)
    make.a_deposit(team.candidature, team.salarie, NUMERO, make.some_files(good), seen=1)
    probe_piece(good)

    assert submit(team).state == ChapitreState.SUBMITTED


@pytest.mark.parametrize(
    ("state", "label"),
    [
        (None, "Reçue, en cours de vérification"),
        ("not_probed", "Déposée, non vérifiée"),
        ("to_copy", "Déposée"),
        ("readable", "Déposée"),
    ],
)
def test_what_is_not_known_to_be_unreadable_never_holds_a_submission(
    team: Team, complete: int, sign_in: Callable[..., Client], state: str | None, label: str
) -> None:
    if state:
        probe_piece(complete)
        Sonde.objects.update(state=state, fault="")
    shown = page(team, sign_in, "chapitre", "INS")

    assert f"{label}<" in shown.replace("\n", "").replace(" <", "<") or label in shown
    assert label in page(team, sign_in, "preuve", NUMERO)
    assert submit(team).state == ChapitreState.SUBMITTED


def test_found_after_the_submission_it_is_a_return_and_never_late(
    team: Team, complete: int, travel_to: Callable[[datetime], None]
) -> None:
    submitted = submit(team, NOON_2 - timedelta(minutes=1))
    probe_piece(complete)
    travel_to(NOON_2 + timedelta(hours=1))
    assert sweeps.return_unreadable() == 1
    assert sweeps.return_unreadable() == 0

    chapitre = Chapitre.objects.get(pk=submitted.pk)
    assert (chapitre.state, chapitre.concluded_by) == (ChapitreState.RETURNED, None)
    assert chapitre.first_submitted_at == NOON_2 - timedelta(minutes=1)
    assert "un fichier ne s’ouvre pas" in who_moved_chapitre(chapitre)
    assert Accuse.objects.filter(candidature=team.candidature, kind="chapitre").count() == 1
    assert list(journal.verify()) == []

    good = make.a_file(team.candidature, team.salarie, name="bon.png", content=some.PNG)
    later = NOON_2 + timedelta(days=1)
    make.a_deposit(team.candidature, team.salarie, NUMERO, make.some_files(good), seen=1, at=later)
    assert submit(team, later).state == ChapitreState.SUBMITTED


def test_team_is_told_which_file_and_that_it_is_not_late(team: Team, complete: int) -> None:
    submitted = submit(team)
    probe_piece(complete)
    hand_back_unreadable(chapitre_id=submitted.pk, at=make.AUTUMN + timedelta(minutes=1))

    notices = Notice.objects.filter(kind=UNREADABLE)
    assert {notice.email for notice in notices} >= {team.salarie.email, team.mandataire.email}
    mail = kind(UNREADABLE).render(notices.order_by("pk")[0])
    assert "Cette image ne s’ouvre pas" in mail.body
    assert "vous n’êtes pas en retard" in mail.body.replace("\u00a0", " ")


def test_chapitre_that_an_instructeur_reads_is_left_to_them(team: Team, complete: int) -> None:
    submitted = submit(team)
    claim_chapitre(chapitre_id=submitted.pk, by=team.instructeur, at=make.AUTUMN + timedelta(minutes=1))
    probe_piece(complete)

    assert sweeps.return_unreadable() == 0
    assert hand_back_unreadable(chapitre_id=submitted.pk, at=make.AUTUMN + timedelta(hours=1)) == []
    assert Chapitre.objects.get(pk=submitted.pk).state == ChapitreState.UNDER_REVIEW


def test_file_of_another_nature_of_the_same_content_is_seen_too(team: Team, complete: int) -> None:
    """The verdict is that of a content: whoever deposits it again hears it at once."""
    probe_piece(complete)
    again = some.a_scanned_piece(team.candidature, team.salarie, "autre.png", BROKEN, nature=Nature.CAPTURE)

    assert Sonde.objects.filter(sha256=again.sha256).count() == 1
