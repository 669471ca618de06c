"""Whoever's rights change is told, in the journal's words; never of what they did themselves."""

import pytest
from django.core import mail

from comptes import clock, effects
from comptes.enums import Role, RoleANS
from comptes.models import Compte, Notice
from comptes.operations.agents import change_roles_ans, close_agent, suspend_agent
from comptes.operations.rattachements import change_role
from tests.candidatures.conftest import Team
from tests.factories import candidatures as make

KIND = "comptes.rights_changed"


@pytest.fixture
def administrateur(db: None) -> Compte:
    return make.a_person(roles_ans=[RoleANS.ADMINISTRATEUR], first_name="Camille", last_name="Roy")


def letter_to(person: Compte) -> str:
    """What their one letter of this kind says."""
    assert Notice.objects.filter(kind=KIND, compte=person).count() == 1
    effects.deliver_to(person.email)
    return str(mail.outbox[-1].body)


def test_role_and_power_that_change_at_once_are_one_letter(team: Team) -> None:
    seat = team.salarie.rattachements.get()
    change_role(rattachement_id=seat.pk, role=Role.REPRESENTANT, may_engage=True, by=team.mandataire, at=clock.now())

    body = letter_to(team.salarie)
    assert "Marie Dufour a changé vos droits" in body
    assert "- Sami Leroy a maintenant le rôle représentant." in body
    assert "- Sami Leroy reçoit le pouvoir d’engager l’éditeur." in body


def test_nothing_is_told_when_nothing_changes_or_to_oneself(team: Team) -> None:
    seat = team.salarie.rattachements.get()
    change_role(rattachement_id=seat.pk, role=Role.SALARIE, may_engage=False, by=team.mandataire, at=clock.now())
    other = make.a_person(team.editeur, Role.MANDATAIRE)
    own = other.rattachements.get()
    change_role(rattachement_id=own.pk, role=Role.REPRESENTANT, may_engage=False, by=other, at=clock.now())

    assert not Notice.objects.filter(kind=KIND).exists()


@pytest.mark.parametrize(
    ("act", "sentence"),
    [
        (suspend_agent, "Compte suspendu\u00a0: Inès Garnier."),
        (close_agent, "Compte fermé\u00a0: Inès Garnier."),
    ],
)
def test_agent_is_told_that_their_account_is_shut(team: Team, administrateur: Compte, act, sentence: str) -> None:
    more = {"takers": [administrateur.pk]} if act is close_agent else {}
    act(compte_id=team.instructeur.pk, by=administrateur, at=clock.now(), **more)

    assert sentence in letter_to(team.instructeur)


def test_agent_is_told_of_their_roles(team: Team, administrateur: Compte) -> None:
    roles = [RoleANS.INSTRUCTEUR, RoleANS.SECRETAIRE_COLLEGE]
    change_roles_ans(compte_id=team.instructeur.pk, roles=roles, by=administrateur, at=clock.now())

    told = f"Nouveaux rôles à l’ANS pour {team.instructeur.full_name}\u00a0: instructeur, secrétaire du collège"
    assert told in letter_to(team.instructeur)
