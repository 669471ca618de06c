"""The signatures of a convention: the people who sign, the code that they are sent, the file that they sign."""

from __future__ import annotations

from django.db.models import QuerySet
from django.utils.crypto import constant_time_compare, salted_hmac

from candidatures.models import Candidature
from comptes.models import Compte
from referencement.enums import ConventionState, ExamenState, FichierStage
from referencement.models import CodeDeSignature, Convention, Document, FichierDeDocument, ProcedureDeSignature
from referencement.rules.signature import CodeFacts

SALT = "referencement.signature"
STAGES = (FichierStage.COUNTERSIGNED, FichierStage.SIGNED, FichierStage.PRINTED)


def documents_of(candidature: Candidature) -> QuerySet[Document]:
    """Return the documents of a candidature, without cancelled conventions and ended autorisations."""
    documents = Document.objects.filter(candidature=candidature).order_by("pk")
    return documents.exclude(convention__state=ConventionState.CANCELLED).exclude(autorisation__ended_at__isnull=False)


def people_who_can_sign(candidature: Candidature) -> QuerySet[Compte]:
    """Return the people who may engage the éditeur of a candidature today."""
    seats = candidature.produit.editeur.rattachements.who_can_engage()
    return Compte.objects.filter(pk__in=seats.values("compte"), is_active=True).order_by(
        "last_name", "first_name", "pk"
    )


def open_procedure(convention: Convention, signataire: str) -> ProcedureDeSignature | None:
    return convention.procedures.filter(signataire=signataire, closed_at=None).select_related("compte").first()


def last_code(procedure: ProcedureDeSignature) -> CodeDeSignature | None:
    return procedure.codes.order_by("-sent_at", "-pk").first()


def code_facts(code: CodeDeSignature | None, typed: str = "") -> CodeFacts | None:
    """Return what the rules read of a code, and whether it is what was typed.

    The comparison always takes the same time, so that it tells nothing about the code.
    """
    if code is None:
        return None
    matches = constant_time_compare(hashed(code.procedure_id, "".join(typed.split())), code.hashed)
    return CodeFacts(code.sent_at, code.expires_at, code.attempts, code.used_at is not None, matches)


def plain_code(code: CodeDeSignature) -> str:
    """Return the six digits of a code. They are derived from the portal's secret: no row holds them."""
    drawn = salted_hmac(SALT, f"{code.procedure_id}:{code.sent_at.isoformat()}", algorithm="sha256").digest()
    return f"{int.from_bytes(drawn[:8]) % 1_000_000:06d}"


def hashed(procedure_id: int, typed: str) -> str:
    return salted_hmac(f"{SALT}.hashed", f"{procedure_id}:{typed}", algorithm="sha256").hexdigest()


def latest_file(convention: Convention) -> FichierDeDocument | None:
    """Return the file of a convention that has the most signatures; None while it is not printed."""
    return _latest(FichierDeDocument.objects.filter(document__convention=convention))


def latest_file_of(document: Document) -> FichierDeDocument | None:
    return _latest(document.fichiers.all())


def _latest(fichiers: QuerySet[FichierDeDocument]) -> FichierDeDocument | None:
    files = {fichier.stage: fichier for fichier in fichiers.order_by("pk")}
    return next((files[stage] for stage in STAGES if stage in files), None)


def is_attributed(convention: Convention) -> bool:
    """Say whether the collège attributed the référencement with that convention."""
    return convention.examens.filter(state=ExamenState.ATTRIBUTED).exists()
