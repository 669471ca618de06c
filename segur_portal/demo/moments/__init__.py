"""The moments of the story, in the order of time. A new one is a module here and a line below."""

from .date_1 import DATE_1
from .ouverture import OUVERTURE

MOMENTS = (OUVERTURE, DATE_1)

__all__ = ["MOMENTS"]
