"""Who may do what to whom inside an éditeur (ISC roles: webinar, phase 1; our reading in docs/glossaire.md)."""

from dataclasses import dataclass
from datetime import timedelta

HOUR = timedelta(hours=1)
MOST_INVITATIONS = 20


@dataclass(frozen=True)
class Seat:
    """A person's place in an éditeur: a `Role` value, and whether it carries the power to engage the éditeur."""

    role: str
    may_engage: bool


def can_engage(seat: Seat | None) -> bool:
    """A mandataire engages the éditeur; a représentant only when delegated; a salarié never."""
    return seat is not None and (seat.role == "mandataire" or (seat.role == "representant" and seat.may_engage))


def governs(by: Seat | None, seat: Seat) -> bool:
    """Say whether that person may end this seat: a mandataire any, a représentant those of the salariés."""
    return by is not None and (by.role == "mandataire" or (by.role == "representant" and seat.role == "salarie"))


def obstacles_to_offer(by: Seat | None, offered: Seat) -> tuple[str, ...]:
    """Say why this person cannot offer that seat."""
    if by is None or by.role not in ("mandataire", "representant"):
        return ("Seuls les mandataires et les représentants peuvent gérer les comptes de l’éditeur.",)
    if offered.role == "mandataire" and by.role != "mandataire":
        return ("Seul un mandataire peut désigner un mandataire.",)
    if offered.role == "representant" and by.role != "mandataire":
        return ("Seul un mandataire peut désigner un représentant.",)
    if offered.may_engage and offered.role == "salarie":
        return ("Un salarié ne peut pas engager l’éditeur.",)
    return ()


def roles_to_offer(by: Seat) -> tuple[str, ...]:
    """List the roles that this person can give."""
    roles = ("mandataire", "representant", "salarie")
    return tuple(role for role in roles if not obstacles_to_offer(by, Seat(role, may_engage=role == "mandataire")))


def manages(seat: Seat) -> bool:
    """Say whether that seat sees every product of the éditeur, and is told of all that happens to them."""
    return seat.role in ("mandataire", "representant")


@dataclass(frozen=True)
class Others:
    """Counts of the other people of the éditeur: `mandataires`; `reachable`, managers whose address works."""

    mandataires: int
    reachable: int


UNREACHABLE = "Aucun autre mandataire ou représentant ne reçoit les e-mails de l’ANS. Invitez-en un d’abord."


def obstacles_to_detach(by: Seat | None, leaving: Seat, *, is_self: bool, others: Others) -> tuple[str, ...]:
    """Say why this person cannot be detached by that one."""
    if leaving.role == "mandataire" and others.mandataires == 0:
        return ("L’éditeur doit garder au moins un mandataire\u00a0: désignez-en un autre d’abord.",)
    if manages(leaving) and others.reachable == 0:
        return (UNREACHABLE,)
    if is_self:
        return ()
    if by is None or by.role not in ("mandataire", "representant"):
        return ("Seuls les mandataires et les représentants peuvent gérer les comptes de l’éditeur.",)
    if not governs(by, leaving):
        return ("Un représentant ne peut détacher que des salariés.",)
    return ()


def obstacles_to_change(by: Seat | None, present: Seat, wanted: Seat, *, others: Others) -> tuple[str, ...]:
    """Say why this person cannot turn that seat into the wanted one."""
    reasons = obstacles_to_offer(by, wanted)
    if by and by.role == "representant" and not governs(by, present):
        reasons += ("Un représentant ne peut changer que le rôle des salariés.",)
    if manages(present) and not manages(wanted) and others.reachable == 0:
        reasons += (UNREACHABLE,)
    if present.role == "mandataire" and wanted.role != "mandataire" and others.mandataires == 0:
        reasons += ("L’éditeur doit garder au moins un mandataire : désignez-en un autre d’abord.",)
    return reasons


def obstacles_to_send(recent: int) -> tuple[str, ...]:
    """Say why an éditeur may send no further invitation: in its name, the agency writes to strangers.

    :param recent: how many it sent within the last hour, cancelled ones included
    """
    if recent < MOST_INVITATIONS:
        return ()
    too_many = f"Votre éditeur a envoyé {recent} invitations en une heure\u00a0: c’est le maximum."
    return (f"{too_many} Attendez une heure avant d’en envoyer d’autres.",)
