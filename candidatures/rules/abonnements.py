"""Who, at the ANS, is told of something about a candidature, by what each person subscribed to."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import assert_never

from candidatures.rules.referents import Away, who_acts
from comptes.enums import PorteeDAvis


@dataclass(frozen=True, slots=True)
class Agent:
    """Somebody of the ANS, beside one candidature.

    :param portee: about which candidatures they want to be told
    :param follows: whether they follow this one, or took part in it: a message, a demande, a chapitre read
    :param instructs: whether they may answer; somebody else who follows it is told too, and leaves it to the others
    :param answers: whether they answer for the candidatures that nobody has: a responsable d'instruction
    """

    compte: int
    portee: PorteeDAvis
    follows: bool
    instructs: bool
    answers: bool


def who_is_told(agents: Sequence[Agent], *, referents: Collection[int], away: Mapping[int, Away]) -> tuple[int, ...]:
    """Return who is told of something about a candidature, in the order of the agents.

    What nobody who instructs has, or follows and wants, is each responsable's, so that somebody reads it.

    :param referents: who has the candidature, or the chapitre; their stand-ins are told instead while they are absent
    """
    instructing = [agent for agent in agents if agent.instructs]
    holders = {who_acts(referent, away) or referent for referent in referents} & {agent.compte for agent in instructing}
    is_nobodys = not holders and not any(agent.follows and _wants(agent, is_mine=False) for agent in instructing)
    return tuple(
        agent.compte
        for agent in agents
        if _wants(agent, is_mine=agent.compte in holders or (is_nobodys and agent.answers))
    )


def _wants(agent: Agent, *, is_mine: bool) -> bool:
    match agent.portee:
        case PorteeDAvis.NONE:
            return False
        case PorteeDAvis.MINE:
            return is_mine
        case PorteeDAvis.FOLLOWED:
            return is_mine or agent.follows
        case PorteeDAvis.TEAM:
            return True
        case _:
            assert_never(agent.portee)
