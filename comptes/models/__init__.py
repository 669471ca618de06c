from .compte import Compte, CompteManager
from .editeur import FRANCE, Editeur, Rattachement
from .essai import Essai
from .horloge import HorlogeDeDemonstration
from .invitation import Invitation
from .journal import JournalChain, JournalEntry
from .notice import Notice, PreferenceDAvis, Recueil
from .sorting import SortName

__all__ = [
    "FRANCE",
    "Compte",
    "CompteManager",
    "Editeur",
    "Essai",
    "HorlogeDeDemonstration",
    "Invitation",
    "JournalChain",
    "JournalEntry",
    "Notice",
    "PreferenceDAvis",
    "Rattachement",
    "Recueil",
    "SortName",
]
