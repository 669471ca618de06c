"""The accounts of the agency: opened, suspended, closed; what a person held is handed to colleagues."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Protocol

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from comptes import journal, permissions, queries
from comptes.enums import Act, RoleANS, SecurityEvent
from comptes.models import Compte
from comptes.rules import agents as rules
from comptes.rules.refusals import Refused

from .comptes_ans import open_compte_ans
from .droits import tell_of_rights
from .sessions import end_sessions


class AgentNotChangeable(Refused):
    """The agent’s account was not changed."""


class HandOver(Protocol):
    """Share out among colleagues what somebody holds.

    :raises AgentNotChangeable: when none of these colleagues may hold a part of it
    """

    def __call__(self, *, giver: Compte, takers: Sequence[Compte], by: Compte, at: datetime) -> None: ...


class Takers(Protocol):
    """Return the people (pk) who may take a part of what somebody holds; it is asked when they hold something."""

    def __call__(self, *, compte: Compte, at: datetime) -> Collection[int]: ...


@dataclass(frozen=True)
class Charge:
    """What a floor entrusts to people of the agency.

    :param held: lists it at an instant, one French sentence each
    :param takers: the people (pk) who may take a part of what somebody holds
    """

    held: Callable[[Compte, datetime], list[str]]
    hand_over: HandOver
    takers: Takers


class Lock(Protocol):
    """Lock all that closing an account may change on every floor, in the order that every operation keeps."""

    def __call__(self, *, compte: Compte, at: datetime) -> None: ...


class End(Protocol):
    """End what was asked of somebody by name, which no colleague takes: their account is closed, or effaced.

    :param by: None when the retention effaces it, or the owner of the tables
    """

    def __call__(self, *, compte: Compte, by: Compte | None, at: datetime) -> None: ...


_charges: list[Charge] = []
_locks: list[Lock] = []
_ends: list[End] = []
_asked: list[Callable[[OuterRef], Exists]] = []


def register_charge(*, charge: Charge) -> None:
    """Let a floor list, when an account is closed, what its person holds."""
    _charges.append(charge)


def register_lock(*, lock: Lock) -> None:
    """Let the highest floor lock what an account's closing changes, before the journal, which every act waits for."""
    _locks.append(lock)


def register_end(*, end: End, asked: Callable[[OuterRef], Exists]) -> None:
    """Let a floor end, when an account is closed, what was asked of its person by name.

    :param asked: whether something is, in a query of comptes
    """
    _ends.append(end)
    _asked.append(asked)


def is_asked_something() -> Q:
    """Say, in a query of comptes, whether something asked of each by name has no end yet."""
    return reduce(or_, (Q(asked(OuterRef("pk"))) for asked in _asked), Q(pk__in=[]))


@dataclass(frozen=True)
class Holding:
    """What somebody of the agency holds.

    :param sentences: one in French for each thing held
    :param colleagues: the people who may take a part of it, in order of name
    """

    sentences: list[str]
    colleagues: list[Compte]


def holding_of(*, compte: Compte, at: datetime) -> Holding:
    """Return what colleagues must take before the account is closed."""
    sentences: list[str] = []
    takers: set[int] = set()
    for charge in _charges:
        if held := charge.held(compte, at):
            sentences += held
            takers.update(charge.takers(compte=compte, at=at))
    return Holding(sentences, list(queries.colleagues_of(compte).filter(pk__in=takers)) if takers else [])


@transaction.atomic
def open_agent(
    *, email: str, first_name: str, last_name: str, roles: list[RoleANS], by: Compte, at: datetime
) -> Compte:
    """Give a person of the agency an account; a message leads them to their password.

    :raises AgentNotChangeable: for an address that is known already, or when `by` is no administrateur
    """
    _refuse_who_does_not_administer(by)
    if Compte.objects.of_address(email).exists():
        raise AgentNotChangeable("Cette adresse e-mail a déjà un compte.")
    return open_compte_ans(email=email, first_name=first_name, last_name=last_name, roles=roles, by=by, at=at)


@transaction.atomic
def change_roles_ans(*, compte_id: int, roles: Collection[RoleANS], by: Compte, at: datetime) -> Compte:
    """Give somebody of the agency other roles.

    :raises AgentNotChangeable: with every reason
    """
    compte, facts = _locked(compte_id, by)
    wanted = [role.value for role in RoleANS if role in roles]
    _refuse(rules.obstacles_to_roles(facts, wanted))
    if wanted != compte.roles_ans:
        compte.roles_ans = wanted
        compte.save(update_fields=["roles_ans"])
        labels = [str(RoleANS(role).label) for role in wanted]
        _record(Act.COMPTE_ANS_CHANGED, compte, by=by, at=at, roles=labels)
    return compte


