"""The moments of the story, in the order of time. A new one is a module here and a line below."""

from segur_portal.demo.story import StoryMoment

from .college import COLLEGE
from .date_1 import DATE_1
from .ouverture import OUVERTURE
from .preuves import PREUVES
from .reference import REFERENCE

MOMENTS = (OUVERTURE, DATE_1, PREUVES, COLLEGE, REFERENCE)


def latest_reached() -> StoryMoment | None:
    """Return the moment up to which the story was played; None before any."""
    return next((moment for moment in reversed(MOMENTS) if moment.is_reached()), None)


__all__ = ["MOMENTS", "latest_reached"]
