"""The stories that are replayed, then copied. Together, they show every state that a candidature can have.

A story is a table of acts: when, which method of `Actors`, with which arguments. A story that continues another one
begins with a copy of its end. Acts later than the portal's present instant are not played.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from candidatures.enums import VoletKind
from referencement.enums import Decision, MesureKind
from segur_portal.demo.story import in_paris

DUI, ESSAI = "ms-dui-va2", "essai-va2"
ADMINISTRATIF, ELIGIBILITE = VoletKind.ADMINISTRATIF, VoletKind.ELIGIBILITE
SEANCE = in_paris("2026-12-08 14:00")


@dataclass(frozen=True)
class Act:
    """One act: its instant, the name of a method of `Actors`, and its arguments."""

    at: datetime
    verb: str
    args: tuple[Any, ...] = ()
    params: dict[str, Any] = field(default_factory=dict)


def act(civil: str, verb: str, *args: Any, **params: Any) -> Act:
    return Act(in_paris(civil), verb, args, params)


@dataclass(frozen=True)
class Story:
    """What happens to one solution.

    :param share: its part of the copies, relative to the other shares
    :param after: the story that it continues, listed before it; a story that continues none gives its own dispositif
        and profils
    """

    name: str
    share: int
    acts: tuple[Act, ...]
    after: str = ""
    dispositif: str = DUI
    profils: tuple[str, ...] = ("PA", "PDS")


ARRIVED = (
    act("2026-06-22 09:05", "arrive"),
    act("2026-06-23 10:12", "attach"),
    act("2026-06-23 10:25", "accept_charte"),
)
ADMITTED = (
    act("2026-07-08 09:12", "ask", ADMINISTRATIF),
    act("2026-07-08 09:18", "cancel_the_demande", ADMINISTRATIF),
    act("2026-07-22 10:00", "admit", ADMINISTRATIF),
    act("2026-07-22 10:10", "admit", ELIGIBILITE),
)
HANDED_OVER = (
    act("2026-07-01 09:30", "fill", ADMINISTRATIF),
    act("2026-07-02 10:20", "fill", ELIGIBILITE),
    act("2026-07-03 14:58", "submit", ADMINISTRATIF),
    act("2026-07-03 15:02", "submit", ELIGIBILITE),
)
DECLARED = (
    act("2026-09-14 10:30", "declare"),
    act("2026-09-21 08:00", "be_told"),
)
PROVING = (
    act("2026-10-05 09:50", "deposit", 0, 1, 2, 3),
    act("2026-10-05 10:05", "deposit", 4, without=1),
    act("2026-10-05 11:00", "hand_over", 0, 1, 2, 3),
    act("2026-10-12 09:15", "claim", 0, 2),
    act("2026-10-12 10:48", "judge", 0, returned=2),
    act("2026-10-12 10:55", "conclude", 0),
    act("2026-10-12 11:20", "judge", 2, returned=1),
    act("2026-10-12 11:30", "conclude", 2),
    act("2026-10-19 11:30", "correct", 0),
    act("2026-10-19 11:37", "hand_over", 0),
    act("2026-10-26 14:02", "claim", 0),
    act("2026-10-26 14:20", "judge", 0),
    act("2026-10-26 14:21", "conclude", 0),
    act("2026-11-02 08:30", "claim", 1),
    act("2026-11-02 08:50", "judge", 1, only=3),
)
PROVED = (
    act("2026-09-14 10:30", "declare"),
    act("2026-10-05 09:40", "prove"),
    act("2026-10-20 08:00", "be_told", "granted"),
)


def _measured(kind: MesureKind) -> tuple[Act, ...]:
    return (act("2027-01-11 09:00", "propose", kind), act("2027-02-15 09:00", "pronounce"))


DOSSIERS = (
    Story("opened", 4, ARRIVED),
    Story("filling", 8, (act("2026-06-30 14:40", "fill", ADMINISTRATIF, only=12),), "opened"),
    Story("complete", 4, HANDED_OVER[:2], "filling"),
    Story("submitted", 8, HANDED_OVER[2:], "complete"),
    Story(
        "complement",
        5,
        (act("2026-07-08 09:12", "admit", ADMINISTRATIF), act("2026-07-08 09:20", "ask", ELIGIBILITE)),
        "submitted",
    ),
    Story(
        "answered",
        4,
        (
            act("2026-07-08 09:20", "ask", ELIGIBILITE),
            act("2026-07-15 11:10", "fill", ELIGIBILITE),
            act("2026-07-15 11:20", "submit", ELIGIBILITE),
        ),
        "submitted",
    ),
    Story("withdrawn", 2, (act("2026-07-20 16:00", "withdraw"),), "submitted"),
    Story("foreclosed", 1, (act("2026-10-06 09:00", "foreclose"),), "complete"),
    Story("admitted", 5, ADMITTED, "answered"),
    # One éditeur has many solutions; it is not copied.
    Story("large", 0, (*ARRIVED, act("2026-06-24 09:00", "widen", 24))),
)
STORIES = (
    *DOSSIERS,
    Story("told", 1, (DECLARED[0], act("2026-09-21 08:00", "be_told", shift=2)), "admitted"),
    Story("told-more", 1, (DECLARED[0], act("2026-09-21 08:00", "be_told", shift=4)), "admitted"),
    Story("begun", 14, (*DECLARED, act("2026-10-05 09:40", "deposit", 0, without=1)), "admitted"),
    Story("proving", 20, PROVING, "begun"),
    Story("proved", 4, (*ARRIVED, *HANDED_OVER, *ADMITTED, *PROVED), profils=("AHI",)),
    Story("proving-essai", 4, (*ARRIVED, *HANDED_OVER, *ADMITTED, *DECLARED, *PROVING), "", ESSAI, ("MER",)),
    Story("proved-essai", 3, (*ARRIVED, *HANDED_OVER, *ADMITTED, *PROVED), "", ESSAI, ("MER",)),
    Story("drafted", 1, (act("2026-11-03 09:50", "prepare_convention"),), "proved-essai"),
    Story("sent", 1, (act("2026-11-03 10:20", "send_convention"),), "drafted"),
    Story("cancelled", 1, (act("2026-11-04 09:00", "cancel_convention"),), "sent"),
    Story("listed", 1, (act("2026-11-04 15:05", "sign"), act("2026-11-12 11:00", "enlist", SEANCE)), "sent"),
    Story("not-heard", 1, (act("2026-12-07 09:00", "cancel_the_seance"),), "listed"),
    Story("postponed-soon", 1, (act("2026-12-08 14:02", "decide", Decision.POSTPONED),), "listed"),
    Story("postponed", 1, (act("2026-12-08 17:30", "close"),), "postponed-soon"),
    Story(
        "refused",
        1,
        (act("2026-12-08 14:02", "decide", Decision.NOT_ATTRIBUTED), act("2026-12-08 17:30", "close")),
        "listed",
    ),
    Story(
        "attributed",
        4,
        (
            act("2026-12-08 14:02", "decide", Decision.ATTRIBUTED),
            act("2026-12-08 17:30", "close"),
            act("2026-12-10 10:31", "countersign"),
        ),
        "listed",
    ),
    Story("suspended", 1, _measured(MesureKind.SUSPENSION), "attributed"),
    Story("taken-back", 1, _measured(MesureKind.RETRAIT), "attributed"),
    Story("renounced", 1, (act("2027-01-18 09:00", "renounce"),), "attributed"),
    Story(
        "replaced",
        1,
        (
            act("2027-01-04 09:00", "present_next_version"),
            act("2027-01-04 09:10", "accept_charte"),
            act("2027-01-05 09:00", "fill", ADMINISTRATIF),
            act("2027-01-05 10:00", "fill", ELIGIBILITE),
            act("2027-01-05 11:00", "submit", ADMINISTRATIF),
            act("2027-01-05 11:05", "submit", ELIGIBILITE),
            act("2027-01-12 09:00", "admit", ADMINISTRATIF),
            act("2027-01-12 09:05", "admit", ELIGIBILITE),
            act("2027-01-13 09:00", "declare"),
            act("2027-01-14 09:00", "prove"),
            act("2027-01-20 08:00", "be_told", "granted"),
            act("2027-01-21 09:50", "prepare_convention"),
            act("2027-01-21 10:20", "send_convention"),
            act("2027-01-22 15:05", "sign"),
            act("2027-01-25 11:00", "enlist", in_paris("2027-02-09 14:00")),
            act("2027-02-09 14:02", "decide", Decision.ATTRIBUTED),
            act("2027-02-09 17:30", "close"),
        ),
        "attributed",
    ),
)
