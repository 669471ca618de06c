"""Answers of earlier candidatures are taken again, those that somebody ticked and no other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.core.files.base import File
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from candidatures.catalogue.champs import Value
from candidatures.enums import Act
from candidatures.models import Candidature, Piece
from candidatures.queries.read import ReadVolet
from candidatures.queries.reutilisation import Offre, offres_of
from candidatures.queries.volets import pieces_in
from candidatures.rules import submission as rules
from candidatures.rules.pieces import NotAPiece
from comptes.models import Compte
from comptes.rules.refusals import Refused

from .pieces import keep_piece
from .telling import record_on_volet
from .volets import VoletNotOpen, save_answers

NO_LONGER = "cette réponse n’est plus proposée. Rien n’est modifié pour ce champ."


class NothingToReuse(Refused):
    """What was ticked cannot be taken as it is: nothing, or two answers for one champ."""


@dataclass(frozen=True)
class Reused:
    """What was taken: the labels of the champs; and a French sentence for each tick that was not."""

    taken: tuple[str, ...]
    left: tuple[str, ...]


def reuse_answers(
    *,
    read: ReadVolet,
    chosen: Sequence[str],
    seen_version: int,
    typed: Collection[str] = (),
    by: Compte,
    at: datetime,
) -> Reused:
    """Answer blank champs of a volet as in the earlier candidatures that were ticked, with a copy of their files.

    A champ that got an answer since the page was read keeps it, and is named. Files are copied before anything is
    locked, since a storage may hang.

    :param chosen: the keys of the offers, such as `contact_nom:DUI-2026-00042-B`
    :param seen_version: the volet's version on the page that was ticked
    :param typed: the champs in which somebody typed what is not saved yet
    :raises VoletNotOpen: when the volet takes no answer
    :raises NothingToReuse: with the reasons; nothing is changed
    """
    if reason := rules.why_not_fillable(read.facts):
        raise VoletNotOpen(reason)
    offres = offres_of(read, by, typed=typed)
    by_key = {offre.key: offre for offre in (*offres.taken, *offres.refused)}
    _refuse_ambiguous(chosen, read)
    ticked = {key: by_key[key] for key in chosen if key in by_key}
    left = [_left(read, key.partition(":")[0], NO_LONGER) for key in chosen if key not in by_key]
    answers: dict[str, Value] = {}
    for offre in ticked.values():
        try:
            answers[offre.champ.code] = _taken(offre, read.volet.candidature, by=by, at=at)
        except NotAPiece as reason:
            left.append(_left(read, offre.champ.code, str(reason)))
    if not answers:
        return Reused((), tuple(left))
    taken, overtaken = _save(read, answers, ticked.values(), min(seen_version, read.volet.version), by=by, at=at)
    return Reused(taken, (*left, *overtaken))


def _refuse_ambiguous(chosen: Sequence[str], read: ReadVolet) -> None:
    if not chosen:
        raise NothingToReuse("Cochez au moins une réponse.")
    counts = Counter(key.partition(":")[0] for key in dict.fromkeys(chosen))
    if several := [code for code, count in counts.items() if count > 1]:
        raise NothingToReuse(
            *(_left(read, code, "plusieurs réponses sont cochées. Gardez-en une.") for code in several)
        )


def _left(read: ReadVolet, code: str, why: str) -> str:
    champ = read.facts.spec.by_code.get(code)
    return f"«\u00a0{champ.label if champ else 'Champ inconnu'}\u00a0»\u00a0: {why}"


def _taken(offre: Offre, candidature: Candidature, *, by: Compte, at: datetime) -> Value:
    """Return an answer whose files are copies that belong to this candidature.

    :raises NotAPiece: with the French reason, when the answer is refused or one of its files cannot be copied
    """
    if offre.refusal:
        raise NotAPiece(offre.refusal)
    copies = {
        piece.pk: _copied(piece, candidature, by=by, at=at)
        for piece in Piece.objects.filter(pk__in=pieces_in(offre.value)).order_by("pk")
    }
    return _with_copies(offre.value, copies)


def _copied(piece: Piece, candidature: Candidature, *, by: Compte, at: datetime) -> Piece:
    try:
        with piece.on_disk() as path, path.open("rb") as content:
            upload = UploadedFile(File(content), name=piece.name, size=piece.size)
            return keep_piece(candidature=candidature, upload=upload, by=by, at=at)
    except OSError:
        raise NotAPiece(
            f"le fichier «\u00a0{piece.name}\u00a0» n’a pas pu être copié. Déposez-le de nouveau."
        ) from None


def _with_copies(value: Value, copies: dict[int, Piece]) -> Value:
    if isinstance(value, dict) and "piece" in value:
        copy = copies[value["piece"]]
        return {"piece": copy.pk, "nom": copy.name, "sha256": copy.sha256}
    if isinstance(value, dict):
        return {code: _with_copies(item, copies) for code, item in value.items()}
    if isinstance(value, list):
        return [_with_copies(item, copies) for item in value]
    return value


@transaction.atomic
def _save(
    read: ReadVolet, answers: dict[str, Value], ticked: Collection[Offre], seen: int, *, by: Compte, at: datetime
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Save the answers and say where they come from; return the champs that were written, and why others were not."""
    saved = save_answers(volet_id=read.volet.pk, answers=answers, seen_version=seen, by=by, at=at)
    written = [offre for offre in ticked if offre.champ.code in saved.written]
    if written:
        record_on_volet(
            volet=saved.read.volet,
            act=Act.ANSWERS_REUSED,
            parts=(),
            by=by,
            at=at,
            champs=[offre.champ.label for offre in written],
            origines=sorted({offre.candidature.nru for offre in written}),
        )
    overtaken = [code for code in answers if code in saved.conflicts or code in saved.locked]
    sentences = tuple(
        _left(read, code, "une réponse a été donnée entre-temps. Elle est conservée.") for code in overtaken
    )
    return tuple(offre.champ.label for offre in written), sentences
