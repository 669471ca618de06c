"""The story that is possible at each moment of the demonstration."""

from collections.abc import Callable

from checks.first_phase import FirstPhase
from checks.second_phase import mistral, mistral_with_a_capture
from checks.third_phase import AtTheCollege, OnTheMorning, Published

Steps = list[tuple[str, Callable[[], object]]]


def steps_of(moment: str, base: str) -> Steps:
    """Return the steps of the story, in order, each with its title; each continues from the step before."""
    walks = {
        "ouverture": FirstPhase,
        "preuves": mistral_with_a_capture,
        "college": OnTheMorning,
        "seance": AtTheCollege,  # what an older version of the demonstration left ready
        "reference": Published,
    }
    return walks.get(moment, mistral)(base).steps()
