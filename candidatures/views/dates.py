"""A Date of a candidature as the pages of every floor show it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from candidatures.enums import Camp, CandidatureState
from candidatures.models import Candidature
from candidatures.queries.avancement import avancements_of
from candidatures.rules.dates import DateDite
from comptes.requests import PortalRequest


def dates_for_page(
    request: PortalRequest, candidature: Candidature, *, of_preuves: bool = False
) -> list[dict[str, Any]]:
    """Return the Dates of a candidature as every page shows them.

    :param of_preuves: leave out those that only require the volets
    """
    reader = Camp.ANS if request.user.is_ans else Camp.EDITEUR
    dates = avancements_of([candidature.pk], reader=reader, at=request.at)[candidature.pk].dates
    shown = [date for date in dates.values() if not (of_preuves and date.deadline.exigences.ask_for_volets_alone)]
    return [date_for_page(date, at=request.at) for date in shown]


def closed_at(candidature: Candidature) -> datetime | None:
    """Return when it was withdrawn or foreclosed; None while it is open."""
    if candidature.state == CandidatureState.OPEN:
        return None
    return candidature.withdrawn_at or candidature.foreclosed_at


def date_for_page(date: DateDite, *, at: datetime) -> dict[str, Any]:
    """Return the parameters of `components/echeance.html` for a Date."""
    return {
        "code": date.code,
        "label": date.label,
        "at": date.deadline.at,
        "state": date.tone(at),
        "remaining": date.remaining(at),
        "extended": date.deadline.extended,
        "now": at if date.counts_down(at) else None,
    }
