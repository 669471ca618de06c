"""What instructeurs do with a chapitre: two of them at once, twice in a row, and on what changed."""

from datetime import timedelta
from functools import partial

import pytest
from django.core import mail

from candidatures.rules.reservations import CLAIM
from comptes import journal
from comptes.enums import RoleANS
from comptes.models import Compte
from preuves.enums import Avis, ChapitreState, PreuveState
from preuves.models import BrouillonDAvis, Chapitre, Contestation, Preuve, VerdictDePreuve
from preuves.operations.chapitres import ChapitreNotTakenBack, submit_chapitre, take_back_chapitre
from preuves.operations.depots import DepositNotPossible
from preuves.operations.instruction import (
    ReviewConflict,
    ReviewNotConcludable,
    ReviewNotPossible,
    claim_chapitre,
    conclude_review,
    release_chapitre,
    save_draft,
    take_over_chapitre,
)
from preuves.operations.reouvertures import contest_dispense, reopen_chapitre
from preuves.queries.chapitres import history_of
from preuves.queries.instruction import review_facts_of, submitted_revisions
from tests.candidatures.conftest import Team, all_at_once
from tests.factories import candidatures as phase_1
from tests.factories import preuves as make
from tests.ground import standing
from tests.preuves.conftest import make_team_to_prove

AT = make.AUTUMN
SECOND = timedelta(seconds=1)
ONE, TWO = "MAT.01.01.01", "MAT.01.01.02"


@pytest.fixture
def chapitre(team: Team) -> Chapitre:
    """MAT, submitted."""
    return make.a_submitted_chapitre(team.candidature, team.salarie)


@pytest.fixture
def colleague(db: None) -> Compte:
    return phase_1.a_person(roles_ans=[RoleANS.INSTRUCTEUR], first_name="Omar", last_name="Diallo")


def claim(chapitre: Chapitre, by: Compte, at=AT) -> Chapitre:
    return claim_chapitre(chapitre_id=chapitre.pk, by=by, at=at)


def draft(chapitre: Chapitre, by: Compte, numero: str = ONE, avis: str = Avis.ACCEPTED, reason: str = "", at=AT):
    sha256 = submitted_revisions(chapitre)[numero].sha256
    return save_draft(chapitre_id=chapitre.pk, numero=numero, sha256=sha256, avis=avis, reason=reason, by=by, at=at)


def conclude(chapitre: Chapitre, by: Compte, at=AT) -> Chapitre:
    version = Chapitre.objects.get(pk=chapitre.pk).version
    return conclude_review(chapitre_id=chapitre.pk, seen_version=version, by=by, at=at)


def returned(chapitre: Chapitre, by: Compte) -> Chapitre:
    """ONE accepted, TWO to correct."""
    claim(chapitre, by)
    draft(chapitre, by, ONE)
    draft(chapitre, by, TWO, Avis.TO_CORRECT, "Le numéro est celui d’un autre cas.")
    return conclude(chapitre, by)


# -- who holds it ---------------------------------------------------------------------------------------------------


def test_chapitre_taken_to_be_read_is_not_taken_back(team: Team, chapitre: Chapitre) -> None:
    claim(chapitre, team.instructeur)

    with pytest.raises(ChapitreNotTakenBack, match="a commencé l’examen"):
        take_back_chapitre(candidature_id=team.candidature.pk, code="MAT", by=team.salarie, at=AT)


def test_second_instructeur_is_told_who_reads(team: Team, chapitre: Chapitre, colleague: Compte) -> None:
    claim(chapitre, team.instructeur)

    with pytest.raises(ReviewConflict, match="examiné par Inès Garnier"):
        claim(chapitre, colleague, AT + CLAIM - SECOND)


def test_claim_that_ended_passes_without_a_reason(team: Team, chapitre: Chapitre, colleague: Compte) -> None:
    claim(chapitre, team.instructeur)

    assert claim(chapitre, colleague, AT + CLAIM).claimed_by == colleague


def test_each_draft_begins_the_claim_anew(team: Team, chapitre: Chapitre, colleague: Compte) -> None:
    claim(chapitre, team.instructeur)
    draft(chapitre, team.instructeur, at=AT + CLAIM - SECOND)

    with pytest.raises(ReviewConflict):
        claim(chapitre, colleague, AT + CLAIM)


def test_released_chapitre_passes_at_once(team: Team, chapitre: Chapitre, colleague: Compte) -> None:
    claim(chapitre, team.instructeur)
    release_chapitre(chapitre_id=chapitre.pk, by=team.instructeur, at=AT + SECOND)

    assert claim(chapitre, colleague, AT + SECOND).claimed_by == colleague


def test_take_over_needs_a_reason_and_tells_the_former(
    team: Team, chapitre: Chapitre, colleague: Compte, effects_run: None
) -> None:
    claim(chapitre, team.instructeur)
    with pytest.raises(ReviewNotPossible, match="Indiquez pourquoi"):
        take_over_chapitre(chapitre_id=chapitre.pk, reason=" ", by=colleague, at=AT)
    mail.outbox.clear()

    take_over_chapitre(chapitre_id=chapitre.pk, reason="Absence", by=colleague, at=AT)

    (letter,) = mail.outbox
    assert letter.to == [team.instructeur.email]
    assert "Omar Diallo examine désormais le chapitre" in letter.body
    with pytest.raises(ReviewNotPossible, match="Un autre instructeur"):
        draft(chapitre, team.instructeur)