@transaction.atomic
def suspend_agent(*, compte_id: int, by: Compte, at: datetime) -> Compte:
    """Shut an account for a time: its sessions stop at once, and what it holds stays.

    :raises AgentNotChangeable: with every reason
    """
    compte, facts = _locked(compte_id, by)
    _refuse(rules.obstacles_to_suspend(facts))
    compte.is_active, compte.suspended_at = False, at
    compte.save(update_fields=["is_active", "suspended_at"])
    end_sessions(compte_id=compte.pk)
    _record(Act.COMPTE_ANS_SUSPENDED, compte, by=by, at=at)
    return compte


@transaction.atomic
def restore_agent(*, compte_id: int, by: Compte, at: datetime) -> Compte:
    """Open again an account that was suspended.

    :raises AgentNotChangeable: with every reason
    """
    compte, facts = _locked(compte_id, by)
    _refuse(rules.obstacles_to_restore(facts))
    compte.is_active, compte.suspended_at = True, None
    compte.save(update_fields=["is_active", "suspended_at"])
    _record(Act.COMPTE_ANS_RESTORED, compte, by=by, at=at)
    return compte


@transaction.atomic
def close_agent(*, compte_id: int, takers: Collection[int], by: Compte, at: datetime) -> Compte:
    """Close an account for good; what its person holds goes to colleagues. What they did stays in the journal.

    :param takers: the colleagues (pk); one at least when the person holds something
    :raises AgentNotChangeable: with every reason
    """
    compte, facts = _locked(compte_id, by)
    _refuse(rules.obstacles_to_close(facts))
    active = Compte.objects.filter(pk__in=takers, is_active=True).exclude(pk=compte.pk).order_by("pk")
    colleagues = [person for person in active if person.is_ans]
    if not colleagues and holding_of(compte=compte, at=at).sentences:
        raise AgentNotChangeable("Choisissez qui sera chargé des dossiers de cette personne.")
    _lock_what_changes(compte=compte, at=at)
    for charge in _charges if colleagues else ():
        charge.hand_over(giver=compte, takers=colleagues, by=by, at=at)
    compte.is_active, compte.closed_at, compte.suspended_at = False, at, None
    compte.save(update_fields=["is_active", "closed_at", "suspended_at"])
    for end in _ends:
        end(compte=compte, by=by, at=at)
    end_sessions(compte_id=compte.pk)
    _record(Act.COMPTE_ANS_CLOSED, compte, by=by, at=at)
    return compte


@transaction.atomic
def end_what_is_asked(*, compte: Compte, by: Compte | None, at: datetime) -> None:
    """End what was asked of somebody by name, as closing their account does."""
    _lock_what_changes(compte=compte, at=at)
    for end in _ends:
        end(compte=compte, by=by, at=at)


def _lock_what_changes(*, compte: Compte, at: datetime) -> None:
    for lock in _locks:
        lock(compte=compte, at=at)


def _locked(compte_id: int, by: Compte) -> tuple[Compte, rules.Agent]:
    """Lock every administrateur with the account: two who leave at once must not both be "not the last".

    Their keys are left alone: whoever writes in their name does not wait.
    """
    _refuse_who_does_not_administer(by)
    administrateurs = Compte.objects.filter(is_active=True, roles_ans__contains=[RoleANS.ADMINISTRATEUR])
    held = set(administrateurs.select_for_update(no_key=True).order_by("pk").values_list("pk", flat=True))
    compte = Compte.objects.select_for_update(no_key=True).get(pk=compte_id)
    if not queries.of_the_agency().filter(pk=compte_id).exists():
        raise AgentNotChangeable("Ce compte n’est pas un compte de l’ANS.")
    facts = rules.Agent(
        is_self=compte.pk == by.pk,
        is_closed=compte.closed_at is not None,
        is_suspended=compte.suspended_at is not None,
        administers=permissions.administers(compte),
        other_administrateurs=len(held - {compte.pk}),
    )
    return compte, facts


def _refuse(reasons: tuple[str, ...]) -> None:
    if reasons:
        raise AgentNotChangeable(*reasons)


def _refuse_who_does_not_administer(by: Compte) -> None:
    if not permissions.administers(by):
        raise AgentNotChangeable("Seul un administrateur peut gérer les comptes de l’ANS.")


def _record(act: Act, compte: Compte, *, by: Compte, at: datetime, **params: list[str]) -> None:
    entry = journal.record(journal.PORTAIL, act, on=f"compte:{compte.pk}", by=by, at=at, compte=compte.pk, **params)
    tell_of_rights(entries=[entry], to=compte)
    journal.note_once_done(SecurityEvent.ROLE_CHANGED, compte=compte, by=by, about=act.value)
