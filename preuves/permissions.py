"""What each role may do in phase 2."""

from comptes import permissions
from comptes.enums import RoleANS
from comptes.models import Compte


def imports_rem(compte: Compte) -> bool:
    return permissions.administers(compte)


def publishes_rem(compte: Compte) -> bool:
    """Two people publish a version: whoever sent the workbook does not publish it."""
    return reads_rem(compte)


def reads_rem(compte: Compte) -> bool:
    return imports_rem(compte) or compte.has_role_ans(RoleANS.RESPONSABLE_INSTRUCTION)


def reopens(compte: Compte) -> bool:
    """A responsable d'instruction opens again what was settled."""
    return compte.has_role_ans(RoleANS.RESPONSABLE_INSTRUCTION)
