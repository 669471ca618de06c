"""The collège sits: a séance is planned, its agenda made, each dossier decided, then all is published in one act."""

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
from referencement.queries import seances as college
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
    """Plan a séance, and call its members; its agenda is sent to them once it is made.

    :raises SeanceNotPossible: in the past, or with fewer members than the quorum
    """
    found = list(rules.obstacles_to_plan(held_at, at=at))
    if quorum < 1 or quorum > len(membres):
        found.append(f"Le quorum ({quorum}) va de 1 au nombre de membres appelés ({len(membres)}).")
    if found:
        raise SeanceNotPossible(*found)
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
    """Open a séance on its day, with its quorum; while it is open, say again who is there.

    :param present: the pks of the members
    :raises SeanceNotPossible: with every reason; what was noted before stays
    """
    seance = locked_seance(seance_id=seance_id)
    coming = seance.membres.filter(pk__in=present)
    if seance.state != SeanceState.OPEN:
        facts = college.seance_facts(seance)
        if found := rules.obstacles_to_open(facts, coming=coming.count(), today=at.astimezone(PARIS).date()):
            raise SeanceNotPossible(*found)
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
    """Close a séance: every decision is published, every document issued and every éditeur told, or nothing is.

    :raises SeanceNotPossible: with every obstacle, of every dossier
    :raises SeanceConflict: when the séance moved since
    """
    seance = locked_seance(seance_id=seance_id)
    if seance.version != seen_version:
        raise SeanceConflict
    hold_still(seance=seance)
    examens = college.agenda_of(seance)
    by_candidature = dossiers_to_decide([one.candidature for one in examens], at=at)
    complets = {one.pk: by_candidature[one.candidature_id] for one in examens}
    said = college.seance_facts(seance)
    missing = {one.pk: _missing(one, complets[one.pk], at) for one in examens}
    if found := rules.obstacles_to_close(said, college.examens_facts(examens, said.present, missing)):
        raise SeanceNotPossible(*found)
    seance.close(by=by, at=at)
    seance.save()
    for examen in examens:
        _publish(examen, complets[examen.pk], by=by, at=at)
    record_seance(seance=seance, act=Act.SEANCE_CLOSED, by=by, at=at)
    minutes = situations.proces_verbal_of(seance, examens, by=by, at=at)
    _issue(kind=DocumentKind.PROCES_VERBAL, data=minutes, seance=seance, by=by, at=at)
    return seance


def _missing(examen: Examen, complet: Complet, at: datetime) -> tuple[str, ...]:
    """What keeps an attribution from being published now; the other decisions ask for nothing."""
    if examen.decision != Decision.ATTRIBUTED:
        return ()
    found = college.missing_before_the_college(complet, at=at)
    if complet.convention is None or complet.convention.pk != examen.convention_id:
        found = (*found, "La convention n’est plus celle qui a été examinée.")
    return found


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
    said = {
        DocumentKind.ATTESTATION: situations.attestation_of(examen, at=at),
        DocumentKind.RAPPORT: situations.rapport_of(examen, complet.dossier, at=at),
    }
    for kind, data in said.items():
        _issue(kind=kind, data=data, candidature=examen.candidature, examen=examen, by=by, at=at)


def _issue(*, data: dict[str, Any], **words: Any) -> None:
    issue(numero=data["numero"], data=data, template_version=VERSION, **words)
