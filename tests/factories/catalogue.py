"""What every release loads, restored after a test that emptied the tables."""

from guichets.catalogue.guichets import every_guichet
from guichets.models import Guichet
from guichets.operations.guichets import load_guichet


def load_the_desks() -> None:
    """Load the desks that are missing; one query when none is."""
    known = set(Guichet.objects.values_list("code", flat=True))
    for spec in every_guichet():
        if spec.code not in known:
            load_guichet(spec=spec)
