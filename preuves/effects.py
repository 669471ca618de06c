"""Effects of a deposit: its files are scanned, opened, converted or drawn; of an import: a large workbook is read.

Each may safely run twice.
"""

import gzip
import logging
import secrets
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile
from typing import Any

from celery import shared_task
from django.conf import settings
from django.core.files.base import File
from django.db import IntegrityError, transaction
from django.db.models import F, QuerySet
from PIL import Image

from candidatures.catalogue.formats import BY_TYPE
from candidatures.connectors import pdf
from candidatures.models import Piece
from candidatures.models.piece import PrivateStorage
from comptes import clock
from preuves.catalogue.stored import dumped
from preuves.catalogue.zips import Stream
from preuves.connectors import probe
from preuves.connectors.clamd import Clamd, ScanFailed
from preuves.connectors.probe import ProbeFailed
from preuves.documents.exports import copy_as_zip, state_as_pdf
from preuves.enums import AnalyseState, FormeDExport, LectureState, SondeState
from preuves.models import (
    Analyse,
    Apercu,
    CopieDeLecture,
    ExportDeDossier,
    ImageDePage,
    ImportDuREM,
    LectureDeMachine,
    Sonde,
)
from preuves.queries import imports
from preuves.queries.dossier import latest_version
from preuves.queries.lectures import ocr
from preuves.queries.sondes import MOST_TRIES, OFF
from preuves.rules.fichiers import PDF
from preuves.rules.sondes import state_of

logger = logging.getLogger(__name__)

SILENT = "silent"
"""The fault of a content of which nothing could be known: its process died, or took too long."""
UNSCANNED = "none"  # as CLAMD_URL: it was decided that no file is scanned

MOST_EXPORTS = 3
EXPORTS_KEPT = timedelta(days=7)
COPY_TYPES = {"video": "video/webm", "image": "image/jpeg"}


@shared_task
def scan_piece(piece_id: int) -> None:
    """Write what the antivirus says of a pièce; the same content was perhaps scanned already.

    Without a verdict nothing is written, and nobody can open the file.
    """
    piece = Piece.objects.get(pk=piece_id)
    if Analyse.objects.filter(piece=piece).exists():
        return
    try:
        verdict = _known_of(piece) or _scanned(piece)
    except ScanFailed as failure:
        logger.warning("Piece %s is not scanned; the sweep will try again: %s", piece_id, failure)
        return
    Analyse.objects.get_or_create(piece=piece, defaults=verdict)


@shared_task
def scan_again(piece_id: int) -> None:
    """Scan again a content that was clean, with the signatures of today; every pièce that holds it bears the answer."""
    piece = Piece.objects.get(pk=piece_id)
    try:
        verdict = _scanned(piece)
    except ScanFailed as failure:
        logger.warning("Piece %s is not scanned again; the sweep will try again: %s", piece_id, failure)
        return
    Analyse.objects.filter(piece__sha256=piece.sha256).update(**verdict)
    if verdict["state"] == AnalyseState.INFECTED:
        logger.error("Piece %s was clean, and is shut: %s", piece_id, verdict["detail"])


def _known_of(piece: Piece) -> dict[str, Any] | None:
    """What was said of another pièce that has the same content."""
    verdicts = Analyse.objects.filter(piece__sha256=piece.sha256).exclude(state=AnalyseState.NOT_SCANNED)
    known = verdicts.order_by("-analysed_at", "pk").values("state", "detail", "signatures", "analysed_at").first()
    return dict(known) if known else None


def _scanned(piece: Piece) -> dict[str, Any]:
    if settings.CLAMD_URL == UNSCANNED:
        return {"state": AnalyseState.NOT_SCANNED, "detail": "", "signatures": "", "analysed_at": clock.now()}
    if not settings.CLAMD_URL:
        raise ScanFailed("no antivirus is set: see CLAMD_URL")
    daemon = Clamd(settings.CLAMD_URL)
    signatures = daemon.version()
    with closing(piece.read()) as content:
        virus = daemon.scan(content)
    state = AnalyseState.INFECTED if virus else AnalyseState.CLEAN
    return {"state": state, "detail": virus[:200], "signatures": signatures[:100], "analysed_at": clock.now()}


