from .avis import AvisForm
from .depot import DepotForm, NonApplicableForm
from .simulation import SimulationForm

__all__ = ["AvisForm", "DepotForm", "NonApplicableForm", "SimulationForm"]
