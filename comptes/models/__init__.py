from .compte import Compte, CompteManager
from .editeur import Editeur, Rattachement
from .essai import Essai
from .facteur import CodeDeSecours
from .horloge import HorlogeDeDemonstration
from .identite import Identite
from .inscription import Inscription
from .invitation import Invitation
from .journal import JournalChain, JournalEntry, RegisteredChain
from .notice import Notice, PreferenceDAvis, Recueil
from .retour import RetourIncompris
from .security import EvenementDeSecurite
from .session import SessionOuverte
from .sorting import SortName
from .texte import VersionDeTexte
from .travail import Battement, Echec

__all__ = [
    "Battement",
    "CodeDeSecours",
    "Compte",
    "CompteManager",
    "Echec",
    "Editeur",
    "Essai",
    "EvenementDeSecurite",
    "HorlogeDeDemonstration",
    "Identite",
    "Inscription",
    "Invitation",
    "JournalChain",
    "JournalEntry",
    "Notice",
    "PreferenceDAvis",
    "Rattachement",
    "Recueil",
    "RegisteredChain",
    "RetourIncompris",
    "SessionOuverte",
    "SortName",
    "VersionDeTexte",
]
