"""What machines read in contents: with what, and which contents still wait for it."""

import shutil
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet

from candidatures.models import Piece
from preuves.enums import LectureState
from preuves.models import LectureDeMachine
from preuves.queries.sondes import BEFORE_ANOTHER_TRY, MOST_TRIES, OFF
from preuves.rules.lectures import NO_OCR, UNREADABLE, Lu


def ocr() -> str:
    """Return the path of the executable that reads images; empty when there is none."""
    return (shutil.which(settings.TESSERACT) or "") if settings.TESSERACT else ""


def pieces_to_read(*, probes: bool, has_ocr: bool, at: datetime) -> QuerySet[Piece]:
    """The files whose content is to be read and is not, one or more for each content.

    What could not be read is tried again once what was lacking is there: probes, an OCR, or a process that lives.

    :param probes: whether probes are on now
    :param has_ocr: whether there is an OCR now
    """
    tried = Q(tries__lt=MOST_TRIES, read_at__lt=at - BEFORE_ANOTHER_TRY) & ~Q(fault__in=[OFF, NO_OCR, UNREADABLE])
    again = tried | Q(fault=OFF) if probes else Q(pk__in=())
    if probes and has_ocr:
        again |= Q(fault=NO_OCR)
    waiting = Q(state=LectureState.WAITING) | (Q(state=LectureState.NOT_READ) & again)
    return Piece.objects.filter(Exists(LectureDeMachine.objects.filter(waiting, sha256=OuterRef("sha256"))))


def lu_of(name: str, row: Mapping[str, Any]) -> Lu:
    """Return what was read in a file, from the row of its content."""
    facts = row["facts"]
    return Lu(
        name,
        LectureState(row["state"]),
        row["fault"],
        row["text"],
        facts.get("signatures"),
        by_ocr=bool(facts.get("ocr")),
    )


def lecture_of(piece: Piece) -> Lu | None:
    """Return what was read in a file; None when nobody asked to read it."""
    row = LectureDeMachine.objects.filter(sha256=piece.sha256).values("state", "fault", "text", "facts").first()
    return lu_of(piece.name, row) if row else None
