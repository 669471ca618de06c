"""What the photo of an échéance says of a candidature, and when it may be taken."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from candidatures.enums import CandidatureState
from candidatures.rules.deadlines import Deadline
from guichets.enums import Owner
from referencement.enums import TriDePhoto

from .blocages import Blocage

# What arrived at the last second may be written a little later: the proxy's stamp is accepted for two minutes.
WAIT = timedelta(minutes=5)


def wait_of(*, grace: timedelta, believed: timedelta) -> timedelta:
    """Return how long after an instant all that arrived in time has surely been written.

    :param grace: how long after it the files of what was submitted may arrive
    :param believed: for how long the stamp that a proxy puts on a request is believed
    """
    return max(WAIT, grace + believed)


def may_be_taken(instant: datetime, *, at: datetime, wait: timedelta = WAIT) -> bool:
    """Say whether all that arrived by an instant has surely been written to the database."""
    return at >= instant + wait


def sort_of(missing: Collection[Blocage]) -> TriDePhoto:
    """Sort a candidature by what its échéance still asked of it at its instant.

    A person decides when all that was missing was complete and not submitted, or waited for another desk.
    """
    if not missing:
        return TriDePhoto.IN_TIME
    if all(blocage.is_complete or blocage.owner != Owner.EDITEUR for blocage in missing):
        return TriDePhoto.TO_DECIDE
    return TriDePhoto.LATE


@dataclass(frozen=True)
class ForeclosureFacts:
    """What is checked before a candidature is foreclosed on its photo.

    :param state: of the candidature, today
    :param sort: what the photo says
    :param deadline: the échéance as it binds the candidature today
    :param is_latest: whether no later photo of that échéance replaces it
    :param is_due: whether the échéance still asks for something today
    """

    state: str
    sort: str
    deadline: Deadline
    is_latest: bool
    is_due: bool


def why_not_foreclosed(facts: ForeclosureFacts, *, at: datetime) -> str:
    """Say, in French, why the candidature cannot be foreclosed on that photo; empty when it can."""
    if facts.state != CandidatureState.OPEN:
        return f"Elle est déjà {CandidatureState(facts.state).label.lower()}."
    if facts.deadline.is_met(at):
        return f"Elle a désormais jusqu’au {facts.deadline.label}."
    if not facts.is_latest:
        return "Un constat plus récent de la même échéance remplace celui-ci."
    if facts.sort == TriDePhoto.IN_TIME:
        return "À cette échéance, elle était dans les délais."
    return "" if facts.is_due else "Tout ce que demandait l’échéance est désormais fait."
