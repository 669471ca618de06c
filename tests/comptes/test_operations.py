from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from comptes.enums import Role, RoleANS
from comptes.models import Compte, Editeur, Invitation, JournalEntry, Notice, Rattachement
from comptes.operations.comptes_ans import open_compte_ans
from comptes.operations.editeurs import EditeurNotPossible, correct_editeur, register_editeur
from comptes.operations.invitations import (
    InvitationNotOpen,
    InvitationNotPossible,
    accept_invitation,
    cancel_invitation,
    invite,
)
from comptes.operations.rattachements import RattachementNotChangeable, change_role, detach
from comptes.rules.companies import Company
from comptes.rules.rattachements import MOST_INVITATIONS
from tests.factories.comptes import CompteFactory, EditeurFactory, InvitationFactory, RattachementFactory

# Each act is done with the role of the portal's processes: no act needs what that role is denied.
pytestmark = pytest.mark.usefixtures("as_the_application")

COMPANY: dict[str, Any] = {
    "raison_sociale": "Alizé Informatique",
    "company": Company("FR", "732829320"),
    "adresse": "3 rue du Phare",
    "code_postal": "56100",
    "commune": "Lorient",
    "mandataire": "Paule.Noir@alize.example",
}


def acts(chain: str) -> list[str]:
    return list(JournalEntry.objects.filter(chain=chain).order_by("number").values_list("act", flat=True))


def posted() -> list[tuple[str, str]]:
    return list(Notice.objects.order_by("pk").values_list("kind", "email"))


def test_editeur_is_registered_and_its_mandataire_invited(db, at):
    by = CompteFactory(administrateur=True)

    editeur = register_editeur(**COMPANY, by=by, at=at)

    invitation = editeur.invitations.get()
    assert (editeur.company, editeur.pays, editeur.registered_at) == (COMPANY["company"], "France", at)
    assert (invitation.email, invitation.role, invitation.may_engage) == (
        "paule.noir@alize.example",
        "mandataire",
        True,
    )
    assert invitation.expires_at == at + timedelta(days=7)
    assert acts(f"editeur:{editeur.pk}") == ["editeur.registered", "invitation.sent"]
    assert posted() == [("comptes.invitation", "paule.noir@alize.example")]


def test_editeur_is_registered_once(db, at):
    by = CompteFactory(administrateur=True)
    register_editeur(**COMPANY, by=by, at=at)

    with pytest.raises(EditeurNotPossible) as refused:
        register_editeur(**COMPANY, by=by, at=at)

    assert refused.value.sentence == "Un éditeur est déjà inscrit sous ce numéro (SIREN\u00a0732\u00a0829\u00a0320)."
    assert Editeur.objects.count() == Invitation.objects.count() == 1


def test_editeur_is_corrected(team, at):
    values = {"adresse": "1 place Neuve", "commune": "Rennes"}

    correct_editeur(editeur_id=team.editeur.pk, values=values, by=team.mandataire.compte, at=at)

    entry = JournalEntry.objects.get()
    assert Editeur.objects.get(pk=team.editeur.pk).adresse == "1 place Neuve"
    assert (entry.act, entry.params) == ("editeur.corrected", {"champs": ["adresse"]})


def test_editeur_is_corrected_by_nothing(team, at):
    values = {"adresse": team.editeur.adresse}

    correct_editeur(editeur_id=team.editeur.pk, values=values, by=team.mandataire.compte, at=at)

    assert JournalEntry.objects.count() == 0


def test_invitation_of_somebody_already_there(team, at):
    with pytest.raises(InvitationNotPossible) as refused:
        invite(
            editeur_id=team.editeur.pk,
            email=f" {team.salarie.compte.email.upper()} ",
            role=Role.SALARIE,
            may_engage=False,
            by=team.mandataire.compte,
            at=at,
        )

    assert refused.value.reasons == ("Cette personne est déjà rattachée à cet éditeur.",)


def test_invitation_waits_once(team, at):
    seat = {"editeur_id": team.editeur.pk, "email": "lea@sirocco.example", "role": Role.SALARIE, "may_engage": False}
    by = team.mandataire.compte
    first = invite(**seat, by=by, at=at)

    with pytest.raises(InvitationNotPossible):
        invite(**seat, by=by, at=first.expires_at - timedelta(seconds=1))
    second = invite(**seat, by=by, at=first.expires_at)

    first.refresh_from_db()
    assert first.cancelled_at == first.expires_at
    assert posted() == [("comptes.invitation", "lea@sirocco.example")] * 2
    assert second.token != first.token


