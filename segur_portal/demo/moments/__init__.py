"""The moments of the story, in order of time. To add one: a module here, and its name below."""

from segur_portal.demo.story import StoryMoment

from .college import COLLEGE
from .date_1 import DATE_1
from .ouverture import OUVERTURE
from .preuves import PREUVES
from .reference import REFERENCE

MOMENTS = (OUVERTURE, DATE_1, PREUVES, COLLEGE, REFERENCE)


def latest_reached() -> StoryMoment | None:
    """Return the last moment that the story has reached; None before the first."""
    return next((moment for moment in reversed(MOMENTS) if moment.is_reached()), None)


__all__ = ["MOMENTS", "latest_reached"]
