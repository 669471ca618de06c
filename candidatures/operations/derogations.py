"""One candidature is given more time, or is foreclosed: two acts of the ANS, the first of which undoes the second."""

from datetime import datetime

from django.db import transaction

from candidatures import permissions, queries
from candidatures.enums import Act, CandidatureState, DerogationState
from candidatures.models import Candidature, Derogation
from candidatures.rules import echeances as rules
from candidatures.rules.deadlines import Deadline
from candidatures.rules.freeze import why_frozen
from comptes import journal, outbox
from comptes.models import Compte

from .telling import tell_the_team


class DerogationNotPossible(Exception):
    """`reasons`: why no more time is given, in French, one sentence each."""

    def __init__(self, *reasons: str) -> None:
        super().__init__(*reasons)
        self.reasons = reasons


class ForeclosureNotPossible(Exception):
    """`reasons`: why the candidature stays open, in French, one sentence each."""

    def __init__(self, *reasons: str) -> None:
        super().__init__(*reasons)
        self.reasons = reasons


@transaction.atomic
def request_derogation(
    *, candidature_id: int, echeance: str, to: datetime, motive: str, by: Compte, at: datetime
) -> Derogation:
    """Ask that one candidature be given until that instant; nothing changes before another person grants it.

    :param echeance: its code, such as `date-1`
    :raises DerogationNotPossible: with every reason
    """
    candidature = _locked(candidature_id)
    reasons = [*_obstacles(candidature, echeance, to, at)]
    if not permissions.instructs(by):
        reasons.append("Seuls les instructeurs et les responsables d’instruction demandent une dérogation.")
    if not motive.strip():
        reasons.append("Donnez le motif de la dérogation.")
    if candidature.derogations.filter(echeance=echeance, state=DerogationState.REQUESTED).exists():
        reasons.append("Une dérogation à cette échéance attend déjà d’être accordée.")
    if reasons:
        raise DerogationNotPossible(*reasons)
    derogation = Derogation.objects.create(
        candidature=candidature, echeance=echeance, to_at=to, motive=motive.strip(), asked_at=at, asked_by=by
    )
    _record(derogation, Act.DEROGATION_REQUESTED, by=by, at=at, instant=queries.said(to))
    return derogation


@transaction.atomic
def grant_derogation(*, derogation_id: int, by: Compte, at: datetime) -> Derogation:
    """Give the candidature until the instant that was asked; if it was foreclosed for that échéance, it is open again.

    :raises DerogationNotPossible: with every reason
    """
    derogation = _waiting(derogation_id)
    candidature, echeance = derogation.candidature, derogation.echeance
    reasons = [*_not_allowed(by), *_obstacles(candidature, echeance, derogation.to_at, at)]
    if derogation.asked_by_id == by.pk:
        reasons.append("Vous avez demandé cette dérogation\u00a0: une autre personne doit l’accorder.")
    if reasons:
        raise DerogationNotPossible(*reasons)
    derogation.grant(by=by, at=at)
    derogation.save()
    _record(derogation, Act.DEROGATION_GRANTED, by=by, at=at, instant=queries.said(derogation.to_at))
    if candidature.state == CandidatureState.FORECLOSED:
        candidature.reopen()
        candidature.save()
        _record(derogation, Act.CANDIDATURE_REOPENED, by=by, at=at)
    tell_the_team(candidature=candidature, kind="candidatures.derogation_granted", on=derogation.address, at=at)
    return derogation


@transaction.atomic
def refuse_derogation(*, derogation_id: int, reason: str, by: Compte, at: datetime) -> Derogation:
    """Say no, with a reason, to who asked.

    :raises DerogationNotPossible: when it was decided already, without a reason, or by who may not
    """
    derogation = _waiting(derogation_id)
    reasons = _not_allowed(by)
    if not reason.strip():
        reasons.append("Un refus donne son motif.")
    if reasons:
        raise DerogationNotPossible(*reasons)
    derogation.refuse(by=by, at=at, reason=reason.strip())
    derogation.save()
    _record(derogation, Act.DEROGATION_REFUSED, by=by, at=at)
    if derogation.asked_by_id != by.pk:
        outbox.post("candidatures.derogation_refused", on=derogation.address, to=derogation.asked_by, at=at)
    return derogation


@transaction.atomic
def foreclose_candidature(*, candidature_id: int, echeance: str, reason: str, by: Compte, at: datetime) -> Candidature:
    """Close a candidature that missed an échéance: a human act, with its reason. Only a dérogation opens it again.

    :param echeance: the code of the one that was missed
    :raises ForeclosureNotPossible: with every reason
    """
    candidature = _locked(candidature_id)
    deadline = _deadline(candidature, echeance)
    is_open = candidature.state == CandidatureState.OPEN
    if frozen := why_frozen(candidature.gel):
        raise ForeclosureNotPossible(frozen)
    reasons = list(rules.obstacles_to_foreclose(deadline, is_open=is_open, reason=reason, at=at))
    if not permissions.decides_on_echeances(by):
        reasons.append("Seul un responsable d’instruction prononce une forclusion.")
    if reasons:
        raise ForeclosureNotPossible(*reasons)
    candidature.foreclose(by=by, at=at, echeance=echeance, reason=reason.strip())
    candidature.save()
    journal.record(
        candidature.chain,
        Act.CANDIDATURE_FORECLOSED,
        on=candidature.chain,
        by=by,
        at=at,
        echeance=deadline.nom,
        motif=reason.strip(),
    )
    tell_the_team(
        candidature=candidature,
        kind="candidatures.foreclosed",
        on=candidature.chain,
        occurrence=at.isoformat(),
        at=at,
    )
    return candidature


def _obstacles(candidature: Candidature, echeance: str, to: datetime, at: datetime) -> tuple[str, ...]:
    reopens = candidature.state == CandidatureState.FORECLOSED and candidature.foreclosure_echeance == echeance
    if candidature.state != CandidatureState.OPEN and not reopens:
        return ("Cette candidature n’est plus ouverte.",)
    _deadline(candidature, echeance)
    moved = rules.Moved(echeance, queries.deadlines_of(candidature), candidature.dispositif.opens_at)
    return rules.obstacles_to_extend(moved, to, at=at)


def _deadline(candidature: Candidature, echeance: str) -> Deadline:
    return queries.deadlines_of(candidature)[echeance]


def _not_allowed(by: Compte) -> list[str]:
    if permissions.decides_on_echeances(by):
        return []
    return ["Seul un responsable d’instruction se prononce sur une dérogation."]


def _locked(candidature_id: int) -> Candidature:
    return Candidature.objects.locked().with_names().get(pk=candidature_id)


def _waiting(derogation_id: int) -> Derogation:
    """Lock a candidature, then its dérogation, as every act on a candidature does."""
    candidature = _locked(Derogation.objects.values_list("candidature", flat=True).get(pk=derogation_id))
    derogation = Derogation.objects.select_for_update(no_key=True).get(pk=derogation_id)
    derogation.candidature = candidature
    if derogation.state != DerogationState.REQUESTED:
        raise DerogationNotPossible(f"Cette dérogation a déjà été tranchée, le {queries.said(derogation.decided_at)}.")
    return derogation


def _record(derogation: Derogation, act: Act, *, by: Compte, at: datetime, **params: str) -> None:
    candidature = derogation.candidature
    nom = _deadline(candidature, derogation.echeance).nom
    journal.record(candidature.chain, act, on=derogation.address, by=by, at=at, echeance=nom, **params)
