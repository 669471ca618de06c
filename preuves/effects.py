"""Effects of a deposit: its files are scanned, and the pages of its PDF drawn. Each may safely run twice."""

import logging
import secrets
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

from celery import shared_task
from django.conf import settings
from django.core.files.base import File
from django.db import transaction
from PIL import Image

from candidatures.connectors import pdf
from candidatures.models import Piece
from comptes import clock
from preuves.connectors.clamd import Clamd, ScanFailed
from preuves.enums import AnalyseState
from preuves.models import Analyse, Apercu, ImageDePage
from preuves.rules.fichiers import PDF

logger = logging.getLogger(__name__)


@shared_task
def scan_piece(piece_id: int) -> None:
    """Write what the antivirus says of a pièce. Without a verdict nothing is written, and nobody can open the file."""
    piece = Piece.objects.get(pk=piece_id)
    if Analyse.objects.filter(piece=piece).exists():
        return
    try:
        state, detail = _scanned(piece)
    except ScanFailed as failure:
        logger.warning("Piece %s is not scanned; the sweep will try again: %s", piece_id, failure)
        return
    Analyse.objects.get_or_create(
        piece=piece, defaults={"state": state, "detail": detail[:200], "analysed_at": clock.now()}
    )


def _scanned(piece: Piece) -> tuple[AnalyseState, str]:
    if not settings.CLAMD_URL:
        return AnalyseState.NOT_SCANNED, ""
    with closing(piece.read()) as content:
        signature = Clamd(settings.CLAMD_URL).scan(content)
    return (AnalyseState.INFECTED, signature) if signature else (AnalyseState.CLEAN, "")


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
