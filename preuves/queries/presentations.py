"""What candidatures present, from which the rules derive all that is due."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet
from django.db.models.functions import JSONObject

from candidatures.catalogue.champs import Value
from candidatures.models import Candidature
from candidatures.queries.volets import Judged, PresentedVolet, presented_volets_of
from candidatures.rules.submission import DeclaredReference as Declared
from candidatures.rules.submission import references_of
from preuves.models import Chapitre, Contestation, DossierDePreuves
from preuves.rules.exigibilite import (
    ContestedDispense,
    Equivalent,
    FallenEquivalent,
    Presentation,
    Reference,
    Unsettled,
)

from .equivalences import EquivalenceLink, links_of
from .tables import Tables

PRESENTED = ("profils", "architecture", "references_vague_1", "references_vague_2", "version_technique")


Contested = Sequence[Mapping[str, str]]
"""What the ANS contested in a dossier: N°, reason, and instant in ISO 8601."""


class Presented(NamedTuple):
    """One candidature, its volets, and what was contested in its dossier."""

    candidature: Candidature
    volets: Sequence[PresentedVolet]
    contested: Contested


@cache
def rows() -> QuerySet[DossierDePreuves, Any]:
    """Every dossier with its version, and in `contested` the dispenses refused by the ANS; the query is built once."""
    return DossierDePreuves.objects.select_related("version").annotate(contested=_contested("pk"))


@cache
def chapitres_with_dossier() -> QuerySet[Chapitre, Any]:
    """Every chapitre with its dossier and its version; `contested` is on the chapitre. The query is built once."""
    return Chapitre.objects.select_related("dossier__version").annotate(contested=_contested("dossier"))


def _contested(dossier: str) -> ArraySubquery:
    contestations = Contestation.objects.filter(dossier=OuterRef(dossier)).order_by("pk")
    return ArraySubquery(contestations.values(word=JSONObject(numero="numero", reason="reason", at="contested_at")))


def answers_of(volets: Iterable[PresentedVolet]) -> dict[str, Value]:
    """Return the answers of the volets of one candidature, together."""
    return {champ: value for volet in volets for champ, value in volet.answers.items()}


def presentations_of(dossiers: Sequence[DossierDePreuves]) -> dict[int, Presentation]:
    """Return, by dossier, what its candidature presents.

    :param dossiers: from `rows()`, with their candidature joined
    """
    volets = presented_volets_of([dossier.candidature_id for dossier in dossiers], champs=PRESENTED)
    presented = [
        Presented(dossier.candidature, volets[dossier.candidature_id], dossier.contested)  # type: ignore[attr-defined] # by `rows`
        for dossier in dossiers
    ]
    presentations = presentations_from(presented)
    return {dossier.pk: presentations[dossier.candidature_id] for dossier in dossiers}


def presentations_from(
    presented: Sequence[Presented],
    *,
    at: datetime | None = None,
    tables: Tables | None = None,
) -> dict[int, Presentation]:
    """Return, by candidature, what it presents. It makes no query but those of `links_of`, for references of vague 2.

    :param at: as of that instant (aware); today when None
    :param tables: as in `links_of`
    """
    answers = {candidate.candidature.pk: answers_of(candidate.volets) for candidate in presented}
    held = {candidate.candidature.pk: _held(candidate, answers[candidate.candidature.pk]) for candidate in presented}
    unsettled = {
        candidate.candidature.pk: _unsettled(candidate, answers[candidate.candidature.pk]) for candidate in presented
    }
    named = {
        key: {reference.identifiant for reference, _ in (*held[key], *unsettled[key]) if not reference.dispositif}
        for key in answers
    }
    links = links_of([candidate.candidature for candidate in presented], named, at=at, tables=tables)
    return {
        key: _presentation(candidate, answers[key], held[key], unsettled[key], links.get(key, ()))
        for candidate in presented
        for key in [candidate.candidature.pk]
    }


def _held(candidate: Presented, answers: Mapping[str, Value]) -> list[tuple[Declared, datetime]]:
    """Return the earlier references that the ANS confirmed, each with the instant of the confirmation."""
    judged = _judged(candidate)
    return [
        (reference, judgement.at)
        for reference in references_of(answers)
        if (judgement := judged.get(reference.identifiant)) and judgement.is_confirmed
    ]


def _unsettled(candidate: Presented, answers: Mapping[str, Value]) -> list[tuple[Declared, datetime | None]]:
    """Return the other references that were submitted, each with when it was refused; None while it is not judged."""
    judged = _judged(candidate)
    handed = {
        champ: value
        for volet in candidate.volets
        if volet.version is not None
        for champ, value in volet.answers.items()
    }
    judgements = [(reference, judged.get(reference.identifiant)) for reference in references_of(handed)]
    return [
        (reference, judgement.at if judgement else None)
        for reference, judgement in judgements
        if judgement is None or not judgement.is_confirmed
    ]


def _judged(candidate: Presented) -> dict[str, Judged]:
    return {identifiant: judgement for volet in candidate.volets for identifiant, judgement in volet.judged.items()}


def _with(
    unsettled: Sequence[tuple[Declared, datetime | None]], links: Sequence[EquivalenceLink]
) -> tuple[Unsettled, ...]:
    """Return each unsettled reference with the N° that it would dispense from, or did until it was refused."""
    return tuple(
        Unsettled(
            _reference(declared),
            frozenset(
                link.numero
                for link in links
                if link.equivalent.nru == declared.identifiant
                and (link.until is None or (refused_at is not None and link.until > refused_at))
            ),
            refused_at,
        )
        for declared, refused_at in unsettled
    )


def _reference(declared: Declared) -> Reference:
    return Reference(declared.identifiant, declared.dispositif, frozenset(declared.profils))


def _presentation(
    candidate: Presented,
    answers: Mapping[str, Value],
    held: Sequence[tuple[Declared, datetime]],
    unsettled: Sequence[tuple[Declared, datetime | None]],
    links: Sequence[EquivalenceLink],
) -> Presentation:
    profils = frozenset(answers.get("profils") or ())
    equivalents, fallen = counted(links, {declared.identifiant: at for declared, at in held}, profils)
    return Presentation(
        profils=profils,
        architecture=frozenset(answers.get("architecture") or ()),
        references=tuple(_reference(declared) for declared, _ in held if declared.dispositif),
        equivalents=equivalents,
        fallen=fallen,
        contestations={
            word["numero"]: ContestedDispense(word["reason"], datetime.fromisoformat(word["at"]))
            for word in candidate.contested
        },
        unsettled=_with(unsettled, links),
    )


def counted(
    links: Sequence[EquivalenceLink], confirmed: Mapping[str, datetime], profils: frozenset[str]
) -> tuple[dict[str, Equivalent], dict[str, FallenEquivalent]]:
    """Return, by N° preuve, what counts for it, and what last counted for it; first, what counts for these profils.

    :param confirmed: by NRU, since when the ANS has confirmed that it is the same solution
    """
    equivalents: dict[str, Equivalent] = {}
    fallen: dict[str, FallenEquivalent] = {}
    for link in sorted(links, key=lambda link: link.equivalent.holds_for(profils)):
        at = confirmed.get(link.equivalent.nru)
        if at is None:
            continue
        equivalent = replace(link.equivalent, since=max(at, link.equivalent.since))
        if link.until is None:
            equivalents[link.numero] = equivalent
        elif link.until > equivalent.since and _is_later(link, fallen.get(link.numero), profils):
            fallen[link.numero] = FallenEquivalent(equivalent, link.until, link.why)
    return equivalents, fallen


def _is_later(link: EquivalenceLink, other: FallenEquivalent | None, profils: frozenset[str]) -> bool:
    """Whether this link fell after the other one, or the other one never held for these profils."""
    return other is None or not other.equivalent.holds_for(profils) or link.until is None or link.until > other.at
