"""Whether a document comes from the portal: by its number, or by the sha256 of its file."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from candidatures.queries import said
from referencement.enums import ConventionState, DocumentKind, ExamenState, FichierStage
from referencement.models import Document, Examen, FichierDeDocument
from referencement.rules.verification import Verified

STAGES = list(FichierStage)


def verified_by_number(numero: str) -> Verified | None:
    """The document of that number, among those that follow from an attribution.

    Numbers can be guessed: of a convention that is being signed, or of minutes, nothing is said before one shows them.
    """
    found = _documents().exclude(kind=DocumentKind.PROCES_VERBAL).filter(numero=numero).first()
    return _verified(found) if found and found.is_public else None


def verified_by_file(sha256: str) -> Verified | None:
    """The document that has a file of that very sha256; or, printed on paper, data of that sha256."""
    fichier = FichierDeDocument.objects.filter(sha256=sha256).order_by("pk").first()
    if fichier is None:
        found = _documents().filter(sha256=sha256).first()
        return _verified(found) if found else None
    return _verified(_documents().get(pk=fichier.document_id), FichierStage(fichier.stage))


def _documents() -> QuerySet[Document, Any]:
    attributed = Examen.objects.filter(state=ExamenState.ATTRIBUTED)
    of_it = attributed.filter(Q(pk=OuterRef("examen")) | Q(convention=OuterRef("convention")))
    return Document.objects.select_related("candidature", "convention").annotate(is_public=Exists(of_it)).order_by("pk")


def _verified(document: Any, stage: FichierStage | None = None) -> Verified:
    return Verified(
        kind=document.get_kind_display(),
        numero=document.numero,
        issued_at=document.issued_at,
        stage=str(stage.label) if stage else "",
        nru=document.candidature.nru if document.candidature and document.is_public else "",
        warning=_warning(document, stage),
    )


def _warning(document: Document, stage: FichierStage | None) -> str:
    convention = document.convention
    if convention and convention.state == ConventionState.CANCELLED:
        return f"Cette convention a été annulée le {said(convention.cancelled_at)}\u00a0: elle n’engage plus personne."
    later = STAGES[STAGES.index(stage) + 1 :] if stage else []
    if later and document.fichiers.filter(stage__in=later).exists():
        return "Un exemplaire plus récent de ce document existe\u00a0: il porte une signature de plus."
    return ""
