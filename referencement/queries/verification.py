"""Whether a document comes from the portal: by its number, or by the sha256 of its file."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from candidatures.enums import AccuseKind
from candidatures.models import Accuse
from candidatures.queries import said
from candidatures.rules.accuse import is_of_an_accuse, read_numero
from preuves.models import RepriseDeChapitre
from referencement.enums import ConventionState, DocumentKind, ExamenState, FichierStage
from referencement.models import Document, Examen, FichierDeDocument
from referencement.rules.verification import Verified

STAGES = list(FichierStage)
ORIGINAL = "L’original"


def verified_by_number(numero: str) -> Verified | None:
    """The document of that number, among those that follow from an attribution.

    That of an accusé cannot be guessed. Others can: of a convention that is being signed, or of minutes, nothing is
    said before one shows them.
    """
    if is_of_an_accuse(numero):
        return verified_accuse(Q(numero=read_numero(numero)))
    found = _documents().exclude(kind=DocumentKind.PROCES_VERBAL).filter(numero=numero).first()
    return _verified(found) if found and found.is_public else None


def verified_by_file(sha256: str) -> Verified | None:
    """The document that has a file of that very sha256; or, printed on paper, data of that sha256."""
    if accuse := verified_accuse(Q(impression__sha256=sha256) | Q(sha256=sha256), file=sha256):
        return accuse
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


def verified_accuse(which: Q, *, file: str = "") -> Verified | None:
    """An accusé de dépôt, with what it says but for the names of people.

    :param file: the sha256 of the file that one holds
    """
    accuse = Accuse.objects.filter(which).select_related("impression").order_by("pk").first()
    if accuse is None:
        return None
    is_original = hasattr(accuse, "impression") and accuse.impression.sha256 == file
    return Verified(
        kind="Accusé de dépôt",
        numero=accuse.numero,
        issued_at=accuse.issued_at,
        stage=ORIGINAL if is_original else "",
        warning=_taken_back(accuse) or _followed(accuse),
        details=(
            ("Candidature", accuse.data["nru"]),
            ("Ce qui fut soumis", f"{accuse.data['objet']}, soumission n°\u00a0{accuse.number}"),
            ("Reçu", accuse.data["recu"]["paris"]),
            ("Empreinte de ce qui fut soumis", accuse.data["empreinte"]),
        ),
    )


def _taken_back(accuse: Accuse) -> str:
    nru, _, code = accuse.address.partition(":")[2].partition("/")
    reprise = RepriseDeChapitre.objects.filter(
        soumission__chapitre__dossier__candidature__nru=nru,
        soumission__chapitre__code=code,
        soumission__number=accuse.number,
    ).first()
    if accuse.kind != AccuseKind.CHAPITRE or reprise is None:
        return ""
    return f"Cette soumission a été reprise le {said(reprise.taken_back_at)}\u00a0: elle compte comme jamais faite."


def _followed(accuse: Accuse) -> str:
    later = Accuse.objects.filter(address=accuse.address, number__gt=accuse.number).order_by("number").first()
    if later is None:
        return ""
    return f"Une soumission plus récente a été reçue le {said(later.issued_at, seconds=True)}."
