"""One clock: which side of a candidature owes the other an answer, and for how long. Pure functions."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from candidatures.enums import Camp
from candidatures.rules.deadlines import spell


@dataclass(frozen=True, slots=True)
class Echanges:
    """What one side handed over or asked, and the other has not answered; each is the oldest of its sort, or None.

    :param message_at: the first message of the éditeur since the ANS last wrote. What the ANS writes waits for nobody:
        what it expects is a demande, with its champs and its day.
    """

    is_open: bool
    volet_submitted_at: datetime | None = None
    chapitre_submitted_at: datetime | None = None
    message_at: datetime | None = None
    demande_asked_at: datetime | None = None
    chapitre_returned_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Attente:
    """One thing that a side owes the other."""

    camp: Camp
    objet: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Tour:
    """Whose turn it is, since when, and what else is waited for; `attentes` has the oldest of each side first.

    The éditeur's first when both owe something, as in the parcours: it is what the éditeur can do today. What nobody
    asked (a draft, a chapitre to deposit, a convention to prepare) is each one's own pace, and no turn.
    """

    attentes: tuple[Attente, ...]

    @property
    def whose(self) -> Camp:
        return self.attentes[0].camp

    @property
    def since(self) -> datetime:
        return self.attentes[0].since

    def for_how_long(self, at: datetime) -> str:
        """Say it in French: `3 jours et 4 heures`."""
        return how_long(self.since, at)

    def oldest_by_camp(self) -> tuple[Attente, ...]:
        """The oldest that each side owes: the one whose turn it is, then the other, if it owes something too."""
        first = self.attentes[0]
        other = next((one for one in self.attentes if one.camp != first.camp), None)
        return (first,) if other is None else (first, other)


def tour(echanges: Echanges) -> Tour | None:
    """Say whose turn it is; None when nobody waits for the other."""
    found = sorted(_attentes(echanges), key=lambda one: (one.camp != Camp.EDITEUR, one.since, one.objet))
    return Tour(tuple(found)) if found else None


def _attentes(echanges: Echanges) -> Iterator[Attente]:
    wanted = [(Camp.ANS, "un message attend une réponse", echanges.message_at)]
    if echanges.is_open:
        wanted += [
            (Camp.EDITEUR, "une demande de l’ANS attend une réponse", echanges.demande_asked_at),
            (Camp.EDITEUR, "un chapitre est à corriger", echanges.chapitre_returned_at),
            (Camp.ANS, "un volet soumis est à lire", echanges.volet_submitted_at),
            (Camp.ANS, "un chapitre soumis est à examiner", echanges.chapitre_submitted_at),
        ]
    for camp, objet, since in wanted:
        if since is not None:
            yield Attente(camp, objet, since)


def how_long(since: datetime, at: datetime) -> str:
    """Say in French how long ago something began; a request may have arrived just before what it reads."""
    return spell(max(at - since, timedelta(0)))


def said(one: Attente, *, at: datetime, reader: Camp) -> str:
    """Say one attente to who reads it, in French."""
    whose = {Camp.EDITEUR: "de l’éditeur", Camp.ANS: "de l’ANS"}[one.camp]
    turn = "C’est à vous" if one.camp == reader else f"C’est au tour {whose}"
    return f"{turn} depuis {how_long(one.since, at)}\u00a0: {one.objet}"
