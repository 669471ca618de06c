"""Echoes of phase 3: a document that was issued is printed once, and kept. Each runs twice as well as once."""

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
from referencement.mails import rappels
from referencement.models import Document, FichierDeDocument, ProcedureDeSignature
from referencement.queries.signatures import latest_file

logger = logging.getLogger(__name__)


@shared_task
def print_document(document_id: int) -> None:
    """Print a document from its frozen data, and keep the file; once it is kept, nothing."""
    document = Document.objects.get(pk=document_id)
    if FichierDeDocument.objects.filter(document=document, stage=FichierStage.PRINTED).exists():
        return
    content = render(document.kind, document.data, version=document.template_version, at=document.issued_at)
    keep(document, FichierStage.PRINTED, content, at=clock.now())


def provider() -> External:
    """The provider of signatures that the settings name."""
    return External(settings.SIGNATURE["provider_url"], settings.SIGNATURE["provider_token"])


@shared_task
def invite(procedure_id: int) -> None:
    """Ask a provider for a signature; what it does not hear, the hourly reconciliation says again."""
    procedure = ProcedureDeSignature.objects.select_related("compte", "convention").get(pk=procedure_id)
    fichier = latest_file(procedure.convention)
    if procedure.closed_at or fichier is None:
        return
    pdf = prepare(b"".join(fichier.read()), boxes_of(procedure.convention.template_version))
    who = procedure.compte
    invitation = SigningInvitation(procedure.reference, procedure.signataire, who.full_name, who.email, pdf)
    try:
        provider().invite(invitation)
    except ProviderUnreachable as failure:
        logger.warning("Procedure %s is not asked yet: %s", procedure_id, failure)


@shared_task
def withdraw(procedure_id: int) -> None:
    """Tell a provider that a signature is no longer asked; if it does not hear, what it signs is not looked at."""
    procedure = ProcedureDeSignature.objects.get(pk=procedure_id)
    try:
        provider().cancel(procedure.reference)
    except ProviderUnreachable as failure:
        logger.warning("Procedure %s is not withdrawn: %s", procedure_id, failure)


FOLDER = "documents"


def keep(
    document: Document, stage: FichierStage, content: bytes, *, at: datetime, stored_as: str = ""
) -> FichierDeDocument:
    """Keep the file of a document at one stage; `stored_as`: as `keep_once`."""
    row: FichierDeDocument = keep_once(
        FichierDeDocument.objects, content, folder=FOLDER, at=at, stored_as=stored_as, document=document, stage=stage
    )
    return row


@contextmanager
def stored(content: bytes) -> Iterator[str]:
    """Store a file before the row that it changes is locked; it is taken away when what follows is refused."""
    name = store(content, folder=FOLDER)
    try:
        yield name
    except BaseException:
        PrivateStorage().delete(name)
        raise


def reminder_is_still_due(notice: Notice) -> bool:
    """Whether, as it leaves, a reminder still is what that person must be told."""
    return rappels.is_still_due(notice, at=clock.now())


def reminder(notice: Notice) -> NoticeMail:
    """Write a reminder as it leaves: what is left is counted from then."""
    return rappels.reminder(notice, at=clock.now())
