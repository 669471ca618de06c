"""Has a machine read what is written in a file, after it was deposited as evidence of which it can see something."""

from datetime import datetime

from candidatures.models import Piece
from candidatures.operations.telling import after_commit
from preuves import effects
from preuves.catalogue.natures import NATURES
from preuves.enums import Nature
from preuves.models import LectureDeMachine


def ask_to_read_evidence(*, pieces: tuple[Piece, ...], nature: Nature, at: datetime) -> None:
    """Have read the files of a deposit, when its nature is one of those that a machine reads."""
    if NATURES[nature].is_read:
        for piece in pieces:
            ask_to_read(piece=piece, at=at)


def ask_to_read(*, piece: Piece, at: datetime) -> None:
    """Have read one file, in a transaction; a content that was asked already is read once."""
    asked = LectureDeMachine(sha256=piece.sha256, asked_at=at)
    LectureDeMachine.objects.bulk_create([asked], ignore_conflicts=True)
    after_commit(effect=effects.read_piece, key=piece.pk)