def test_eight_claims_at_once_make_one(transactional_db: None) -> None:
    team = make_team_to_prove()
    chapitre = make.a_submitted_chapitre(team.candidature, team.salarie)
    people = [phase_1.a_person(roles_ans=[RoleANS.INSTRUCTEUR]) for _ in range(8)]

    outcomes = all_at_once(8, lambda number: claim(chapitre, people[number]))

    assert sum(isinstance(outcome, Chapitre) for outcome in outcomes) == 1
    assert sum(isinstance(outcome, ReviewConflict) for outcome in outcomes) == 7
    assert list(journal.verify()) == []


# -- drafts ---------------------------------------------------------------------------------------------------------


def test_draft_is_its_authors_alone(team: Team, chapitre: Chapitre, colleague: Compte) -> None:
    claim(chapitre, team.instructeur)
    draft(chapitre, team.instructeur, ONE, Avis.TO_CORRECT, "À revoir.")

    assert review_facts_of(chapitre, by=colleague).drafts == {}
    assert history_of(team.candidature, ONE, read_by=team.salarie)[0].verdicts.count() == 0
    assert Preuve.objects.get(numero=ONE).state == PreuveState.DEPOSITED


def test_draft_on_another_revision_is_refused(team: Team, chapitre: Chapitre) -> None:
    claim(chapitre, team.instructeur)

    with pytest.raises(ReviewConflict, match="n’est plus celui que vous avez lu"):
        save_draft(
            chapitre_id=chapitre.pk,
            numero=ONE,
            sha256="0" * 64,
            avis=Avis.ACCEPTED,
            reason="",
            by=team.instructeur,
            at=AT,
        )


def test_nobody_writes_on_a_chapitre_that_he_did_not_take(team: Team, chapitre: Chapitre) -> None:
    with pytest.raises(ReviewNotPossible, match="n’est pas en cours d’examen"):
        draft(chapitre, team.instructeur)


# -- conclusion -----------------------------------------------------------------------------------------------------


def test_conclusion_waits_for_every_avis(team: Team, chapitre: Chapitre) -> None:
    claim(chapitre, team.instructeur)
    draft(chapitre, team.instructeur, ONE, Avis.TO_CORRECT)

    with pytest.raises(ReviewNotConcludable) as refused:
        conclude(chapitre, team.instructeur)

    assert [obstacle.code for obstacle in refused.value.obstacles] == ["no_reason", "no_avis"]
    assert VerdictDePreuve.objects.count() == 0


def test_return_gives_every_verdict_in_one_act(team: Team, chapitre: Chapitre, effects_run: None) -> None:
    mail.outbox.clear()
    done = returned(chapitre, team.instructeur)

    assert done.state == ChapitreState.RETURNED
    states = dict(Preuve.objects.order_by("pk").values_list("numero", "state"))
    assert states == {ONE: PreuveState.ACCEPTED, TWO: PreuveState.TO_CORRECT}
    verdict = VerdictDePreuve.objects.get(revision__preuve__numero=TWO)
    assert verdict.sha256 == verdict.revision.sha256
    assert BrouillonDAvis.objects.count() == 0
    letters = [message for message in mail.outbox if "à corriger" in message.subject]
    assert "Le numéro est celui d’un autre cas." in letters[0].body
    assert list(journal.verify()) == []


def test_second_round_asks_only_what_changed(team: Team, chapitre: Chapitre) -> None:
    returned(chapitre, team.instructeur)
    with pytest.raises(DepositNotPossible, match="acceptée"):
        make.a_deposit(team.candidature, team.salarie, ONE, seen=1)
    make.a_deposit(team.candidature, team.salarie, TWO, seen=1)
    submit_chapitre(candidature_id=team.candidature.pk, code="MAT", by=team.salarie, at=AT + SECOND)
    claim(chapitre, team.instructeur, AT + SECOND)

    facts = review_facts_of(make.the_chapitre(team.candidature), by=team.instructeur)
    assert facts.asked == (TWO,)
    draft(chapitre, team.instructeur, TWO)
    assert conclude(chapitre, team.instructeur, AT + SECOND).state == ChapitreState.APPROVED
    assert VerdictDePreuve.objects.filter(revision__preuve__numero=TWO).count() == 2


def test_answer_taken_back_is_to_correct_again(team: Team, chapitre: Chapitre) -> None:
    returned(chapitre, team.instructeur)
    make.a_deposit(team.candidature, team.salarie, TWO, seen=1)
    submit_chapitre(candidature_id=team.candidature.pk, code="MAT", by=team.salarie, at=AT + SECOND)

    back = take_back_chapitre(candidature_id=team.candidature.pk, code="MAT", by=team.salarie, at=AT + 2 * SECOND)

    assert (back.state, back.submitted_at, back.first_submitted_at) == (ChapitreState.RETURNED, AT, AT)


