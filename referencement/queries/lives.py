"""When référencements were attributed and withdrawn, for the floor of the preuves."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db.models import OuterRef, Subquery

from preuves.queries.equivalences import Life
from referencement.enums import EvenementKind
from referencement.models import EvenementDeReferencement, Referencement


def lives_of(nrus: Collection[str], at: datetime | None) -> dict[str, Life]:
    """Return, by NRU, the candidatures that were attributed by an instant, in one query.

    A retrait counts from the day on which it is decided, when the éditeur learns of it, and not from its effect.

    :param at: the instant (aware); None for today
    """
    withdrawn = EvenementDeReferencement.objects.filter(referencement=OuterRef("pk"), kind=EvenementKind.WITHDRAWN)
    opened: dict[str, Any] = {"opened_at__lte": at} if at else {}
    by_then = withdrawn.filter(at__lte=at) if at else withdrawn
    rows = Referencement.objects.filter(candidature__nru__in=nrus, **opened).order_by("pk")
    attributed = rows.annotate(withdrawn_at=Subquery(by_then.order_by("number").values("at")[:1]))
    return {
        nru: Life(opened_at, withdrawn_at)
        for nru, opened_at, withdrawn_at in attributed.values_list("candidature__nru", "opened_at", "withdrawn_at")
    }
