"""The lines of the ANS's list of candidatures."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from django.db.models import BigIntegerField, DateTimeField, OuterRef, QuerySet, Subquery

from candidatures.enums import Camp, VoletState
from candidatures.models import Candidature, Volet
from candidatures.queries.messages import with_unread_messages
from candidatures.rules.issue import Issue
from candidatures.rules.referents import Away, who_acts
from comptes.models import Compte
from comptes.models.prepared import IDS, Prepared
from comptes.queries import count_unreachable
from comptes.rules import ages
from comptes.rules.ages import Age
from referencement.enums import Cote, ObjetDAttente
from referencement.rules.tour import TurnPart, order_for

from .fins import COLUMNS
from .projections import Passed, Projected, projected_of
from .standings import issue_from, with_issue


@dataclass(frozen=True, slots=True)
class Tache:
    """What is waited for first, short enough for one line.

    :param is_ours: whether it waits for the ANS, whose list it is; else the text names the side, and how many others
    :param more: how many other things are waited for, on every side
    :param hint: what the line has no room for: a long sentence in full, and how many others each side has
    :param page: where it is done, by the name of a page of the candidature; empty for its overview
    """

    drawn_once: ClassVar[bool] = True

    is_ours: bool
    text: str
    more: int
    hint: str
    page: str = ""
    volet: str = ""


@dataclass(frozen=True, slots=True)
class InstructionLine:
    """One candidature, as the ANS's list shows it. Two that are equal are drawn alike.

    :param unread: how many messages its reader has not read
    :param is_unreachable: whether somebody of the éditeur receives nothing any more
    :param issue: how it ended, or what its référencement is; None while it goes on
    :param is_uncovered: whether its référent is absent, and nobody stands in
    """

    drawn_once: ClassVar[bool] = True

    nru: str
    produit: str
    editeur: str
    tache: Tache | None
    is_over: bool
    unread: int
    is_unreachable: bool
    issue: Issue | None
    referent: str
    is_uncovered: bool
    since: Age | None
    due: Age | None


ORDER = order_for(Camp.ANS)
# Letters of a task that one line holds on a wide screen.
ROOM = 36
# Where each thing is done; what is not here is done from the overview.
PAGES = {
    ObjetDAttente.VOLET_TO_READ: "volet",
    ObjetDAttente.REFERENCES: "volet",
    ObjetDAttente.MESSAGE: "messages",
    ObjetDAttente.DEROGATION: "derogations",
    ObjetDAttente.CONVENTION_TO_PREPARE: "convention",
    ObjetDAttente.CONVENTION_TO_SEND: "convention",
    ObjetDAttente.CONVENTION_TO_COUNTERSIGN: "convention",
    ObjetDAttente.CHAPITRE_TO_READ: "dossier",
    ObjetDAttente.CAPTURE: "guichets",
}


def instruction_lines(
    keys: Sequence[int], reader: Compte, *, passed: Passed, at: datetime, away: Mapping[int, Away]
) -> tuple[InstructionLine, ...]:
    """Read these candidatures (pk), in that order, in two queries.

    :param passed: the turns that the clock changed since they were kept (`passed_tours`)
    :param away: who is absent today
    """
    rows = {row.pk: row for row in _LINES.ask(candidatures=list(keys), reader=reader.pk, at=at)}
    projected = projected_of(keys, at=at, passed=passed)
    return tuple(_line(rows[key], projected[key], at=at, away=away) for key in keys if key in rows)


def _lines(candidatures: Any, reader: Any, at: Any) -> QuerySet[Candidature, Any]:
    to_read = Volet.objects.filter(candidature=OuterRef("pk"), state=VoletState.SUBMITTED).order_by("kind")
    asked = with_issue(Candidature.objects.filter(pk__among=candidatures).order_by("pk"), at=at)
    told = asked.annotate(
        unreachable=count_unreachable(OuterRef("produit__editeur")), volet=Subquery(to_read.values("kind")[:1])
    )
    return with_unread_messages(told, reader).values_list(
        "pk",
        "nru",
        "produit__nom",
        "produit__editeur__raison_sociale",
        "referent__compte",
        "referent__compte__first_name",
        "referent__compte__last_name",
        "volet",
        *COLUMNS,
        "standing",
        "unread_messages",
        "unreachable",
        named=True,
    )


_LINES = Prepared(_lines, candidatures=IDS, reader=BigIntegerField(), at=DateTimeField())


def _line(row: Any, turn: Projected, *, at: datetime, away: Mapping[int, Away]) -> InstructionLine:
    referent = row.referent__compte
    return InstructionLine(
        nru=row.nru,
        produit=row.produit__nom,
        editeur=row.produit__editeur__raison_sociale,
        tache=tache_of(turn.parts, row.volet or ""),
        is_over=turn.is_over,
        unread=row.unread_messages,
        is_unreachable=bool(row.unreachable),
        issue=issue_from(row),
        referent=f"{row.referent__compte__first_name} {row.referent__compte__last_name}" if referent else "",
        is_uncovered=referent is not None and who_acts(referent, away) is None,
        since=ages.waiting(turn.since, at=at),
        due=ages.due(turn.due_at, at=at),
    )


def tache_of(parts: Sequence[TurnPart], to_read: str) -> Tache | None:
    """Return what is waited for first, that of the ANS before the rest; None when nothing is.

    :param to_read: the kind of the first volet that waits to be read; empty when none does
    """
    if not parts:
        return None
    first, *others = sorted(parts, key=lambda part: ORDER.index(part.cote))
    is_ours = first.cote is Cote.ANS
    page = PAGES.get(first.objet, "") if is_ours else ""
    what, more = _task(first.objet), sum(part.count for part in parts) - 1
    text = what[0].upper() + what[1:] if is_ours else f"{first.owner.label}\u00a0: {what}"
    return Tache(
        is_ours=is_ours,
        text=text if is_ours or not more else f"{text} +{more}",
        more=more,
        hint=_hint(text, (first, first.count - 1), *((part, part.count) for part in others)),
        page=page if page != "volet" or to_read else "",
        volet=to_read if page == "volet" else "",
    )


def _task(objet: ObjetDAttente) -> str:
    """Say what is waited for without its verb, as one says a task: « un chapitre à soumettre »."""
    return re.sub(r" (?:est|sont) (?=à )", " ", str(objet.label))


def _hint(text: str, *others: tuple[TurnPart, int]) -> str:
    """Return a task that one line may not hold, and how many other things each side has: « L’éditeur : 12 »."""
    counts = [f"{part.owner.label}\u00a0: {count}" for part, count in others if count]
    return " · ".join([text, *counts]) if counts or len(text) > ROOM else ""
