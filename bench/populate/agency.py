"""The people of the agency in the stories."""

from dataclasses import dataclass
from datetime import datetime

from comptes.enums import RoleANS
from comptes.models import Compte
from comptes.operations.comptes_ans import open_compte_ans

ANS = tuple(f"instruction-{number}@populate.example" for number in range(1, 7))
OTHERS = {
    "administrateur@populate.example": RoleANS.ADMINISTRATEUR,
    "secretaire@populate.example": RoleANS.SECRETAIRE_COLLEGE,
    "membre-1@populate.example": RoleANS.MEMBRE_COLLEGE,
    "membre-2@populate.example": RoleANS.MEMBRE_COLLEGE,
    "membre-3@populate.example": RoleANS.MEMBRE_COLLEGE,
}


@dataclass(frozen=True)
class Agency:
    """The people who act for the agency in one story."""

    administrateur: Compte
    responsable: Compte
    instructeur: Compte
    secretaire: Compte
    membres: tuple[Compte, ...]


def open_agency(number: int, at: datetime) -> Agency:
    """Open the accounts that are missing; return the agency of a story, whose number chooses the instructeur."""
    for rank, email in enumerate(ANS):
        _open(email, [RoleANS.INSTRUCTEUR] if rank else [RoleANS.RESPONSABLE_INSTRUCTION, RoleANS.INSTRUCTEUR], at)
    for email, role in OTHERS.items():
        _open(email, [role], at)
    known = {compte.email: compte for compte in Compte.objects.filter(email__in=[*ANS, *OTHERS])}
    administrateur, secretaire, *membres = (known[email] for email in OTHERS)
    instructeur = known[ANS[1 + number % (len(ANS) - 1)]]
    return Agency(administrateur, known[ANS[0]], instructeur, secretaire, tuple(membres))


def _open(email: str, roles: list[RoleANS], at: datetime) -> None:
    if not Compte.objects.filter(email=email).exists():
        name = email.partition("@")[0].replace("-", " ").title()
        open_compte_ans(email=email, first_name="Camille", last_name=name, roles=roles, by=None, at=at)
