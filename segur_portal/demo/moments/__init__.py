"""The moments of the story, in the order of time. A new one is a module here and a line below."""

from .ouverture import OUVERTURE

MOMENTS = (OUVERTURE,)

__all__ = ["MOMENTS"]