def test_new_deposit_is_not_what_the_ans_reads(team: Team, chapitre: Chapitre) -> None:
    returned(chapitre, team.instructeur)
    make.a_deposit(team.candidature, team.salarie, TWO, make.a_number("777"), seen=1)

    read = submitted_revisions(make.the_chapitre(team.candidature))
    assert read[TWO].number == 1


def test_decision_on_a_chapitre_that_moved_is_refused(team: Team, chapitre: Chapitre) -> None:
    claim(chapitre, team.instructeur)

    with pytest.raises(ReviewConflict, match="examiné par"):
        conclude_review(chapitre_id=chapitre.pk, seen_version=1, by=team.instructeur, at=AT)


# -- contest and reopen ---------------------------------------------------------------------------------------------


# An éditeur whose reference MS1 with PA is confirmed: INS/va1.02.01.01 is inherited.
heir = standing(partial(make_team_to_prove, confirm=True))


def contest(team: Team, numero: str = "INS/va1.02.01.01", reason: str = "Le module a été réécrit."):
    return contest_dispense(
        candidature_id=team.candidature.pk, numero=numero, reason=reason, by=team.instructeur, at=AT
    )


def test_contested_heritage_becomes_due(heir: Team) -> None:
    assert make.due_in(heir.candidature, "INS") == ("INS.01.01.01",)

    contest(heir)

    assert make.due_in(heir.candidature, "INS") == ("INS.01.01.01", "INS/va1.02.01.01")


def test_contest_opens_an_approved_chapitre_again(heir: Team) -> None:
    chapitre = make.a_submitted_chapitre(heir.candidature, heir.salarie, "INS")
    claim(chapitre, heir.instructeur)
    draft(chapitre, heir.instructeur, "INS.01.01.01")
    conclude(chapitre, heir.instructeur)

    contest(heir)

    assert make.the_chapitre(heir.candidature, "INS").state == ChapitreState.RETURNED


def test_chapitre_contested_while_it_is_read_is_not_approved(heir: Team) -> None:
    chapitre = make.a_submitted_chapitre(heir.candidature, heir.salarie, "INS")
    claim(chapitre, heir.instructeur)
    draft(chapitre, heir.instructeur, "INS.01.01.01")
    contest(heir)

    assert conclude(chapitre, heir.instructeur).state == ChapitreState.RETURNED


def test_eight_contests_at_once_make_one(transactional_db: None) -> None:
    heir = make_team_to_prove(confirm=True)
    chapitre = make.a_submitted_chapitre(heir.candidature, heir.salarie, "INS")
    claim(chapitre, heir.instructeur)

    outcomes = all_at_once(8, lambda number: contest(heir, reason=f"Motif {number}."))

    assert sum(isinstance(outcome, Contestation) for outcome in outcomes) == 1
    assert sum(isinstance(outcome, ReviewNotPossible) for outcome in outcomes) == 7
    assert list(journal.verify()) == []


def test_one_of_two_conclusions_at_once_decides(transactional_db: None) -> None:
    team = make_team_to_prove()
    chapitre = make.a_submitted_chapitre(team.candidature, team.salarie)
    claim(chapitre, team.instructeur)
    for numero in (ONE, TWO):
        draft(chapitre, team.instructeur, numero)
    version = Chapitre.objects.get(pk=chapitre.pk).version

    outcomes = all_at_once(
        2,
        lambda number: conclude_review(chapitre_id=chapitre.pk, seen_version=version, by=team.instructeur, at=AT),
    )

    assert sum(isinstance(outcome, Chapitre) for outcome in outcomes) == 1
    assert sum(isinstance(outcome, ReviewConflict) for outcome in outcomes) == 1
    assert VerdictDePreuve.objects.count() == 2


@pytest.mark.parametrize(
    ("numero", "reason", "sentence"),
    [
        ("INS.01.01.01", "Motif.", "rien à contester"),
        ("INS/va1.02.01.01", " ", "Indiquez pourquoi"),
        ("ZZZ", "Motif.", "n’existe pas"),
    ],
)
def test_contest_is_refused_in_words(heir: Team, numero: str, reason: str, sentence: str) -> None:
    with pytest.raises(ReviewNotPossible, match=sentence):
        contest(heir, numero, reason)


def test_approved_chapitre_is_opened_again_with_a_reason(team: Team, chapitre: Chapitre, effects_run: None) -> None:
    claim(chapitre, team.instructeur)
    for numero in (ONE, TWO):
        draft(chapitre, team.instructeur, numero)
    version = conclude(chapitre, team.instructeur).version
    mail.outbox.clear()

    with pytest.raises(ReviewNotPossible, match="Indiquez pourquoi"):
        reopen_chapitre(chapitre_id=chapitre.pk, reason="", seen_version=version, by=team.instructeur, at=AT)
    reopen_chapitre(chapitre_id=chapitre.pk, reason="Recours.", seen_version=version, by=team.instructeur, at=AT)

    assert make.the_chapitre(team.candidature).state == ChapitreState.RETURNED
    assert any("rouvert" in message.subject for message in mail.outbox)
