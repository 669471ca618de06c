"""In which phase a candidature stands, and what is said of it there."""

from dataclasses import replace
from typing import Any

import pytest

from comptes.dates import day_in_words
from referencement.enums import ConventionState, ExamenState
from referencement.rules.attribution import LatestExamen
from referencement.rules.facts import ConventionFacts
from referencement.rules.phase import phase_of
from tests.referencement.test_graphe import AT, DAY, drawn, some_facts

SIGNED = ConventionFacts(ConventionState.SIGNED_BY_EDITEUR, True, AT)
PHASES: dict[int, dict[str, Any]] = {
    1: {"volets": ("draft", "draft"), "chapitres": {}, "demandes": {}},
    2: {},
    3: {"chapitres": {"MAT": "approved", "INS": "approved"}, "convention": SIGNED},
}
SEANCE = f"La candidature est à l’ordre du jour de la séance du collège du {day_in_words(AT + 6 * DAY)}."


@pytest.mark.parametrize("number", PHASES)
@pytest.mark.parametrize("state", ExamenState)
def test_day_of_the_seance_is_said_in_every_phase(number: int, state: ExamenState) -> None:
    """A candidature may be listed before all is done; a séance that is over or cancelled is no longer said."""
    facts = some_facts(**PHASES[number])
    volets = tuple(replace(volet, first_submitted_at=volet.moved_at) for volet in facts.dossier.volets)
    facts = replace(facts, dossier=replace(facts.dossier, volets=volets))
    examen = LatestExamen(state, AT + 6 * DAY, AT + 7 * DAY if state in ("attributed", "postponed") else None)
    phase = phase_of(facts.dossier, drawn(facts), examen)

    assert phase.number == number
    assert (SEANCE in phase.sentences) is (state in (ExamenState.LISTED, ExamenState.DECIDED))
    assert SEANCE not in phase_of(facts.dossier, drawn(facts), None).sentences
