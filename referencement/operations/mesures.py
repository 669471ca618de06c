"""The mesures of the ANS on a référencement: one person proposes, the éditeur answers, another person decides."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from candidatures import permissions as of_candidatures
from candidatures.catalogue.dispositifs import spec_of
from candidatures.operations.telling import tell_the_team
from comptes import outbox
from comptes.dates import end_in_words
from comptes.models import Compte
from referencement import permissions
from referencement.enums import Act, MesureKind, MesureState
from referencement.models import Mesure, Referencement
from referencement.queries.referencements import decision_on_mesure, mesure_facts, responsables
from referencement.rules import referencement as rules

from .documents import issue_decision
from .referencements import ReferencementNotPossible, give_up_mesure, locked_referencement, move, record_mesure


@transaction.atomic
def propose_mesure(*, candidature_id: int, kind: MesureKind, reasons: str, by: Compte, at: datetime) -> Mesure:
    """Propose a mesure, and notify whoever may decide it.

    A suspension or a retrait is also announced to the éditeur, who may answer it within the days that the dispositif
    gives (`days_to_answer`).

    :raises ReferencementNotPossible: with every reason
    """
    referencement = locked_referencement(candidature_id=candidature_id)
    is_waiting = referencement.mesures.filter(state=MesureState.PROPOSED).exists()
    obstacles = list(rules.obstacles_to_propose(referencement.state, kind, reasons=reasons, is_waiting=is_waiting))
    if not of_candidatures.instructs(by):
        obstacles.append("Seuls les instructeurs et les responsables d’instruction proposent une mesure.")
    if obstacles:
        raise ReferencementNotPossible(*obstacles)
    candidature, is_announced = referencement.candidature, kind in rules.ANNOUNCED
    days = spec_of(candidature.dispositif_id).days_to_answer
    mesure = Mesure.objects.create(
        referencement=referencement,
        kind=kind,
        reasons=reasons.strip(),
        proposed_at=at,
        proposed_by=by,
        answer_until_at=rules.answer_until(days, at=at) if is_announced else None,
    )
    if is_announced:
        answer_limit = {"instant": end_in_words(mesure.answer_until_at)}
        record_mesure(
            mesure=mesure, referencement=referencement, act=Act.MESURE_ANNOUNCED, by=by, at=at, **answer_limit
        )
        tell_the_team(candidature=candidature, kind="referencement.mesure_announced", on=mesure.address, at=at)
    else:
        record_mesure(mesure=mesure, referencement=referencement, act=Act.MESURE_PROPOSED, by=by, at=at)
    for responsable in responsables().exclude(pk=by.pk):
        outbox.post("referencement.mesure_proposed", on=mesure.address, to=responsable, at=at)
    return mesure


@transaction.atomic
def answer_mesure(*, mesure_id: int, answer: str, by: Compte, at: datetime) -> Mesure:
    """Write the éditeur's answer to a mesure that was announced, and notify its author and those who may decide it.

    :raises ReferencementNotPossible: with every reason
    """
    mesure, referencement = locked_mesure(mesure_id=mesure_id)
    obstacles = list(rules.obstacles_to_answer(mesure_facts(mesure), answer=answer))
    if not of_candidatures.fills(by, referencement.candidature):
        obstacles.append("Seule l’équipe de l’éditeur peut répondre à une mesure envisagée.")
    if obstacles:
        raise ReferencementNotPossible(*obstacles)
    mesure.answer, mesure.answered_at, mesure.answered_by = answer.strip(), at, by
    mesure.save()
    record_mesure(mesure=mesure, referencement=referencement, act=Act.MESURE_ANSWERED, by=by, at=at)
    for recipient in {mesure.proposed_by, *responsables()}:
        outbox.post("referencement.mesure_answered", on=mesure.address, to=recipient, at=at)
    return mesure


@transaction.atomic
def decide_mesure(*, mesure_id: int, reasons: str, effect: date, by: Compte, at: datetime) -> Mesure:
    """Decide a mesure that another person proposed, once the éditeur has answered or the time to answer is over.

    The éditeur is notified; a suspension or a retrait also gets a décision.

    :raises ReferencementNotPossible: with every reason
    """
    mesure, referencement = locked_mesure(mesure_id=mesure_id)
    facts = mesure_facts(mesure)
    obstacles = list(
        rules.obstacles_to_decide(facts, referencement.state, by=by.pk, reasons=reasons, effect=effect, at=at)
    )
    if not permissions.decides_mesures(by):
        obstacles.append("Seul un responsable d’instruction prononce une mesure.")
    if obstacles:
        raise ReferencementNotPossible(*obstacles)
    mesure.decide(reasons=reasons.strip(), by=by, at=at)
    mesure.save()
    record_mesure(mesure=mesure, referencement=referencement, act=Act.MESURE_DECIDED, by=by, at=at)
    evenement = move(
        referencement=referencement,
        kind=rules.EVENEMENTS[MesureKind(mesure.kind)],
        effect_at=rules.takes_effect_at(effect, at=at),
        mesure=mesure,
        reasons=mesure.decision,
        by=by,
        at=at,
    )
    if mesure.kind in rules.ANNOUNCED:
        data = decision_on_mesure(mesure, referencement, effect_at=evenement.effect_at)
        issue_decision(candidature=referencement.candidature, data=data, by=by, at=at)
    return mesure


@transaction.atomic
def abandon_mesure(*, mesure_id: int, reason: str, by: Compte, at: datetime) -> Mesure:
    """Abandon a mesure; the éditeur is notified if it had been announced.

    :raises ReferencementNotPossible: with every reason
    """
    mesure, referencement = locked_mesure(mesure_id=mesure_id)
    obstacles = list(rules.obstacles_to_abandon(mesure_facts(mesure), reason=reason))
    if not permissions.decides_mesures(by) and mesure.proposed_by_id != by.pk:
        obstacles.append("Seule la personne qui l’a proposée, ou un responsable d’instruction, abandonne une mesure.")
    if obstacles:
        raise ReferencementNotPossible(*obstacles)
    give_up_mesure(mesure=mesure, referencement=referencement, reason=reason.strip(), by=by, at=at)
    return mesure


def locked_mesure(*, mesure_id: int) -> tuple[Mesure, Referencement]:
    """Lock the candidature, its référencement, then the mesure, in the order that every operation keeps."""
    candidature_id = Mesure.objects.values_list("referencement__candidature", flat=True).get(pk=mesure_id)
    referencement = locked_referencement(candidature_id=candidature_id)
    mesure = Mesure.objects.select_for_update(no_key=True, of=("self",)).select_related("proposed_by").get(pk=mesure_id)
    mesure.referencement = referencement
    return mesure, referencement
