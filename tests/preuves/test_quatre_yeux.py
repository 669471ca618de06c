"""A conclusion that the dispositif asks two instructeurs for: proposed by one, confirmed by another."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from candidatures.catalogue.dispositifs import spec_of
from candidatures.operations.referents import entrust_chapitre, note_absence
from comptes import clock
from comptes.enums import RoleANS
from comptes.models import Compte, JournalEntry, Notice
from preuves.catalogue.rem import ChapitreSpec, RemSpec
from preuves.enums import Avis, ChapitreState
from preuves.models import Chapitre, ConclusionProposee, VerdictDePreuve
from preuves.operations.instruction import ReviewConflict, ReviewNotPossible, take_over_chapitre
from preuves.operations.quatre_yeux import confirm_conclusion, send_back_conclusion
from preuves.queries.conclusions import conclusions_to_confirm
from referencement.operations.retraits import withdraw_candidature
from tests.candidatures.conftest import Team, make_team
from tests.candidatures.test_page_queries import count
from tests.factories import candidatures as phase_1
from tests.factories import equivalences as equal
from tests.factories import preuves as make
from tests.ground import standing
from tests.preuves.test_examen import SignIn, text_of
from tests.preuves.test_instruction import AT, claim, conclude, draft

DUN = "DUN.01.01.01"
REASON = "La date manque."


def make_team_of_the_essai() -> Team:
    """A candidature to the trial dispositif, whose chapitre DUN is concluded by two people; DUN is submitted."""
    make.a_rem()
    exigence = make.an_exigence("DUN.01", make.a_preuve_spec(DUN))
    equal.an_essai_rem(RemSpec((ChapitreSpec("DUN", "Dunes et sables", (exigence,)),)))
    team = make_team()
    team.candidature = equal.a_candidature_elsewhere(team.produit, team.mandataire, team.instructeur)
    make.a_submitted_chapitre(team.candidature, team.mandataire, "DUN")
    return team


team = standing(make_team_of_the_essai)


@pytest.fixture(autouse=True)
def morning() -> Any:
    with clock.travel(AT):
        yield


@pytest.fixture
def colleague(db: None) -> Compte:
    return phase_1.a_person(roles_ans=[RoleANS.INSTRUCTEUR], first_name="Omar", last_name="Diallo")


@pytest.fixture
def chapitre(team: Team) -> Chapitre:
    """DUN, whose conclusion the instructeur of the team proposes: its preuve is to be corrected."""
    return proposed(team, Avis.TO_CORRECT)


def proposed(team: Team, avis: str) -> Chapitre:
    chapitre = claim(make.the_chapitre(team.candidature, "DUN"), team.instructeur)
    draft(chapitre, team.instructeur, DUN, avis, REASON)
    return conclude(chapitre, team.instructeur)


def confirm(chapitre: Chapitre, by: Compte) -> Chapitre:
    version = Chapitre.objects.get(pk=chapitre.pk).version
    return confirm_conclusion(chapitre_id=chapitre.pk, seen_version=version, by=by, at=AT)


def page(team: Team, name: str = "examen") -> str:
    return reverse(f"preuves:{name}", args=[team.candidature.nru, "DUN"])


def test_trial_dispositif_asks_it_of_one_chapitre_and_the_dui_of_none() -> None:
    assert spec_of("essai-va2").quatre_yeux == {"DUN"}
    assert spec_of(make.DUI).quatre_yeux == frozenset()


def test_proposed_conclusion_has_no_effect_and_the_editeur_learns_nothing(
    team: Team, chapitre: Chapitre, sign_in: SignIn
) -> None:
    assert chapitre.state == ChapitreState.UNDER_REVIEW
    assert not VerdictDePreuve.objects.exists()
    assert not Notice.objects.filter(kind="preuves.chapitre_returned").exists()
    assert not JournalEntry.objects.filter(chain=team.candidature.chain, act__startswith="conclusion").exists()
    shown = text_of(sign_in(team.mandataire).get(reverse("preuves:chapitre", args=[team.candidature.nru, "DUN"])))
    assert REASON not in shown
    assert "En cours d’examen" in shown


@pytest.mark.parametrize(
    ("avis", "state", "kind"),
    [
        (Avis.TO_CORRECT, ChapitreState.RETURNED, "preuves.chapitre_returned"),
        (Avis.ACCEPTED, ChapitreState.APPROVED, "preuves.chapitre_approved"),
    ],
)
def test_colleague_confirms_and_it_takes_effect(
    team: Team, colleague: Compte, avis: str, state: str, kind: str
) -> None:
    concluded = confirm(proposed(team, avis), colleague)

    assert (concluded.state, concluded.concluded_by) == (state, colleague)
    verdict = VerdictDePreuve.objects.get()
    assert (verdict.avis, verdict.given_by) == (avis, team.instructeur)
    assert Notice.objects.filter(kind=kind).exists()
    assert Notice.objects.get(kind="preuves.conclusion_answered").compte == team.instructeur


def test_same_person_does_not_confirm(team: Team, chapitre: Chapitre) -> None:
    with pytest.raises(ReviewNotPossible, match="une autre personne la confirme"):
        confirm(chapitre, team.instructeur)
    proposal = ConclusionProposee.objects.filter(soumission__chapitre=chapitre)
    with pytest.raises(IntegrityError, match="conclusion_confirmed_by_somebody_else"), transaction.atomic():
        proposal.update(is_confirmed=True, answered_at=AT, answered_by=team.instructeur)

    assert make.the_chapitre(team.candidature, "DUN").state == ChapitreState.UNDER_REVIEW


def test_author_changes_nothing_meanwhile_but_may_take_it_back(team: Team, chapitre: Chapitre) -> None:
    with pytest.raises(ReviewNotPossible, match="Retirez-la"):
        draft(chapitre, team.instructeur, DUN)
    with pytest.raises(ReviewNotPossible, match="Retirez-la"):
        conclude(chapitre, team.instructeur)

    send_back_conclusion(chapitre_id=chapitre.pk, reason="", by=team.instructeur, at=AT)

    draft(chapitre, team.instructeur, DUN)
    assert conclude(chapitre, team.instructeur).state == ChapitreState.UNDER_REVIEW
    assert ConclusionProposee.objects.live().get().returns is False


def test_colleague_sends_it_back_with_a_reason(team: Team, chapitre: Chapitre, colleague: Compte) -> None:
    with pytest.raises(ReviewNotPossible, match="Indiquez pourquoi"):
        send_back_conclusion(chapitre_id=chapitre.pk, reason=" ", by=colleague, at=AT)
    send_back_conclusion(chapitre_id=chapitre.pk, reason="La date y est.", by=colleague, at=AT)

    assert Notice.objects.get(kind="preuves.conclusion_answered").compte == team.instructeur
    with pytest.raises(ReviewNotPossible, match="plus à confirmer"):
        confirm(chapitre, colleague)


def test_conclusion_ends_when_the_chapitre_changes_hands(team: Team, chapitre: Chapitre, colleague: Compte) -> None:
    with pytest.raises(ReviewConflict):
        confirm_conclusion(chapitre_id=chapitre.pk, seen_version=0, by=colleague, at=AT)
    take_over_chapitre(chapitre_id=chapitre.pk, reason="Absence.", by=colleague, at=AT + timedelta(seconds=1))

    with pytest.raises(ReviewNotPossible, match="plus à confirmer"):
        confirm(chapitre, team.instructeur)


def test_referents_are_told_else_the_responsables(team: Team, colleague: Compte) -> None:
    responsable = phase_1.a_person(roles_ans=[RoleANS.RESPONSABLE_INSTRUCTION])
    chapitre = proposed(team, Avis.ACCEPTED)

    told = Notice.objects.filter(kind="preuves.conclusion_proposed").order_by("pk")
    assert [notice.compte for notice in told] == [responsable]
    assert chapitre.version == int(told[0].occurrence)


@pytest.mark.parametrize("covered", [True, False])
def test_whoever_stands_in_for_an_absent_referent_is_told(team: Team, colleague: Compte, covered: bool) -> None:
    responsable = phase_1.a_person(roles_ans=[RoleANS.RESPONSABLE_INSTRUCTION])
    other = phase_1.a_person(roles_ans=[RoleANS.INSTRUCTEUR])
    entrust_chapitre(dispositif_code="essai-va2", code="DUN", compte_id=colleague.pk, by=colleague, at=AT)
    note_absence(
        compte_id=colleague.pk,
        from_date=AT.date(),
        until_date=AT.date(),
        stand_in_id=other.pk if covered else None,
        by=colleague,
        at=AT,
    )
    proposed(team, Avis.ACCEPTED)

    told = Notice.objects.get(kind="preuves.conclusion_proposed")
    assert told.compte == (other if covered else responsable)


def test_pages_say_it_to_each(team: Team, colleague: Compte, sign_in: SignIn) -> None:
    author, other = sign_in(team.instructeur), sign_in(colleague)
    chapitre = claim(make.the_chapitre(team.candidature, "DUN"), team.instructeur)
    draft(chapitre, team.instructeur, DUN, Avis.TO_CORRECT, REASON)
    assert "Une autre personne doit confirmer" in text_of(author.get(page(team)))

    done = author.post(page(team, "conclure"), {"version": chapitre.version}, follow=True)
    assert "Votre conclusion est proposée" in text_of(done)
    assert "Retirer ma conclusion" in text_of(done)
    shown = text_of(other.get(page(team)))
    assert "propose de retourner le chapitre" in shown
    assert "Vérification proposée" in shown
    assert REASON in shown
    assert "Me réattribuer" not in shown
    notified = Notice.objects.exclude(kind="preuves.conclusion_proposed")
    before = notified.count()
    version = make.the_chapitre(team.candidature, "DUN").version
    answered = other.post(page(team, "conclusion_answer"), {"geste": "confirmer", "version": version}, follow=True)
    assert "à corriger" in text_of(answered)
    assert f"{notified.count() - before} notifications seront envoyées" in shown
    assert f"et {team.instructeur.full_name}." in shown

    assert make.the_chapitre(team.candidature, "DUN").state == ChapitreState.RETURNED


def test_colleague_finds_what_to_confirm_and_its_author_does_not(
    team: Team, chapitre: Chapitre, colleague: Compte, sign_in: SignIn
) -> None:
    chapitres, day = f"{reverse('preuves:a_examiner')}?vue=a-confirmer", reverse("referencement:journee")
    author, other = sign_in(team.instructeur), sign_in(colleague)

    assert counts_of(other.get(chapitres)) == {"À confirmer": 1}
    assert page(team) in other.get(chapitres).content.decode()
    assert "Conclusions à confirmer 1" in text_of(other.get(day))
    assert counts_of(author.get(chapitres)) == {"À confirmer": 0}
    assert page(team) not in author.get(chapitres).content.decode()
    assert "Conclusions à confirmer" not in text_of(author.get(day))
    send_back_conclusion(chapitre_id=chapitre.pk, reason="La date y est.", by=colleague, at=AT)
    assert counts_of(other.get(chapitres)) == {"À confirmer": 0}
    assert "Aucune conclusion à confirmer" in text_of(other.get(chapitres))
    assert count(colleague, chapitres) == 12


def test_what_was_withdrawn_with_its_candidature_is_not_to_confirm(
    team: Team, chapitre: Chapitre, colleague: Compte, sign_in: SignIn
) -> None:
    assert conclusions_to_confirm(colleague.pk).count() == 1
    assert "Confirmer" in text_of(sign_in(colleague).get(page(team)))
    withdraw_candidature(candidature_id=team.candidature.pk, by=team.mandataire, at=AT)

    assert not conclusions_to_confirm(colleague.pk).exists()
    assert "Confirmer" not in text_of(sign_in(colleague).get(page(team)))
    of_the_author = sign_in(team.instructeur).get(page(team))
    assert (of_the_author.context["mine"], of_the_author.context["form"]) == (False, None)


def test_tab_is_there_only_where_a_dispositif_asks_two_people(db: None, sign_in: SignIn, colleague: Compte) -> None:
    make.a_rem()
    dui = make_team()
    make.a_candidature_to_prove(dui.candidature, dui.mandataire, dui.instructeur)

    assert counts_of(sign_in(colleague).get(reverse("preuves:a_examiner"))) == {}


def counts_of(answer: Any) -> dict[str, int]:
    return {tab.label: tab.count for tab in answer.context["tabs"] if tab.label == "À confirmer"}


def test_who_does_not_instruct_reads_no_proposed_verdict(team: Team, chapitre: Chapitre, sign_in: SignIn) -> None:
    membre = phase_1.a_person(roles_ans=[RoleANS.MEMBRE_COLLEGE])

    assert REASON not in text_of(sign_in(membre).get(page(team)))


def test_page_asks_no_more_of_the_database(team: Team, chapitre: Chapitre, colleague: Compte) -> None:
    for reader, expected in ((team.instructeur, 15), (colleague, 16)):
        count(reader, page(team))
        assert count(reader, page(team)) == expected
