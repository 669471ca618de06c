"""What every release loads, put back where a test emptied the tables."""

from guichets.catalogue.guichets import every_guichet
from guichets.models import Guichet
from guichets.operations.guichets import load_guichet


def load_the_desks() -> None:
    """Load the desks that are not there: one question when they all are."""
    known = set(Guichet.objects.values_list("code", flat=True))
    for spec in every_guichet():
        if spec.code not in known:
            load_guichet(spec=spec)
