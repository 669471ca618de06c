from .college import AvisDeMembre, Examen, MembreDeSeance, SeanceDuCollege
from .convention import Convention
from .document import Document, FichierDeDocument
from .signature import CodeDeSignature, EvenementDeSignature, ProcedureDeSignature

__all__ = [
    "AvisDeMembre",
    "CodeDeSignature",
    "Convention",
    "Document",
    "EvenementDeSignature",
    "Examen",
    "FichierDeDocument",
    "MembreDeSeance",
    "ProcedureDeSignature",
    "SeanceDuCollege",
]
