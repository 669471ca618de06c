"""A Date of a candidature as the pages of every floor show it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from candidatures.rules.dates import DateDite


def date_for_page(one: DateDite, *, at: datetime) -> dict[str, Any]:
    """What `components/echeance.html` shows of it."""
    return {
        "code": one.code,
        "label": one.label,
        "at": one.deadline.at,
        "state": one.tone(at),
        "remaining": one.remaining(at),
        "extended": one.deadline.extended,
        "now": at if one.counts_down(at) else None,
    }
