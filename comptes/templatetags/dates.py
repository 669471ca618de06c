"""`comptes.dates`, for templates. In a page, an instant is rather `components/instant.html`.

Lists show many of them, and Django's `date` takes longer than all the rest of a line.
"""

from datetime import datetime

from django import template

from comptes.dates import (
    PARIS,
    day_in_figures,
    day_in_words,
    exact_instant_in_words,
    instant_in_words,
    time_to_the_second,
)

register = template.Library()
register.filter("jour", day_in_words)
register.filter("chiffres", day_in_figures)
register.filter("instant", instant_in_words)
register.filter("heure", time_to_the_second)


@register.filter
def iso(at: datetime) -> str:
    """Write an aware instant for machines, in Paris time: « 2026-10-01T12:00:00+02:00 »."""
    return at.astimezone(PARIS).isoformat()


@register.filter
def instant_exact(written: str) -> str:
    """Say to the second an instant that frozen data hold in ISO 8601."""
    return exact_instant_in_words(datetime.fromisoformat(written))
