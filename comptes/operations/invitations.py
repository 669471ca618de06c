import secrets
from datetime import datetime, timedelta

from django.db import transaction

from comptes import journal, outbox, permissions
from comptes.enums import Act, Role, SecurityEvent
from comptes.models import Compte, Editeur, Invitation, Rattachement
from comptes.rules import emails
from comptes.rules import rattachements as rules
from comptes.rules.refusals import Refused
from comptes.rules.texts import NotAText

from .notifications import give_notifications_back

VALIDITY = timedelta(days=7)


class InvitationNotPossible(Refused):
    """Nobody was invited."""


class InvitationNotOpen(Refused):
    """The invitation was used, cancelled, has expired, or is somebody else’s."""


@transaction.atomic
def invite(*, editeur_id: int, email: str, role: Role, may_engage: bool, by: Compte, at: datetime) -> Invitation:
    """Offer a seat in an éditeur by e-mail. An expired invitation of the same person gives way to the new one.

    :raises InvitationNotPossible: with every reason
    """
    editeur = Editeur.objects.locked().get(pk=editeur_id)
    email, refused = _address(email)
    offered = rules.Seat(role, may_engage or role == Role.MANDATAIRE)
    if reasons := (refused,) if refused else _obstacles(editeur, email, offered, by=by, at=at):
        raise InvitationNotPossible(*reasons)
    editeur.invitations.filter(email=email, accepted_at=None, cancelled_at=None).update(cancelled_at=at)
    invitation = Invitation.objects.create(
        editeur=editeur,
        email=email,
        role=role,
        may_engage=offered.may_engage,
        token=secrets.token_urlsafe(32),
        invited_by=by,
        invited_at=at,
        expires_at=at + VALIDITY,
    )
    address = f"invitation:{invitation.pk}"
    chain = journal.chain_of_editeur(editeur.pk)
    label = Role(role).label
    journal.record(chain, Act.INVITATION_SENT, on=address, by=by, at=at, invitation=invitation.pk, role=label)
    outbox.post("comptes.invitation", on=address, email=email, at=at)
    return invitation


def _address(typed: str) -> tuple[str, str]:
    """Return the one form of an address, and why it is refused."""
    try:
        return emails.address(typed), ""
    except NotAText as reason:
        return "", str(reason)


def _obstacles(editeur: Editeur, email: str, offered: rules.Seat, *, by: Compte, at: datetime) -> tuple[str, ...]:
    reasons = rules.obstacles_to_offer(permissions.acting_seat(by, editeur), offered)
    if editeur.rattachements.current().filter(compte__email=email).exists():
        reasons += ("Cette personne est déjà rattachée à cet éditeur.",)
    waiting = editeur.invitations.waiting(at=at).filter(email=email).first()
    if waiting:
        reasons += ("Une invitation est déjà en cours pour cette adresse. Annulez-la pour en envoyer une autre.",)
    recent = editeur.invitations.filter(invited_at__gt=at - rules.HOUR).count()
    return reasons + rules.obstacles_to_send(recent)


@transaction.atomic
def cancel_invitation(*, invitation_id: int, by: Compte, at: datetime) -> Invitation:
    """Take an invitation back: its link no longer opens anything. Who could offer the seat can take it back.

    :raises InvitationNotOpen: when it is no longer waiting
    :raises InvitationNotPossible: when this person could not have offered that seat
    """
    invitation = Invitation.objects.locked().select_related("editeur").get(pk=invitation_id)
    if reason := why_closed(invitation, at=None):
        raise InvitationNotOpen(reason)
    offered = rules.Seat(invitation.role, invitation.may_engage)
    if reasons := rules.obstacles_to_offer(permissions.acting_seat(by, invitation.editeur), offered):
        raise InvitationNotPossible(*reasons)
    invitation.cancelled_at = at
    invitation.save(update_fields=["cancelled_at"])
    chain = journal.chain_of_editeur(invitation.editeur_id)
    address = f"invitation:{invitation.pk}"
    journal.record(chain, Act.INVITATION_CANCELLED, on=address, by=by, at=at, invitation=invitation.pk)
    return invitation


@transaction.atomic
def accept_invitation(
    *,
    token: str,
    compte: Compte | None = None,
    names: tuple[str, str] = ("", ""),
    password: str | None = None,
    at: datetime,
) -> Rattachement:
    """Take the seat that an invitation offers.

    :param compte: the account that takes it, whose address must be the one invited; None opens an account
    :param names: first and last name of the account to open
    :param password: its password; without one, nobody signs in by password
    :raises InvitationNotOpen: when it cannot be taken, or not by this person
    """
    invitation = Invitation.objects.locked().select_related("editeur", "invited_by").get(token=token)
    if reason := why_closed(invitation, at=at):
        raise InvitationNotOpen(reason)
    if compte is None:
        if Compte.objects.of_address(invitation.email).exists():
            raise InvitationNotOpen("Cette adresse a déjà un compte : connectez-vous pour accepter l’invitation.")
        compte = Compte.objects.create_user(invitation.email, password, first_name=names[0], last_name=names[1])
    elif not permissions.is_addressed(compte, invitation):
        raise InvitationNotOpen("Cette invitation est adressée à une autre personne.")
    if invitation.editeur.rattachements.current().filter(compte=compte).exists():
        raise InvitationNotOpen("Vous faites déjà partie de cet éditeur.")
    invitation.accepted_at, invitation.accepted_by = at, compte
    invitation.save(update_fields=["accepted_at", "accepted_by"])
    rattachement = Rattachement.objects.create(
        compte=compte,
        editeur=invitation.editeur,
        role=invitation.role,
        may_engage=invitation.may_engage,
        attached_at=at,
    )
    give_notifications_back(compte_id=compte.pk, editeur_id=rattachement.editeur_id)
    _journal_arrival(rattachement, at=at)
    outbox.post("comptes.joined", on=f"rattachement:{rattachement.pk}", to=invitation.invited_by, at=at)
    return rattachement


def _journal_arrival(rattachement: Rattachement, *, at: datetime) -> None:
    who, address = rattachement.compte, f"rattachement:{rattachement.pk}"
    journal.note_once_done(SecurityEvent.ROLE_CHANGED, compte=who, by=who, about=address)
    journal.record(
        journal.chain_of_editeur(rattachement.editeur_id),
        Act.RATTACHEMENT_OPENED,
        on=f"rattachement:{rattachement.pk}",
        by=rattachement.compte,
        at=at,
        compte=rattachement.compte_id,
        role=rattachement.get_role_display(),
    )


def why_closed(invitation: Invitation, *, at: datetime | None) -> str:
    """Say why an invitation opens nothing any more; empty when it does. `at` None overlooks its expiry."""
    if invitation.accepted_at:
        return "Cette invitation a déjà servi."
    if invitation.cancelled_at:
        return "Cette invitation a été annulée."
    if at and invitation.expires_at <= at:
        return "Cette invitation a expiré. Demandez-en une nouvelle à la personne qui vous l’a envoyée."
    return ""
