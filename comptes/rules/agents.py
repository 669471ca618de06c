"""What may be done with the account of a person of the agency, and why not."""

from collections.abc import Collection
from dataclasses import dataclass

from comptes.enums import RoleANS


@dataclass(frozen=True)
class Agent:
    """An account of the agency, seen by the administrateur who wants to change it.

    :param other_administrateurs: how many other active administrateurs there are
    """

    is_self: bool
    is_closed: bool
    is_suspended: bool
    administers: bool
    other_administrateurs: int


def obstacles_to_roles(agent: Agent, wanted: Collection[str]) -> tuple[str, ...]:
    """Say why these roles cannot be given, one sentence each."""
    reasons = _general(agent)
    if not wanted:
        reasons += ("Choisissez au moins un rôle\u00a0; pour n’en laisser aucun, fermez le compte.",)
    if agent.administers and RoleANS.ADMINISTRATEUR not in wanted:
        reasons += _last(agent)
    return reasons


def obstacles_to_suspend(agent: Agent) -> tuple[str, ...]:
    reasons = _general(agent) + _last(agent)
    return (*reasons, "Ce compte est déjà suspendu.") if agent.is_suspended else reasons


def obstacles_to_restore(agent: Agent) -> tuple[str, ...]:
    reasons = _general(agent)
    return reasons if agent.is_suspended or reasons else ("Ce compte n’est pas suspendu.",)


def obstacles_to_close(agent: Agent) -> tuple[str, ...]:
    return _general(agent) + _last(agent)


def _general(agent: Agent) -> tuple[str, ...]:
    if agent.is_closed:
        return ("Ce compte est fermé\u00a0: il ne change plus.",)
    if agent.is_self:
        return ("Vous ne pouvez pas changer votre propre compte\u00a0: demandez à un autre administrateur.",)
    return ()


def _last(agent: Agent) -> tuple[str, ...]:
    if agent.administers and not agent.is_suspended and not agent.other_administrateurs:
        return ("C’est le dernier administrateur du portail\u00a0: nommez-en un autre d’abord.",)
    return ()
