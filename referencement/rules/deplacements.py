"""What moving an échéance changes, in French, before anybody approves it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from candidatures.rules.deadlines import spell


@dataclass(frozen=True)
class Effect:
    """What a move would do at that moment.

    :param former: the instant in force (aware)
    :param to: the new one (aware)
    :param late: candidatures that are late today, of which the échéance still asks something
    :param pending: those of which it still asks something, and that are not late
    :param extended: those that a dérogation takes beyond the new instant, whatever is decided
    :param foreclosed: those that were foreclosed for that échéance
    :param messages: how many people will be told
    """

    former: datetime
    to: datetime
    late: int
    pending: int
    extended: int
    foreclosed: int
    messages: int


def effect_in_words(effect: Effect) -> tuple[tuple[str, str], ...]:
    """Say each consequence: its tone (`success`, `warning`, `info`), and its sentence."""
    return tuple(_consequences(effect))


def _consequences(effect: Effect) -> Iterator[tuple[str, str]]:
    if effect.late:
        yield "success", f"{_many(effect.late)} en retard\u00a0: {_be(effect.late)} de nouveau dans les temps."
    if effect.pending and effect.to > effect.former:
        more = spell(effect.to - effect.former)
        yield "success", f"{_many(effect.pending)} à qui il manque quelque chose\u00a0: {more} de plus."
    if effect.pending and effect.to < effect.former:
        less = spell(effect.former - effect.to)
        lacking = f"{_many(effect.pending)} à qui il manque quelque chose\u00a0: {less} de moins."
        yield "warning", f"{lacking} Sans rien de plus d’ici là, ce sera en retard."
    if not effect.late and not effect.pending:
        yield "info", "Aucune candidature ne passe en retard, ni ne revient dans les temps."
    if effect.extended:
        yield "info", f"{_many(effect.extended)} avec une dérogation plus tardive\u00a0: rien ne change."
    if effect.foreclosed:
        closed = f"{_many(effect.foreclosed)} déjà forclose{_s(effect.foreclosed)}"
        yield "info", f"{closed}\u00a0: seule une dérogation rouvre."


def _many(count: int) -> str:
    return f"{count} candidature{_s(count)}"


def _s(count: int) -> str:
    return "s" if count > 1 else ""


def _be(count: int) -> str:
    return "elles seront" if count > 1 else "elle sera"
