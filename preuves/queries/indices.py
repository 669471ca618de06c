"""What a machine noticed of a deposit: its facts, beside the files of the deposit, and the lines of the pages."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BigIntegerField, Func, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import JSONObject

from candidatures.models import Candidature
from candidatures.queries.search import asked_row_by_row
from comptes.dates import PARIS
from comptes.models import Compte
from comptes.models.prepared import IDS, Prepared
from preuves.catalogue.natures import NATURES
from preuves.catalogue.rem import PreuveSpec
from preuves.enums import Forme, Nature
from preuves.models import LectureDeMachine, Revision, RevisionPiece
from preuves.rules import indices as rules
from preuves.rules.indices import Indice, Jumeau
from preuves.rules.lectures import Lu

from .fichiers import held_by_a_submission, lines_with_files
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
    return _noticed(lines, _known_to(read_by, "revision__"))


def _noticed(lines: QuerySet[RevisionPiece], known: Q) -> QuerySet[RevisionPiece]:
    read = LectureDeMachine.objects.filter(sha256=OuterRef("piece__sha256"))
    same = RevisionPiece.objects.filter(piece__sha256=OuterRef("piece__sha256"))
    others = same.exclude(revision__preuve=OuterRef("revision__preuve")).filter(known)
    return lines.annotate(lecture=Subquery(read.values(row=_LECTURE)[:1]), twins=_twins(others))


def lines_of(shown: Revision | None, former: Revision | None) -> tuple[list[RevisionPiece], list[RevisionPiece]]:
    """Return the files of a deposit and of the one before, with what the ANS is told of them by `lines_noticed`.

    One query; none when neither holds a file.
    """
    asked = [revision.pk if revision and not revision.value else None for revision in (shown, former)]
    keys = [key for key in asked if key is not None]
    lines = _LINES.ask(shown=keys[0], former=keys[-1]) if keys else []
    of_shown, of_former = ([line for line in lines if line.revision_id == key] for key in asked)
    return of_shown, of_former


_LECTURE = JSONObject(state="state", fault="fault", text="text", facts="facts")


def _twins(others: QuerySet[Any]) -> ArraySubquery:
    """The first deposits of a file elsewhere, in the order in which `piece_by_sha256` gives them."""
    candidature = "revision__preuve__chapitre__dossier__candidature"
    named = others.order_by("piece_id", "pk").values(
        row=JSONObject(numero="revision__preuve__numero", nru=f"{candidature}__nru")
    )
    return ArraySubquery(named[:MOST_TWINS])


def _known_to_the_ans(path: str = "") -> Q:
    """The deposits that were handed to the ANS, wherever they are.

    One deposit after the other is asked, until `MOST_TWINS` are found, and not each one of a file that everybody
    deposits.
    """
    return asked_row_by_row(held_by_a_submission(path))


def _known_to(compte: Compte, path: str = "") -> Q:
    """The deposits that this person may be told of."""
    if compte.is_ans:
        return _known_to_the_ans(path)
    return Q(**{f"{path}preuve__chapitre__dossier__candidature__in": Candidature.objects.visible_to(compte)})


# An array of two keys: for one of any length, PostgreSQL expects ten, and plans this query again each time, in 2 ms.
_LINES = Prepared(
    lambda shown, former: _noticed(lines_with_files(), _known_to_the_ans("revision__")).filter(
        revision__among=Func(shown, former, template="(ARRAY[%(expressions)s])", output_field=IDS)
    ),
    shown=BigIntegerField(),
    former=BigIntegerField(),
)


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
