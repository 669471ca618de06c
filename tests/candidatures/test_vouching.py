"""What is tied just after a mailbox was enough: it proves who signs a day later, and others are told."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail

from comptes import effects, queries
from comptes.enums import Role, RoleANS
from comptes.models import Compte, Notice
from comptes.operations.facteurs import enrol_factor, reset_factor
from comptes.operations.identites import link_identity
from comptes.operations.passwords import choose_password, send_password_link
from comptes.operations.rattachements import change_role
from comptes.rules.facteurs import RESPITE, proves_from
from comptes.rules.identity import ProvenPerson
from tests.candidatures.conftest import Team
from tests.factories import candidatures as make
from tests.proofs import KEY, code_now

AT = datetime(2026, 7, 1, 8, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
ISSUER = "https://fournisseur.example"


@pytest.mark.parametrize(
    ("weakened_at", "since"),
    [
        (None, None),
        (AT, AT + RESPITE),
        (AT - RESPITE, AT + RESPITE),
        (AT - RESPITE - timedelta(seconds=1), None),
    ],
)
def test_from_when_a_tie_proves(weakened_at: datetime | None, since: datetime | None) -> None:
    assert proves_from(tied_at=AT, weakened_at=weakened_at) == since


def chooses_by_link(compte: Compte, at: datetime) -> None:
    choose_password(compte_id=compte.pk, password="une phrase assez longue", by_link=True, at=at)


def ties(compte: Compte, at: datetime) -> None:
    from comptes import clock

    with clock.travel(at):
        enrol_factor(compte_id=compte.pk, key=KEY, typed=code_now(), machine=at, at=at)


def warned() -> set[str]:
    return set(Notice.objects.filter(kind="comptes.tied_young").values_list("email", flat=True))


def test_link_that_was_only_sent_weakens_nothing(team: Team) -> None:
    send_password_link(email=team.mandataire.email, at=AT)
    ties(team.mandataire, AT + HOUR)

    assert queries.factor_proves_from(team.mandataire) is None
    assert warned() == set()


def test_factor_tied_after_a_link_waits_and_the_other_mandataires_are_told(team: Team) -> None:
    other = make.a_person(team.editeur, Role.MANDATAIRE)
    chooses_by_link(team.mandataire, AT)
    ties(team.mandataire, AT + HOUR)

    assert queries.factor_proves_from(team.mandataire) == AT + HOUR + RESPITE
    assert warned() == {other.email}
    effects.deliver_to(other.email)
    assert "Marie Dufour" in mail.outbox[-1].body
    assert "2\u00a0juillet 2026 à 11\u00a0h" in mail.outbox[-1].body


def test_lone_mandataire_is_vouched_for_by_the_agency(team: Team) -> None:
    administrateur = make.a_person(roles_ans=[RoleANS.ADMINISTRATEUR])
    chooses_by_link(team.mandataire, AT)
    ties(team.mandataire, AT + HOUR)

    assert warned() == {administrateur.email}


def test_factor_tied_before_the_link_goes_on_proving(team: Team) -> None:
    ties(team.mandataire, AT)
    chooses_by_link(team.mandataire, AT + HOUR)

    assert queries.factor_proves_from(team.mandataire) is None


def test_factor_tied_after_the_agency_reset_one_waits_too(team: Team) -> None:
    administrateur = make.a_person(roles_ans=[RoleANS.ADMINISTRATEUR])
    ties(team.mandataire, AT)
    reset_factor(compte_id=team.mandataire.pk, by=administrateur, at=AT + 48 * HOUR)
    ties(team.mandataire, AT + 49 * HOUR)

    assert queries.factor_proves_from(team.mandataire) == AT + 49 * HOUR + RESPITE


def test_identity_tied_after_a_link_waits_and_its_person_is_told(team: Team) -> None:
    chooses_by_link(team.mandataire, AT)
    person = ProvenPerson(issuer=ISSUER, subject="s-1")
    link_identity(compte_id=team.mandataire.pk, person=person, provider="Fournisseur", at=AT + HOUR)

    assert queries.identity_proves_from(team.mandataire, issuer=ISSUER) == AT + HOUR + RESPITE
    notices = Notice.objects.filter(kind="comptes.factor_changed", compte=team.mandataire)
    assert [notice.occurrence.partition(" ")[0] for notice in notices] == ["linked"]


def test_since_when_somebody_engages(team: Team) -> None:
    seat = team.newcomer.rattachements.get()
    assert queries.engages_since(team.newcomer, team.editeur.pk) is None

    change_role(rattachement_id=seat.pk, role=Role.REPRESENTANT, may_engage=True, by=team.mandataire, at=AT + HOUR)

    assert queries.engages_since(team.newcomer, team.editeur.pk) == AT + HOUR
    assert queries.engages_since(team.stranger, team.editeur.pk) is None
