"""What the ANS makes due again: a preuve that was dispensed, a chapitre that was approved."""

from datetime import datetime

from django.db import transaction

from candidatures.enums import CandidatureState
from candidatures.operations.telling import tell_the_team
from candidatures.rules.freeze import why_frozen
from comptes import journal
from comptes.models import Compte
from preuves.enums import Act, ChapitreState
from preuves.models import Chapitre, Contestation
from preuves.models.chapitre import WAITING
from preuves.queries.chapitres import who_moved_chapitre
from preuves.queries.dossier import dossier_of
from preuves.rules import instruction as rules

from .dossiers import open_dossier
from .instruction import ReviewConflict, ReviewNotPossible, record_chapitre, refuse_closed, tell_of_chapitre
from .locking import locked_candidature, locked_chapitre


@transaction.atomic
def contest_dispense(*, candidature_id: int, numero: str, reason: str, by: Compte, at: datetime) -> Contestation:
    """Contest a héritage or an équivalence: the preuve becomes due, and its chapitre opens again.

    :raises ReviewNotPossible: when there is nothing to contest, or no reason
    """
    candidature = locked_candidature(candidature_id=candidature_id)
    dossier = dossier_of(candidature)
    attendu = dossier.attendu(numero) if dossier else None
    if attendu is None:
        raise ReviewNotPossible("Cette preuve n’existe pas dans le référentiel.")
    row = open_dossier(candidature=candidature, by=by, at=at)
    chapitre = Chapitre.objects.locked().get(dossier=row, code=attendu.chapitre.code)
    if refusal := rules.why_not_contested(
        dispensed=attendu.exigibilite.is_dispensed,
        candidature_open=candidature.state == CandidatureState.OPEN,
        reason=reason,
    ) or why_frozen(candidature.gel):
        raise ReviewNotPossible(refusal)
    contestation = Contestation.objects.create(
        dossier=row, numero=numero, reason=reason.strip(), contested_at=at, contested_by=by
    )
    address = f"preuve:{candidature.nru}/{numero}"
    journal.record(
        candidature.chain, Act.DISPENSE_CONTESTED, on=address, by=by, at=at, preuve=numero, motif=contestation.reason
    )
    if chapitre.state in WAITING:
        # Who is about to approve it must see that there is more to it.
        chapitre.version += 1
        chapitre.save(update_fields=["version"])
    elif chapitre.state == ChapitreState.APPROVED:
        chapitre.dossier.candidature = candidature
        _reopen(chapitre, reason=f"preuve {numero} désormais à déposer", by=by, at=at)
    tell_the_team(candidature=candidature, kind="preuves.dispense_contested", on=address, at=at)
    return contestation


@transaction.atomic
def reopen_chapitre(*, chapitre_id: int, reason: str, seen_version: int, by: Compte, at: datetime) -> Chapitre:
    """Open an approved chapitre again, with a reason that the éditeur reads.

    :raises ReviewConflict: when it changed since it was read
    :raises ReviewNotPossible: without a reason, or when it is not approved
    """
    chapitre = locked_chapitre(chapitre_id=chapitre_id)
    refuse_closed(chapitre=chapitre)
    if chapitre.version != seen_version:
        raise ReviewConflict(who_moved_chapitre(chapitre))
    if chapitre.state != ChapitreState.APPROVED:
        raise ReviewNotPossible("Seul un chapitre validé peut être rouvert.")
    if refusal := why_frozen(chapitre.dossier.candidature.gel):
        raise ReviewNotPossible(refusal)
    if not reason.strip():
        raise ReviewNotPossible("Indiquez pourquoi vous rouvrez ce chapitre.")
    _reopen(chapitre, reason=reason.strip(), by=by, at=at)
    tell_of_chapitre(chapitre=chapitre, kind="preuves.chapitre_reopened", at=at)
    return chapitre


def _reopen(chapitre: Chapitre, *, reason: str, by: Compte, at: datetime) -> None:
    """Give an approved chapitre, locked, back to the éditeur, with the reason in the journal."""
    chapitre.reopen(by=by, at=at)
    chapitre.save()
    record_chapitre(chapitre=chapitre, act=Act.CHAPITRE_REOPENED, by=by, at=at, motif=reason)
