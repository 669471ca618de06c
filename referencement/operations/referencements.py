"""A référencement from its attribution to its end: opened, replaced by its next version, renounced by its éditeur."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, assert_never

from django.db import transaction

from candidatures import permissions
from candidatures.catalogue.dispositifs import spec_of
from candidatures.models import Candidature
from candidatures.operations.telling import tell_the_team
from comptes import journal, outbox
from comptes.dates import instant_in_words
from comptes.models import Compte
from comptes.rules.refusals import Refused
from referencement.enums import Act, EvenementKind, MesureState
from referencement.models import EvenementDeReferencement, Examen, Mesure, Referencement
from referencement.queries.referencements import responsables
from referencement.rules import referencement as rules

ACTS = {
    EvenementKind.SUSPENDED: Act.REFERENCEMENT_SUSPENDED,
    EvenementKind.RESTORED: Act.REFERENCEMENT_RESTORED,
    EvenementKind.WITHDRAWN: Act.REFERENCEMENT_WITHDRAWN,
    EvenementKind.RENOUNCED: Act.REFERENCEMENT_RENOUNCED,
    EvenementKind.REPLACED: Act.REFERENCEMENT_REPLACED,
}


class ReferencementNotPossible(Refused):
    """The act on the référencement is refused."""


@transaction.atomic
def open_referencement(*, examen: Examen, by: Compte, at: datetime) -> Referencement:
    """Open the référencement that a séance has just attributed; it replaces that of the solution's former version."""
    candidature = examen.candidature
    referencement = Referencement.objects.create(candidature=candidature, examen=examen, opened_at=at)
    journal.record(candidature.chain, Act.REFERENCEMENT_OPENED, on=f"referencement:{candidature.nru}", by=by, at=at)
    superseded = Referencement.objects.locked().filter(
        candidature__produit=candidature.produit_id,
        candidature__dispositif=candidature.dispositif_id,
        state__in=rules.LIVING,
    )
    for former in (
        superseded.exclude(pk=referencement.pk).select_related("candidature__produit__editeur").order_by("pk")
    ):
        abandon_what_waits(referencement=former, reason="Une autre version est désormais référencée.", by=by, at=at)
        move(
            referencement=former,
            kind=EvenementKind.REPLACED,
            effect_at=at,
            successor=referencement,
            by=by,
            at=at,
            nru=candidature.nru,
        )
    return referencement


@transaction.atomic
def renounce_referencement(
    *, candidature_id: int, reason: str, effect: date, by: Compte, at: datetime
) -> Referencement:
    """End a référencement for good, at the éditeur's request; a mesure that awaits a decision is abandoned.

    :param effect: the day of effect, in Paris
    :raises ReferencementNotPossible: when `by` cannot engage the éditeur, when the référencement has ended, or when
        the day is past or too far
    """
    referencement = locked_referencement(candidature_id=candidature_id)
    reasons = why_not_renounced(referencement=referencement, effect=effect, at=at)
    if not permissions.can_engage(by, referencement.candidature):
        reasons.append("Seule une personne qui peut engager l’éditeur renonce au référencement.")
    if reasons:
        raise ReferencementNotPossible(*reasons)
    abandon_what_waits(referencement=referencement, reason="L’éditeur a renoncé au référencement.", by=by, at=at)
    evenement = move(
        referencement=referencement,
        kind=EvenementKind.RENOUNCED,
        effect_at=rules.takes_effect_at(effect, at=at),
        reasons=reason.strip(),
        by=by,
        at=at,
    )
    for responsable in responsables():
        outbox.post("referencement.moved", on=address_of(evenement=evenement), to=responsable, at=at)
    return referencement


def why_not_renounced(*, referencement: Referencement, effect: date, at: datetime) -> list[str]:
    """Say why an éditeur cannot renounce its référencement from that day, one French sentence each."""
    announced = referencement.mesures.filter(state=MesureState.PROPOSED, kind__in=rules.ANNOUNCED)
    days = spec_of(referencement.candidature.dispositif_id).days_to_answer
    is_announced = announced.exists()
    obstacles = rules.obstacles_to_renounce(
        referencement.state, effect=effect, days=days, is_announced=is_announced, at=at
    )
    return list(obstacles)


