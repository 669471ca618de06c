"""The desks that the open dispositifs ask for, as the public pages name them."""

from candidatures.catalogue.dispositifs import every_spec
from guichets.catalogue.guichets import every_guichet
from guichets.catalogue.specs import GuichetSpec


def asked_desks() -> list[GuichetSpec]:
    """Return the desks that an open dispositif asks for, in the order in which an éditeur goes to them."""
    asked = {code for spec in every_spec() for code in spec.guichets}
    return [desk for desk in every_guichet() if desk.code in asked]