@shared_task
def probe_piece(piece_id: int) -> None:
    """Open a file in a process apart, and write what was found of its content; a process that dies is tried again."""
    piece = Piece.objects.get(pk=piece_id)
    known, before = BY_TYPE.get(piece.content_type), Sonde.objects.filter(sha256=piece.sha256).first()
    if known is None or (before and before.state != SondeState.NOT_PROBED):
        return
    tries = before.tries if before else 0
    if not settings.PROBES:
        state, fault, facts = SondeState.NOT_PROBED, OFF, dict[str, Any]()
    elif tries >= MOST_TRIES:
        return
    else:
        state, fault, facts = _opened(piece, known.probe)
        tries = 0 if state == SondeState.TO_COPY else tries + 1  # then those of its conversion are counted
    written = {"state": state, "fault": fault, "facts": facts, "tries": tries, "probed_at": clock.now()}
    Sonde.objects.update_or_create(sha256=piece.sha256, defaults=written)
    if state == SondeState.TO_COPY:
        copy_piece.delay(piece.pk)


def _opened(piece: Piece, probe_name: str) -> tuple[SondeState, str, dict[str, Any]]:
    try:
        with piece.on_disk() as file:
            finding = probe.look(probe_name, file)
    except ProbeFailed as failure:
        logger.warning("Piece %s is not probed; the sweep will try again: %s", piece.pk, failure)
        return SondeState.NOT_PROBED, SILENT, {}
    return state_of(finding.fault), finding.fault, dict(finding.facts)


@shared_task
def read_piece(piece_id: int) -> None:
    """Read what is written in a file, if that was asked of its content, and write it down; nothing follows from it."""
    piece = Piece.objects.get(pk=piece_id)
    known, asked = BY_TYPE.get(piece.content_type), LectureDeMachine.objects.filter(sha256=piece.sha256).first()
    if known is None or asked is None or asked.state == LectureState.READ or asked.tries >= MOST_TRIES:
        return
    if not settings.PROBES:
        asked.fault = OFF
    else:
        _read(piece, known.probe, asked)
    asked.state = LectureState.NOT_READ if asked.fault else LectureState.READ
    asked.read_at = clock.now()
    asked.save()


def _read(piece: Piece, probe_name: str, asked: LectureDeMachine) -> None:
    try:
        with piece.on_disk() as file:
            finding = probe.read(probe_name, file, tesseract=ocr())
    except ProbeFailed as failure:
        logger.warning("Piece %s is not read; the sweep will try again: %s", piece.pk, failure)
        asked.fault, asked.tries = SILENT, asked.tries + 1
        return
    facts = dict(finding.facts)
    asked.text, asked.fault, asked.facts = facts.pop("text", ""), finding.fault, facts
    asked.tries += finding.fault == SILENT


@shared_task
def copy_piece(piece_id: int) -> None:
    """Keep a copy that a browser shows of a file that it cannot read; one that nothing converts is unreadable.

    A conversion that dies, or takes too long, says nothing of the file: it is tried again, then left as not probed.
    """
    piece = Piece.objects.get(pk=piece_id)
    known = BY_TYPE.get(piece.content_type)
    if known is None or CopieDeLecture.objects.filter(piece=piece).exists():
        return
    with TemporaryDirectory(prefix="copie-") as folder, piece.on_disk() as file:
        made = Path(folder) / "copie"
        try:
            fault = probe.copy(known.probe, file, made).fault
        except ProbeFailed as failure:
            logger.warning("Piece %s is not converted; the sweep will try again: %s", piece_id, failure)
            _count_a_conversion(piece)
            return
        _keep_copy(piece, COPY_TYPES[known.probe], None if fault else made)


def _count_a_conversion(piece: Piece) -> None:
    """Count a conversion that died; after the last one, the content is not probed."""
    to_copy = Sonde.objects.filter(sha256=piece.sha256, state=SondeState.TO_COPY)
    to_copy.update(tries=F("tries") + 1, probed_at=clock.now())
    to_copy.filter(tries__gte=MOST_TRIES).update(state=SondeState.NOT_PROBED, fault=SILENT)


