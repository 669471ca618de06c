from .autorisation import Autorisation
from .college import AvisDeMembre, Examen, MembreDeSeance, SeanceDuCollege
from .convention import Convention
from .document import Document, FichierDeDocument
from .photo import PhotoDEcheance
from .signature import CodeDeSignature, EvenementDeSignature, ProcedureDeSignature

__all__ = [
    "Autorisation",
    "AvisDeMembre",
    "CodeDeSignature",
    "Convention",
    "Document",
    "EvenementDeSignature",
    "Examen",
    "FichierDeDocument",
    "MembreDeSeance",
    "PhotoDEcheance",
    "ProcedureDeSignature",
    "SeanceDuCollege",
]
