"""What a machine noticed of a deposit: its facts, beside the files of the deposit, and the lines of the pages."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import JSONObject

from candidatures.models import Candidature
from comptes.dates import PARIS
from comptes.models import Compte
from preuves.catalogue.natures import NATURES
from preuves.catalogue.rem import PreuveSpec
from preuves.enums import Forme, Nature
from preuves.models import LectureDeMachine, Revision, RevisionPiece
from preuves.rules import indices as rules
from preuves.rules.indices import Indice, Jumeau
from preuves.rules.lectures import Lu

from .fichiers import handed_over, lines_with_files
from .lectures import lu_of

MOST_TWINS = 20
Reader = Callable[[PreuveSpec, Lu], Iterable[Indice]]
_readers: list[Reader] = []


def register_reader(reader: Reader) -> None:
    """Let an app above say what it sees in the text of a file that a preuve holds."""
    if reader not in _readers:
        _readers.append(reader)


def lines_noticed(lines: QuerySet[RevisionPiece], *, read_by: Compte) -> QuerySet[RevisionPiece]:
    """Add to the files of deposits what a machine read in each, and where else it was deposited: no query more."""
    read = LectureDeMachine.objects.filter(sha256=OuterRef("piece__sha256"))
    same = RevisionPiece.objects.filter(piece__sha256=OuterRef("piece__sha256"))
    others = same.exclude(revision__preuve=OuterRef("revision__preuve")).filter(_known_to(read_by, "revision__"))
    return lines.annotate(lecture=Subquery(read.values(row=_LECTURE)[:1]), twins=_twins(others, "revision__"))


def lines_of(revision: Revision | None, *, read_by: Compte) -> list[RevisionPiece]:
    """Return the files of one deposit, with what `lines_noticed` adds; one query, none when it holds no file."""
    if revision is None or revision.value:
        return []
    return list(lines_noticed(lines_with_files(), read_by=read_by).filter(revision=revision))


_LECTURE = JSONObject(state="state", fault="fault", text="text", facts="facts")


def _twins(rows: QuerySet[Any], path: str) -> ArraySubquery:
    named = rows.order_by("pk").values(
        row=JSONObject(numero=f"{path}preuve__numero", nru=f"{path}preuve__chapitre__dossier__candidature__nru")
    )
    return ArraySubquery(named[:MOST_TWINS])


def _known_to(compte: Compte, path: str = "") -> Q:
    """The deposits that this person may be told of: for the ANS, those that were handed to it, wherever they are."""
    if compte.is_ans:
        return Q(**{f"{path}pk__in": handed_over()})
    return Q(**{f"{path}preuve__chapitre__dossier__candidature__in": Candidature.objects.visible_to(compte)})


def indices_of(
    revision: Revision | None, lines: Sequence[RevisionPiece], preuve: PreuveSpec, *, nru: str, read_by: Compte
) -> list[Indice]:
    """Return what a machine noticed of a deposit; one query for a number, none for files.

    :param lines: the files of the deposit, from `lines_noticed`
    """
    if revision is None:
        return []
    if revision.forme == Forme.NUMBER:
        return list(rules.of_a_number(revision.value, _numbered_alike(revision, read_by), nru=nru))
    return list(_of_files(revision, lines, preuve, nru=nru, read_by=read_by))


def _numbered_alike(revision: Revision, compte: Compte) -> list[Jumeau]:
    same = Revision.objects.filter(_known_to(compte), forme=Forme.NUMBER, value=revision.value)
    named = same.exclude(preuve=revision.preuve_id).order_by("pk")
    rows = named.values_list("preuve__numero", "preuve__chapitre__dossier__candidature__nru")
    return [Jumeau(*row) for row in rows[:MOST_TWINS]]


def _of_files(
    revision: Revision, lines: Sequence[Any], preuve: PreuveSpec, *, nru: str, read_by: Compte
) -> Iterator[Indice]:
    nature = Nature(preuve.nature)
    read_lines = [line for line in lines if line.lecture] if NATURES[nature].is_read else []
    lus = [lu_of(line.piece.name, line.lecture) for line in read_lines]
    for lu in lus:
        if nature is Nature.PENTEST:
            yield from rules.of_the_form(lu, on=revision.deposited_at.astimezone(PARIS).date())
        for read in _readers:
            yield from read(preuve, lu)
    for line in lines:
        twins = [Jumeau(**row) for row in line.twins]
        yield from rules.of_a_file(line.piece.name, twins, nru=nru)
    if read_by.is_ans:
        yield from rules.of_what_is_not_read(lus)
