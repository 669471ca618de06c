"""What the ANS does of a référencement: one person proposes, the éditeur answers, another person decides."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from candidatures import permissions as of_candidatures
from candidatures.catalogue.dispositifs import spec_of
from candidatures.operations.telling import tell_the_team
from comptes import outbox
from comptes.dates import end_in_figures
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
    """Propose a mesure; a suspension or a retrait is announced to the éditeur, who has a delay to answer.

    Whoever else may decide it is told.

    :raises ReferencementNotPossible: with every reason
    """
    referencement = locked_referencement(candidature_id=candidature_id)
    is_waiting = referencement.mesures.filter(state=MesureState.PROPOSED).exists()
    found = list(rules.obstacles_to_propose(referencement.state, kind, reasons=reasons, is_waiting=is_waiting))
    if not of_candidatures.instructs(by):
        found.append("Seuls les instructeurs et les responsables d’instruction proposent une mesure.")
    if found:
        raise ReferencementNotPossible(*found)
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
        words = {"instant": end_in_figures(mesure.answer_until_at)}
        record_mesure(mesure=mesure, referencement=referencement, act=Act.MESURE_ANNOUNCED, by=by, at=at, **words)
        tell_the_team(candidature=candidature, kind="referencement.mesure_announced", on=mesure.address, at=at)
    else:
        record_mesure(mesure=mesure, referencement=referencement, act=Act.MESURE_PROPOSED, by=by, at=at)
    for one in responsables().exclude(pk=by.pk):
        outbox.post("referencement.mesure_proposed", on=mesure.address, to=one, at=at)
    return mesure


@transaction.atomic
def answer_mesure(*, mesure_id: int, answer: str, by: Compte, at: datetime) -> Mesure:
    """Answer in the éditeur's name, in words, to what the ANS announced; its people are told.

    :raises ReferencementNotPossible: with every reason
    """
    mesure, referencement = locked_mesure(mesure_id=mesure_id)
    found = list(rules.obstacles_to_answer(mesure_facts(mesure), answer=answer))
    if not of_candidatures.fills(by, referencement.candidature):
        found.append("Seule l’équipe de l’éditeur répond à ce qui lui est annoncé.")
    if found:
        raise ReferencementNotPossible(*found)
    mesure.answer, mesure.answered_at, mesure.answered_by = answer.strip(), at, by
    mesure.save()
    record_mesure(mesure=mesure, referencement=referencement, act=Act.MESURE_ANSWERED, by=by, at=at)
    for one in {mesure.proposed_by, *responsables()}:
        outbox.post("referencement.mesure_answered", on=mesure.address, to=one, at=at)
    return mesure


@transaction.atomic
def decide_mesure(*, mesure_id: int, reasons: str, effect: date, by: Compte, at: datetime) -> Mesure:
    """Decide what another person proposed, once the éditeur was heard or its delay is over; it is told, with a letter.

    :raises ReferencementNotPossible: with every reason
    """
    mesure, referencement = locked_mesure(mesure_id=mesure_id)
    facts = mesure_facts(mesure)
    found = list(rules.obstacles_to_decide(facts, referencement.state, by=by.pk, reasons=reasons, effect=effect, at=at))
    if not permissions.decides_mesures(by):
        found.append("Seul un responsable d’instruction prononce une mesure.")
    if found:
        raise ReferencementNotPossible(*found)
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
    """Give up a mesure, and say why; the éditeur is told of one that was announced.

    :raises ReferencementNotPossible: with every reason
    """
    mesure, referencement = locked_mesure(mesure_id=mesure_id)
    found = list(rules.obstacles_to_abandon(mesure_facts(mesure), reason=reason))
    if not permissions.decides_mesures(by) and mesure.proposed_by_id != by.pk:
        found.append("Seule la personne qui l’a proposée, ou un responsable d’instruction, abandonne une mesure.")
    if found:
        raise ReferencementNotPossible(*found)
    give_up_mesure(mesure=mesure, referencement=referencement, reason=reason.strip(), by=by, at=at)
    return mesure


def locked_mesure(*, mesure_id: int) -> tuple[Mesure, Referencement]:
    """Lock a candidature, its référencement, then a mesure of it."""
    candidature_id = Mesure.objects.values_list("referencement__candidature", flat=True).get(pk=mesure_id)
    referencement = locked_referencement(candidature_id=candidature_id)
    mesure = Mesure.objects.select_for_update(no_key=True, of=("self",)).select_related("proposed_by").get(pk=mesure_id)
    mesure.referencement = referencement
    return mesure, referencement
