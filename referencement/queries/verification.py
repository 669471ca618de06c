"""Whether a document comes from the portal: by its number, or by the sha256 of its file."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from candidatures.enums import AccuseKind
from candidatures.models import Accuse, ImpressionDAccuse
from candidatures.rules.accuse import is_of_an_accuse, read_numero
from comptes.dates import instant_in_words, instant_to_the_second
from preuves.models import RepriseDeChapitre
from referencement.enums import ConventionState, DocumentKind, ExamenState, FichierStage, Publication
from referencement.models import Document, Examen, FichierDeDocument
from referencement.rules.publication import Standing
from referencement.rules.verification import Verified

from .standings import event, standing_from

STAGES = list(FichierStage)
ORIGINAL = "L’original"


def verified_by_number(numero: str, *, at: datetime) -> Verified | None:
    """Return the document of that number, when it is an accusé or follows from an attribution; None otherwise.

    The number of an accusé cannot be guessed. The other numbers can: so nothing is said, from its number alone, of a
    convention that is still being signed, of minutes, or of a décision, which belongs to its éditeur.
    """
    if is_of_an_accuse(numero):
        return verified_accuse(Q(numero=read_numero(numero)))
    document = _documents(at).exclude(kind=DocumentKind.PROCES_VERBAL).filter(numero=numero).first()
    return _verified(document) if document and document.is_public else None


def verified_by_file(sha256: str, *, at: datetime) -> Verified | None:
    """Return the document that has a file of that sha256, or whose frozen data, printed on it, have that sha256."""
    # Each half has its index; an OR over both tables would have none.
    files = ImpressionDAccuse.objects.filter(sha256=sha256).values("accuse")
    if accuse := verified_accuse(Q(pk__in=Accuse.objects.filter(sha256=sha256).values("pk").union(files)), file=sha256):
        return accuse
    fichier = FichierDeDocument.objects.filter(sha256=sha256).order_by("pk").first()
    if fichier is None:
        document = _documents(at).filter(sha256=sha256).first()
        return _verified(document) if document else None
    return _verified(_documents(at).get(pk=fichier.document_id), FichierStage(fichier.stage))


def _documents(at: datetime) -> QuerySet[Document, Any]:
    attributed = Examen.objects.filter(state=ExamenState.ATTRIBUTED)
    of_it = attributed.filter(Q(pk=OuterRef("examen")) | Q(convention=OuterRef("convention")))
    return (
        Document.objects.select_related("candidature", "convention", "autorisation")
        .annotate(
            is_public=Exists(of_it),
            attributed_at=Subquery(of_it.order_by("pk").values("published_at")[:1]),
            event=event(at, "candidature"),
        )
        .order_by("pk")
    )


def _verified(document: Any, stage: FichierStage | None = None) -> Verified:
    standing = standing_from(document.event, document.attributed_at) if document.is_public else None
    return Verified(
        kind=document.get_kind_display(),
        numero=document.numero,
        issued_at=document.issued_at,
        stage=str(stage.label) if stage else "",
        nru=document.candidature.nru if document.candidature and document.is_public else "",
        warning=_warning(document, stage) or (_no_longer(standing) if standing else ""),
        details=(("Aujourd’hui", _today(standing)),) if standing else (),
    )


def _today(standing: Standing) -> str:
    return f"{standing.state.label} depuis le {instant_in_words(standing.since)}"


def _no_longer(standing: Standing) -> str:
    """Say that the version is not référencée now; empty when it is."""
    if standing.state == Publication.REFERENCED:
        return ""
    return f"La version que décrit ce document n’est pas référencée aujourd’hui : {_today(standing).lower()}."


def _warning(document: Document, stage: FichierStage | None) -> str:
    convention = document.convention
    if convention and convention.state == ConventionState.CANCELLED:
        on = instant_in_words(convention.cancelled_at)
        return f"Cette convention a été annulée le {on}\u00a0: elle n’est plus valable."
    autorisation = getattr(document, "autorisation", None)
    if autorisation and autorisation.ended_at:
        return f"Cette autorisation n’est plus valable depuis le {instant_in_words(autorisation.ended_at)}."
    later = STAGES[STAGES.index(stage) + 1 :] if stage else []
    if later and document.fichiers.filter(stage__in=later).exists():
        return "Un exemplaire plus récent de ce document existe, avec une signature de plus."
    return ""


def verified_accuse(condition: Q, *, file: str = "") -> Verified | None:
    """Return an accusé de dépôt, with what it says but the names of people; None when there is none.

    :param condition: finds the accusé
    :param file: the sha256 of the file that was shown
    """
    accuse = Accuse.objects.filter(condition).select_related("impression").order_by("pk").first()
    if accuse is None:
        return None
    is_original = hasattr(accuse, "impression") and accuse.impression.sha256 == file
    reprises = _reprises(accuse)
    return Verified(
        kind="Accusé de dépôt",
        numero=accuse.numero,
        issued_at=accuse.issued_at,
        stage=ORIGINAL if is_original else "",
        warning=_taken_back(reprises.get(accuse.number)) or _followed(accuse, reprises),
        details=(
            ("Candidature", accuse.data["nru"]),
            ("Objet de la soumission", f"{accuse.data['objet']}, soumission n°\u00a0{accuse.number}"),
            ("Reçu", accuse.data["recu"]["paris"]),
            ("Empreinte SHA-256 de la soumission", accuse.data["empreinte"]),
            ("Empreinte SHA-256 des données de l’accusé", accuse.sha256),
        ),
    )


def _reprises(accuse: Accuse) -> dict[int, datetime]:
    """Return when submissions of the same chapitre were taken back, by their number. A volet is never taken back."""
    if accuse.kind != AccuseKind.CHAPITRE:
        return {}
    code = accuse.address.rpartition("/")[2]
    taken = RepriseDeChapitre.objects.filter(
        soumission__chapitre__dossier__candidature=accuse.candidature_id, soumission__chapitre__code=code
    )
    return dict(taken.order_by("pk").values_list("soumission__number", "taken_back_at"))


def _taken_back(at: datetime | None) -> str:
    return f"Cette soumission a été annulée le {instant_in_words(at)}\u00a0: elle ne compte plus." if at else ""


def _followed(accuse: Accuse, reprises: Collection[int]) -> str:
    later = Accuse.objects.filter(address=accuse.address, number__gt=accuse.number).exclude(number__in=reprises)
    latest = later.order_by("-number").values_list("issued_at", flat=True).first()
    return f"Une soumission plus récente a été reçue le {instant_to_the_second(latest)}." if latest else ""
