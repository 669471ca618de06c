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
from preuves.enums import AnalyseState, ChapitreState, Nature
from preuves.models import Analyse, Chapitre, Sonde
from preuves.operations.chapitres import ChapitreNotSubmittable, submit_chapitre
from preuves.operations.illisibles import hand_back_unreadable
from preuves.operations.instruction import claim_chapitre
from preuves.queries.chapitres import who_moved_chapitre
from preuves.queries.dossier import dossier_of
from preuves.queries.illisibles import HANDED_BACK, TO_THE_EDITEUR, TO_THE_READER
from preuves.rules.completude import ChapitreDeposits
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

    notices = Notice.objects.filter(kind=HANDED_BACK)
    assert {notice.email for notice in notices} >= {team.salarie.email, team.mandataire.email}
    mail = kind(HANDED_BACK).render(notices.order_by("pk")[0])
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


# -- one fact, in the list of chapitres and in the chapitre ---------------------------------------------------------


def test_list_of_chapitres_counts_it_as_the_chapitre_does(
    team: Team, complete: int, sign_in: Callable[..., Client]
) -> None:
    def facts(code: str = "") -> ChapitreDeposits:
        dossier = dossier_of(team.candidature, code=code)
        chapitre = dossier.chapitre("INS") if dossier else None
        assert chapitre is not None
        return chapitre.facts

    assert facts().is_complete_not_submitted
    probe_piece(complete)

    assert facts().preuves[NUMERO].unreadable == facts("INS").preuves[NUMERO].unreadable != ""
    assert facts().answered == facts("INS").answered == len(facts().due) - 1
    assert not facts().is_complete_not_submitted
    assert "Complet, à soumettre" not in page(team, sign_in, "dossier")


# -- who is told ----------------------------------------------------------------------------------------------------


def shut(piece: int) -> None:
    """As a scan with newer signatures does."""
    Analyse.objects.update_or_create(
        piece_id=piece, defaults={"state": AnalyseState.INFECTED, "detail": "Eicar", "analysed_at": make.AUTUMN}
    )


def told(of: str) -> list[str]:
    return sorted(Notice.objects.filter(kind=of).values_list("email", flat=True))


def mail_of(of: str) -> str:
    return kind(of).render(Notice.objects.filter(kind=of).order_by("pk")[0]).body.replace("\u00a0", " ")


def test_depositor_is_told_before_the_submission_and_once(team: Team, complete: int) -> None:
    assert sweeps.tell_of_unreadable_files() == 0
    probe_piece(complete)
    assert (sweeps.tell_of_unreadable_files(), sweeps.tell_of_unreadable_files()) == (1, 0)

    assert told(TO_THE_EDITEUR) == [team.salarie.email]
    assert NUMERO in mail_of(TO_THE_EDITEUR)
    assert "Cette image ne s’ouvre pas" in mail_of(TO_THE_EDITEUR)


def test_replaced_meanwhile_it_is_not_told(team: Team, complete: int) -> None:
    probe_piece(complete)
    sweeps.tell_of_unreadable_files()
    notice = Notice.objects.get(kind=TO_THE_EDITEUR)
    assert kind(TO_THE_EDITEUR).still_true(notice)
    good = make.a_file(team.candidature, team.salarie, name="bon.png", content=some.PNG)
    make.a_deposit(team.candidature, team.salarie, NUMERO, make.some_files(good), seen=1)

    assert not kind(TO_THE_EDITEUR).still_true(notice)
    assert sweeps.tell_of_unreadable_files() == 0


def test_file_that_the_antivirus_shuts_is_told_to_the_whole_team(
    team: Team, complete: int, sign_in: Callable[..., Client]
) -> None:
    shut(complete)
    assert sweeps.tell_of_unreadable_files() == 1

    assert {team.salarie.email, team.mandataire.email} <= set(told(TO_THE_EDITEUR))
    assert "il est en quarantaine" in mail_of(TO_THE_EDITEUR)
    assert "il est en quarantaine" in page(team, sign_in, "chapitre", "INS")
    with pytest.raises(ChapitreNotSubmittable, match="en quarantaine"):
        submit(team)


def test_file_that_the_antivirus_shuts_during_the_examen_is_told_to_who_reads(
    team: Team, complete: int, sign_in: Callable[..., Client]
) -> None:
    submitted = submit(team)
    claim_chapitre(chapitre_id=submitted.pk, by=team.instructeur, at=make.AUTUMN + timedelta(minutes=1))
    shut(complete)
    assert (sweeps.tell_of_unreadable_files(), sweeps.tell_of_unreadable_files()) == (1, 0)

    assert (told(TO_THE_READER), told(TO_THE_EDITEUR)) == ([team.instructeur.email], [])
    assert "il est en quarantaine" in mail_of(TO_THE_READER)
    examen = reverse("preuves:examen", args=[team.candidature.nru, "INS"])
    assert "en quarantaine" in sign_in(team.instructeur).get(examen).content.decode()


def test_chapitre_that_goes_back_is_told_of_once(
    team: Team, complete: int, travel_to: Callable[[datetime], None]
) -> None:
    submit(team)
    shut(complete)
    travel_to(make.AUTUMN + timedelta(hours=1))
    assert sweeps.return_unreadable() == 1

    assert sweeps.tell_of_unreadable_files() == 0
    assert "il est en quarantaine" in mail_of(HANDED_BACK)