def locked_referencement(*, candidature_id: int) -> Referencement:
    """Lock the candidature, then its référencement, in the order that every operation keeps.

    :raises ReferencementNotPossible: when the collège attributed none
    """
    candidature = Candidature.objects.locked().with_names().get(pk=candidature_id)
    referencement = Referencement.objects.locked().filter(candidature=candidature).first()
    if referencement is None:
        raise ReferencementNotPossible("Le collège n’a pas attribué de référencement à cette candidature.")
    referencement.candidature = candidature
    return referencement


def move(
    *,
    referencement: Referencement,
    kind: EvenementKind,
    effect_at: datetime,
    by: Compte,
    at: datetime,
    mesure: Mesure | None = None,
    successor: Referencement | None = None,
    reasons: str = "",
    **params: str,
) -> EvenementDeReferencement:
    """Write one event of a locked référencement, change its state, and notify its team.

    :param params: written in the journal beside the date of effect
    """
    evenement = EvenementDeReferencement(
        referencement=referencement,
        number=referencement.version + 1,
        kind=kind,
        from_state=referencement.state,
        mesure=mesure,
        successor=successor,
        reasons=reasons,
        effect_at=effect_at,
        at=at,
        by=by,
    )
    _transition(referencement, kind)
    evenement.to_state = referencement.state
    evenement.save()
    referencement.save()
    candidature = referencement.candidature
    details: dict[str, Any] = (
        params if kind is EvenementKind.REPLACED else {"effet": instant_in_words(effect_at), **params}
    )
    journal.record(candidature.chain, ACTS[kind], on=address_of(evenement=evenement), by=by, at=at, **details)
    tell_the_team(candidature=candidature, kind="referencement.moved", on=address_of(evenement=evenement), at=at)
    return evenement


def _transition(referencement: Referencement, kind: EvenementKind) -> None:
    match kind:
        case EvenementKind.SUSPENDED:
            referencement.suspend()
        case EvenementKind.RESTORED:
            referencement.restore()
        case EvenementKind.WITHDRAWN:
            referencement.withdraw()
        case EvenementKind.RENOUNCED:
            referencement.renounce()
        case EvenementKind.REPLACED:
            referencement.replace()
        case _:
            assert_never(kind)


def abandon_what_waits(*, referencement: Referencement, reason: str, by: Compte, at: datetime) -> None:
    """Abandon the mesure that awaits a decision, if there is one, since its référencement ends otherwise."""
    waiting = Mesure.objects.select_for_update(no_key=True).filter(
        referencement=referencement, state=MesureState.PROPOSED
    )
    for mesure in waiting.order_by("pk"):
        give_up_mesure(mesure=mesure, referencement=referencement, reason=reason, by=by, at=at)


def give_up_mesure(*, mesure: Mesure, referencement: Referencement, reason: str, by: Compte, at: datetime) -> None:
    """Abandon a locked mesure; the éditeur is notified if it had been announced."""
    mesure.abandon(reason=reason, by=by, at=at)
    mesure.save()
    record_mesure(mesure=mesure, referencement=referencement, act=Act.MESURE_ABANDONED, by=by, at=at)
    if mesure.kind in rules.ANNOUNCED:
        candidature = referencement.candidature
        tell_the_team(candidature=candidature, kind="referencement.mesure_abandoned", on=mesure.address, at=at)


def record_mesure(
    *, mesure: Mesure, referencement: Referencement, act: Act, by: Compte, at: datetime, **params: str
) -> None:
    chain, label = referencement.candidature.chain, str(mesure.get_kind_display())
    journal.record(chain, act, on=mesure.address, by=by, at=at, mesure=label, **params)


def address_of(*, evenement: EvenementDeReferencement) -> str:
    return f"referencement:{evenement.referencement.candidature.nru}/{evenement.number}"
