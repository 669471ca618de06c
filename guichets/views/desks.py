"""How a page shows each desk: its name, its colour, and what it is for."""

from collections.abc import Mapping
from dataclasses import dataclass

from guichets.enums import Guichet

COLOURS: Mapping[Guichet, str] = {Guichet.CNDA: "cnda", Guichet.EDC_PSC: "edc", Guichet.GAZELLE: "segur"}


@dataclass(frozen=True)
class ShownDesk:
    """A desk that grants something to a solution."""

    guichet: Guichet
    purpose: str

    @property
    def label(self) -> str:
        return str(self.guichet.label)

    @property
    def colour(self) -> str:
        return COLOURS[self.guichet]


# In the order in which they are gone through: the CNDA waits for the habilitations.
DESKS = (
    ShownDesk(Guichet.EDC_PSC, "Les habilitations de l’Espace de confiance Pro Santé Connect."),
    ShownDesk(Guichet.CNDA, "Les homologations de l’Assurance maladie, une par composant et par téléservice."),
)
