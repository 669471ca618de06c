"""What each role may do in phase 3."""

from comptes.enums import RoleANS
from comptes.models import Compte
from referencement.models import SeanceDuCollege


def prepares_conventions(compte: Compte) -> bool:
    """A responsable d'instruction prepares, sends and cancels conventions, and signs them for the agency."""
    return compte.has_role_ans(RoleANS.RESPONSABLE_INSTRUCTION)


def steers(compte: Compte) -> bool:
    """A responsable d'instruction and an administrateur read what is at risk, what waits and who has too much."""
    return compte.has_role_ans(RoleANS.RESPONSABLE_INSTRUCTION, RoleANS.ADMINISTRATEUR)


def plans_seances(compte: Compte) -> bool:
    """A secrétaire of the collège plans its séances."""
    return compte.has_role_ans(RoleANS.SECRETAIRE_COLLEGE)


def holds_seance(compte: Compte, seance: SeanceDuCollege) -> bool:
    """Whether the account may run this séance: a secrétaire of the collège, any; an administrateur, if named for it."""
    holds_the_place = compte.has_role_ans(RoleANS.ADMINISTRATEUR) and seance.secretaire_id == compte.pk
    return holds_the_place or plans_seances(compte)


def entrusts_seances(compte: Compte) -> bool:
    """A secrétaire of the collège, or an administrateur, names the secrétaire of a séance."""
    return compte.has_role_ans(RoleANS.SECRETAIRE_COLLEGE, RoleANS.ADMINISTRATEUR)


def reads_seances(compte: Compte) -> bool:
    """Everybody at the agency reads the séances."""
    return compte.is_ans


def decides_mesures(compte: Compte) -> bool:
    """A responsable d'instruction decides mesures and nouveaux examens."""
    return compte.has_role_ans(RoleANS.RESPONSABLE_INSTRUCTION)
