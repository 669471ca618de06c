"""An échéance as rules and pages read it. The only comparison with the present is `is_met`."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from candidatures.catalogue.specs import NOTHING_ASKED, Exigences
from comptes.dates import instant_in_words

SOON = timedelta(days=7)
LATELY = timedelta(days=14)  # how long pages say that an échéance was moved


@dataclass(frozen=True)
class Move:
    """The last time that the ANS moved an échéance for everybody; all instants are aware.

    :param at: when it was approved
    """

    from_at: datetime
    to_at: datetime
    at: datetime
    arrete: str
    motive: str

    def is_recent(self, at: datetime) -> bool:
        """Whether somebody may not have noticed it yet."""
        return at - self.at < LATELY


@dataclass(frozen=True)
class Deadline:
    """A legal instant.

    :param at: aware
    :param label: the instant in French, in Paris time
    :param binds: False for the next version of a solution that is référencée: it may be presented at any time
    :param extended: whether a dérogation gave that instant to the candidature
    :param moved: the last move of everybody's instant; None when it is the file's
    :param exigences: what it requires; nothing when it only limits the answers to late demandes of the ANS
    """

    nom: str
    objet: str
    at: datetime
    label: str
    binds: bool = True
    extended: bool = False
    moved: Move | None = None
    exigences: Exigences = NOTHING_ASKED

    def is_met(self, at: datetime) -> bool:
        """Noon sharp is in time (webinar: Date 1, 01/10/2026 at 12:00)."""
        return not self.binds or at <= self.at

    def state(self, at: datetime) -> str:
        """Return how near it is: `late`, `soon` (a week or less) or `neutral`."""
        if not self.is_met(at):
            return "late"
        return "soon" if self.binds and self.at - at <= SOON else "neutral"

    def counts_down(self, at: datetime) -> bool:
        """Whether time is left, for whoever it binds: a page may then count it."""
        return self.binds and self.is_met(at)

    def remaining(self, at: datetime) -> str:
        """Say in French how much time is left, or has passed since."""
        if not self.binds:
            return "Ne s’applique pas à une nouvelle version technique"
        if self.is_met(at):
            return f"Dans {spell(self.at - at)}"
        return f"Passée depuis {spell(at - self.at)}"


def answering(asked_at: datetime, to_answer: timedelta) -> Deadline:
    """Return until when a demande that the ANS made after an échéance may be answered."""
    return answering_until(asked_at + to_answer)


def answering_until(until: datetime) -> Deadline:
    return Deadline(
        "Date de réponse au retour de l’ANS",
        "Réponse à un retour reçu après l’échéance",
        until,
        instant_in_words(until),
    )


def spell(duration: timedelta) -> str:
    """Write a positive duration in French, with its two largest units: `3 jours et 4 heures`."""
    minutes = int(duration.total_seconds()) // 60
    days, hours, left = minutes // 1440, minutes // 60 % 24, minutes % 60
    if days >= 60:
        return f"{days} jours"
    parts = [_plural(days, "jour"), _plural(hours, "heure"), _plural(left, "minute")]
    largest = [part for part in parts if part][:2]
    return " et ".join(largest) or "moins d’une minute"


def _plural(count: int, word: str) -> str:
    return f"{count} {word}{'s' if count > 1 else ''}" if count else ""
