"""What phase 3 does after a commit: printing documents, talking to the provider of signatures, writing reminders.

Each task may run twice without doing anything twice.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from celery import shared_task
from django.conf import settings

from candidatures.effects import keep_once, store
from candidatures.models.piece import PrivateStorage
from comptes import clock
from comptes.models import Notice
from comptes.notices import NoticeMail
from referencement.connectors.prestataire import External, ProviderUnreachable, SigningInvitation
from referencement.connectors.signature import prepare
from referencement.documents.printing import render
from referencement.documents.stamp import boxes_of
from referencement.enums import FichierStage
from referencement.mails import rappels, relances
from referencement.models import Document, FichierDeDocument, ProcedureDeSignature
from referencement.queries.signatures import latest_file

logger = logging.getLogger(__name__)


@shared_task
def print_document(document_id: int) -> None:
    """Print a document from its frozen data, and keep the file; do nothing if it is printed already."""
    document = Document.objects.get(pk=document_id)
    if FichierDeDocument.objects.filter(document=document, stage=FichierStage.PRINTED).exists():
        return
    content = render(document.kind, document.data, version=document.template_version, at=document.issued_at)
    keep(document, FichierStage.PRINTED, content, at=clock.now())


def provider() -> External:
    """Return the provider of signatures that the settings name."""
    return External(settings.SIGNATURE["provider_url"], settings.SIGNATURE["provider_token"])


@shared_task
def invite(procedure_id: int) -> None:
    """Ask the provider for a signature; if it does not answer, `reconcile_signatures` asks again."""
    procedure = ProcedureDeSignature.objects.select_related("compte", "convention").get(pk=procedure_id)
    fichier = latest_file(procedure.convention)
    if procedure.closed_at or fichier is None:
        return
    pdf = prepare(b"".join(fichier.read()), boxes_of(procedure.convention.template_version))
    signatory = procedure.compte
    invitation = SigningInvitation(procedure.reference, procedure.signataire, signatory.full_name, signatory.email, pdf)
    try:
        provider().invite(invitation)
    except ProviderUnreachable as failure:
        logger.warning("Procedure %s is not asked yet: %s", procedure_id, failure)


@shared_task
def withdraw(procedure_id: int) -> None:
    """Tell the provider that a signature is no longer wanted; if it does not answer, what it signs is ignored."""
    procedure = ProcedureDeSignature.objects.get(pk=procedure_id)
    try:
        provider().cancel(procedure.reference)
    except ProviderUnreachable as failure:
        logger.warning("Procedure %s is not withdrawn: %s", procedure_id, failure)


FOLDER = "documents"


def keep(
    document: Document, stage: FichierStage, content: bytes, *, at: datetime, stored_as: str = ""
) -> FichierDeDocument:
    """Keep the file of a document at one stage.

    :param stored_as: name under which the file is stored already (`candidatures.effects.keep_once`)
    """
    row: FichierDeDocument = keep_once(
        FichierDeDocument.objects, content, folder=FOLDER, at=at, stored_as=stored_as, document=document, stage=stage
    )
    return row


@contextmanager
def stored(content: bytes) -> Iterator[str]:
    """Store a file and yield its name; delete it if the block raises.

    The upload is slow: it is done before any row is locked.
    """
    name = store(content, folder=FOLDER)
    try:
        yield name
    except BaseException:
        PrivateStorage().delete(name)
        raise


def reminder_is_still_due(notice: Notice) -> bool:
    """Whether a reminder is still true at the moment of sending it."""
    return rappels.is_still_due(notice, at=clock.now())


def relance_is_still_true(notice: Notice) -> bool:
    """Whether the éditeur still has something to do at the moment of sending the message."""
    return relances.is_still_awaited(notice, at=clock.now())


def relance(notice: Notice) -> NoticeMail:
    """Write what waits for the éditeur at the moment of sending the message."""
    return relances.relance(notice, at=clock.now())


def reminder(notice: Notice) -> NoticeMail:
    """Write a reminder at the moment of sending it: the time left is counted from now."""
    return rappels.reminder(notice, at=clock.now())
