"""When the daily résumé leaves: at eight in the morning, in Paris, whatever the season."""

from datetime import date, datetime, time, timedelta

from comptes.dates import PARIS

HOUR = time(8)


def instant_of(day: date) -> datetime:
    """Return the instant at which the résumé of that civil day leaves (aware)."""
    return datetime.combine(day, HOUR, PARIS)


def latest_day(at: datetime) -> date:
    """Return the day of the latest résumé that was to leave by that instant: today's, or yesterday's before eight."""
    today = at.astimezone(PARIS).date()
    return today if instant_of(today) <= at else today - timedelta(days=1)
