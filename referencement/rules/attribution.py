"""The last two steps of the parcours: the convention, then the collège. Pure functions over frozen data."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from referencement.enums import ConventionState, ExamenState, Publication

from .blocages import SIGNED, Blocage
from .facts import ConventionFacts
from .publication import Standing
from .step import ParcoursStep

BEFORE_THE_COLLEGE = "Quand les étapes précédentes seront faites, à tous les guichets"
ON_THE_AGENDA = (ExamenState.LISTED, ExamenState.DECIDED)
AGAIN: dict[str, str] = {
    ExamenState.NOT_ATTRIBUTED: "Nouvel examen accordé\u00a0: à inscrire à l’ordre du jour",
    ExamenState.POSTPONED: "Examen reporté\u00a0: à inscrire à une autre séance",
    ExamenState.CANCELLED: "Séance annulée\u00a0: à inscrire à une autre",
}


@dataclass(frozen=True)
class LatestExamen:
    """The latest examen of a candidature.

    :param held_at: the instant of its séance (aware)
    :param published_at: None while its séance is not closed
    :param again_at: when a new examen was granted after its refusal; None otherwise
    """

    state: str
    held_at: datetime
    published_at: datetime | None
    again_at: datetime | None = None


@dataclass(frozen=True)
class AttributionSituation:
    """What the last two steps are derived from.

    :param before_convention: what is missing before a convention may be prepared
    :param before_college: what is missing before the collège, `before_convention` included
    :param standing: what the référencement is now; None while none was attributed
    :param is_left: the candidature is over, or its référencement was withdrawn, renounced or replaced: nothing more is
        signed
    """

    convention: ConventionFacts | None
    before_convention: tuple[Blocage, ...]
    before_college: tuple[Blocage, ...]
    examen: LatestExamen | None
    standing: Standing | None = None
    is_left: bool = False


def steps_of_attribution(situation: AttributionSituation) -> Iterator[ParcoursStep]:
    """Yield the steps of the convention and of the collège; a decision does not show before it is published."""
    yield _convention_once_left(situation) or _convention(situation)
    yield _college(situation)


def _convention_once_left(situation: AttributionSituation) -> ParcoursStep | None:
    convention = situation.convention
    if not situation.is_left or convention is None or convention.state not in SIGNED:
        return None
    return ParcoursStep(
        "convention", "Convention", "done", str(ConventionState(convention.state).label), convention.moved_at
    )


def _convention(situation: AttributionSituation) -> ParcoursStep:
    state, hint, convention = "current", "", situation.convention
    if convention is None:
        if situation.before_convention:
            state, hint = "todo", "Quand tous les chapitres seront validés"
        else:
            hint = "À préparer par l’ANS"
    elif not convention.still_holds and convention.state != ConventionState.COUNTERSIGNED:
        hint = "À préparer de nouveau : des informations citées ont changé"
    elif convention.state == ConventionState.SIGNED_BY_EDITEUR and is_attributed(situation):
        hint = "À signer par l’ANS"
    elif convention.state in SIGNED:
        state, hint = "done", str(ConventionState(convention.state).label)
    elif convention.state == ConventionState.SENT:
        hint = "À signer par l’éditeur"
    else:
        hint = "À envoyer à la signature"
    return ParcoursStep("convention", "Convention", state, hint, convention.moved_at if convention else None)


def is_attributed(situation: AttributionSituation) -> bool:
    return situation.examen is not None and situation.examen.state == ExamenState.ATTRIBUTED


def _college(situation: AttributionSituation) -> ParcoursStep:
    examen, label = situation.examen, "Collège technique"
    if situation.standing and situation.standing.state != Publication.REFERENCED:
        state = "refused" if situation.standing.state == Publication.WITHDRAWN else "todo"
        return ParcoursStep("college", label, state, str(situation.standing.state.label), situation.standing.since)
    if examen and examen.state in (ExamenState.ATTRIBUTED, ExamenState.NOT_ATTRIBUTED) and not examen.again_at:
        state = "done" if examen.state == ExamenState.ATTRIBUTED else "refused"
        return ParcoursStep("college", label, state, str(ExamenState(examen.state).label), examen.published_at)
    if examen and examen.state in ON_THE_AGENDA:
        return ParcoursStep("college", label, "current", "À l’ordre du jour de la séance", examen.held_at)
    if situation.before_college:
        return ParcoursStep("college", label, "todo", BEFORE_THE_COLLEGE, None)
    hint = AGAIN.get(examen.state if examen else "", "À inscrire à l’ordre du jour")
    return ParcoursStep("college", label, "current", hint, examen.again_at if examen else None)


def only_before_the_college(situation: AttributionSituation) -> tuple[Blocage, ...]:
    """Return what the collège asks for and the convention does not."""
    already_asked = set(situation.before_convention)
    return tuple(blocage for blocage in situation.before_college if blocage not in already_asked)
