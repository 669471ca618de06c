"""A second examination of a refused candidature: one person of the ANS proposes it, another grants it."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from candidatures import permissions as of_candidatures
from candidatures.models import Candidature
from candidatures.operations.telling import tell_the_team
from comptes import journal, outbox
from comptes.models import Compte
from comptes.rules.refusals import Refused
from referencement import permissions
from referencement.enums import Act, FinKind, ReexamenGround, ReexamenState
from referencement.models import Examen, Reexamen
from referencement.queries.fins import fins_of
from referencement.queries.referencements import responsables


class ReexamenNotPossible(Refused):
    """The act on the nouvel examen is refused."""


@transaction.atomic
def request_reexamen(*, candidature_id: int, ground: ReexamenGround, reason: str, by: Compte, at: datetime) -> Reexamen:
    """Propose that a refused candidature be examined again, and notify whoever may grant it.

    Nothing changes for the éditeur before another person grants it.

    :raises ReexamenNotPossible: with every reason
    """
    candidature = Candidature.objects.locked().with_names().get(pk=candidature_id)
    fin = fins_of([candidature.pk]).get(candidature.pk)
    if fin is None or fin.kind != FinKind.NOT_ATTRIBUTED:
        raise ReexamenNotPossible(
            "Seule une candidature à laquelle le collège a refusé le référencement peut être réexaminée."
        )
    examen = Examen.objects.filter(candidature=candidature).order_by("-pk")[0]
    reasons = []
    if Reexamen.objects.filter(examen=examen, state=ReexamenState.REQUESTED).exists():
        reasons.append("Un nouvel examen attend déjà d’être accordé.")
    if not of_candidatures.instructs(by):
        reasons.append("Seuls les instructeurs et les responsables d’instruction proposent un nouvel examen.")
    if not reason.strip():
        reasons.append("Indiquez le motif du nouvel examen.")
    if reasons:
        raise ReexamenNotPossible(*reasons)
    reexamen = Reexamen.objects.create(examen=examen, ground=ground, reason=reason.strip(), asked_at=at, asked_by=by)
    ground_label = {"fondement": str(ground.label)}
    journal.record(candidature.chain, Act.REEXAMEN_REQUESTED, on=reexamen.address, by=by, at=at, **ground_label)
    for responsable in responsables().exclude(pk=by.pk):
        outbox.post("referencement.reexamen_requested", on=reexamen.address, to=responsable, at=at)
    return reexamen


@transaction.atomic
def grant_reexamen(*, reexamen_id: int, by: Compte, at: datetime) -> Reexamen:
    """Grant a nouvel examen: the candidature is « en cours » again, and its team is notified.

    :raises ReexamenNotPossible: with every reason
    """
    reexamen, candidature = _waiting(reexamen_id)
    reasons = _not_allowed(by)
    if reexamen.asked_by_id == by.pk:
        reasons.append("Vous avez proposé ce nouvel examen\u00a0: une autre personne doit l’accorder.")
    if reasons:
        raise ReexamenNotPossible(*reasons)
    reexamen.grant(by=by, at=at)
    reexamen.save()
    journal.record(candidature.chain, Act.REEXAMEN_GRANTED, on=reexamen.address, by=by, at=at)
    tell_the_team(candidature=candidature, kind="referencement.reexamen_granted", on=reexamen.address, at=at)
    return reexamen


@transaction.atomic
def refuse_reexamen(*, reexamen_id: int, reason: str, by: Compte, at: datetime) -> Reexamen:
    """Refuse a nouvel examen, and notify whoever proposed it.

    :raises ReexamenNotPossible: with every reason
    """
    reexamen, candidature = _waiting(reexamen_id)
    reasons = _not_allowed(by)
    if not reason.strip():
        reasons.append("Indiquez le motif du refus.")
    if reasons:
        raise ReexamenNotPossible(*reasons)
    reexamen.refuse(reason=reason.strip(), by=by, at=at)
    reexamen.save()
    journal.record(candidature.chain, Act.REEXAMEN_REFUSED, on=reexamen.address, by=by, at=at)
    if reexamen.asked_by_id != by.pk:
        outbox.post("referencement.reexamen_refused", on=reexamen.address, to=reexamen.asked_by, at=at)
    return reexamen


def _not_allowed(by: Compte) -> list[str]:
    if permissions.decides_mesures(by):
        return []
    return ["Seul un responsable d’instruction peut accorder ou refuser un nouvel examen."]


def _waiting(reexamen_id: int) -> tuple[Reexamen, Candidature]:
    """Lock the candidature, then its nouvel examen.

    :raises ReexamenNotPossible: when it is decided already
    """
    candidature_id = Reexamen.objects.values_list("examen__candidature", flat=True).get(pk=reexamen_id)
    candidature = Candidature.objects.locked().with_names().get(pk=candidature_id)
    reexamens = Reexamen.objects.select_for_update(no_key=True, of=("self",)).select_related("asked_by")
    reexamen = reexamens.get(pk=reexamen_id)
    if reexamen.state != ReexamenState.REQUESTED:
        raise ReexamenNotPossible("Ce nouvel examen a déjà été tranché.")
    return reexamen, candidature
