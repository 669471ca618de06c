"""Where a candidature stands, step by step. Pure functions over frozen data. For whose turn it is, see `tour`."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from candidatures.enums import VoletState

from .attribution import AttributionSituation, steps_of_attribution
from .step import ParcoursStep


@dataclass(frozen=True)
class VoletSituation:
    """One volet.

    :param done: how many answers a draft has, and `asked` how many are asked
    :param moved_at: when it came to its state (aware); None for a draft
    :param missed: the name of the échéance that it missed; empty when it missed none
    """

    kind: str
    label: str
    state: str
    done: int
    asked: int
    moved_at: datetime | None
    missed: str = ""

    @property
    def is_complete_not_submitted(self) -> bool:
        """Whether everything is answered and nothing is submitted: éditeurs forget this last click."""
        return self.state == VoletState.DRAFT and self.done == self.asked


@dataclass(frozen=True)
class PreuvesSituation:
    """The dossier de preuves, in numbers of chapitres that concern the solution.

    :param is_deposit_open: the éligibilité was submitted at least once
    :param settled: approved, or acquis without a deposit
    :param with_ans: submitted or being read
    :param returned: to be corrected by the éditeur
    :param complete: complete, and not handed over
    :param missed: the name of the échéance that some chapitre, never submitted, missed; empty when none did
    """

    is_deposit_open: bool
    total: int
    settled: int
    with_ans: int
    returned: int
    complete: int
    missed: str = ""

    @property
    def is_done(self) -> bool:
        return self.settled == self.total


@dataclass(frozen=True)
class OverviewFacts:
    """What the overview of a candidature is derived from."""

    is_open: bool
    charte_accepted_at: datetime | None
    volets: tuple[VoletSituation, ...]
    preuves: PreuvesSituation | None = None
    attribution: AttributionSituation | None = None


def steps_of(situation: OverviewFacts) -> tuple[ParcoursStep, ...]:
    """Return every step in order, with its state."""
    return (_charte(situation), *_volets(situation), *_preuves(situation), *_attribution(situation))


def _charte(situation: OverviewFacts) -> ParcoursStep:
    label = "Charte de référencement"
    if situation.charte_accepted_at:
        return ParcoursStep("charte", label, "done", "Acceptée", situation.charte_accepted_at)
    hint = "À lire et à accepter par une personne qui peut engager l’éditeur"
    return ParcoursStep("charte", label, "current", hint, None)


def _volets(situation: OverviewFacts) -> Iterator[ParcoursStep]:
    for volet in situation.volets:
        state, hint = _of_volet(volet, situation)
        late = bool(volet.missed) and volet.state == VoletState.DRAFT
        urgent = volet.is_complete_not_submitted and situation.is_open and situation.charte_accepted_at is not None
        yield ParcoursStep(
            volet.kind,
            volet.label,
            state,
            hint,
            volet.moved_at,
            is_urgent=urgent and not late,
            is_late=late and situation.is_open,
            echeance=volet.missed,
        )


def _of_volet(volet: VoletSituation, situation: OverviewFacts) -> tuple[str, str]:
    match volet.state:
        case VoletState.ADMITTED:
            return "done", "Recevable"
        case VoletState.SUBMITTED:
            return "current", "Soumis\u00a0: l’ANS l’examine"
        case VoletState.COMPLEMENT_REQUESTED:
            return "current", "L’ANS attend un complément"
    if situation.charte_accepted_at is None:
        return "todo", "Après la charte"
    if volet.is_complete_not_submitted:
        return "current", "Complet – à soumettre"
    return "current", f"{volet.done} réponse{'s' if volet.done > 1 else ''} sur {volet.asked}"


def _preuves(situation: OverviewFacts) -> Iterator[ParcoursStep]:
    preuves = situation.preuves
    if preuves is None:
        return
    state, hint = _of_preuves(preuves)
    yield ParcoursStep(
        "preuves",
        "Dossier de preuves",
        state,
        hint,
        None,
        is_urgent=bool(preuves.complete) and situation.is_open and not preuves.missed,
        is_late=bool(preuves.missed) and situation.is_open,
        echeance=preuves.missed,
    )


def _attribution(situation: OverviewFacts) -> Iterator[ParcoursStep]:
    if situation.attribution is not None:
        yield from steps_of_attribution(situation.attribution)


def _of_preuves(preuves: PreuvesSituation) -> tuple[str, str]:
    if not preuves.is_deposit_open:
        return "todo", "Après la soumission du formulaire d’éligibilité"
    if preuves.is_done:
        return "done", "Tous les chapitres sont validés"
    done = f"{preuves.settled} chapitre{'s' if preuves.settled > 1 else ''} validé{'s' if preuves.settled > 1 else ''}"
    counted = f"{done} sur {preuves.total}"
    if preuves.complete:
        counted = f"{preuves.complete} complet{'s' if preuves.complete > 1 else ''} – à soumettre ; {counted}"
    if preuves.returned:
        return "current", f"{preuves.returned} à corriger, {counted}"
    if preuves.settled + preuves.with_ans == preuves.total:
        return "current", f"L’ANS examine, {counted}"
    return "current", counted
