from .accuse import Accuse, ImpressionDAccuse
from .aide import FicheDAide, VersionDeFiche, VoteDAide
from .calendrier import AbonnementCalendrier
from .candidature import AcceptationDeCharte, Candidature
from .demande import Demande, Jugement
from .derogation import Derogation, DerogationPiece
from .dispositif import Charte, Dispositif, Echeance, Formulaire
from .echeance import OUVERTURE_NOM, DeplacementDEcheance
from .lot import LigneDeLot, Lot
from .message import LectureDeMessages, Message, MessagePiece
from .modele import ModeleDeDemande
from .piece import Piece
from .produit import AccesProduit, Produit
from .referent import Absence, Referent, ReferentDeChapitre
from .reservation import ReservationDeVolet
from .suivi import CandidatureSuivie, Etiquette, EtiquetteDeCandidature, NoteInterne, VueEnregistree
from .transfert import Transfert
from .volet import Reponse, Soumission, Volet

__all__ = [
    "OUVERTURE_NOM",
    "AbonnementCalendrier",
    "Absence",
    "AcceptationDeCharte",
    "AccesProduit",
    "Accuse",
    "Candidature",
    "CandidatureSuivie",
    "Charte",
    "Demande",
    "DeplacementDEcheance",
    "Derogation",
    "DerogationPiece",
    "Dispositif",
    "Echeance",
    "Etiquette",
    "EtiquetteDeCandidature",
    "FicheDAide",
    "Formulaire",
    "ImpressionDAccuse",
    "Jugement",
    "LectureDeMessages",
    "LigneDeLot",
    "Lot",
    "Message",
    "MessagePiece",
    "ModeleDeDemande",
    "NoteInterne",
    "Piece",
    "Produit",
    "Referent",
    "ReferentDeChapitre",
    "Reponse",
    "ReservationDeVolet",
    "Soumission",
    "Transfert",
    "VersionDeFiche",
    "Volet",
    "VoteDAide",
    "VueEnregistree",
]
