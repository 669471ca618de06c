"""The second reading of a chapitre by an expert: of whom it may be asked, and when."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

USUAL = timedelta(days=10)
"""How long an expert has, unless whoever asks chooses another day."""

NOT_HOLDER = "Seule la personne qui examine ce chapitre demande une seconde lecture, ou la retire."

SOON = timedelta(days=2)
"""How long before the day an expert is reminded."""


@dataclass(frozen=True)
class Expert:
    """What the rule needs to know of an expert who has an account.

    :param is_self: whether it is whoever asks
    :param works_for: the éditeur that they work for, if any
    :param is_shut: whether their account is closed or suspended
    :param is_asked: whether the same is asked of them already
    """

    is_self: bool
    works_for: str
    is_shut: bool
    is_asked: bool


@dataclass(frozen=True)
class Asking:
    """What the rule needs to know of a second reading that somebody asks for.

    :param is_holder: whether whoever asks is reading the chapitre
    :param before: the civil day, in Paris, before which it is expected
    :param today: the same, today
    :param expert: None when nobody has this address yet
    """

    is_holder: bool
    candidature_open: bool
    question: str
    before: date | None
    today: date
    expert: Expert | None = None


def why_not_asked(asking: Asking) -> tuple[str, ...]:
    """Say, one reason each, why a second reading cannot be asked for."""
    return (*_of_the_request(asking), *(_of_the_expert(asking.expert) if asking.expert else ()))


def _of_the_request(asking: Asking) -> Iterator[str]:
    if not asking.candidature_open:
        yield "Cette candidature n’est plus ouverte."
    elif not asking.is_holder:
        yield NOT_HOLDER
    if not asking.question:
        yield "Indiquez votre question à l’expert."
    if asking.before is None or asking.before < asking.today:
        yield "Indiquez une date qui n’est pas passée."


def _of_the_expert(expert: Expert) -> Iterator[str]:
    if expert.is_self:
        yield "Vous examinez déjà ce chapitre\u00a0: demandez la seconde lecture à une autre personne."
    if expert.works_for:
        yield f"Cette personne travaille pour un éditeur ({expert.works_for})\u00a0: choisissez un autre expert."
    if expert.is_shut:
        yield "Le compte de cette personne est fermé ou suspendu\u00a0: choisissez un autre expert."
    if expert.is_asked:
        yield "Une seconde lecture est déjà demandée à cette personne."


def reminder_due(*, before: date, today: date) -> str:
    """Return which reminder an expert must have had by today: `soon`, `late`, or none yet."""
    if today > before:
        return "late"
    return "soon" if today >= before - SOON else ""
