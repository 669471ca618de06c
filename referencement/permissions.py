"""Who may, in phase 3: predicates of two lines."""

from comptes.enums import RoleANS
from comptes.models import Compte
from referencement.models import SeanceDuCollege


def prepares_conventions(compte: Compte) -> bool:
    """Prepares, sends, cancels and signs for the agency: who answers for the instruction."""
    return compte.has_role_ans(RoleANS.RESPONSABLE_INSTRUCTION)


def plans_seances(compte: Compte) -> bool:
    """Plans the séances of the collège: its secrétaire."""
    return compte.has_role_ans(RoleANS.SECRETAIRE_COLLEGE)


def holds_seance(compte: Compte, seance: SeanceDuCollege) -> bool:
    """Prepares, runs and closes that one: a secrétaire, or the administrateur who was given the place for it."""
    holds_the_place = compte.has_role_ans(RoleANS.ADMINISTRATEUR) and seance.secretaire_id == compte.pk
    return holds_the_place or plans_seances(compte)


def entrusts_seances(compte: Compte) -> bool:
    """Says who holds the secrétaire's place at a séance."""
    return compte.has_role_ans(RoleANS.SECRETAIRE_COLLEGE, RoleANS.ADMINISTRATEUR)


def reads_seances(compte: Compte) -> bool:
    """Whoever works at the agency."""
    return compte.is_ans


def decides_mesures(compte: Compte) -> bool:
    """Decides a suspension, its lifting, a retrait, or that what was refused is examined again."""
    return compte.has_role_ans(RoleANS.RESPONSABLE_INSTRUCTION)
