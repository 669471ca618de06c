"""Who may, in phase 3: predicates of two lines."""

from comptes.enums import RoleANS
from comptes.models import Compte


def prepares_conventions(compte: Compte) -> bool:
    """Prepares, sends, cancels and signs for the agency: who answers for the instruction."""
    return compte.has_role_ans(RoleANS.RESPONSABLE_INSTRUCTION)


def holds_seances(compte: Compte) -> bool:
    """Plans, runs and closes the séances of the collège: its secrétaire."""
    return compte.has_role_ans(RoleANS.SECRETAIRE_COLLEGE)


def reads_seances(compte: Compte) -> bool:
    return compte.has_role_ans(*(role for role in RoleANS if role != RoleANS.ADMINISTRATEUR))


def decides_mesures(compte: Compte) -> bool:
    """Decides a suspension, its lifting, a retrait, or that what was refused is examined again."""
    return compte.has_role_ans(RoleANS.RESPONSABLE_INSTRUCTION)
