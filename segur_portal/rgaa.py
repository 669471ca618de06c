"""What the statement of accessibility says: the totals of docs/rgaa.md, which a test compares, and what is lacking."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True)
class Audit:
    """A self-audit: how many criteria of the RGAA are met, are not, and have no object here."""

    day: date
    conform: int
    not_conform: int
    without_object: int

    @property
    def state(self) -> str:
        """Return the state that the law names; nobody says « totalement conforme » of an audit made by themselves."""
        met_by_half = self.conform >= self.not_conform
        return "partiellement conforme" if met_by_half else "non conforme"


AUDIT = Audit(date(2026, 11, 30), conform=74, not_conform=1, without_object=31)
# In words for the public: each criterion that is not met (docs/rgaa.md).
LACKING = (
    (
        "13.3",
        "Les documents en PDF",
        "Ils sont balisés pour les lecteurs d’écran, mais aucun outil PDF/UA ne les a encore vérifiés.",
    ),
)
# The multi-year scheme: the year, and what is to be done in it.
SCHEME = (
    ("2026", "Auto-évaluation des 106 critères, et correction de ce qu’elle a montré."),
    ("2027", "Audit par un tiers, et essais avec des personnes qui utilisent un lecteur d’écran ou le clavier seul."),
    ("2028", "Vérification des PDF par un outil PDF/UA, et nouvelle évaluation après chaque version majeure."),
)
