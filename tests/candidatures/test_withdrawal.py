"""A candidature that is withdrawn, and a charte whose text changes under an open one."""

import hashlib
from dataclasses import replace
from datetime import timedelta

import pytest

from candidatures.catalogue.dispositifs import spec_of
from candidatures.catalogue.specs import CharteSpec
from candidatures.enums import CandidatureState
from candidatures.models import Charte
from candidatures.operations.candidatures import (
    CandidatureNotPossible,
    CharteNotAcceptable,
    accept_charte,
    withdraw_candidature,
)
from candidatures.operations.dispositifs import load_dispositif
from candidatures.operations.instruction import DemandeNotPossible
from candidatures.operations.volets import Conflict, VoletNotOpen, VoletNotSubmittable, submit_volet
from candidatures.queries.candidatures import charte_accepted, charte_of
from comptes import journal
from comptes.models import JournalEntry, Notice
from tests.candidatures.conftest import Team, all_at_once, make_team
from tests.factories import candidatures as make

LATER = make.SUMMER + timedelta(days=10)


def withdraw(team: Team, role: str = "mandataire") -> None:
    withdraw_candidature(candidature_id=team.candidature.pk, by=getattr(team, role), at=LATER)


# -- withdrawal -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["representant", "salarie", "newcomer", "stranger", "instructeur"])
def test_withdrawal_is_for_those_who_can_engage(team: Team, role: str) -> None:
    with pytest.raises(CandidatureNotPossible, match="engager l’éditeur"):
        withdraw(team, role)
    team.candidature.refresh_from_db()
    assert team.candidature.state == CandidatureState.OPEN


def test_withdrawal_by_a_delegate(team: Team) -> None:
    team.representant.rattachements.update(may_engage=True)
    withdraw(team, "representant")

    team.candidature.refresh_from_db()
    assert (team.candidature.state, team.candidature.withdrawn_by, team.candidature.withdrawn_at) == (
        CandidatureState.WITHDRAWN,
        team.representant,
        LATER,
    )


def test_withdrawal_twice_is_refused(team: Team) -> None:
    withdraw(team)

    with pytest.raises(CandidatureNotPossible, match="n’est plus ouverte"):
        withdraw(team)


def test_withdrawal_tells_everyone_of_the_product(team: Team) -> None:
    withdraw(team)

    recipients = Notice.objects.filter(kind="candidatures.withdrawn").values_list("compte", flat=True)
    assert set(recipients) == {team.mandataire.pk, team.representant.pk, team.salarie.pk}


def test_withdrawn_candidature_takes_nothing_more(team: Team) -> None:
    volet = make.a_filled_volet(team.candidature, team.salarie)
    withdraw(team)

    with pytest.raises(VoletNotOpen, match="n’est plus ouverte"):
        make.a_filled_volet(team.candidature, team.salarie, solution_nom="Autre")
    with pytest.raises(VoletNotSubmittable, match="n’est plus ouverte"):
        submit_volet(volet_id=volet.pk, by=team.mandataire, at=LATER)


def test_withdrawn_candidature_is_decided_upon_no_more(team: Team) -> None:
    volet = make.a_submitted_volet(team.candidature, team.salarie)
    make.confirm_reference(volet, team.instructeur)
    withdraw(team)

    with pytest.raises(Conflict, match="retirée par Marie Dufour"):
        make.admit(volet, team.instructeur)
    with pytest.raises(Conflict, match="retirée par Marie Dufour"):
        make.a_demande(volet, team.instructeur, "solution_nom")
    with pytest.raises(DemandeNotPossible):
        make.confirm_reference(volet, team.instructeur)


def test_withdrawn_candidature_takes_no_charte(team: Team) -> None:
    candidature = make.a_candidature(
        make.a_produit(team.editeur, team.mandataire, "Autre"), team.mandataire, charte=False
    )
    withdraw_candidature(candidature_id=candidature.pk, by=team.mandataire, at=LATER)

    with pytest.raises(CharteNotAcceptable, match="n’est plus ouverte"):
        accept_charte(
            candidature_id=candidature.pk,
            charte_id=charte_of(candidature.dispositif).pk,
            by=team.mandataire,
            at=LATER,
        )


def test_withdrawn_product_is_attached_again_under_a_new_nru(team: Team) -> None:
    withdraw(team)
    again = make.a_candidature(team.produit, team.mandataire)

    assert again.nru != team.candidature.nru
    assert make.a_filled_volet(again, team.salarie).version == 1
    assert list(journal.verify()) == []


@pytest.mark.django_db(transaction=True)
def test_withdrawal_and_submission_at_once_leave_no_half_state() -> None:
    team = make_team()
    volet = make.a_filled_volet(team.candidature, team.salarie)

    def act(number: int) -> object:
        if number % 2:
            return submit_volet(volet_id=volet.pk, by=team.salarie, at=LATER)
        return withdraw(team)

    all_at_once(8, act)

    acts = list(
        JournalEntry.objects.filter(chain=team.candidature.chain).order_by("number").values_list("act", flat=True)
    )
    assert acts.count("candidature.withdrawn") == 1
    assert "volet.submitted" not in acts[acts.index("candidature.withdrawn") :]
    assert list(journal.verify()) == []


# -- a charte whose text changes ------------------------------------------------------------------------------------


def publish_another_charte() -> Charte:
    spec, texte = spec_of("ms-dui-va2"), "Une autre charte."
    charte = CharteSpec("2", texte, hashlib.sha256(texte.encode()).hexdigest())
    dispositif = load_dispositif(spec=replace(spec, charte=charte), at=LATER)
    return charte_of(dispositif)


def test_charte_that_changed_is_asked_again_before_anything_is_kept(team: Team) -> None:
    make.a_filled_volet(team.candidature, team.salarie)
    charte = publish_another_charte()
    assert (charte.version, charte_accepted(team.candidature)) == ("2", False)

    with pytest.raises(VoletNotOpen, match="charte"):
        make.a_filled_volet(team.candidature, team.salarie, solution_nom="Autre")
    with pytest.raises(VoletNotSubmittable, match="charte"):
        submit_volet(volet_id=team.volet.pk, by=team.salarie, at=LATER)

    accept_charte(candidature_id=team.candidature.pk, charte_id=charte.pk, by=team.mandataire, at=LATER)
    assert make.a_submitted_volet(team.candidature, team.salarie, solution_nom="Autre").first_submitted_at
    assert team.candidature.acceptations.count() == 2


def test_charte_read_before_it_changed_is_not_accepted(team: Team) -> None:
    read = charte_of(team.candidature.dispositif)
    publish_another_charte()

    with pytest.raises(CharteNotAcceptable, match="Relisez-le"):
        accept_charte(candidature_id=team.candidature.pk, charte_id=read.pk, by=team.mandataire, at=LATER)


def test_charte_published_again_as_it_was_asks_nothing(team: Team) -> None:
    load_dispositif(spec=spec_of("ms-dui-va2"), at=LATER)

    assert charte_accepted(team.candidature)
