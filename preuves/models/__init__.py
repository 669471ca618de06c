from .annotation import AnnotationDePreuve
from .chapitre import Chapitre, RepriseDeChapitre, SoumissionDeChapitre
from .dossier import Contestation, DossierDePreuves
from .fichier import Analyse, Apercu, ImageDePage
from .importation import ImportDuREM
from .preuve import AvisTombe, BrouillonDAvis, Preuve, Revision, RevisionPiece, VerdictDePreuve
from .rem import ChapitreDuREM, Exigence, PreuveAttendue, Scenario, VersionDuREM

__all__ = [
    "Analyse",
    "AnnotationDePreuve",
    "Apercu",
    "AvisTombe",
    "BrouillonDAvis",
    "Chapitre",
    "ChapitreDuREM",
    "Contestation",
    "DossierDePreuves",
    "Exigence",
    "ImageDePage",
    "ImportDuREM",
    "Preuve",
    "PreuveAttendue",
    "RepriseDeChapitre",
    "Revision",
    "RevisionPiece",
    "Scenario",
    "SoumissionDeChapitre",
    "VerdictDePreuve",
    "VersionDuREM",
]
