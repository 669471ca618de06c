"""How candidatures ended, read with the candidatures themselves, so that it costs no query more."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Case, CharField, Exists, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce, Concat
from django.db.models.lookups import IsNull

from candidatures.enums import Freeze
from candidatures.models import Candidature
from referencement.enums import ExamenState, ReexamenState
from referencement.models import EvenementDeReferencement, Examen, Reexamen
from referencement.rules.fin import Fin, FinFacts, fin_of
from referencement.rules.referencement import ENDED

COLUMNS = ("state", "fin_closed_at", "fin_closed_by", "fin_attributed_at", "fin_refused_at", "fin_ends_at")


def with_fin(candidatures: QuerySet[Candidature, Any]) -> QuerySet[Candidature, Any]:
    """Annotate each candidature with what `fin_from` reads."""
    attributed = Examen.objects.filter(candidature=OuterRef("pk"), state=ExamenState.ATTRIBUTED).order_by("pk")
    ends = EvenementDeReferencement.objects.filter(referencement__candidature=OuterRef("pk"), to_state__in=ENDED)
    return candidatures.annotate(
        fin_closed_at=Coalesce("withdrawn_at", "foreclosed_at"),
        fin_closed_by=Coalesce(_name("withdrawn_by"), _name("foreclosed_by"), Value("")),
        fin_attributed_at=Subquery(attributed.values("published_at")[:1]),
        fin_refused_at=Subquery(refusals().filter(candidature=OuterRef("pk")).values("published_at")[:1]),
        fin_ends_at=Subquery(ends.order_by("number").values("effect_at")[:1]),
    )


def fin_from(candidature: Candidature) -> Fin | None:
    """Say how a candidature that was read `with_fin` ended; no query."""
    return _fin(*(getattr(candidature, name) for name in COLUMNS))


def fins_of(candidature_ids: Iterable[int]) -> dict[int, Fin]:
    """Say how each of these candidatures ended, by pk, in one query; those that go on are not among them."""
    asked = with_fin(Candidature.objects.filter(pk__in=list(candidature_ids)).order_by("pk"))
    fins = {pk: _fin(*columns) for pk, *columns in asked.values_list("pk", *COLUMNS)}
    return {pk: fin for pk, fin in fins.items() if fin is not None}


def not_refused(candidatures: QuerySet[Candidature, Any]) -> QuerySet[Candidature, Any]:
    """Leave out the candidatures that a non-attribution ended."""
    return candidatures.exclude(Exists(refusals().filter(candidature=OuterRef("pk"))))


def refusals() -> QuerySet[Examen, Any]:
    """Return the non-attributions that end a candidature: no new examen was granted, without which none follows."""
    granted = Reexamen.objects.filter(examen=OuterRef("pk"), state=ReexamenState.GRANTED)
    return Examen.objects.filter(~Exists(granted), state=ExamenState.NOT_ATTRIBUTED).order_by("pk")


class Decided(NamedTuple):
    """What the collège decided of a candidature, as conditions."""

    referenced: Q
    not_referenced: Q
    refused: Q


def _asked_of_each_row() -> Decided:
    """Write it for a search, which reads few rows: of an `EXISTS`, PostgreSQL would read every examen first."""

    def none_of(examens: QuerySet[Examen, Any]) -> Q:
        first = Subquery(examens.filter(candidature=OuterRef("pk")).order_by().values("pk")[:1])
        return Q(IsNull(first, True))

    referenced = Q(gel=Freeze.ATTRIBUTED)
    return Decided(referenced, ~referenced, ~none_of(refusals()))


ASKED_OF_EACH_ROW = _asked_of_each_row()


def _name(person: str) -> Case:
    full_name = Concat(f"{person}__first_name", Value(" "), f"{person}__last_name", output_field=CharField())
    return Case(When(**{f"{person}__isnull": False}, then=full_name), output_field=CharField(null=True))


def _fin(
    state: str,
    closed_at: datetime | None,
    closed_by: str,
    attributed_at: datetime | None,
    refused_at: datetime | None,
    ends_at: datetime | None,
) -> Fin | None:
    return fin_of(FinFacts(state, closed_at, closed_by, attributed_at, refused_at, ends_at))
