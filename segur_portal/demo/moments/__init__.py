"""The moments of the story, in the order of time. A new one is a module here and a line below."""

from .date_1 import DATE_1
from .ouverture import OUVERTURE
from .preuves import PREUVES

MOMENTS = (OUVERTURE, DATE_1, PREUVES)

__all__ = ["MOMENTS"]
