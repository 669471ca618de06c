"""The answers of earlier candidatures that a volet may take again, each with where it comes from."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from candidatures.catalogue.champs import Champ, Value
from candidatures.catalogue.formats import ATTESTATION
from candidatures.models import Candidature, Piece, Reponse, Soumission, Volet
from candidatures.rules import submission
from candidatures.rules.entreprises import brought_up
from candidatures.rules.reutilisation import Form, NotReusable, is_of_one_solution, reusable, without_pieces
from comptes.models import Compte

from .read import ReadVolet
from .summary import in_words
from .volets import choices_of, pieces_in, spec_of_volet

MOST_SOURCES = 20
"""The candidatures that are looked into, the latest first."""
MOST_OF_A_CHAMP = 3


@dataclass(frozen=True)
class Fichier:
    """A file of an earlier answer; `refusal`: why it cannot be taken again, empty when a copy of it is taken."""

    nom: str
    refusal: str = ""


@dataclass(frozen=True)
class Offre:
    """One earlier answer to one champ.

    :param value: as the champ would keep it, its pièces still those of the other candidature; None when it is refused
    :param lines: in French, what would be kept; or what was answered, when it is refused
    :param refusal: why the present form refuses it
    :param at: when it was answered (aware), by `who`
    """

    champ: Champ
    candidature: Candidature
    value: Value
    lines: tuple[str, ...]
    at: datetime
    who: str
    refusal: str = ""
    fichiers: tuple[Fichier, ...] = ()

    @property
    def key(self) -> str:
        return f"{self.champ.code}:{self.candidature.nru}"


@dataclass(frozen=True)
class Offres:
    """All that is proposed for a volet, in the order of its champs.

    :param kept_apart: the labels of the champs whose earlier answers are those of another solution
    :param answered: how many champs have an answer, for which nothing is proposed
    """

    taken: tuple[Offre, ...]
    refused: tuple[Offre, ...]
    kept_apart: tuple[str, ...]
    answered: int


def offres_of(read: ReadVolet, reader: Compte, *, typed: Collection[str] = ()) -> Offres:
    """Return what earlier candidatures that the reader sees propose for the champs without an answer, in two queries.

    :param typed: the champs in which somebody typed what is not saved yet
    """
    facts, volet = read.facts, read.volet
    blank = {
        code: champ
        for code, champ in facts.spec.by_code.items()
        if facts.answers.get(code) is None and code not in typed and submission.is_unlocked(facts, code)
    }
    sources = list(_sources(volet, reader)) if blank else []
    kept_apart = {
        champ.label
        for source, given in sources
        for code, champ in blank.items()
        if code in given and not _is_open(champ, source, volet)
    }
    offres = _distinct(_offres(volet, blank, sources), blank)
    return Offres(
        tuple(offre for offre in offres if not offre.refusal),
        tuple(offre for offre in offres if offre.refusal),
        tuple(champ.label for champ in blank.values() if champ.label in kept_apart),
        sum(facts.answers.get(code) is not None for code in facts.spec.by_code),
    )


def _sources(volet: Volet, reader: Compte) -> Iterator[tuple[Volet, Mapping[str, Reponse]]]:
    """Yield each earlier volet of this kind with its answers: those last submitted, else those being typed."""
    candidature = volet.candidature
    others = Candidature.objects.visible_to(reader).filter(produit__editeur=candidature.produit.editeur_id)
    others = others.exclude(pk=candidature.pk).order_by("-opened_at", "-pk")[:MOST_SOURCES]
    by_volet: dict[int, dict[str, Reponse]] = {}
    for row in _latest(volet.kind, others.values("pk")):
        by_volet.setdefault(row.volet_id, {})[row.champ] = row
    for given in by_volet.values():
        yield next(iter(given.values())).volet, given


def _latest(kind: str, candidatures: QuerySet[Candidature, Any]) -> QuerySet[Reponse]:
    last = Soumission.objects.filter(volet=OuterRef("volet")).order_by("-number").values("version")[:1]
    rows = Reponse.objects.filter(volet__kind=kind, volet__candidature__in=candidatures)
    rows = rows.filter(version__lte=Coalesce(Subquery(last), F("volet__version")))
    rows = rows.select_related("volet__candidature__produit", "volet__candidature__dispositif", "answered_by")
    return rows.order_by("volet", "champ", "-version").distinct("volet", "champ")


def _is_open(champ: Champ, source: Volet, volet: Volet) -> bool:
    same = source.candidature.produit_id == volet.candidature.produit_id
    return same or not is_of_one_solution(champ)


def _offres(
    volet: Volet, blank: Mapping[str, Champ], sources: Iterable[tuple[Volet, Mapping[str, Reponse]]]
) -> Iterator[Offre]:
    form = Form(choices_of(volet), volet.candidature.produit.editeur.company)
    read = []
    for source, given in sources:
        values = brought_up({code: row.value for code, row in given.items()}, blank)
        open_to_it = {code: value for code, value in values.items() if _is_open(blank[code], source, volet)}
        read += [(source, given, code, value) for code, value in open_to_it.items() if value is not None]
    pieces = _pieces(value for _, _, _, value in read)
    for source, given, code, value in read:
        yield _offre(blank[code], source, given, value, form, pieces)


def _pieces(values: Iterable[Value]) -> Mapping[int, Piece]:
    ids: set[int] = set().union(*map(pieces_in, values))
    return Piece.objects.in_bulk(ids) if ids else {}


def _offre(
    champ: Champ,
    source: Volet,
    given: Mapping[str, Reponse],
    value: Value,
    form: Form,
    pieces: Mapping[int, Piece],
) -> Offre:
    before = spec_of_volet(source).by_code.get(champ.code)
    # A company that was a SIREN alone was an answer to another champ.
    row = given.get(champ.code) or max(given.values(), key=lambda reponse: reponse.answered_at)
    refusals = {key: why_not_again(pieces.get(key), source.candidature) for key in sorted(pieces_in(value))}
    fichiers = tuple(Fichier(pieces[key].name if key in pieces else "fichier", why) for key, why in refusals.items())
    lost = frozenset(key for key, why in refusals.items() if why)
    kept, refusal = None, ""
    try:
        kept = reusable(champ, before, without_pieces(value, lost), form)
    except NotReusable as reason:
        refusal = str(reason)
    if kept is None and not refusal:
        refusal = " ".join(fichier.refusal for fichier in fichiers) or "Cette réponse est vide."
    lines = in_words(before or champ, value, choices_of(source)) if refusal else in_words(champ, kept, form.choices)
    return Offre(
        champ,
        source.candidature,
        kept,
        tuple(lines),
        row.answered_at,
        row.answered_by.full_name,
        refusal=refusal,
        fichiers=fichiers,
    )


def why_not_again(piece: Piece | None, candidature: Candidature) -> str:
    """Say why a file of an earlier answer cannot be taken again, before it is read; empty when it can."""
    if piece is None or piece.candidature_id != candidature.pk:
        return "Ce fichier n’est plus conservé\u00a0: déposez-le de nouveau."
    formats = [known for known in ATTESTATION.formats if known.content_type == piece.content_type]
    if not formats:
        return "Ce format de fichier n’est plus accepté\u00a0: déposez-le dans un autre format."
    if piece.size > ATTESTATION.largest_of(formats[0]):
        return "Ce fichier dépasse la taille acceptée\u00a0: déposez-en un plus petit."
    return ""


def _distinct(offres: Iterable[Offre], blank: Mapping[str, Champ]) -> list[Offre]:
    """Keep the latest of those that say the same, and the latest few of a champ, in the order of the form."""
    by_champ: dict[str, dict[str, Offre]] = {code: {} for code in blank}
    for offre in sorted(offres, key=lambda offre: (offre.at, offre.candidature.pk), reverse=True):
        alike = json.dumps([offre.lines, offre.refusal])
        by_champ[offre.champ.code].setdefault(alike, offre)
    return [offre for alike in by_champ.values() for offre in list(alike.values())[:MOST_OF_A_CHAMP]]
