"""The ready reasons: those of the catalogue, until somebody changed or retired them, then those of the team."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, TextField

from comptes.models.prepared import Prepared
from comptes.rules.figures import whole
from preuves.catalogue.motifs import MOTIFS
from preuves.models import MotifPret
from preuves.rules.motifs import Place


@dataclass(frozen=True)
class Motif:
    """One ready reason.

    :param key: what names it in an address and in a form: a code of the catalogue, or the pk of a row
    :param written_at: None for a sentence of the catalogue
    :param retired: nobody proposes it any more
    """

    key: str
    text: str
    place: Place
    uses: int = 0
    used_at: datetime | None = None
    written_at: datetime | None = None
    retired: bool = False


def all_motifs() -> list[Motif]:
    """Return every ready reason that is proposed somewhere: by chapitre, then nature, the most used first."""
    rows = MotifPret.objects.filter(Q(retired_at=None) | ~Q(code=""))
    motifs = _with_those_of_the_catalogue(rows.order_by("pk"))
    return sorted(
        motifs, key=lambda motif: (motif.place.dispositif, motif.place.chapitre, motif.place.nature, -motif.uses)
    )


def motifs_in(dispositif: str, chapitre: str) -> list[Motif]:
    """Return the ready reasons for a chapitre: its own first, then the most used. One query."""
    motifs = _with_those_of_the_catalogue(_PROPOSED.ask(dispositif=dispositif, chapitre=chapitre))
    return sorted(motifs, key=lambda motif: (not motif.place.chapitre, not motif.place.nature, -motif.uses))


def motifs_for(place: Place) -> list[Motif]:
    """Return the ready reasons for a preuve of that chapitre and nature. One query."""
    motifs = motifs_in(place.dispositif, place.chapitre)
    return [motif for motif in motifs if motif.place.nature in ("", place.nature)]


_PROPOSED = Prepared(
    lambda dispositif, chapitre: MotifPret.objects.filter(
        ~Q(code="") | (Q(retired_at=None) & (Q(chapitre="") | Q(chapitre=chapitre, dispositif=dispositif)))
    ).order_by("pk"),
    dispositif=TextField(),
    chapitre=TextField(),
)


def motif_of(key: str) -> Motif | None:
    """Return the ready reason of that key, even retired since; None when there is none."""
    code, number = (key, None) if key in MOTIFS else ("", whole(key))
    if not code and number is None:
        return None
    named = MotifPret.objects.filter(Q(code=code) if code else Q(pk=number))
    row = named.order_by("pk").first()
    return _of_row(row) if row else Motif(code, MOTIFS[code], Place()) if code else None


def _with_those_of_the_catalogue(rows: Iterable[MotifPret]) -> list[Motif]:
    held = list(rows)
    known = {row.code for row in held}
    theirs = [Motif(code, text, Place()) for code, text in MOTIFS.items() if code not in known]
    return [*theirs, *(_of_row(row) for row in held if row.retired_at is None)]


def _of_row(row: MotifPret) -> Motif:
    return Motif(
        key=row.code or str(row.pk),
        text=row.text,
        place=Place(row.dispositif_id or "", row.chapitre, row.nature),
        uses=row.uses,
        used_at=row.used_at,
        written_at=row.written_at if row.written_by_id else None,
        retired=row.retired_at is not None,
    )
