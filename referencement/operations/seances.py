"""A séance of the collège: planned, opened with its quorum, then closed, which publishes every decision at once."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db import transaction

from candidatures.operations.telling import tell_the_team
from comptes.dates import PARIS
from comptes.models import Compte
from referencement.documents.printing import VERSION
from referencement.enums import Act, Decision, DocumentKind, SeanceState
from referencement.models import Examen, MembreDeSeance, SeanceDuCollege
from referencement.queries import seances as seances_queries
from referencement.queries import situations
from referencement.queries.decidable import Complet, dossiers_to_decide
from referencement.queries.referencements import decision_on_examen
from referencement.rules import seances as rules

from .convocations import call_membres, record_seance
from .documents import issue, issue_decision
from .examens import SeanceConflict, SeanceNotPossible, hold_still, locked_seance, mark_moved, record_examen
from .referencements import open_referencement

PUBLISH = {
    Decision.ATTRIBUTED: (Examen.attribute, Act.EXAMEN_ATTRIBUTED),
    Decision.NOT_ATTRIBUTED: (Examen.refuse, Act.EXAMEN_NOT_ATTRIBUTED),
    Decision.POSTPONED: (Examen.postpone, Act.EXAMEN_POSTPONED),
}


@transaction.atomic
def plan_seance(
    *, held_at: datetime, quorum: int, membres: Collection[Compte], secretaire: Compte, by: Compte, at: datetime
) -> SeanceDuCollege:
    """Plan a séance, and call its members; the agenda is sent to them later (`send_agenda`).

    :raises SeanceNotPossible: when the date is past, or the quorum greater than the number of members
    """
    obstacles = list(rules.obstacles_to_plan(held_at, at=at))
    if quorum < 1 or quorum > len(membres):
        obstacles.append(f"Le quorum ({quorum}) va de 1 au nombre de membres appelés ({len(membres)}).")
    if obstacles:
        raise SeanceNotPossible(*obstacles)
    seance = SeanceDuCollege.objects.create(
        held_at=held_at, quorum=quorum, secretaire=secretaire, planned_at=at, planned_by=by
    )
    for membre in membres:
        MembreDeSeance.objects.create(seance=seance, compte=membre)
    record_seance(seance=seance, act=Act.SEANCE_PLANNED, by=by, at=at)
    call_membres(seance=seance, agenda=[], by=by, at=at)
    return seance


@transaction.atomic
def open_seance(*, seance_id: int, present: Collection[int], by: Compte, at: datetime) -> SeanceDuCollege:
    """Open a séance on its day, with its quorum; called again while it is open, note again who is present.

    :param present: pks of the `MembreDeSeance` who are present
    :raises SeanceNotPossible: with every reason
    """
    seance = locked_seance(seance_id=seance_id)
    coming = seance.membres.filter(pk__in=present)
    if seance.state != SeanceState.OPEN:
        facts = seances_queries.seance_facts(seance)
        if obstacles := rules.obstacles_to_open(facts, coming=coming.count(), today=at.astimezone(PARIS).date()):
            raise SeanceNotPossible(*obstacles)
    seance.membres.exclude(pk__in=present).update(is_present=False)
    coming.update(is_present=True)
    if seance.state == SeanceState.PLANNED:
        seance.open(at=at)
        record_seance(seance=seance, act=Act.SEANCE_OPENED, by=by, at=at)
        seance.save()
    mark_moved(seance=seance)
    return seance


@transaction.atomic
def close_seance(*, seance_id: int, seen_version: int, by: Compte, at: datetime) -> SeanceDuCollege:
    """Close a séance: in one transaction, publish every decision, issue every document and notify every éditeur.

    :raises SeanceNotPossible: with the obstacles of every dossier
    :raises SeanceConflict: when the séance changed since the page was read
    """
    seance = locked_seance(seance_id=seance_id)
    if seance.version != seen_version:
        raise SeanceConflict
    hold_still(seance=seance)
    examens = seances_queries.agenda_of(seance)
    by_candidature = dossiers_to_decide([examen.candidature for examen in examens], at=at)
    complets = {examen.pk: by_candidature[examen.candidature_id] for examen in examens}
    facts = seances_queries.seance_facts(seance)
    missing = {examen.pk: _missing(examen, complets[examen.pk], at) for examen in examens}
    if obstacles := rules.obstacles_to_close(facts, seances_queries.examens_facts(examens, facts.present, missing)):
        raise SeanceNotPossible(*obstacles)
    seance.close(by=by, at=at)
    seance.save()
    for examen in examens:
        _publish(examen, complets[examen.pk], by=by, at=at)
    record_seance(seance=seance, act=Act.SEANCE_CLOSED, by=by, at=at)
    minutes = situations.proces_verbal_of(seance, examens, by=by, at=at)
    _issue(kind=DocumentKind.PROCES_VERBAL, data=minutes, seance=seance, by=by, at=at)
    return seance


def _missing(examen: Examen, complet: Complet, at: datetime) -> tuple[str, ...]:
    """Say what prevents an attribution from being published now; nothing prevents the other decisions."""
    if examen.decision != Decision.ATTRIBUTED:
        return ()
    missing = seances_queries.missing_before_the_college(complet, at=at)
    if complet.convention is None or complet.convention.pk != examen.convention_id:
        missing = (*missing, "La convention n’est plus celle qui a été examinée.")
    return missing


def _publish(examen: Examen, complet: Complet, *, by: Compte, at: datetime) -> None:
    publish, act = PUBLISH[Decision(examen.decision)]
    publish(examen, at=at)
    examen.save()
    numero = situations.numero_of_issued(DocumentKind.ATTESTATION, examen)
    record_examen(examen=examen, act=act, by=by, at=at, **({"numero": numero} if act is Act.EXAMEN_ATTRIBUTED else {}))
    if act is Act.EXAMEN_ATTRIBUTED:
        _issue_of(examen, complet, by=by, at=at)
        open_referencement(examen=examen, by=by, at=at)
    if act is Act.EXAMEN_NOT_ATTRIBUTED:
        data = decision_on_examen(examen, at=at)
        issue_decision(candidature=examen.candidature, data=data, by=by, at=at, examen=examen)
    address = f"examen:{examen.seance_id}/{examen.candidature.nru}"
    tell_the_team(candidature=examen.candidature, kind=f"referencement.{examen.decision}", on=address, at=at)


def _issue_of(examen: Examen, complet: Complet, *, by: Compte, at: datetime) -> None:
    assert complet.dossier is not None, "Without a REM nothing is attributed."
    documents = {
        DocumentKind.ATTESTATION: situations.attestation_of(examen, at=at),
        DocumentKind.RAPPORT: situations.rapport_of(examen, complet.dossier, at=at),
    }
    for kind, data in documents.items():
        _issue(kind=kind, data=data, candidature=examen.candidature, examen=examen, by=by, at=at)


def _issue(*, data: dict[str, Any], **owner: Any) -> None:
    issue(numero=data["numero"], data=data, template_version=VERSION, **owner)
