"""The lines of the ANS's list of candidatures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from candidatures.enums import Camp
from candidatures.queries.lines import VoletLine, lines_of
from candidatures.rules.issue import Issue
from comptes.models import Compte

from .avancement import sentences_of
from .projections import Passed, projected_of
from .tours import exchanges_of


@dataclass(frozen=True, slots=True)
class InstructionLine:
    """One candidature, as the ANS's list shows it. Two that are equal are drawn alike.

    :param sentences: who is waited for and for what, and whether it is the ANS
    :param unread: how many messages its reader has not read
    :param is_unreachable: whether somebody of the éditeur receives nothing any more
    :param issue: how it ended, or what its référencement is; None while it goes on
    """

    drawn_once: ClassVar[bool] = True

    nru: str
    produit: str
    editeur: str
    demarche: str
    volets: tuple[VoletLine, ...]
    sentences: tuple[tuple[str, bool], ...]
    is_over: bool
    unread: int
    is_unreachable: bool
    issue: Issue | None


def instruction_lines(
    keys: Sequence[int], reader: Compte, *, passed: Passed, at: datetime
) -> tuple[InstructionLine, ...]:
    """Read these candidatures (pk), in that order, in four queries.

    :param passed: the turns that the clock changed since they were kept (`passed_tours`)
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
            is_over=projected[line.id].is_over,
            unread=exchanges[line.id].unread,
            is_unreachable=bool(exchanges[line.id].unreachable),
            issue=exchanges[line.id].issue,
        )
        for line in lines_of(keys)
    )
