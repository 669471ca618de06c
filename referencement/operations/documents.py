"""Issuing a document: its row is written in the transaction of the act, and an effect prints it afterwards."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from candidatures.models import Candidature
from candidatures.operations.telling import after_commit
from comptes import journal
from comptes.canonical import fingerprint
from comptes.models import Compte
from referencement import effects
from referencement.documents.printing import VERSION
from referencement.enums import Act, DocumentKind
from referencement.models import Convention, Document, Examen, SeanceDuCollege


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
    """Write a document with its frozen data; an effect prints it after the commit.

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


def issue_decision(
    *, candidature: Candidature, data: dict[str, Any], by: Compte, at: datetime, examen: Examen | None = None
) -> Document:
    """Issue the décision that an éditeur receives, with its motifs and its voies de recours.

    :param data: made by one of the `decision_on_…` of `queries.referencements`
    """
    return issue(
        kind=DocumentKind.DECISION,
        numero=data["numero"],
        data=data,
        template_version=VERSION,
        candidature=candidature,
        examen=examen,
        by=by,
        at=at,
    )
