"""Giving more time to one candidature, and foreclosing one: the first act undoes the second."""

from datetime import datetime

from django.db import transaction

from candidatures import permissions
from candidatures.enums import Act, CandidatureState, DerogationState
from candidatures.models import Candidature, Derogation
from candidatures.queries.candidatures import deadlines_of
from candidatures.queries.echeances import derogation_waiting
from candidatures.rules import echeances as rules
from candidatures.rules.deadlines import Deadline
from candidatures.rules.freeze import why_frozen
from comptes import journal, outbox
from comptes.dates import instant_in_words
from comptes.models import Compte
from comptes.rules.refusals import Refused

from .telling import tell_the_team

# What the éditeur's own journal does not say before the decision.
UNTOLD = (Act.DEROGATION_INSTRUCTED, Act.DEROGATION_REFUSAL_PROPOSED)


class DerogationNotPossible(Refused):
    """The act on the dérogation is refused."""


class ForeclosureNotPossible(Refused):
    """The candidature cannot be foreclosed."""


@transaction.atomic
def request_derogation(
    *, candidature_id: int, echeance: str, to: datetime, motive: str, by: Compte, at: datetime
) -> Derogation:
    """Propose, for the ANS, more time for one candidature; nothing changes before another person grants it.

    :param echeance: its code, such as `date-1`
    :raises DerogationNotPossible: with every reason
    """
    candidature = _locked(candidature_id)
    reasons = [*obstacles_to_extend(candidature=candidature, echeance=echeance, to=to, at=at)]
    if not permissions.instructs(by):
        reasons.append("Seuls les instructeurs et les responsables d’instruction peuvent demander une dérogation.")
    if not motive.strip():
        reasons.append("Indiquez le motif de la dérogation.")
    if derogation_waiting(candidature, echeance):
        reasons.append("Une dérogation à cette échéance attend déjà d’être accordée.")
    if reasons:
        raise DerogationNotPossible(*reasons)
    derogation = Derogation.objects.create(
        candidature=candidature,
        echeance=echeance,
        to_at=to,
        motive=motive.strip(),
        asked_at=at,
        asked_by=by,
        instructed_at=at,
        instructed_by=by,
    )
    record_derogation(derogation=derogation, act=Act.DEROGATION_REQUESTED, by=by, at=at, instant=instant_in_words(to))
    return derogation


@transaction.atomic
def grant_derogation(*, derogation_id: int, by: Compte, at: datetime) -> Derogation:
    """Give the candidature the time that was proposed; if it was foreclosed for that échéance, it is open again.

    :raises DerogationNotPossible: with every reason
    """
    derogation = waiting_derogation(derogation_id=derogation_id)
    candidature, echeance = derogation.candidature, derogation.echeance
    if derogation.to_at is None:
        raise DerogationNotPossible("Aucune date n’est proposée\u00a0: instruisez d’abord cette demande.")
    reasons = [
        *_not_allowed(by),
        *obstacles_to_extend(candidature=candidature, echeance=echeance, to=derogation.to_at, at=at),
    ]
    if derogation.instructed_by_id == by.pk:
        reasons.append("Vous avez proposé cette dérogation. Une autre personne doit l’accorder.")
    if reasons:
        raise DerogationNotPossible(*reasons)
    derogation.grant(by=by, at=at)
    derogation.save()
    record_derogation(
        derogation=derogation,
        act=Act.DEROGATION_GRANTED,
        by=by,
        at=at,
        instant=instant_in_words(derogation.to_at),
    )
    if candidature.state == CandidatureState.FORECLOSED:
        candidature.reopen()
        candidature.save()
        record_derogation(derogation=derogation, act=Act.CANDIDATURE_REOPENED, by=by, at=at)
    tell_the_team(candidature=candidature, kind="candidatures.derogation_granted", on=derogation.address, at=at)
    return derogation


@transaction.atomic
def refuse_derogation(*, derogation_id: int, reason: str, by: Compte, at: datetime) -> Derogation:
    """Refuse a dérogation: one that the ANS proposed, with a reason; or the éditeur's, whose team is then notified.

    :param reason: ignored for the éditeur's, whose reason came with the proposal of refusal
    :raises DerogationNotPossible: without a reason, when it is decided already, or when `by` may not decide
    """
    derogation = waiting_derogation(derogation_id=derogation_id)
    if derogation.is_of_editeur:
        return _confirm_refusal(derogation, by=by, at=at)
    reasons = _not_allowed(by)
    if not reason.strip():
        reasons.append("Indiquez le motif du refus.")
    if reasons:
        raise DerogationNotPossible(*reasons)
    derogation.refuse(by=by, at=at, reason=reason.strip())
    derogation.save()
    record_derogation(derogation=derogation, act=Act.DEROGATION_REFUSED, by=by, at=at)
    if derogation.asked_by_id != by.pk:
        outbox.post("candidatures.derogation_refused", on=derogation.address, to=derogation.asked_by, at=at)
    return derogation


