from .annotation import AnnotationDePreuve
from .chapitre import Chapitre, NombreDeChapitres, RepriseDeChapitre, SoumissionDeChapitre
from .conclusion import ConclusionProposee
from .confiee import PreuveConfiee
from .dossier import Contestation, DossierDePreuves
from .envoi import AttenteDeFichiers, Envoi, FichierAttendu, PartieRecue
from .equivalences import Equivalence, EquivalenceDite, RetraitDEquivalences, VersionDEquivalences
from .export import ExportDeDossier
from .fichier import Analyse, Apercu, CopieDeLecture, ImageDePage, LectureDeMachine, Sonde
from .importation import ImportDEquivalences, ImportDuREM
from .motif import MotifPret
from .preuve import AvisTombe, BrouillonDAvis, Preuve, Revision, RevisionPiece, VerdictDePreuve
from .rem import ChapitreDuREM, Exigence, PreuveAttendue, RetraitDuREM, Scenario, VersionDuREM
from .seconde_lecture import SecondeLecture

__all__ = [
    "Analyse",
    "AnnotationDePreuve",
    "Apercu",
    "AttenteDeFichiers",
    "AvisTombe",
    "BrouillonDAvis",
    "Chapitre",
    "ChapitreDuREM",
    "ConclusionProposee",
    "Contestation",
    "CopieDeLecture",
    "DossierDePreuves",
    "Envoi",
    "Equivalence",
    "EquivalenceDite",
    "Exigence",
    "ExportDeDossier",
    "FichierAttendu",
    "ImageDePage",
    "ImportDEquivalences",
    "ImportDuREM",
    "LectureDeMachine",
    "MotifPret",
    "NombreDeChapitres",
    "PartieRecue",
    "Preuve",
    "PreuveAttendue",
    "PreuveConfiee",
    "RepriseDeChapitre",
    "RetraitDEquivalences",
    "RetraitDuREM",
    "Revision",
    "RevisionPiece",
    "Scenario",
    "SecondeLecture",
    "Sonde",
    "SoumissionDeChapitre",
    "VerdictDePreuve",
    "VersionDEquivalences",
    "VersionDuREM",
]
