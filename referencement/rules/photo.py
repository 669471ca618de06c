"""What the photo of an échéance says of a candidature, and when it may be taken."""

from collections.abc import Collection
from datetime import datetime, timedelta

from guichets.enums import Owner
from referencement.enums import TriDePhoto

from .blocages import Blocage

# What arrived at the last second may be written a little later: the proxy's stamp holds for two minutes at most.
WAIT = timedelta(minutes=5)


def may_be_taken(instant: datetime, *, at: datetime) -> bool:
    """Say whether all that arrived by an instant is surely written."""
    return at >= instant + WAIT


def sort_of(missing: Collection[Blocage]) -> TriDePhoto:
    """Sort a candidature by what its échéance still asked of it at its instant.

    A person decides where all that was missing was ready and not submitted, or in the hands of another desk.
    """
    if not missing:
        return TriDePhoto.IN_TIME
    if all(one.is_complete or one.owner != Owner.EDITEUR for one in missing):
        return TriDePhoto.TO_DECIDE
    return TriDePhoto.LATE
