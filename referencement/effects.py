"""Echoes of phase 3: a document that was issued is printed once, and kept. Each runs twice as well as once."""

import hashlib
import secrets
from datetime import datetime

from celery import shared_task
from django.core.files.base import ContentFile
from django.db import transaction

from comptes import clock
from referencement import documents
from referencement.enums import FichierStage
from referencement.models import Document, FichierDeDocument


@shared_task
def print_document(document_id: int) -> None:
    """Print a document from its frozen data, and keep the file; once it is kept, nothing."""
    document = Document.objects.get(pk=document_id)
    if FichierDeDocument.objects.filter(document=document, stage=FichierStage.PRINTED).exists():
        return
    content = documents.render(document.kind, document.data, version=document.template_version, at=document.issued_at)
    keep(document, FichierStage.PRINTED, content, at=clock.now())


def keep(document: Document, stage: FichierStage, content: bytes, *, at: datetime) -> FichierDeDocument:
    """Store the content, then write its row; whoever comes second takes his own away."""
    fichier = FichierDeDocument(document=document, stage=stage)
    fichier.file.save(f"documents/{secrets.token_hex(16)}", ContentFile(content), save=False)
    with transaction.atomic():
        row, first = FichierDeDocument.objects.get_or_create(
            document=document,
            stage=stage,
            defaults={
                "file": fichier.file.name,
                "size": len(content),
                "sha256": hashlib.sha256(content).hexdigest(),
                "produced_at": at,
            },
        )
    if not first:
        fichier.file.delete(save=False)
    return row
