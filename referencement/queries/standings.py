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

# What anybody reads of an event: its motifs are the éditeur's and the ANS's.
SENTENCES = {
    EvenementKind.SUSPENDED: "Le référencement est suspendu.",
    EvenementKind.RESTORED: "La suspension est levée\u00a0: le référencement est de nouveau en vigueur.",
    EvenementKind.WITHDRAWN: "Le référencement est retiré par l’ANS.",
    EvenementKind.RENOUNCED: "L’éditeur renonce au référencement.",
    EvenementKind.REPLACED: "Une autre version est référencée, et remplace celle-ci.",
}
SAID = JSONObject(state="to_state", at="effect_at", successor="successor__candidature__nru")


def effective(at: datetime, referencement: str = "pk") -> QuerySet[EvenementDeReferencement, Any]:
    """The events of the référencement that a query is of which have taken effect, the last decided first."""
    events = EvenementDeReferencement.objects.filter(referencement=OuterRef(referencement), effect_at__lte=at)
    return events.order_by("-number")


def event(at: datetime, candidature: str = "pk") -> Subquery:
    """What made the référencement of a candidature what it is, or null: `standing_from` reads it."""
    events = EvenementDeReferencement.objects.filter(referencement__candidature=OuterRef(candidature))
    return Subquery(events.filter(effect_at__lte=at).order_by("-number").values(said=SAID)[:1])


def standing_from(last_event: Mapping[str, Any] | None, attributed_at: datetime) -> Standing:
    """Read what `event` answered."""
    if last_event is None:
        return Standing(PUBLICATIONS[ReferencementState.IN_FORCE], attributed_at)
    since = datetime.fromisoformat(last_event["at"])
    return Standing(PUBLICATIONS[ReferencementState(last_event["state"])], since, last_event["successor"] or "")


def standing_of(candidature_id: int, attributed_at: datetime, *, at: datetime) -> Standing:
    """What the référencement of one candidature is."""
    rows = EvenementDeReferencement.objects.filter(referencement__candidature=candidature_id, effect_at__lte=at)
    return standing_from(rows.order_by("-number").values_list(SAID, flat=True).first(), attributed_at)


def with_issue(candidatures: QuerySet[Candidature, Any], *, at: datetime) -> QuerySet[Candidature, Any]:
    """Annotate each candidature with what `issue_from` reads."""
    return with_fin(candidatures).annotate(standing=event(at))


def issue_from(candidature: Candidature) -> Issue | None:
    """How a candidature that was read `with_issue` ended, or what its référencement is; no query."""
    row: Any = candidature
    fin = fin_from(candidature)
    attributed_at = fin.at if fin is not None and fin.kind == FinKind.REFERENCED else None
    return issue_of(fin, standing_from(row.standing, attributed_at) if attributed_at else None)


def has_ended(candidature_id: int, *, at: datetime) -> bool:
    """Whether its référencement was withdrawn, renounced or replaced."""
    rows = EvenementDeReferencement.objects.filter(referencement__candidature=candidature_id, effect_at__lte=at)
    return rows.filter(to_state__in=ENDED).exists()


def standing_so(state: ReferencementState, *, at: datetime) -> QuerySet[Referencement, Any]:
    """The candidatures (pk) whose référencement is in that state."""
    current_state = Coalesce(Subquery(effective(at).values("to_state")[:1]), Value(ReferencementState.IN_FORCE.value))
    return Referencement.objects.alias(now=current_state).filter(now=state).values("candidature")


def history_of(candidature_id: int, *, at: datetime) -> tuple[tuple[datetime, str], ...]:
    """What happened to a référencement since it was attributed, as anybody reads it, the latest first."""
    rows = EvenementDeReferencement.objects.filter(referencement__candidature=candidature_id, effect_at__lte=at)
    events = rows.order_by("-number").values_list("effect_at", "kind")
    return tuple((effect_at, SENTENCES[EvenementKind(kind)]) for effect_at, kind in events)
