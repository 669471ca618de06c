"""Whether a démarche concerns somebody, from what they say of their company and of the solution."""

from collections.abc import Collection
from enum import StrEnum

EDITEUR, DISTRIBUTEUR, UTILISATEUR = "editeur", "distributeur", "utilisateur"
UNKNOWN, NONE_OF_THEM = "ne-sait-pas", "aucun"


class Verdict(StrEnum):
    """What the person is told first; the desks follow when the answer is not no."""

    YES = "oui"
    YES_IF_EDITEUR = "oui-si-editeur"
    NO_DISTRIBUTEUR = "non-distributeur"
    NO_UTILISATEUR = "non-utilisateur"
    NO_PROFIL = "non-profil"
    ASK = "ecrire"

    @property
    def shows_desks(self) -> bool:
        return self in (Verdict.YES, Verdict.YES_IF_EDITEUR)


def verdict(*, role: str, profils: Collection[str]) -> Verdict:
    """Say whether the démarche concerns the company.

    :param role: what it does with the solution; empty when it was not answered
    :param profils: the profils that were chosen, or the one answer that names none of them
    """
    match role:
        case "distributeur":
            return Verdict.NO_DISTRIBUTEUR
        case "utilisateur":
            return Verdict.NO_UTILISATEUR
    if NONE_OF_THEM in profils:
        return Verdict.NO_PROFIL
    if UNKNOWN in profils:
        return Verdict.ASK
    return Verdict.YES if role == EDITEUR else Verdict.YES_IF_EDITEUR
