"""The portal issues a document: its row is written with the act, and an effect prints it."""

from __future__ import annotations

import logging
from datetime import datetime
from typing import Any

from celery import Task
from django.db import transaction
from kombu.exceptions import OperationalError

from candidatures.models import Candidature
from comptes import journal
from comptes.models import Compte
from referencement import effects
from referencement.enums import Act, DocumentKind
from referencement.models import Convention, Document, Examen, SeanceDuCollege
from referencement.rules.empreinte import fingerprint

logger = logging.getLogger(__name__)


@transaction.atomic
def issue(
    *,
    kind: DocumentKind,
    numero: str,
    data: dict[str, Any],
    template_version: str,
    by: Compte,
    at: datetime,
    candidature: Candidature | None = None,
    convention: Convention | None = None,
    examen: Examen | None = None,
    seance: SeanceDuCollege | None = None,
) -> Document:
    """Write a document with its frozen data; it is printed after the commit.

    :param data: JSON, in the shape that `referencement.documents` prints for this kind
    """
    document = Document.objects.create(
        kind=kind,
        numero=numero,
        candidature=candidature,
        convention=convention,
        examen=examen,
        seance=seance,
        template_version=template_version,
        data=data,
        sha256=fingerprint(data),
        issued_at=at,
        issued_by=by,
    )
    journal.record(
        candidature.chain if candidature else journal.PORTAIL,
        Act.DOCUMENT_ISSUED,
        on=f"document:{numero}",
        by=by,
        at=at,
        document=str(document.get_kind_display()),
        numero=numero,
        sha256=document.sha256,
    )
    after_commit(effect=effects.print_document, key=document.pk)
    return document


def after_commit(*, effect: Task[..., None], key: int) -> None:
    """Echo an act once it is committed; when the broker is away, a sweep takes it up."""

    def run() -> None:
        try:
            effect.delay(key)
        except OperationalError:
            logger.warning("The broker is away: the sweep will take up %s %s.", effect.name, key)

    transaction.on_commit(run, robust=True)