def _confirm_refusal(derogation: Derogation, *, by: Compte, at: datetime) -> Derogation:
    reasons = _not_allowed(by)
    if derogation.state != DerogationState.TO_REFUSE:
        reasons.append("Proposez d’abord le refus, avec son motif. Une autre personne devra le confirmer.")
    elif derogation.instructed_by_id == by.pk:
        reasons.append("Vous avez proposé ce refus\u00a0: une autre personne doit le confirmer.")
    if reasons:
        raise DerogationNotPossible(*reasons)
    derogation.confirm_refusal(by=by, at=at)
    derogation.save()
    record_derogation(derogation=derogation, act=Act.DEROGATION_REFUSED, by=by, at=at)
    tell_the_team(
        candidature=derogation.candidature, kind="candidatures.derogation_denied", on=derogation.address, at=at
    )
    return derogation


@transaction.atomic
def foreclose_candidature(*, candidature_id: int, echeance: str, reason: str, by: Compte, at: datetime) -> Candidature:
    """Close a candidature that missed an échéance, with a reason. Only a dérogation opens it again.

    Views call `referencement.operations.forclusions`, which also issues the décision.

    :param echeance: the code of the échéance that was missed
    :raises ForeclosureNotPossible: with every reason
    """
    candidature = _locked(candidature_id)
    deadline = _deadline(candidature, echeance)
    is_open = candidature.state == CandidatureState.OPEN
    if derogation_waiting(candidature, echeance):
        raise ForeclosureNotPossible(
            f"Une dérogation à la {deadline.nom} attend une décision pour cette candidature. Décidez d’abord."
        )
    if frozen := why_frozen(candidature.gel):
        raise ForeclosureNotPossible(frozen)
    reasons = list(rules.obstacles_to_foreclose(deadline, is_open=is_open, reason=reason, at=at))
    if not permissions.decides_on_echeances(by):
        reasons.append(
            "Seul un responsable d’instruction peut clore une candidature pour dépôt hors délai (forclusion)."
        )
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


def obstacles_to_extend(*, candidature: Candidature, echeance: str, to: datetime, at: datetime) -> tuple[str, ...]:
    """Say why this candidature cannot be given that time; a foreclosed one, for the échéance that it missed only."""
    reopens = candidature.state == CandidatureState.FORECLOSED and candidature.foreclosure_echeance == echeance
    if candidature.state != CandidatureState.OPEN and not reopens:
        return ("Cette candidature n’est plus ouverte.",)
    _deadline(candidature, echeance)
    moved = rules.MovedEcheance(echeance, deadlines_of(candidature), candidature.dispositif.opens_at)
    return rules.obstacles_to_extend(moved, to, at=at)


def _deadline(candidature: Candidature, echeance: str) -> Deadline:
    return deadlines_of(candidature)[echeance]


def _not_allowed(by: Compte) -> list[str]:
    if permissions.decides_on_echeances(by):
        return []
    return ["Seul un responsable d’instruction peut décider d’une dérogation."]


def _locked(candidature_id: int) -> Candidature:
    return Candidature.objects.locked().with_names().get(pk=candidature_id)


def waiting_derogation(*, derogation_id: int) -> Derogation:
    """Lock the candidature, then its dérogation, in the order that every operation keeps.

    :raises DerogationNotPossible: when it is decided already
    """
    candidature = _locked(Derogation.objects.values_list("candidature", flat=True).get(pk=derogation_id))
    derogation = Derogation.objects.select_for_update(no_key=True).get(pk=derogation_id)
    derogation.candidature = candidature
    if derogation.withdrawn_at:
        instant = instant_in_words(derogation.withdrawn_at)
        raise DerogationNotPossible(f"L’éditeur a retiré cette demande de dérogation, le {instant}.")
    if derogation.decided_at:
        raise DerogationNotPossible(
            f"Cette dérogation a déjà fait l’objet d’une décision, le {instant_in_words(derogation.decided_at)}."
        )
    return derogation


def record_derogation(*, derogation: Derogation, act: Act, by: Compte, at: datetime, **params: str) -> None:
    """Write an act on a dérogation in the candidature's chain, or in the portal's until the éditeur may read it."""
    candidature = derogation.candidature
    nom = _deadline(candidature, derogation.echeance).nom
    chain = journal.PORTAIL if act in UNTOLD else candidature.chain
    journal.record(chain, act, on=derogation.address, by=by, at=at, echeance=nom, **params)
