from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache, lru_cache
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BigIntegerField, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import JSONObject

from candidatures.catalogue.champs import Value, VoletSpec
from candidatures.catalogue.dispositifs import spec_of
from candidatures.catalogue.reading import read_formulaire
from candidatures.catalogue.volets import CHOICES
from candidatures.enums import CandidatureState, DemandeState, Verdict, VoletState
from candidatures.models import Candidature, Demande, Formulaire, Jugement, Reponse, Soumission, Volet
from candidatures.rules.submission import VoletFacts
from comptes.dates import instant_in_words
from comptes.models.prepared import IDS, Prepared

from .candidatures import charte_accepted, why_closed

Lines = Sequence[Mapping[str, Any]]


def spec_of_volet(volet: Volet) -> VoletSpec:
    """Return the questions of a volet: those of its first submission; before that, those of its dispositif today."""
    return spec_at(volet.candidature.dispositif_id, volet.kind, volet.formulaire)


def spec_at(dispositif: str, kind: str, version: str) -> VoletSpec:
    """Return the questions of a volet of a dispositif in that version; today's when it is empty."""
    today = spec_of(dispositif).volets[kind]
    return today if version in ("", today.version) else _former(dispositif, kind, version)


@lru_cache(maxsize=64)
def _former(dispositif: str, kind: str, version: str) -> VoletSpec:
    """Return a version that the file no longer holds; what is published never changes."""
    return read_formulaire(kind, Formulaire.objects.get(dispositif=dispositif, kind=kind, version=version).contenu)


def choices_of(volet: Volet) -> Mapping[str, Mapping[str, str]]:
    """Return the lists from which champs choose: label by code, by the name of the list."""
    spec = spec_of(volet.candidature.dispositif_id)
    return {
        **CHOICES,
        "profils": spec.profils,
        "profils_architecture": spec.profils_architecture,
        "teleservices": spec.teleservices,
        "dispositifs_vague_1": spec.dispositifs_vague_1,
    }


def _reponses(volet: Any, version: Any) -> QuerySet[Reponse]:
    rows = Reponse.objects.filter(volet=volet, version__lte=version).select_related("answered_by")
    return rows.order_by("champ", "-version").distinct("champ")


_REPONSES = Prepared(_reponses, volet=BigIntegerField(), version=IntegerField())


def reponses_at(volet: Volet, *, version: int) -> dict[str, Reponse]:
    """Return the answer to each champ at that version of the volet, with who gave it and when."""
    return {row.champ: row for row in _REPONSES.ask(volet=volet.pk, version=version)}


def latest_reponses(volet: Volet) -> dict[str, Reponse]:
    return reponses_at(volet, version=volet.version)


def answers_at(volet: Volet, *, version: int) -> dict[str, Value]:
    return {code: row.value for code, row in reponses_at(volet, version=version).items()}


def facts_of(volet: Volet) -> VoletFacts:
    """Gather what the rules need, in three queries."""
    answers = answers_at(volet, version=volet.version)
    return facts_from(volet, answers, unlocked_champs(volet), charte_accepted=charte_accepted(volet.candidature))


@dataclass(frozen=True)
class Judged:
    """The judgement of the ANS on one earlier reference, and when (aware)."""

    is_confirmed: bool
    at: datetime


@dataclass(frozen=True)
class PresentedVolet:
    """A volet, with its last submission and what the ANS answered.

    :param version: the version last submitted, None before
    :param judged: the judgements of the ANS on the earlier references, by identifier; the last of each counts
    :param answers: to the champs that were asked for: those last submitted; before that, those being typed
    :param asked_at: when the demande that waits for an answer was made; None when none does
    :param answer_due_at: its day of answer
    """

    volet: Volet
    version: int | None
    judged: Mapping[str, Judged]
    answers: Mapping[str, Value]
    asked_at: datetime | None = None
    answer_due_at: datetime | None = None


def presented_volets(candidature: Candidature, *, champs: tuple[str, ...]) -> list[PresentedVolet]:
    """Return the volets of a candidature, with their last submission and the judgements of the ANS, in one query.

    :param champs: the codes of the answers to return
    """
    return _read(_presented_of(champs).ask(candidature=candidature.pk))


def presented_volets_of(candidature_ids: Sequence[int], *, champs: tuple[str, ...]) -> dict[int, list[PresentedVolet]]:
    """Return the same for several candidatures, by candidature, in one query too."""
    by_candidature: dict[int, list[PresentedVolet]] = {candidature_id: [] for candidature_id in candidature_ids}
    for volet in _read(_presented_of_many(champs).ask(candidatures=list(by_candidature))):
        by_candidature[volet.volet.candidature_id].append(volet)
    return by_candidature


def _read(volets: Iterable[Any]) -> list[PresentedVolet]:
    return [_presented_volet(volet, volet.presented, volet.jugements_rendus, volet.answers) for volet in volets]


def _presented_volet(volet: Volet, presented: int | None, jugements: Lines, answers: Lines) -> PresentedVolet:
    upto = volet.version if presented is None else presented
    presented_answers = {line["champ"]: line["value"] for line in answers if line["version"] <= upto}
    asked: Any = volet  # annotated by `_presented`
    return PresentedVolet(
        volet,
        presented,
        _judged(jugements),
        presented_answers,
        asked_at=asked.asked_at,
        answer_due_at=asked.answer_due_at,
    )


@cache
def _presented_of(champs: tuple[str, ...]) -> Prepared:
    """Return the volets of one candidature, as `_presented` gives them."""
    return Prepared(
        lambda candidature: _presented(champs).filter(candidature=candidature), candidature=BigIntegerField()
    )


