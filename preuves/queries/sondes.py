"""Which contents still wait to be opened, or converted."""

from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet

from candidatures.catalogue.formats import BY_TYPE
from candidatures.enums import CandidatureState
from candidatures.models import Piece
from preuves.enums import ChapitreState, PreuveState, SondeState
from preuves.models import Chapitre, RevisionPiece, Sonde

from .illisibles import does_not_open

OFF = "off"
"""The fault of a content that nobody looked at, since probes were off."""

MOST_TRIES = 3
BEFORE_ANOTHER_TRY = timedelta(minutes=10)


def pieces_not_probed() -> QuerySet[Piece]:
    """The files whose content nobody tried to open yet."""
    tried = Sonde.objects.filter(sha256=OuterRef("sha256"))
    return Piece.objects.filter(~Exists(tried), content_type__in=BY_TYPE)


def pieces_to_probe_again(*, on: bool, at: datetime) -> QuerySet[Piece]:
    """The files whose content could not be opened: probes were off, or their process died.

    :param on: whether probes are on now
    """
    failed = Q(tries__lt=MOST_TRIES, probed_at__lt=at - BEFORE_ANOTHER_TRY) & ~Q(fault=OFF)
    again = Sonde.objects.filter(Q(fault=OFF) | failed, sha256=OuterRef("sha256"), state=SondeState.NOT_PROBED)
    pieces = Piece.objects.filter(Exists(again))
    return pieces if on else pieces.none()


def chapitres_with_unreadable() -> QuerySet[Chapitre]:
    """The submitted chapitres that nobody reads yet, and in which a file may not open."""
    lines = RevisionPiece.objects.filter(
        does_not_open(), revision__preuve__chapitre=OuterRef("pk"), revision__preuve__state=PreuveState.DEPOSITED
    )
    waiting = Chapitre.objects.filter(state=ChapitreState.SUBMITTED)
    return waiting.filter(Exists(lines), dossier__candidature__state=CandidatureState.OPEN)


def pieces_to_copy(*, at: datetime) -> QuerySet[Piece]:
    """The files that a browser does not show and that have no copy; a conversion that died waits for another try."""
    due = Q(tries=0) | Q(probed_at__lt=at - BEFORE_ANOTHER_TRY)
    to_copy = Sonde.objects.filter(due, sha256=OuterRef("sha256"), state=SondeState.TO_COPY)
    return Piece.objects.filter(Exists(to_copy), copie=None)