@pytest.mark.parametrize("seconds", [-1, 0, 1])
def test_invitation_expires(db, at, seconds):
    invitation = InvitationFactory(invited_at=at)
    moment = invitation.expires_at + timedelta(seconds=seconds)
    accept = {"token": invitation.token, "names": ("Léa", "Roux"), "at": moment}

    if seconds < 0:
        assert accept_invitation(**accept).attached_at == moment
        return
    with pytest.raises(InvitationNotOpen) as refused:
        accept_invitation(**accept)
    assert refused.value.sentence.startswith("Cette invitation a expiré")
    assert Compte.objects.filter(email=invitation.email).count() == 0


def test_invitation_opens_an_account_and_tells_who_invited(db, at):
    invitation = InvitationFactory(invited_at=at)

    seat = accept_invitation(token=invitation.token, names=("Léa", "Roux"), password="x" * 12, at=at)

    assert (seat.compte.full_name, seat.compte.email, seat.role) == ("Léa Roux", invitation.email, "salarie")
    assert seat.compte.check_password("x" * 12)
    assert acts(f"editeur:{invitation.editeur_id}") == ["rattachement.opened"]
    assert posted() == [("comptes.joined", invitation.invited_by.email)]


def test_invitation_serves_once(db, at):
    invitation = InvitationFactory(invited_at=at)
    seat = accept_invitation(token=invitation.token, names=("Léa", "Roux"), at=at)

    with pytest.raises(InvitationNotOpen) as refused:
        accept_invitation(token=invitation.token, compte=seat.compte, at=at)

    assert refused.value.sentence == "Cette invitation a déjà servi."
    assert Rattachement.objects.count() == 1


def test_invitation_of_another_person(db, at):
    invitation = InvitationFactory(invited_at=at)

    with pytest.raises(InvitationNotOpen) as refused:
        accept_invitation(token=invitation.token, compte=CompteFactory(), at=at)

    assert refused.value.sentence == "Cette invitation est adressée à une autre personne."


def test_invitation_does_not_open_a_second_account(db, at):
    known = CompteFactory()
    invitation = InvitationFactory(email=known.email, invited_at=at)

    with pytest.raises(InvitationNotOpen) as refused:
        accept_invitation(token=invitation.token, names=("Léa", "Roux"), at=at)

    assert refused.value.sentence == "Cette adresse a déjà un compte : connectez-vous pour accepter l’invitation."


def test_invitation_is_taken_back(team, at):
    invitation = InvitationFactory(editeur=team.editeur, invited_at=at)

    cancel_invitation(invitation_id=invitation.pk, by=team.representant.compte, at=at)

    for act in (
        lambda: cancel_invitation(invitation_id=invitation.pk, by=team.mandataire.compte, at=at),
        lambda: accept_invitation(token=invitation.token, names=("Léa", "Roux"), at=at),
    ):
        with pytest.raises(InvitationNotOpen) as refused:
            act()
        assert refused.value.sentence == "Cette invitation a été annulée."
    assert acts(f"editeur:{team.editeur.pk}") == ["invitation.cancelled"]


def test_invitation_of_a_mandataire_is_not_taken_back_by_a_representant(team, at):
    invitation = InvitationFactory(editeur=team.editeur, role=Role.MANDATAIRE, may_engage=True, invited_at=at)

    with pytest.raises(InvitationNotPossible):
        cancel_invitation(invitation_id=invitation.pk, by=team.representant.compte, at=at)


def test_role_changes_and_delegation_follows(team, at):
    change = {"rattachement_id": team.salarie.pk, "by": team.mandataire.compte, "at": at}

    change_role(**change, role=Role.REPRESENTANT, may_engage=True)
    change_role(**change, role=Role.REPRESENTANT, may_engage=False)
    change_role(**change, role=Role.REPRESENTANT, may_engage=False)
    change_role(**change, role=Role.MANDATAIRE, may_engage=False)

    team.salarie.refresh_from_db()
    assert (team.salarie.role, team.salarie.may_engage) == ("mandataire", True)
    assert acts(f"editeur:{team.editeur.pk}") == [
        "rattachement.changed",
        "rattachement.delegated",
        "rattachement.undelegated",
        "rattachement.changed",
        "rattachement.delegated",
    ]


