"""The person who asks for a page, with what every page says of them, in the query that reads who it is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from comptes.models import Compte, Notice
from comptes.queries import READABLE


def with_unread(comptes: QuerySet[Compte], *, day: Any) -> QuerySet[Compte]:
    """Count, for each person, the notifications that they have not read (`unread_notices`), and what was registered.

    :param day: the civil day in Paris, or its place in a prepared query
    """
    unread = Notice.objects.filter(compte=OuterRef("pk"), state__in=READABLE, read_at=None, withdrawn_from=None)
    counted = unread.order_by().values("compte").annotate(count=Count("pk")).values("count")
    counts = {name: count(OuterRef("pk"), day) for name, count in _counts.items()}
    return comptes.annotate(unread_notices=Coalesce(Subquery(counted), 0), **counts)


PerPerson = Callable[[OuterRef, Any], Any]
_counts: dict[str, PerPerson] = {}


def register_count(name: str, count: PerPerson) -> None:
    """Have an app above count or say something of each person who asks for a page, in the query that reads who it is.

    :param name: the attribute that bears it
    :param count: its subquery, for the pk of a compte and a day
    """
    _counts[name] = count
