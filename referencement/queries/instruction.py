"""The lines of the ANS's list of candidatures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from candidatures.enums import Camp, VoletState
from candidatures.queries.lines import VoletLine, lines_of
from candidatures.rules.issue import Issue
from candidatures.rules.referents import Away, who_acts
from comptes.models import Compte
from comptes.rules import ages
from comptes.rules.ages import Age
from referencement.enums import Cote, ObjetDAttente
from referencement.rules.tour import TurnPart, order_for

from .avancement import sentences_of
from .projections import Passed, projected_of
from .tours import exchanges_of


@dataclass(frozen=True, slots=True)
class Tache:
    """What is waited for first, short enough for one line.

    :param who: the side that is waited for; empty for the ANS, whose list it is
    :param more: how many other things are waited for, on every side
    :param page: where it is done, by the name of a page of the candidature; empty for its overview
    """

    drawn_once: ClassVar[bool] = True

    who: str
    what: str
    more: int
    page: str = ""
    volet: str = ""


@dataclass(frozen=True, slots=True)
class InstructionLine:
    """One candidature, as the ANS's list shows it. Two that are equal are drawn alike.

    :param sentences: who is waited for and for what, in full, and whether it is the ANS
    :param unread: how many messages its reader has not read
    :param is_unreachable: whether somebody of the éditeur receives nothing any more
    :param issue: how it ended, or what its référencement is; None while it goes on
    :param is_uncovered: whether its référent is absent, and nobody stands in
    """

    drawn_once: ClassVar[bool] = True

    nru: str
    produit: str
    editeur: str
    demarche: str
    volets: tuple[VoletLine, ...]
    sentences: tuple[tuple[str, bool], ...]
    tache: Tache | None
    is_over: bool
    unread: int
    is_unreachable: bool
    issue: Issue | None
    referent: str
    is_uncovered: bool
    since: Age | None
    due: Age | None


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
    """Read these candidatures (pk), in that order, in three queries.

    :param passed: the turns that the clock changed since they were kept (`passed_tours`)
    :param away: who is absent today
    """
    exchanges, projected = exchanges_of(keys, reader, at=at), projected_of(keys, at=at, passed=passed)
    return tuple(
        InstructionLine(
            nru=line.nru,
            produit=line.produit,
            editeur=line.editeur,
            demarche=line.demarche,
            volets=tuple(line.volets),
            sentences=sentences_of(projected[line.id].parts, Camp.ANS, at),
            tache=tache_of(projected[line.id].parts, line.volets),
            is_over=projected[line.id].is_over,
            unread=exchanges[line.id].unread,
            is_unreachable=bool(exchanges[line.id].unreachable),
            issue=exchanges[line.id].issue,
            referent=line.referent_name,
            is_uncovered=line.referent is not None and who_acts(line.referent, away) is None,
            since=ages.waiting(projected[line.id].since, at=at),
            due=ages.due(projected[line.id].due_at, at=at),
        )
        for line in lines_of(keys)
    )


def tache_of(parts: Sequence[TurnPart], volets: Sequence[VoletLine]) -> Tache | None:
    """Return what is waited for first, that of the ANS before the rest; None when nothing is."""
    by_cote = {part.cote: part for part in parts}
    first = next((by_cote[cote] for cote in order_for(Camp.ANS) if cote in by_cote), None)
    if first is None:
        return None
    is_ours = first.cote is Cote.ANS
    page = PAGES.get(first.objet, "") if is_ours else ""
    volet = next((volet.kind for volet in volets if volet.state == VoletState.SUBMITTED), "") if page == "volet" else ""
    return Tache(
        who="" if is_ours else first.owner.label,
        what=str(first.objet.label),
        more=sum(part.count for part in parts) - 1,
        page=page if page != "volet" or volet else "",
        volet=volet,
    )
