"""Who may, in phase 2: predicates of two lines."""

from comptes import permissions
from comptes.enums import RoleANS
from comptes.models import Compte


def imports_rem(compte: Compte) -> bool:
    return permissions.administers(compte)


def reads_rem(compte: Compte) -> bool:
    return imports_rem(compte) or compte.has_role_ans(RoleANS.RESPONSABLE_INSTRUCTION)


def reopens(compte: Compte) -> bool:
    """What was said to be settled is unsettled by whoever answers for the instruction."""
    return compte.has_role_ans(RoleANS.RESPONSABLE_INSTRUCTION)
