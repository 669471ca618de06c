"""What the other desks say, read. One module a noun; the names are handed on here."""

from .architecture import WITH_PREUVES, architecture_of, spec_of_candidature
from .as_of import DemandeThen, DesksThen, desks_at
from .demandes import believed, label_of_etape, latest_manual, links_to_follow, pull_under_way
from .desks import circuit_of, desk_of, is_pulled, pulled_desks
from .gates import gates_of_many
from .preuves import said_of_preuve
from .sante import SanteDeGuichet, anomalies_living, overdue_returns, sante_of_guichets
from .situation import LigneDeDemande, Situation, situation_of

__all__ = [
    "WITH_PREUVES",
    "DemandeThen",
    "DesksThen",
    "LigneDeDemande",
    "SanteDeGuichet",
    "Situation",
    "anomalies_living",
    "architecture_of",
    "believed",
    "circuit_of",
    "desk_of",
    "desks_at",
    "gates_of_many",
    "is_pulled",
    "label_of_etape",
    "latest_manual",
    "links_to_follow",
    "overdue_returns",
    "pull_under_way",
    "pulled_desks",
    "said_of_preuve",
    "sante_of_guichets",
    "situation_of",
    "spec_of_candidature",
]
