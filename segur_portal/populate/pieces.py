"""The pièces of a candidature: many rows, a handful of stored files."""

from dataclasses import dataclass
from datetime import datetime

from candidatures.enums import Act
from candidatures.models import Piece
from preuves.enums import AnalyseState
from preuves.models import Analyse, Apercu, ImageDePage

from .dossiers import Candidate
from .files import SIZE
from .world import World

# How many of each a candidature has; the same one serves several preuves.
COUNTS = {"application/pdf": 4, "image/png": 4, "video/webm": 2, "application/zip": 1, "text/csv": 1}


@dataclass(frozen=True)
class Kept:
    id: int
    sha256: str


def add_pieces(world: World, made: Candidate, at: datetime) -> dict[str, list[Kept]]:
    """Deposit the pièces of a candidature; return them by content type."""
    kept: dict[str, list[Kept]] = {}
    by = made.team.people[2]
    for kind, count in COUNTS.items():
        stored = world.files[kind]
        stem, _, ending = stored.name.rpartition(".")
        for rank in range(1, count + 1):
            number = world.tables[Piece].add(
                candidature_id=made.id,
                file=stored.file,
                name=f"{stem}-{rank}.{ending}",
                content_type=kind,
                size=stored.size,
                sha256=stored.sha256,
                deposited_at=at,
                deposited_by_id=by,
            )
            world.tables[Analyse].add(piece_id=number, state=AnalyseState.NOT_SCANNED.value, analysed_at=at)
            for page, image in enumerate(stored.pages, start=1):
                world.tables[ImageDePage].add(piece_id=number, number=page, file=image, width=SIZE[0], height=SIZE[1])
            if count_of_pages := len(stored.pages):
                world.tables[Apercu].add(piece_id=number, pages=count_of_pages, drawn=count_of_pages, made_at=at)
            on = f"piece:{number}"
            made.chain.tell(Act.PIECE_DEPOSITED, on=on, by=by, at=at, piece=number, sha256=stored.sha256)
            kept.setdefault(kind, []).append(Kept(number, stored.sha256))
    return kept
