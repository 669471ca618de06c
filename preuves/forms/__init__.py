from .depot import DepotForm, NonApplicableForm
from .simulation import SimulationForm

__all__ = ["DepotForm", "NonApplicableForm", "SimulationForm"]
