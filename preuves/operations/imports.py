"""A workbook of the REM from its arrival to its publication: sent, corrected in its preview, published."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import date, datetime

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from candidatures.models import Dispositif
from candidatures.rules.pieces import tidy_name
from comptes.models import Compte
from preuves import queries
from preuves.enums import Nature
from preuves.models import ImportDuREM, VersionDuREM

from .rem import RemNotPublishable, publish_rem


class ImportClosed(Exception):
    """What was published is not corrected any more."""

    reason = "Cet import est déjà publié\u00a0: envoyez un nouveau classeur."


def send_workbook(
    *, dispositif_code: str, workbook: UploadedFile[bytes], annotations: str, date: date, by: Compte, at: datetime
) -> ImportDuREM:
    """Keep a workbook, to be previewed. The file is written before the row, which never lacks its file."""
    sent = ImportDuREM(
        dispositif=Dispositif.objects.get(code=dispositif_code),
        workbook_name=tidy_name(workbook.name or ""),
        annotations=annotations,
        date=date,
        sent_at=at,
        sent_by=by,
    )
    workbook.seek(0)
    sent.workbook.save(f"rem/{secrets.token_hex(16)}", workbook, save=False)
    sent.save(force_insert=True)
    return sent


@transaction.atomic
def correct_natures(*, import_id: int, natures: Mapping[str, str], by: Compte, at: datetime) -> ImportDuREM:
    """Keep the natures that a person corrected; what says the same as what is read is no correction.

    :raises ImportClosed: once published
    """
    sent = _locked(import_id)
    if sent.published_id:
        raise ImportClosed
    said = {line[-1].numero: line[-1].nature for line in queries.reading_of(sent).spec.preuves()}
    changed = {
        numero: nature
        for numero, nature in natures.items()
        if numero in said and said[numero] != nature and nature in Nature.values
    }
    sent.natures = {**sent.natures, **changed}
    sent.save(update_fields=["natures"])
    return sent


@transaction.atomic
def publish_import(*, import_id: int, seen: str, latest_id: int, by: Compte, at: datetime) -> VersionDuREM:
    """Publish exactly what was previewed.

    :param seen: the sha256 of the content that the preview showed
    :param latest_id: the version that the preview compared it with, 0 for none
    :raises ImportClosed: once published
    :raises RemNotPublishable: when something blocks, changes nothing, or is not what was previewed
    """
    sent = _locked(import_id)
    if sent.published_id:
        raise ImportClosed
    reading = queries.reading_of(sent)
    if reading.blocked:
        raise RemNotPublishable("Corrigez d’abord ce qui bloque dans le classeur.")
    Dispositif.objects.select_for_update(no_key=True).get(code=sent.dispositif_id)
    latest = queries.latest_version(sent.dispositif_id)
    if reading.spec.sha256 != seen or (latest.pk if latest else 0) != latest_id:
        raise RemNotPublishable("L’aperçu a changé entre-temps\u00a0: relisez-le, puis publiez.")
    version, is_new = publish_rem(dispositif_code=sent.dispositif_id, spec=reading.spec, date=sent.date, by=by, at=at)
    if not is_new:
        raise RemNotPublishable("Rien ne change\u00a0: ce contenu est déjà celui de la dernière version.")
    sent.published = version
    sent.save(update_fields=["published"])
    return version


def _locked(import_id: int) -> ImportDuREM:
    return ImportDuREM.objects.select_for_update(no_key=True).get(pk=import_id)
