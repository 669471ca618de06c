"""Which walk is possible at a moment of the demonstration: after Date 1, no first submission is."""

from collections.abc import Callable

from checks.first_phase import FirstPhase
from checks.second_phase import mistral, mistral_with_a_capture
from checks.third_phase import AtTheCollege, OnTheMorning, Published

Steps = list[tuple[str, Callable[[], object]]]


def steps_of(moment: str, base: str) -> Steps:
    """The steps of the walk, in order, each with its title; each goes on from what the one before left."""
    walks = {
        "ouverture": FirstPhase,
        "preuves": mistral_with_a_capture,
        "college": OnTheMorning,
        "seance": AtTheCollege,  # what an older version of the demonstration left ready
        "reference": Published,
    }
    return walks.get(moment, mistral)(base).steps()
