"""What candidatures present, from which all that is due of them follows."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet
from django.db.models.functions import JSONObject

from candidatures.catalogue.champs import Value
from candidatures.models import Candidature
from candidatures.queries import Judged, PresentedVolet, presented_volets_of
from candidatures.rules.submission import Reference as Declared
from candidatures.rules.submission import references_of
from preuves.catalogue.equivalences import equivalences_of
from preuves.enums import PreuveState
from preuves.models import Chapitre, Contestation, DossierDePreuves, Preuve
from preuves.rules.exigibilite import ContestedDispense, Presentation, Reference, Unsettled

PRESENTED = ("profils", "architecture", "references_vague_1", "references_vague_2", "version_technique")


OF_THE_CANDIDATURE = ("nru", "dispositif", "produit")
Contested = Sequence[Mapping[str, str]]
"""What the ANS contested in a dossier: N°, reason, and instant in ISO 8601."""


class Accepted(NamedTuple):
    """One preuve that the ANS accepted, and the candidature that it is of."""

    numero: str
    nru: str
    dispositif: str
    produit: int


class Presented(NamedTuple):
    """One candidature, its volets, and what was contested in its dossier."""

    candidature: Candidature
    volets: Sequence[PresentedVolet]
    contested: Contested


@cache
def rows() -> QuerySet[DossierDePreuves, Any]:
    """Every dossier with its version, and as `contested` the dispenses refused by the ANS; put together once."""
    return DossierDePreuves.objects.select_related("version").annotate(contested=_contested("pk"))


@cache
def chapitres_with_dossier() -> QuerySet[Chapitre, Any]:
    """Every chapitre with its dossier, as `rows` gives it but for `contested`, which it bears itself."""
    return Chapitre.objects.select_related("dossier__version").annotate(contested=_contested("dossier"))


def _contested(dossier: str) -> ArraySubquery:
    said = Contestation.objects.filter(dossier=OuterRef(dossier)).order_by("pk")
    return ArraySubquery(said.values(word=JSONObject(numero="numero", reason="reason", at="contested_at")))


def answers_of(volets: Iterable[PresentedVolet]) -> dict[str, Value]:
    """What the volets of one candidature answer, together."""
    return {champ: value for one in volets for champ, value in one.answers.items()}


def presentations_of(dossiers: Sequence[DossierDePreuves]) -> dict[int, Presentation]:
    """By dossier, what its candidature presents; the dossiers are some of `rows()`, their candidature joined."""
    volets = presented_volets_of([one.candidature_id for one in dossiers], champs=PRESENTED)
    presented = [
        Presented(one.candidature, volets[one.candidature_id], one.contested)  # type: ignore[attr-defined] # by `rows`
        for one in dossiers
    ]
    found = presentations_from(presented)
    return {one.pk: found[one.candidature_id] for one in dossiers}


def accepted_today(nrus: Collection[str]) -> list[Accepted]:
    """The preuves that stand accepted in the candidatures of these NRU."""
    there = "chapitre__dossier__candidature__"
    rows = Preuve.objects.filter(state=PreuveState.ACCEPTED, **{f"{there}nru__in": nrus}).order_by("pk")
    return [Accepted(*row) for row in rows.values_list("numero", *(f"{there}{name}" for name in OF_THE_CANDIDATURE))]


def presentations_from(
    presented: Sequence[Presented], *, accepted: Callable[[Collection[str]], list[Accepted]] = accepted_today
) -> dict[int, Presentation]:
    """By candidature, what it presents: one query at most, when one of them refers to another of vague 2."""
    answers = {one.candidature.pk: answers_of(one.volets) for one in presented}
    held = {one.candidature.pk: _held(one, answers[one.candidature.pk]) for one in presented}
    unsettled = {one.candidature.pk: _unsettled(one, answers[one.candidature.pk]) for one in presented}
    candidatures = [one.candidature for one in presented]
    equivalents = _equivalents(candidatures, _nrus(held), accepted)
    hoped = _equivalents(
        candidatures, _nrus({key: [ref for ref, _ in some] for key, some in unsettled.items()}), accepted
    )
    return {
        key: _presentation(
            one, answers[key], held[key], equivalents.get(key, {}), _with(unsettled[key], hoped.get(key, {}))
        )
        for one in presented
        for key in [one.candidature.pk]
    }


def _nrus(declared: Mapping[int, Sequence[Declared]]) -> dict[int, list[str]]:
    """By candidature, the other candidatures that are referred to."""
    return {key: [one.identifiant for one in some if not one.dispositif] for key, some in declared.items()}


def _held(one: Presented, answers: Mapping[str, Value]) -> list[Declared]:
    """The earlier references that the ANS confirmed."""
    judged = _judged(one)
    return [
        reference
        for reference in references_of(answers)
        if (said := judged.get(reference.identifiant)) and said.is_confirmed
    ]


def _unsettled(one: Presented, answers: Mapping[str, Value]) -> list[tuple[Declared, datetime | None]]:
    """The others that were handed to the ANS, each with when it was refused; None when the ANS has not spoken of it."""
    judged = _judged(one)
    handed = {
        champ: value for volet in one.volets if volet.version is not None for champ, value in volet.answers.items()
    }
    found = [(reference, judged.get(reference.identifiant)) for reference in references_of(handed)]
    return [
        (reference, said.at if said else None) for reference, said in found if said is None or not said.is_confirmed
    ]


def _judged(one: Presented) -> dict[str, Judged]:
    return {identifiant: said for volet in one.volets for identifiant, said in volet.judged.items()}


def _with(unsettled: Sequence[tuple[Declared, datetime | None]], hoped: Mapping[str, str]) -> tuple[Unsettled, ...]:
    """Say of each reference which preuves it would be an equivalent of."""
    return tuple(
        Unsettled(
            _reference(declared),
            frozenset(numero for numero, nru in hoped.items() if nru == declared.identifiant),
            refused_at,
        )
        for declared, refused_at in unsettled
    )


def _reference(declared: Declared) -> Reference:
    return Reference(declared.identifiant, declared.dispositif, frozenset(declared.profils))


def _presentation(
    one: Presented,
    answers: Mapping[str, Value],
    held: Sequence[Declared],
    equivalents: Mapping[str, str],
    unsettled: tuple[Unsettled, ...],
) -> Presentation:
    return Presentation(
        profils=frozenset(answers.get("profils") or ()),
        architecture=frozenset(answers.get("architecture") or ()),
        references=tuple(_reference(reference) for reference in held if reference.dispositif),
        equivalents=equivalents,
        contestations={
            word["numero"]: ContestedDispense(word["reason"], datetime.fromisoformat(word["at"]))
            for word in one.contested
        },
        unsettled=unsettled,
    )


def _equivalents(
    candidatures: Sequence[Candidature],
    nrus: Mapping[int, Sequence[str]],
    accepted: Callable[[Collection[str]], list[Accepted]],
) -> dict[int, dict[str, str]]:
    """By candidature, then N° preuve here, the NRU under which the same solution had its equivalent accepted.

    In the same dispositif, for a new version, a preuve is its own equivalent; of another dispositif, the table says.
    """
    tables = {one.pk: equivalences_of(one.dispositif_id) for one in candidatures if nrus[one.pk]}
    following = {one.pk: one.dispositif_id for one in candidatures if one.succeeds_id}
    named = {nru for key, table in tables.items() if table or key in following for nru in nrus[key]}
    if not named:
        return {}
    lines = accepted(named)
    found: dict[int, dict[str, str]] = {key: {} for key in tables}
    for one in candidatures:
        for numero, nru, dispositif, produit in lines:
            if one.pk not in tables or produit != one.produit_id or nru not in nrus[one.pk]:
                continue
            same = numero if following.get(one.pk) == dispositif else None
            if here := tables[one.pk].get(dispositif, {}).get(numero, same):
                found[one.pk][here] = nru
    return found
