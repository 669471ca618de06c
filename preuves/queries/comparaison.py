"""A preuve that comes back corrected: what its ANS reader refused, beside what was deposited since."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from preuves.enums import Forme
from preuves.models import ImageDePage, Revision, VerdictDePreuve
from preuves.rules.changements import ComparedText, word_diff
from preuves.rules.comparaison import SAME, FichierCompare, paired
from preuves.rules.reperes import Repere, stills_of

from .fichiers import Viewing

MOST_PAGES = 6


@dataclass(frozen=True)
class Cote:
    """One file of a comparison, as far as it is shown there.

    :param images: its first pages, when it is a PDF that was drawn
    """

    viewing: Viewing

    @property
    def images(self) -> list[ImageDePage]:
        return self.viewing.images[:MOST_PAGES] if self.viewing.shown == "pdf" else []

    @property
    def stills(self) -> list[Repere]:
        """A few moments of it, when it is a video whose length was measured."""
        sonde = self.viewing.sonde
        return stills_of(sonde.facts.get("seconds") or 0) if sonde and self.viewing.shown == "video" else []

    @property
    def is_image(self) -> bool:
        return self.viewing.shown == "image"


@dataclass(frozen=True)
class Paire:
    """A file of each deposit; None where it has none."""

    before: Cote | None
    after: Cote | None
    label: str

    @property
    def is_same(self) -> bool:
        return self.label == SAME


@dataclass(frozen=True)
class Comparaison:
    """The deposit that was refused, and the one to read.

    :param verdict: what the ANS said of the former
    :param typed: what was typed (a link, a number, a text), compared word by word; empty for files
    :param comment: the same of the comments; empty when they are the same
    """

    verdict: VerdictDePreuve
    former: Revision
    typed: tuple[ComparedText, ...]
    comment: tuple[ComparedText, ...]
    paires: tuple[Paire, ...]


def verdict_to_compare(revision: Revision | None, former: Sequence[VerdictDePreuve]) -> VerdictDePreuve | None:
    """Return the latest verdict on an earlier deposit than this one; None when the ANS never read another.

    :param former: every verdict on the preuve, latest first
    """
    return next((verdict for verdict in former if revision and verdict.revision.number < revision.number), None)


def comparaison_of(
    verdict: VerdictDePreuve | None, revision: Revision | None, *, before: Sequence[Viewing], after: Sequence[Viewing]
) -> Comparaison | None:
    """Compare the deposit of a verdict with a later one; no query.

    :param before: the files of the former
    :param after: the files of the later
    """
    if verdict is None or revision is None:
        return None
    former = verdict.revision
    return Comparaison(
        verdict=verdict,
        former=former,
        typed=word_diff(_typed(former), _typed(revision)),
        comment=word_diff(former.comment, revision.comment) if former.comment != revision.comment else (),
        paires=tuple(
            Paire(Cote(before[old]) if old is not None else None, Cote(after[new]) if new is not None else None, label)
            for old, new, label in paired(_files(before), _files(after))
        ),
    )


def _typed(revision: Revision) -> str:
    """Return what a deposit holds besides files, with its kind when it is not what was asked."""
    kind = f"{revision.get_forme_display()}\u00a0: " if revision.forme == Forme.NOT_APPLICABLE else ""
    return f"{kind}{revision.value}"


def _files(viewings: Sequence[Viewing]) -> list[FichierCompare]:
    return [FichierCompare(viewing.piece.name, viewing.piece.sha256) for viewing in viewings]
