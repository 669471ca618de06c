"""What référencements are at an instant, from their events: one reading for every page, export and verification."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, JSONObject

from candidatures.models import Candidature
from candidatures.rules.issue import Issue
from referencement.enums import EvenementKind, FinKind, ReferencementState
from referencement.models import EvenementDeReferencement, Referencement
from referencement.rules.issue import issue_of
from referencement.rules.publication import PUBLICATIONS, Standing
from referencement.rules.referencement import ENDED

from .fins import fin_from, with_fin

# What anybody reads of an event; only the éditeur and the ANS read its motifs.
SENTENCES = {
    EvenementKind.SUSPENDED: "Le référencement est suspendu.",
    EvenementKind.RESTORED: "La suspension est levée\u00a0: le référencement est de nouveau en vigueur.",
    EvenementKind.WITHDRAWN: "Le référencement est retiré par l’ANS.",
    EvenementKind.RENOUNCED: "L’éditeur renonce au référencement.",
    EvenementKind.REPLACED: "Une autre version est référencée, et remplace celle-ci.",
}
EVENT_FIELDS = JSONObject(state="to_state", at="effect_at", successor="successor__candidature__nru")


def effective(at: datetime, referencement: str = "pk") -> QuerySet[EvenementDeReferencement, Any]:
    """Return, as a subquery, the events of a référencement that have taken effect, the last decided first.

    :param referencement: the column of the outer query that holds the référencement
    """
    events = EvenementDeReferencement.objects.filter(referencement=OuterRef(referencement), effect_at__lte=at)
    return events.order_by("-number")


def event(at: datetime, candidature: str = "pk") -> Subquery:
    """Return, as a subquery, the last event that took effect in a candidature, for `standing_from`; null without one.

    :param candidature: the column of the outer query that holds the candidature
    """
    events = EvenementDeReferencement.objects.filter(referencement__candidature=OuterRef(candidature))
    return Subquery(events.filter(effect_at__lte=at).order_by("-number").values(event=EVENT_FIELDS)[:1])


def standing_from(last_event: Mapping[str, Any] | None, attributed_at: datetime) -> Standing:
    """Read what `event` answered; a référencement without event is in force since it was attributed."""
    if last_event is None:
        return Standing(PUBLICATIONS[ReferencementState.IN_FORCE], attributed_at)
    since = datetime.fromisoformat(last_event["at"])
    return Standing(PUBLICATIONS[ReferencementState(last_event["state"])], since, last_event["successor"] or "")


def standing_of(candidature_id: int, attributed_at: datetime, *, at: datetime) -> Standing:
    """Say what the référencement of one candidature is at an instant."""
    rows = EvenementDeReferencement.objects.filter(referencement__candidature=candidature_id, effect_at__lte=at)
    return standing_from(rows.order_by("-number").values_list(EVENT_FIELDS, flat=True).first(), attributed_at)


def with_issue(candidatures: QuerySet[Candidature, Any], *, at: datetime) -> QuerySet[Candidature, Any]:
    """Annotate each candidature with what `issue_from` reads."""
    return with_fin(candidatures).annotate(standing=event(at))


def issue_from(candidature: Candidature) -> Issue | None:
    """Say how a candidature that was read `with_issue` ended, or what its référencement is; no query."""
    row: Any = candidature
    fin = fin_from(candidature)
    attributed_at = fin.at if fin is not None and fin.kind == FinKind.REFERENCED else None
    return issue_of(fin, standing_from(row.standing, attributed_at) if attributed_at else None)


def has_ended(candidature_id: int, *, at: datetime) -> bool:
    """Say whether the référencement of a candidature was withdrawn, renounced or replaced."""
    rows = EvenementDeReferencement.objects.filter(referencement__candidature=candidature_id, effect_at__lte=at)
    return rows.filter(to_state__in=ENDED).exists()


def standing_so(state: ReferencementState, *, at: datetime) -> QuerySet[Referencement, Any]:
    """Return the candidatures (pk) whose référencement is in that state at an instant."""
    current_state = Coalesce(Subquery(effective(at).values("to_state")[:1]), Value(ReferencementState.IN_FORCE.value))
    return Referencement.objects.alias(now=current_state).filter(now=state).values("candidature")


def history_of(candidature_id: int, *, at: datetime) -> tuple[tuple[datetime, str], ...]:
    """Return what happened to a référencement since it was attributed, as anybody reads it, the latest first."""
    rows = EvenementDeReferencement.objects.filter(referencement__candidature=candidature_id, effect_at__lte=at)
    events = rows.order_by("-number").values_list("effect_at", "kind")
    return tuple((effect_at, SENTENCES[EvenementKind(kind)]) for effect_at, kind in events)
