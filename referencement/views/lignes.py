"""The rows of the coordinated path in words: the same ones in the picture, in the table under it and on a telephone."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.text import capfirst

from comptes.dates import day_in_words
from guichets.enums import Owner
from referencement.rules.graphe import Etat, Graphe, Planned
from referencement.rules.lignes import Ligne

from .apercu import MINE, THEIRS, desk_colours, desk_names, who

DECIDES = "Décide de la date du collège"
MISSED = "La date limite est dépassée."
WORDS = {Etat.DONE: "Fait", Etat.CURRENT: "En cours", Etat.TODO: "À venir"}
BADGES = {Etat.DONE: "success", Etat.CURRENT: "info", Etat.TODO: "neutral"}
DONE, TO_COME, LATE = "✓", "○", "!"
# Returns the page where the reader follows a row; empty when there is none.
Href = Callable[[Ligne], str]


@dataclass(frozen=True)
class RowTexts:
    """A row in words, for one reader.

    :param desk: the name of the desk, and `colour` its colour
    :param mark: the sign of its state, which `etat` says in words
    :param who: who must act, or who comes next; empty once all is done
    :param at: when it begins, or was done
    :param when: when it was done, or is expected to be
    :param awaited: the labels of the rows that it waits for
    :param decides: that the date of the collège depends on it; empty when it does not
    :param margin: how many days may still be lost; empty when no échéance depends on it
    :param note: the second line of the picture
    :param spoken: all of it in a sentence, as the link of the picture is named
    """

    label: str
    desk: str
    colour: str
    mark: str
    etat: str
    badge: str
    who: str
    when: str
    awaited: tuple[str, ...]
    decides: str
    margin: str
    note: str
    spoken: str
    href: str
    at: datetime


class Sayer:
    """Says the rows of a path to one reader.

    :param lignes: all the rows that may be named; the last one of a step names it
    :param fills: whether the reader works for the éditeur
    """

    def __init__(self, graph: Graphe, lignes: Iterable[Ligne], *, fills: bool, href: Href = lambda ligne: "") -> None:
        self.graph, self.fills, self.href = graph, fills, href
        self.names, self.colours = desk_names(), desk_colours()
        self.rows = {step.step.key: ligne for ligne in lignes for step in ligne.steps}
        self.critical = {planned.step.key for planned in graph.critical}

    def say(self, ligne: Ligne) -> RowTexts:
        undone = ligne.undone
        actors = ", ".join(dict.fromkeys(self._who(planned) for planned in ligne.current)) if undone else ""
        awaited = self._awaited(ligne)
        etat, mark, badge = self._etat(ligne)
        margin, when = self._margin(ligne), self._when(ligne)
        decides = DECIDES if any(planned.step.key in self.critical for planned in ligne.steps) else ""
        note = capfirst(f"{actors}\u00a0· {when}" if actors else when)
        parts = [
            f"{ligne.label}, {self.names[ligne.lane]}",
            f"{etat}{f', {actors}' if actors else ''}, {when}" if undone else capfirst(when),
            f"Attend\u00a0: {', '.join(awaited)}" if awaited else "",
            margin,
            decides,
        ]
        return RowTexts(
            ligne.label,
            self.names[ligne.lane],
            self.colours[ligne.lane],
            mark,
            etat,
            badge,
            actors,
            when,
            awaited,
            decides,
            margin,
            note,
            ". ".join(filter(None, (part.removesuffix(".") for part in parts))) + ".",
            self.href(ligne),
            undone[0].began_at if undone else max(planned.ends_at for planned in ligne.steps),
        )

    def _who(self, planned: Planned) -> str:
        return who(planned, fills=self.fills)

    def _etat(self, ligne: Ligne) -> tuple[str, str, str]:
        """Return the state in words, its sign, and the colour of its badge."""
        if any(self.graph.is_missed(planned) for planned in ligne.undone):
            return "En retard", LATE, "danger"
        if ligne.etat is not Etat.CURRENT:
            return WORDS[ligne.etat], DONE if ligne.etat is Etat.DONE else TO_COME, BADGES[ligne.etat]
        reader = Owner.EDITEUR if self.fills else Owner.ANS
        is_mine = any(planned.step.owner == reader for planned in ligne.current)
        return WORDS[Etat.CURRENT], MINE if is_mine else THEIRS, BADGES[Etat.CURRENT]

    def _awaited(self, ligne: Ligne) -> tuple[str, ...]:
        inside = {step.step.key for step in ligne.steps}
        keys = {
            key: None
            for each in ligne.undone
            for key in each.step.after
            if key not in inside and self.graph.planned[key].etat is not Etat.DONE
        }
        return tuple(dict.fromkeys(self._named(key, keys) for key in keys))

    def _named(self, key: str, awaited: Container[str]) -> str:
        """Name a step by its row; by itself when only a part of what its row stands for is awaited."""
        step, row = self.graph.planned[key].step, self.rows.get(key)
        if row is None or (row.is_many and any(each.step.key not in awaited for each in row.undone)):
            return step.label
        return row.label

    def _when(self, ligne: Ligne) -> str:
        """Say when it was done; or since when it waits, and when it is expected to be, or takes place."""
        if not ligne.undone:
            return f"fait le {day_in_words(max(each.ends_at for each in ligne.steps))}"
        fixed_at = max((each.step.fixed_at for each in ligne.undone if each.step.fixed_at), default=None)
        if fixed_at:
            return f"séance du {day_in_words(fixed_at)}"
        expected = f"prévu vers le {day_in_words(max(each.ends_at for each in ligne.undone))}"
        since = [each.step.since for each in ligne.current if each.step.since]
        days = (self.graph.at - min(since)).days if since else 0
        return f"depuis {days}\u00a0jour{'s' if days > 1 else ''}, {expected}" if days > 0 else expected

    def _margin(self, ligne: Ligne) -> str:
        if any(self.graph.is_missed(planned) for planned in ligne.undone):
            return MISSED
        return margin_in_words(min((each.slack for each in ligne.undone if each.slack is not None), default=None))


def margin_in_words(slack: timedelta | None) -> str:
    """Say how many days may still be lost, or are missing; empty when no échéance depends on the act."""
    if slack is None:
        return ""
    days = abs(slack.days)
    counted = f"{days}\u00a0jour{'s' if days > 1 else ''}"
    if slack < timedelta(0):
        return f"Au rythme habituel, une échéance serait manquée de {counted}."
    return f"Marge\u00a0: {counted} avant l’échéance."
