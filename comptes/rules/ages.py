"""How long something has waited, and how near a date is: a few words, a state for its colour, and a word for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar

from comptes.dates import PARIS, day_in_figures

# From so many days on, what waits deserves a look, then is late.
TO_WATCH, OLD = 5, 15
SOON = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Age:
    """What a cell of a list says of an instant.

    :param state: the colour: `neutral`, `attention` or `danger`
    :param word: the same, for whoever does not see colours; empty when there is nothing to notice
    """

    drawn_once: ClassVar[bool] = True

    text: str
    state: str
    word: str = ""


def waiting(since: datetime | None, *, at: datetime) -> Age | None:
    """Say for how many days something has waited; None when nobody asked for it at a given moment."""
    if since is None:
        return None
    days = max(0, (at.astimezone(PARIS).date() - since.astimezone(PARIS).date()).days)
    text = "aujourd’hui" if days == 0 else f"{days}\u00a0jour{'s' if days > 1 else ''}"
    if days >= OLD:
        return Age(text, "danger", "ancien")
    return Age(text, "attention", "à suivre") if days >= TO_WATCH else Age(text, "neutral")


def due(until: datetime | None, *, at: datetime) -> Age | None:
    """Say the day of a date that is threatened, and how near it is; None without a date."""
    if until is None:
        return None
    text = day_in_figures(until)
    if until < at:
        return Age(text, "danger", "dépassée")
    return Age(text, "attention", "proche") if until - at <= SOON else Age(text, "neutral")


def on(day: datetime | None) -> Age | None:
    """Say the day of what waits no more; None without one."""
    return Age(day_in_figures(day), "neutral") if day else None
