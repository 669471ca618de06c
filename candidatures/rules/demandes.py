"""The demandes of the ANS to an éditeur: what may be asked, and by when."""

from collections.abc import Collection, Iterator
from datetime import date, datetime, time, timedelta

from comptes.dates import PARIS

# The end of a working day: nobody is asked to answer at night.
END_OF_DAY = time(18, 0)
LONGEST = timedelta(days=366)


def due_at(day: date) -> datetime:
    """Return the instant until which an answer is expected that day: 18:00, in Paris."""
    return datetime.combine(day, END_OF_DAY, tzinfo=PARIS)


def obstacles_to_ask(*, champs: Collection[str], text: str, due_at: datetime | None, at: datetime) -> Iterator[str]:
    """Say, in French, why this cannot be asked.

    :param champs: those that the volet has
    """
    if not champs:
        yield "Choisissez au moins un champ."
    if not text.strip():
        yield "Indiquez à l’éditeur ce que vous attendez."
    if due_at is not None:
        yield from _obstacles_to_expect(due_at, at)


def _obstacles_to_expect(due_at: datetime, at: datetime) -> Iterator[str]:
    if due_at <= at:
        yield "Cette date est passée. Choisissez une date à venir."
    elif due_at - at > LONGEST:
        yield "Cette date est dans plus d’un an\u00a0: vérifiez l’année."


def obstacles_to_cancel(*, state: str, candidature_open: bool, reason: str) -> Iterator[str]:
    """Say, in French, why a demande cannot be cancelled."""
    if not candidature_open:
        yield "Cette candidature n’est plus ouverte."
    if state != "asked":
        yield "Cette demande n’attend plus de réponse\u00a0: vous ne pouvez plus l’annuler."
    if not reason.strip():
        yield "Indiquez le motif de l’annulation\u00a0: l’éditeur le lira."
