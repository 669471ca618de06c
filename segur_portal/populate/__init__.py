"""Realistic data in bulk, by COPY, to see how the portal holds. (The demonstration replays operations instead.)

Every row is one that the operations could have written: the constraints hold, the triggers too, the journal verifies.
"""

from .people import ANS
from .run import Wanted, populate

__all__ = ["ANS", "Wanted", "populate"]
