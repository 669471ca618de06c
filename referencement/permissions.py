"""Who may, in phase 3: predicates of two lines."""

from comptes.enums import RoleANS
from comptes.models import Compte


def prepares_conventions(compte: Compte) -> bool:
    """Prepares, sends, cancels and signs for the agency: who answers for the instruction."""
    return compte.has_role_ans(RoleANS.RESPONSABLE_INSTRUCTION)
