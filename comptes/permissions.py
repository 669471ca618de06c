"""Who may do what, on the ground floor: predicates of two lines."""

from comptes.enums import Role, RoleANS
from comptes.models import Compte, Editeur, Invitation
from comptes.queries.seats import seat_of
from comptes.queries.textes import Famille
from comptes.rules import rattachements as rules
from comptes.rules.emails import canonical, why_refused


def administers(compte: Compte) -> bool:
    return compte.has_role_ans(RoleANS.ADMINISTRATEUR)


def reads_textes(compte: Compte) -> bool:
    """A responsable d'instruction reads the texts too, and puts in force those that bind others."""
    return compte.has_role_ans(RoleANS.ADMINISTRATEUR, RoleANS.RESPONSABLE_INSTRUCTION)


def writes_textes(compte: Compte) -> bool:
    return administers(compte)


def publishes_texte(compte: Compte, famille: Famille) -> bool:
    return reads_textes(compte) if famille.binding else administers(compte)


def reads_security(compte: Compte) -> bool:
    return compte.has_role_ans(RoleANS.AUDITEUR)


def acting_seat(compte: Compte, editeur: Editeur) -> rules.Seat | None:
    """The seat that this person acts from; an administrateur, who helps every éditeur, acts as a mandataire."""
    if administers(compte):
        return rules.Seat(Role.MANDATAIRE, may_engage=True)
    return seat_of(compte, editeur)


def manages_accounts(compte: Compte, editeur: Editeur) -> bool:
    seat = acting_seat(compte, editeur)
    return seat is not None and seat.role in (Role.MANDATAIRE, Role.REPRESENTANT)


def can_engage(compte: Compte, editeur: Editeur) -> bool:
    return rules.can_engage(seat_of(compte, editeur))


def is_addressed(compte: Compte, invitation: Invitation) -> bool:
    return not why_refused(invitation.email) and canonical(invitation.email) == compte.email