def test_role_of_the_last_mandataire(team, at):
    with pytest.raises(RattachementNotChangeable) as refused:
        change_role(
            rattachement_id=team.mandataire.pk,
            role=Role.SALARIE,
            may_engage=False,
            by=team.administrateur,
            at=at,
        )

    assert refused.value.reasons == ("L’éditeur doit garder au moins un mandataire : désignez-en un autre d’abord.",)


def test_detached_person_keeps_a_history_and_is_told(team, at):
    detach(rattachement_id=team.salarie.pk, by=team.representant.compte, at=at)

    team.salarie.refresh_from_db()
    assert team.salarie.detached_at == at
    assert list(Editeur.objects.visible_to(team.salarie.compte)) == []
    assert posted() == [("comptes.detached", team.salarie.compte.email)]
    with pytest.raises(RattachementNotChangeable) as refused:
        detach(rattachement_id=team.salarie.pk, by=team.mandataire.compte, at=at)
    assert refused.value.reasons == ("Cette personne n’est plus rattachée à cet éditeur.",)


def test_detached_person_may_come_back(team, at):
    detach(rattachement_id=team.salarie.pk, by=team.mandataire.compte, at=at)
    invitation = InvitationFactory(editeur=team.editeur, email=team.salarie.compte.email, invited_at=at)

    accept_invitation(token=invitation.token, compte=team.salarie.compte, at=at)

    assert team.salarie.compte.rattachements.count() == 2


def test_stranger_detaches_nobody(team, at):
    with pytest.raises(RattachementNotChangeable) as refused:
        detach(rattachement_id=team.salarie.pk, by=team.stranger, at=at)

    assert refused.value.reasons == (
        "Seuls les mandataires et les représentants peuvent gérer les comptes de l’éditeur.",
    )


def test_compte_ans_is_opened_then_changed(db, at):
    person = {"email": "Ines.Garnier@agence.example", "first_name": "Inès", "last_name": "Garnier", "by": None}

    compte = open_compte_ans(**person, roles=[RoleANS.INSTRUCTEUR], at=at)
    open_compte_ans(**person, roles=[RoleANS.ADMINISTRATEUR, RoleANS.INSTRUCTEUR], at=at)

    compte.refresh_from_db()
    assert compte.roles_ans == ["administrateur", "instructeur"]
    assert acts("portail") == ["compte_ans.opened", "compte_ans.changed"]
    assert posted() == [
        ("comptes.password_link", "ines.garnier@agence.example"),
        ("comptes.rights_changed", "ines.garnier@agence.example"),
    ]


@pytest.mark.parametrize(
    "row",
    [
        {"role": Role.MANDATAIRE, "may_engage": False},
        {"role": Role.SALARIE, "may_engage": True},
        {"past": True, "detached_at": RattachementFactory.attached_at - timedelta(seconds=1)},
    ],
)
def test_database_refuses_an_impossible_seat(db, row):
    editeur, compte = EditeurFactory(), CompteFactory()

    with pytest.raises(IntegrityError), transaction.atomic():
        RattachementFactory(editeur=editeur, compte=compte, **row)


def test_database_refuses_two_seats_at_once(team):
    with pytest.raises(IntegrityError), transaction.atomic():
        RattachementFactory(editeur=team.editeur, compte=team.salarie.compte)


def test_database_refuses_two_accounts_of_one_address(db):
    CompteFactory(email="lea@sirocco.example")

    with pytest.raises(IntegrityError), transaction.atomic():
        Compte.objects.create(email="Lea@Sirocco.example", first_name="Léa", last_name="Roux")


def test_invitations_of_an_editeur_are_limited_by_the_hour(team, at):
    by, seat = team.mandataire.compte, {"editeur_id": team.editeur.pk, "role": Role.SALARIE, "may_engage": False}
    for rank in range(MOST_INVITATIONS):
        sent = invite(email=f"p{rank}@sirocco.example", by=by, at=at, **seat)
        cancel_invitation(invitation_id=sent.pk, by=by, at=at)  # taken back, it has left all the same

    with pytest.raises(InvitationNotPossible, match="20 invitations en une heure"):
        invite(email="x@sirocco.example", by=by, at=at + timedelta(hours=1, seconds=-1), **seat)
    assert invite(email="x@sirocco.example", by=by, at=at + timedelta(hours=1), **seat).email
