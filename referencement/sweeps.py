"""Alarm clocks of phase 3: print what an absent broker left, cancel the conventions that no longer hold."""

from celery import shared_task

from comptes import clock
from referencement import effects, operations
from referencement.enums import FichierStage
from referencement.models import Convention, Document

BATCH = 200


@shared_task
def print_pending_documents() -> int:
    """Print the documents that were issued, and have no file yet."""
    pending = Document.objects.exclude(fichiers__stage=FichierStage.PRINTED).order_by("pk")
    ids = list(pending.values_list("pk", flat=True)[:BATCH])
    for document_id in ids:
        effects.print_document.delay(document_id)
    return len(ids)


@shared_task
def cancel_stale_conventions() -> int:
    """Cancel the conventions that quote what is no longer true."""
    ids = Convention.objects.filter(state__in=operations.CANCELLABLE).order_by("pk").values_list("pk", flat=True)
    return sum(operations.cancel_if_stale(convention_id=one, at=clock.now()) for one in ids.iterator())
