"""What each role may do in phase 3."""

from comptes.enums import RoleANS
from comptes.models import Compte
from referencement.models import SeanceDuCollege


def prepares_conventions(compte: Compte) -> bool:
    """Whoever answers for the instruction prepares, sends and cancels conventions, and signs them for the agency."""
    return compte.has_role_ans(RoleANS.RESPONSABLE_INSTRUCTION)


def plans_seances(compte: Compte) -> bool:
    """A secrétaire of the collège plans its séances."""
    return compte.has_role_ans(RoleANS.SECRETAIRE_COLLEGE)


def holds_seance(compte: Compte, seance: SeanceDuCollege) -> bool:
    """A secrétaire prepares, runs and closes a séance; so does the administrateur who was named its secrétaire."""
    holds_the_place = compte.has_role_ans(RoleANS.ADMINISTRATEUR) and seance.secretaire_id == compte.pk
    return holds_the_place or plans_seances(compte)


def entrusts_seances(compte: Compte) -> bool:
    """A secrétaire of the collège, or an administrateur, names the secrétaire of a séance."""
    return compte.has_role_ans(RoleANS.SECRETAIRE_COLLEGE, RoleANS.ADMINISTRATEUR)


def reads_seances(compte: Compte) -> bool:
    """Whoever works at the agency reads the séances."""
    return compte.is_ans


def decides_mesures(compte: Compte) -> bool:
    """Whoever answers for the instruction decides mesures and new examens."""
    return compte.has_role_ans(RoleANS.RESPONSABLE_INSTRUCTION)
