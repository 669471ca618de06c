"""The éditeur's demandes de dérogation, before or after an échéance, and their instruction by one person of the ANS."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from candidatures import permissions
from candidatures.enums import Act, Camp, CandidatureState, DerogationState, Freeze
from candidatures.models import Candidature, Derogation, DerogationPiece
from candidatures.queries.candidatures import deadlines_of
from candidatures.queries.echeances import derogation_waiting
from candidatures.rules import echeances as rules
from comptes.dates import instant_in_words
from comptes.models import Compte

from .derogations import DerogationNotPossible, obstacles_to_extend, record_derogation, waiting_derogation
from .messages import faults_of_uploads, type_of_upload
from .pieces import keep_piece, put_away
from .telling import tell_the_agents


def ask_derogation(
    *,
    candidature_id: int,
    echeance: str,
    motive: str,
    wished: datetime | None,
    uploads: Sequence[UploadedFile[bytes]] = (),
    by: Compte,
    at: datetime,
) -> Derogation:
    """Ask the ANS for more time at an échéance, missed or not; it may also undo a foreclosure for that échéance.

    :param wished: until when, if the éditeur gives an instant
    :raises DerogationNotPossible: with every reason
    """
    faulty = bool(faults_of_uploads(uploads=uploads))
    with put_away(candidature_id=candidature_id, uploads=() if faulty else uploads):
        return _ask(
            candidature_id=candidature_id,
            echeance=echeance,
            motive=motive,
            wished=wished,
            uploads=uploads,
            by=by,
            at=at,
        )


@transaction.atomic
def _ask(
    *,
    candidature_id: int,
    echeance: str,
    motive: str,
    wished: datetime | None,
    uploads: Sequence[UploadedFile[bytes]],
    by: Compte,
    at: datetime,
) -> Derogation:
    candidature = Candidature.objects.locked().with_names().get(pk=candidature_id)
    reasons = [*_obstacles(candidature, echeance, motive, wished, at), *faults_of_uploads(uploads=uploads)]
    if not permissions.fills(by, candidature):
        reasons.append("Seule l’équipe de l’éditeur peut demander une dérogation pour sa candidature.")
    if reasons:
        raise DerogationNotPossible(*reasons)
    derogation = Derogation(
        candidature=candidature,
        echeance=echeance,
        origin=Camp.EDITEUR,
        state=DerogationState.ASKED,
        wished_at=wished,
        motive=motive.strip(),
        asked_at=at,
        asked_by=by,
    )
    derogation.save()
    pieces = [
        keep_piece(candidature=candidature, upload=upload, by=by, at=at, content_type=type_of_upload(upload=upload))
        for upload in uploads
    ]
    DerogationPiece.objects.bulk_create(
        DerogationPiece(derogation=derogation, piece=piece, rank=rank)
        for rank, piece in enumerate(dict.fromkeys(pieces), start=1)
    )
    record_derogation(derogation=derogation, act=Act.DEROGATION_ASKED, by=by, at=at)
    tell_the_agents(candidature=candidature, kind="candidatures.derogation_asked", on=derogation.address, at=at)
    return derogation


def _obstacles(
    candidature: Candidature, echeance: str, motive: str, wished: datetime | None, at: datetime
) -> tuple[str, ...]:
    deadlines = deadlines_of(candidature)
    waiting = derogation_waiting(candidature, echeance)
    asked = rules.AskedDerogation(
        moved=rules.MovedEcheance(echeance, deadlines, candidature.dispositif.opens_at),
        is_open=candidature.state == CandidatureState.OPEN,
        reopens=candidature.foreclosure_echeance == echeance,
        is_attributed=candidature.gel == Freeze.ATTRIBUTED,
        waiting=instant_in_words(waiting.asked_at) if waiting else None,
    )
    return rules.obstacles_to_ask(asked, motive=motive, wished=wished, at=at)


@transaction.atomic
def instruct_derogation(*, derogation_id: int, to: datetime, by: Compte, at: datetime) -> Derogation:
    """Propose an instant in answer to the éditeur's demande; nothing changes before another person grants it.

    :raises DerogationNotPossible: with every reason
    """
    derogation = _of_the_editeur(derogation_id)
    reasons = [*_not_allowed(by)]
    if derogation.state == DerogationState.REQUESTED:
        reasons.append("Une date est déjà proposée. Une autre personne doit l’accorder ou proposer un refus.")
    reasons += obstacles_to_extend(candidature=derogation.candidature, echeance=derogation.echeance, to=to, at=at)
    if reasons:
        raise DerogationNotPossible(*reasons)
    derogation.instruct(by=by, at=at, to=to)
    derogation.save()
    record_derogation(derogation=derogation, act=Act.DEROGATION_INSTRUCTED, by=by, at=at, instant=instant_in_words(to))
    return derogation


@transaction.atomic
def propose_refusal(*, derogation_id: int, reason: str, by: Compte, at: datetime) -> Derogation:
    """Propose to refuse the éditeur's demande, with the reason that it will read; another person confirms it.

    :raises DerogationNotPossible: with every reason
    """
    derogation = _of_the_editeur(derogation_id)
    reasons = [*_not_allowed(by)]
    if not reason.strip():
        reasons.append("Indiquez le motif du refus.")
    if derogation.state == DerogationState.TO_REFUSE:
        reasons.append("Un refus est déjà proposé. Une autre personne doit le confirmer ou proposer un délai.")
    if reasons:
        raise DerogationNotPossible(*reasons)
    derogation.propose_refusal(by=by, at=at, reason=reason.strip())
    derogation.save()
    record_derogation(derogation=derogation, act=Act.DEROGATION_REFUSAL_PROPOSED, by=by, at=at)
    return derogation


@transaction.atomic
def withdraw_derogation(*, derogation_id: int, by: Compte, at: datetime) -> Derogation:
    """Withdraw the éditeur's demande, before the ANS decides.

    :raises DerogationNotPossible: once it is decided, or when `by` is not in the éditeur's team
    """
    derogation = _of_the_editeur(derogation_id)
    if not permissions.fills(by, derogation.candidature):
        raise DerogationNotPossible("Seule l’équipe de l’éditeur peut retirer sa demande.")
    derogation.withdraw(by=by, at=at)
    derogation.save()
    record_derogation(derogation=derogation, act=Act.DEROGATION_WITHDRAWN, by=by, at=at)
    return derogation


def _of_the_editeur(derogation_id: int) -> Derogation:
    derogation = waiting_derogation(derogation_id=derogation_id)
    if not derogation.is_of_editeur:
        raise DerogationNotPossible("Cette dérogation n’a pas été demandée par l’éditeur.")
    return derogation


def _not_allowed(by: Compte) -> list[str]:
    if permissions.instructs(by):
        return []
    return ["Seuls les instructeurs et les responsables d’instruction peuvent instruire une dérogation."]
