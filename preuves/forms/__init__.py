from .avis import AvisForm
from .depot import DepotForm, NonApplicableForm
from .rem import NaturesForm, RemImportForm
from .simulation import SimulationForm

__all__ = ["AvisForm", "DepotForm", "NaturesForm", "NonApplicableForm", "RemImportForm", "SimulationForm"]
