from .autorisation import Autorisation
from .college import AvisDeMembre, Examen
from .convention import Convention
from .document import Document, FichierDeDocument
from .duree import DureeObservee
from .mesure import Mesure
from .photo import PhotoDEcheance
from .pilotage import RisqueDEcheance, TableauDePilotage
from .reexamen import Reexamen
from .referencement import EvenementDeReferencement, Referencement
from .seance import Convocation, MembreDeSeance, ReportDeSeance, SeanceDuCollege
from .signature import CodeDeSignature, EvenementDeSignature, ProcedureDeSignature
from .tour import NombreDeTours, TourProjete

__all__ = [
    "Autorisation",
    "AvisDeMembre",
    "CodeDeSignature",
    "Convention",
    "Convocation",
    "Document",
    "DureeObservee",
    "EvenementDeReferencement",
    "EvenementDeSignature",
    "Examen",
    "FichierDeDocument",
    "MembreDeSeance",
    "Mesure",
    "NombreDeTours",
    "PhotoDEcheance",
    "ProcedureDeSignature",
    "Reexamen",
    "Referencement",
    "ReportDeSeance",
    "RisqueDEcheance",
    "SeanceDuCollege",
    "TableauDePilotage",
    "TourProjete",
]
