"""A workbook of the REM from its arrival to its end: sent, corrected in its preview, published or thrown away."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from functools import partial
from typing import Any, BinaryIO, Protocol, TypeVar, cast

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from candidatures.models import Dispositif
from candidatures.models.piece import private_storage
from candidatures.operations.telling import after_commit
from candidatures.rules.pieces import tidy_name
from comptes import journal
from comptes.dates import day_in_figures
from comptes.models import Compte
from comptes.rules.refusals import Refused
from preuves import effects
from preuves.catalogue.archives import is_large
from preuves.catalogue.reading import WorkbookReading
from preuves.catalogue.unseen import Warned
from preuves.enums import Act, Nature
from preuves.models import ImportDEquivalences, ImportDuREM, VersionDuREM
from preuves.models.importation import ImportDeClasseur
from preuves.models.rem import VersionPubliee
from preuves.queries.dossier import latest_version
from preuves.queries.imports import is_read, reading_of

from .rem import RemNotPublishable, publish_rem

Sent = TypeVar("Sent", bound=ImportDeClasseur)


class Content(Protocol):
    """What a workbook holds, to be published whole."""

    @property
    def sha256(self) -> str: ...


class PreviewedReading(Protocol):
    """A workbook that was read, and whether something in it blocks."""

    @property
    def blocked(self) -> Any: ...

    @property
    def warned(self) -> tuple[Warned, ...]: ...

    @property
    def spec(self) -> Content: ...


class ImportNotRead(RemNotPublishable):
    """A large workbook is acted upon once it was read."""

    def __init__(self) -> None:
        super().__init__("Le classeur est encore en cours de lecture : actualisez la page dans quelques minutes.")


class ImportClosed(Refused):
    """What was published or thrown away changes no more."""

    def __init__(self, sent: ImportDeClasseur) -> None:
        end = "publié" if sent.published_id else "abandonné"
        super().__init__(f"Cet import est déjà {end}\u00a0: envoyez un nouveau classeur.")


def send_workbook(
    *, dispositif_code: str, workbook: UploadedFile[bytes], annotations: str, date: date, by: Compte, at: datetime
) -> ImportDuREM:
    """Keep a workbook, to be previewed. The file is written before the row, which never lacks its file."""
    sent = ImportDuREM(
        large=is_large(cast("BinaryIO", workbook)),
        dispositif=Dispositif.objects.get(code=dispositif_code),
        annotations=annotations,
        date=date,
        sent_at=at,
        sent_by=by,
    )
    sent = keep_workbook(sent=sent, workbook=workbook, folder="rem")
    _read_it(sent)
    return sent


def _read_it(sent: ImportDuREM) -> None:
    if sent.large:
        after_commit(effect=effects.read_import, key=sent.pk)


def keep_workbook(*, sent: Sent, workbook: UploadedFile[bytes], folder: str) -> Sent:
    """Keep a workbook that arrives, and its row."""
    sent.workbook_name = tidy_name(workbook.name or "")
    workbook.seek(0)
    sent.workbook.save(f"{folder}/{secrets.token_hex(16)}", workbook, save=False)
    sent.save(force_insert=True)
    return sent


@transaction.atomic
def correct_natures(*, import_id: int, natures: Mapping[str, str], by: Compte, at: datetime) -> ImportDuREM:
    """Keep the natures that a person corrected, or confirmed where they were asked.

    What says the same as what is read elsewhere is no correction.

    :raises ImportClosed: once published or thrown away
    """
    sent = locked_pending(model=ImportDuREM, import_id=import_id)
    reading = _reading_of(sent)
    read = {line[-1].numero: line[-1].nature for line in reading.spec.preuves()}
    changed = {
        numero: nature
        for numero, nature in natures.items()
        if numero in read and nature in Nature.values and (read[numero] != nature or numero in reading.to_check)
    }
    sent.natures = {**sent.natures, **changed}
    sent.save(update_fields=["natures"])
    _read_it(sent)
    return sent


def _reading_of(sent: ImportDuREM) -> WorkbookReading:
    """Return what was read of an import.

    :raises ImportNotRead: while an effect still reads it
    """
    if not is_read(sent):
        raise ImportNotRead
    return reading_of(sent)


@transaction.atomic
def publish_import(
    *, import_id: int, seen: str, latest_id: int, confirmed: Collection[str] = (), by: Compte, at: datetime
) -> VersionDuREM:
    """Publish exactly what was previewed; whoever sent the workbook leaves that to somebody else.

    :param seen: the sha256 of the content that the preview showed
    :param latest_id: the version that the preview compared it with, 0 for none
    :param confirmed: the keys of the warnings that were ticked
    :raises ImportClosed: once published or thrown away
    :raises RemNotPublishable: when something blocks, is not confirmed, changes nothing, or is not what was previewed
    """
    sent = locked_pending(model=ImportDuREM, import_id=import_id)
    Dispositif.objects.select_for_update(no_key=True).get(code=sent.dispositif_id)
    reading = _reading_of(sent)
    refuse_what_was_not_previewed(
        reading=reading, latest=latest_version(sent.dispositif_id), seen=seen, latest_id=latest_id
    )
    refuse_what_was_not_confirmed(reading=reading, confirmed=confirmed)
    refuse_who_sent_it(sent=sent, by=by)
    version, is_new = publish_rem(
        dispositif_code=sent.dispositif_id,
        spec=reading.spec,
        annotations=reading.annotations,
        confirmed=reading.warned,
        date=sent.date,
        by=by,
        at=at,
    )
    sent.published = version
    keep_published(sent=sent, is_new=is_new)
    return version


def refuse_who_sent_it(*, sent: ImportDeClasseur, by: Compte) -> None:
    """Refuse that one person sends a workbook and publishes it.

    :raises RemNotPublishable: to whoever sent it
    """
    if sent.sent_by_id == by.pk:
        raise RemNotPublishable("Une autre personne que celle qui a envoyé le classeur doit le publier.")


def refuse_what_was_not_previewed(
    *, reading: PreviewedReading, latest: VersionPubliee | None, seen: str, latest_id: int
) -> None:
    """Refuse to publish anything but what somebody just read.

    :param latest: the version that is published today
    :param seen: the sha256 of the content that the preview showed
    :param latest_id: the version that the preview compared it with, 0 for none
    :raises RemNotPublishable: when something blocks, or the preview is old
    """
    if reading.blocked:
        raise RemNotPublishable("Corrigez d’abord les problèmes du classeur marqués « Bloque ».")
    if reading.spec.sha256 != seen or (latest.pk if latest else 0) != latest_id:
        raise RemNotPublishable("L’aperçu a changé entre-temps\u00a0: relisez-le, puis publiez.")


def refuse_what_was_not_confirmed(*, reading: PreviewedReading, confirmed: Collection[str]) -> None:
    """Refuse to publish a workbook while something that the eye does not see in it was not confirmed.

    :param confirmed: the keys of the warnings that were ticked; one that the workbook does not have is of another one
    :raises RemNotPublishable: with what is still to confirm, or when the preview is old
    """
    keys = {warned.key for warned in reading.warned}
    if set(confirmed) - keys:
        raise RemNotPublishable("Ces confirmations sont celles d’un autre aperçu\u00a0: relisez-le, puis publiez.")
    left = [warned.sentence for warned in reading.warned if warned.key not in confirmed]
    if left:
        raise RemNotPublishable("Cochez d’abord chaque avertissement, une fois vérifié.", *left)


def keep_published(*, sent: ImportDuREM | ImportDEquivalences, is_new: bool) -> None:
    """Keep which version an import became.

    :raises RemNotPublishable: when it is not new, so that nothing is published
    """
    if not is_new:
        raise RemNotPublishable("Ce contenu est identique à celui de la dernière version : il n’y a rien à publier.")
    sent.save(update_fields=["published"])


@transaction.atomic
def discard_import(*, import_id: int, by: Compte | None, at: datetime) -> ImportDuREM:
    """Throw a workbook away: it stays in the history, and is never published.

    :param by: None when the operator throws it away from a terminal
    :raises ImportClosed: once published or thrown away
    """
    sent = locked_pending(model=ImportDuREM, import_id=import_id)
    discard(sent=sent, by=by, at=at)
    journal.record(
        journal.PORTAIL,
        Act.REM_IMPORT_DISCARDED,
        on=f"import_du_rem:{sent.pk}",
        by=by,
        at=at,
        numero=sent.pk,
        date=day_in_figures(sent.date),
        dispositif=sent.dispositif_id,
    )
    return sent


@transaction.atomic
def delete_import(*, import_id: int, by: Compte, at: datetime) -> None:
    """Delete a workbook that was thrown away, or that cannot be published: its row and its files.

    :raises ImportClosed: once published
    :raises RemNotPublishable: when it may still be published
    """
    sent = ImportDuREM.objects.select_for_update(no_key=True).get(pk=import_id)
    if sent.published_id:
        raise ImportClosed(sent)
    if sent.is_pending and not (is_read(sent) and reading_of(sent).blocked):
        raise RemNotPublishable("Abandonnez d’abord cet import\u00a0: il peut encore être publié.")
    names = [file.name for file in (sent.workbook, sent.lecture) if file.name]
    numero, on = sent.pk, f"import_du_rem:{sent.pk}"
    sent.delete()
    transaction.on_commit(partial(_delete_files, names), robust=True)
    journal.record(
        journal.PORTAIL,
        Act.REM_IMPORT_DELETED,
        on=on,
        by=by,
        at=at,
        numero=numero,
        date=day_in_figures(sent.date),
        dispositif=sent.dispositif_id,
    )


def _delete_files(names: Sequence[str]) -> None:
    for name in names:
        private_storage().delete(name)


def discard(*, sent: ImportDeClasseur, by: Compte | None, at: datetime) -> None:
    """Stamp an import that is locked as thrown away."""
    sent.discarded_at, sent.discarded_by = at, by
    sent.save(update_fields=["discarded_at", "discarded_by"])


def locked_pending(*, model: type[Sent], import_id: int) -> Sent:
    """Lock an import that still waits.

    :raises ImportClosed: once published or thrown away
    """
    sent = model._default_manager.select_for_update(no_key=True).get(pk=import_id)
    if not sent.is_pending:
        raise ImportClosed(sent)
    return sent