def _keep_copy(piece: Piece, content_type: str, made: Path | None) -> None:
    copie = CopieDeLecture(piece=piece, content_type=content_type, size=0, made_at=clock.now())
    if made:
        copie.size = made.stat().st_size
        with made.open("rb") as content:
            copie.file.save(f"copies/{piece.candidature_id}/{secrets.token_hex(16)}", File(content), save=False)
    try:
        with transaction.atomic():
            copie.save(force_insert=True)
            if not made:
                Sonde.objects.filter(sha256=piece.sha256, state=SondeState.TO_COPY).update(state=SondeState.UNREADABLE)
    except IntegrityError:  # another run was first
        if made:
            copie.file.delete(save=False)


@shared_task
def read_import(import_id: int) -> None:
    """Read a large workbook of a REM that waits, and keep what was read, until what it depends on changes."""
    sent = ImportDuREM.objects.get(pk=import_id)
    latest = latest_version(sent.dispositif_id)
    key = imports.key_of(sent, latest)
    if not sent.large or not sent.is_pending or sent.lecture_key == key:
        return
    storage, former = sent.lecture.storage, sent.lecture.name
    with TemporaryFile(prefix="lecture-") as file:
        with gzip.open(file, "wb", compresslevel=1) as lines:
            lines.writelines(dumped(imports.read_by_an_effect(sent, latest)))
        file.seek(0)
        name = storage.save(f"rem/{secrets.token_hex(16)}", File(file))
    ImportDuREM.objects.filter(pk=import_id).update(lecture=name, lecture_key=key)
    if former:
        storage.delete(former)


@shared_task
def draw_pages(piece_id: int) -> None:
    """Keep an image of each page of a PDF. A PDF that cannot be drawn is written down as having no page."""
    piece = Piece.objects.get(pk=piece_id)
    if piece.content_type != PDF or Apercu.objects.filter(piece=piece).exists():
        return
    with TemporaryDirectory(prefix="apercu-") as folder:
        file = Path(folder) / "document"
        with file.open("wb") as copy:
            for chunk in piece.read():
                copy.write(chunk)
        seen = pdf.look(file)
        if seen.pages:
            pdf.draw(file, Path(folder))
        _keep(piece, seen.pages, sorted(Path(folder).glob("*.webp")))


def _keep(piece: Piece, pages: int, drawn: list[Path]) -> None:
    """Store the images, then write their rows together; if another run was first, delete the images of this one."""
    images = [_stored(piece, file) for file in drawn]
    with transaction.atomic():
        _, first = Apercu.objects.get_or_create(
            piece=piece, defaults={"pages": pages, "drawn": len(images), "made_at": clock.now()}
        )
        if first:
            ImageDePage.objects.bulk_create(images)
    if not first:
        for image in images:
            image.file.delete(save=False)


def _stored(piece: Piece, file: Path) -> ImageDePage:
    with Image.open(file) as image:
        width, height = image.size
    row = ImageDePage(piece=piece, number=int(file.stem), width=width, height=height)
    with file.open("rb") as content:
        row.file.save(f"apercus/{piece.candidature_id}/{secrets.token_hex(16)}", File(content), save=False)
    return row


@shared_task
def make_export(export_id: int) -> None:
    """Make what somebody asked for of a dossier, straight into the storage; after some tries, give it up."""
    waiting = ExportDeDossier.objects.filter(pk=export_id, ready_at=None, failed_at=None)
    export = waiting.select_related("candidature__dispositif", "candidature__produit__editeur").first()
    if export is None:
        return
    if export.tries >= MOST_EXPORTS:
        waiting.update(failed_at=clock.now())
        return
    waiting.update(tries=F("tries") + 1, begun_at=clock.now())
    stream = _as_asked(export, waiting)
    place = f"exports/{export.candidature_id}/{secrets.token_hex(16)}"
    kept = PrivateStorage().save(place, File(stream))  # type: ignore[arg-type]  # a file that cannot go back
    if not waiting.update(file=kept, size=stream.size, ready_at=clock.now(), until=clock.now() + EXPORTS_KEPT):
        PrivateStorage().delete(kept)  # another run was first


def _as_asked(export: ExportDeDossier, waiting: QuerySet[ExportDeDossier]) -> Stream:
    if export.forme == FormeDExport.ETAT:
        return state_as_pdf(export.candidature, at=clock.now())
    return copy_as_zip(export, at=clock.now(), count=lambda done, total: waiting.update(done=done, total=total))
