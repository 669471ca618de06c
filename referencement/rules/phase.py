"""In which phase of the process a candidature is, and what is true of it there, in words. Pure functions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from candidatures.enums import VoletState
from comptes.dates import day_in_words
from preuves.enums import ChapitreState
from referencement.enums import ConventionState

from .attribution import ON_THE_AGENDA, LatestExamen
from .blocages import SETTLED, SIGNED, WITH_THE_ANS
from .facts import ChapitreStanding, DossierFacts, VoletStanding
from .graphe import Etat, Graphe

TITLES = {1: "Dossier administratif", 2: "Preuves et autres guichets", 3: "Convention et collège"}


@dataclass(frozen=True, slots=True)
class Phase:
    """Where a candidature that goes on stands: the number of its phase, 1 to 3, and sentences that are true there."""

    number: int
    sentences: tuple[str, ...]

    @property
    def title(self) -> str:
        return f"Phase {self.number} sur 3 – {TITLES[self.number]}"


def phase_of(facts: DossierFacts, graph: Graphe, examen: LatestExamen | None) -> Phase:
    """Say where a candidature that goes on stands. What a finished phase still owes is said in the next one."""
    number = _number(facts)
    told = {1: _first(facts), 2: _second(facts, graph), 3: _third(facts)}[number]
    return Phase(number, (*told, *_seance(examen)))


def _number(facts: DossierFacts) -> int:
    chapitres = facts.chapitres
    admitted = all(volet.state == VoletState.ADMITTED for volet in facts.volets)
    begun = any(chapitre.was_submitted for chapitre in chapitres or ())
    submitted = all(volet.first_submitted_at is not None for volet in facts.volets)
    if not facts.charte_accepted or not submitted or not (admitted or begun):
        return 1
    if admitted and chapitres is not None and all(chapitre.standing in SETTLED for chapitre in chapitres):
        return 3
    return 2


def _first(facts: DossierFacts) -> Iterator[str]:
    if not facts.charte_accepted:
        yield "La charte est à accepter."
    for volet in facts.volets:
        yield f"{volet.label}\u00a0: {_volet_in_words(volet)}."


def _volet_in_words(volet: VoletStanding) -> str:
    match volet.state:
        case VoletState.ADMITTED:
            return "recevable"
        case VoletState.SUBMITTED:
            return "l’ANS l’examine"
        case VoletState.COMPLEMENT_REQUESTED:
            return "l’ANS attend un complément"
    return "complet, mais pas soumis" if volet.is_complete else "à remplir"


def _second(facts: DossierFacts, graph: Graphe) -> Iterator[str]:
    for volet in facts.volets:
        if volet.state != VoletState.ADMITTED:
            yield f"{volet.label}\u00a0: {_volet_in_words(volet)}."
    yield _chapitres_in_words(facts.chapitres)
    if told := _desks_in_words(graph):
        yield told


def _chapitres_in_words(chapitres: tuple[ChapitreStanding, ...] | None) -> str:
    if chapitres is None:
        return "Le référentiel d’exigences et de preuves (REM) n’est pas encore publié."
    settled = sum(chapitre.standing in SETTLED for chapitre in chapitres)
    returned = sum(chapitre.standing == ChapitreState.RETURNED for chapitre in chapitres)
    read = sum(chapitre.standing in WITH_THE_ANS for chapitre in chapitres)
    parts = [f"{settled} chapitre{'s' if settled > 1 else ''} validé{'s' if settled > 1 else ''} sur {len(chapitres)}"]
    if returned:
        parts.append(f"{returned} à corriger")
    if read:
        parts.append(f"{read} à l’examen")
    return f"{', '.join(parts)}."


def _desks_in_words(graph: Graphe) -> str:
    """Count the demandes that their desk granted: its last stage is done."""
    stages = {key: planned for key, planned in graph.planned.items() if key.startswith("demande:")}
    last = {key.rpartition(":")[0]: planned for key, planned in stages.items()}
    if not last:
        return ""
    granted = sum(planned.etat is Etat.DONE for planned in last.values())
    plural = "s" if granted > 1 else ""
    return f"Autres guichets\u00a0: {granted} demande{plural} accordée{plural} sur {len(last)}."


def _third(facts: DossierFacts) -> Iterator[str]:
    convention = facts.convention
    if convention is None:
        yield "Tous les chapitres sont validés. L’ANS prépare la convention."
    elif not convention.still_holds:
        yield "L’ANS prépare de nouveau la convention\u00a0: des informations citées ont changé."
    elif convention.state in SIGNED:
        state = str(ConventionState(convention.state).label)
        yield f"Convention\u00a0: {state[0].lower()}{state[1:]}."
    elif convention.state == ConventionState.SENT:
        yield "La convention est à signer par l’éditeur."
    else:
        yield "L’ANS va envoyer la convention à la signature."


def _seance(examen: LatestExamen | None) -> Iterator[str]:
    """Say when the collège examines it, in whatever phase it stands: it may be listed before all is done."""
    if examen and examen.state in ON_THE_AGENDA:
        day = day_in_words(examen.held_at)
        yield f"La candidature est à l’ordre du jour de la séance du collège du {day}."