@cache
def _presented_of_many(champs: tuple[str, ...]) -> Prepared:
    """Return those of several candidatures."""
    return Prepared(lambda candidatures: _presented(champs).filter(candidature__among=candidatures), candidatures=IDS)


@cache
def _presented(champs: tuple[str, ...]) -> QuerySet[Volet, Any]:
    """Every volet with its last submission and the judgements; building this query is slow, so it is built once."""
    last = Soumission.objects.filter(volet=OuterRef("pk")).order_by("-number").values("version")[:1]
    judged = Jugement.objects.filter(volet=OuterRef("pk")).order_by("identifiant", "-judged_at", "-pk")
    latest = judged.distinct("identifiant").values(
        word=JSONObject(identifiant="identifiant", verdict="verdict", at="judged_at")
    )
    given = Reponse.objects.filter(volet=OuterRef("pk"), champ__in=champs).order_by("version", "pk")
    answers = given.values(word=JSONObject(champ="champ", value="value", version="version"))
    asked = Demande.objects.filter(volet=OuterRef("pk"), state=DemandeState.ASKED)  # one at a time
    return Volet.objects.order_by("kind").annotate(
        presented=Subquery(last),
        jugements_rendus=ArraySubquery(latest),
        answers=ArraySubquery(answers),
        asked_at=Subquery(asked.values("asked_at")),
        answer_due_at=Subquery(asked.values("due_at")),
    )


def _judged(jugements: Lines) -> dict[str, Judged]:
    return {
        jugement["identifiant"]: Judged(
            jugement["verdict"] == Verdict.CONFIRMED, datetime.fromisoformat(jugement["at"])
        )
        for jugement in jugements
    }


def drafts_with_facts(drafts: Sequence[tuple[Candidature, Volet]]) -> list[tuple[Volet, VoletFacts]]:
    """Return what the rules need of drafts, of one or several candidatures, in one query; in none without a draft.

    They are read as if the charte were accepted: it changes nothing to what they lack.

    :param drafts: each with its candidature, whose names are joined
    """
    if not drafts:
        return []
    for candidature, volet in drafts:
        volet.candidature = candidature
    volets = [volet for _, volet in drafts]
    latest = Reponse.objects.filter(volet__in=volets).order_by("volet", "champ", "-version").distinct("volet", "champ")
    answers: dict[int, dict[str, Value]] = {}
    for row in latest:
        answers.setdefault(row.volet_id, {})[row.champ] = row.value
    return [
        (volet, facts_from(volet, answers.get(volet.pk, {}), frozenset(), charte_accepted=True)) for volet in volets
    ]


def facts_from(
    volet: Volet, answers: Mapping[str, Value], unlocked: frozenset[str], *, charte_accepted: bool
) -> VoletFacts:
    return VoletFacts(
        spec=spec_of_volet(volet),
        state=volet.state,
        answers=answers,
        charte_accepted=charte_accepted,
        candidature_open=volet.candidature.state == CandidatureState.OPEN,
        first_submitted_at=volet.first_submitted_at,
        unlocked=unlocked,
        editeur=volet.candidature.produit.editeur.company,
    )


def unlocked_champs(volet: Volet) -> frozenset[str]:
    """Return the champs that a demande of the ANS has opened again; a query only when there may be one."""
    if volet.state != VoletState.COMPLEMENT_REQUESTED:
        return frozenset()
    return frozenset(demande_of(volet).champs)


def demande_of(volet: Volet) -> Demande:
    """Return the demande that the éditeur has not answered yet."""
    return volet.demandes.select_related("asked_by").get(state=DemandeState.ASKED)


def jugements_of(volet: Volet) -> dict[str, Jugement]:
    """Return the last judgement of the ANS on each earlier reference, by identifier."""
    rows = volet.jugements.select_related("judged_by").order_by("identifiant", "-judged_at", "-pk")
    return {row.identifiant: row for row in rows.distinct("identifiant")}


def who_moved(volet: Volet) -> str:
    """Say in French who last moved the volet, and when."""
    if closed := why_closed(volet.candidature):
        return closed
    if volet.state == VoletState.ADMITTED:
        return f"Ce volet a été déclaré recevable par {volet.admitted_by} le {instant_in_words(volet.admitted_at)}."
    if volet.state == VoletState.SUBMITTED:
        return f"Ce volet a été soumis par {volet.submitted_by} le {instant_in_words(volet.submitted_at)}."
    if volet.state == VoletState.COMPLEMENT_REQUESTED:
        demande = demande_of(volet)
        return f"Un complément a été demandé par {demande.asked_by} le {instant_in_words(demande.asked_at)}."
    return "Ce volet n’est pas soumis : il est encore en cours de saisie."


def pieces_submitted(candidature: Candidature) -> set[int]:
    """Return the pièces of the submitted answers, which the ANS may open."""
    ids: set[int] = set()
    for volet in candidature.volets.all():
        latest = volet.soumissions.order_by("-number").first()
        if latest:
            for value in answers_at(volet, version=latest.version).values():
                ids |= pieces_in(value)
    return ids


def pieces_in(value: Value) -> set[int]:
    """Return the ids of the pièces in an answer, at any depth."""
    if isinstance(value, dict):
        if "piece" in value:
            return {value["piece"]}
        return set().union(*(pieces_in(item) for item in value.values()))
    if isinstance(value, list):
        return set().union(*(pieces_in(item) for item in value))
    return set()
