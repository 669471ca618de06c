"""Who may, on the ground floor: predicates of two lines."""

from comptes import queries
from comptes.enums import Role, RoleANS
from comptes.models import Compte, Editeur
from comptes.rules import rattachements as rules


def administers(compte: Compte) -> bool:
    return compte.has_role_ans(RoleANS.ADMINISTRATEUR)


def manages_accounts(compte: Compte, editeur: Editeur) -> bool:
    seat = queries.seat_of(compte, editeur)
    return administers(compte) or (seat is not None and seat.role in (Role.MANDATAIRE, Role.REPRESENTANT))


def can_engage(compte: Compte, editeur: Editeur) -> bool:
    return rules.can_engage(queries.seat_of(compte, editeur))
