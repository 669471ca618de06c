"""The convention is prepared and sent by a responsable; cancelled by one, or by the portal when it is out of date."""

from __future__ import annotations

import secrets
from datetime import datetime

from django.conf import settings
from django.db import transaction

from candidatures.enums import CandidatureState
from candidatures.models import Candidature
from candidatures.operations.telling import after_commit, tell_the_team
from candidatures.rules.freeze import why_frozen
from comptes import journal, outbox
from comptes.canonical import fingerprint
from comptes.models import Compte
from comptes.rules.refusals import Refused
from referencement import effects
from referencement.documents.printing import VERSION
from referencement.enums import Act, ConventionState, DocumentKind, Prestataire, Seuil, Signataire
from referencement.models import Convention, ProcedureDeSignature
from referencement.queries.blocages import dossier_complet
from referencement.queries.conventions import address_of, numero_of, quotes_of, still_holds
from referencement.queries.signatures import is_attributed, latest_file, people_who_can_sign
from referencement.queries.textes import convention_in_force
from referencement.rules.blocages import blocages
from referencement.rules.convention import data_of

from .documents import issue

STALE = "des informations qu’elle cite ont changé"
CLOSED = "la candidature est close"


class ConventionNotPossible(Refused):
    """The convention did not move."""


def locked_convention(*, convention_id: int) -> Convention:
    """Lock the candidature, then its convention, in the order that every operation keeps; names are joined."""
    candidature_id = Convention.objects.values_list("candidature", flat=True).get(pk=convention_id)
    candidature = Candidature.objects.locked().with_names().get(pk=candidature_id)
    convention = Convention.objects.locked().get(pk=convention_id)
    convention.candidature = candidature
    return convention


def prepare_convention(*, candidature_id: int, by: Compte, at: datetime) -> Convention:
    """Freeze the data of the convention of a candidature, and issue it as a document.

    :raises ConventionNotPossible: with one reason for each thing that is missing
    """
    living = Convention.objects.living().filter(candidature=candidature_id).first()
    if living:
        cancel_if_stale(convention_id=living.pk, at=at)
    return _prepare(candidature_id, by, at)


@transaction.atomic
def _prepare(candidature_id: int, by: Compte, at: datetime) -> Convention:
    candidature = Candidature.objects.locked().with_names().get(pk=candidature_id)
    complet = dossier_complet(candidature, at=at)
    if complet.convention:
        raise ConventionNotPossible("Une convention est déjà en cours pour cette candidature.")
    if missing := blocages(complet.facts, seuil=Seuil.CONVENTION, at=at):
        raise ConventionNotPossible(*(blocage.sentence for blocage in missing))
    convention = Convention(candidature=candidature, number=candidature.conventions.count() + 1)
    spec = convention_in_force(candidature.dispositif_id)
    convention.data = data_of(spec, complet.quotes, numero=numero_of(convention))
    convention.sha256 = fingerprint(convention.data)
    convention.template_version = VERSION
    convention.prepared_at, convention.prepared_by = at, by
    convention.save()
    _record(convention, Act.CONVENTION_DRAFTED, by=by, at=at, sha256=convention.sha256)
    issue(
        kind=DocumentKind.CONVENTION,
        numero=numero_of(convention),
        data=convention.data,
        template_version=convention.template_version,
        by=by,
        at=at,
        candidature=candidature,
        convention=convention,
    )
    return convention


def send_convention(*, convention_id: int, to: Compte, by: Compte, at: datetime) -> Convention:
    """Ask for the signature of somebody who may engage the éditeur.

    :raises ConventionNotPossible: when it is out of date (it is then cancelled), not printed yet, or when that person
        may not sign
    """
    refuse_if_stale(convention_id=convention_id, at=at)
    with transaction.atomic():
        convention = locked_convention(convention_id=convention_id)
        if convention.state != ConventionState.DRAFTED:
            raise ConventionNotPossible("Cette convention n’est plus à envoyer.")
        _refuse_who_cannot_sign(convention, to)
        if latest_file(convention) is None:
            raise ConventionNotPossible("La convention est en cours de préparation : envoyez-la dans une minute.")
        convention.send(to=to, by=by, at=at)
        convention.save()
        _record(convention, Act.CONVENTION_SENT, by=by, at=at, compte=to.pk)
        _ask_for_signature(convention, to, at)
    return convention


def change_signatory(*, convention_id: int, to: Compte, by: Compte, at: datetime) -> Convention:
    """Ask somebody else for the signature of a convention that was sent.

    :raises ConventionNotPossible: when it is out of date (it is then cancelled), waits for no signature, or when that
        person may not sign
    """
    refuse_if_stale(convention_id=convention_id, at=at)
    with transaction.atomic():
        convention = locked_convention(convention_id=convention_id)
        if convention.state != ConventionState.SENT:
            raise ConventionNotPossible("Cette convention n’attend pas de signature de l’éditeur.")
        _refuse_who_cannot_sign(convention, to)
        if convention.signatory_id == to.pk:
            raise ConventionNotPossible(f"La convention est déjà à signer par {to}.")
        close_procedures(convention=convention, at=at)
        convention.signatory, convention.version = to, convention.version + 1
        convention.save()
        _record(convention, Act.SIGNATORY_CHANGED, by=by, at=at, compte=to.pk)
        _ask_for_signature(convention, to, at)
    return convention


def _refuse_who_cannot_sign(convention: Convention, to: Compte) -> None:
    if not people_who_can_sign(convention.candidature).filter(pk=to.pk).exists():
        raise ConventionNotPossible(f"{to} ne peut pas engager l’éditeur\u00a0: choisissez une autre personne.")


def _ask_for_signature(convention: Convention, to: Compte, at: datetime) -> None:
    external = bool(settings.SIGNATURE["provider_url"])
    provider = Prestataire.EXTERNAL if external else Prestataire.EMBEDDED
    procedure = open_procedure(
        convention=convention, signataire=Signataire.EDITEUR, compte=to, at=at, provider=provider
    )
    if external:
        after_commit(effect=effects.invite, key=procedure.pk)
        return
    occurrence = procedure.reference
    outbox.post("referencement.convention_to_sign", on=address_of(convention), to=to, occurrence=occurrence, at=at)


def open_procedure(
    *,
    convention: Convention,
    signataire: Signataire,
    compte: Compte,
    at: datetime,
    provider: Prestataire = Prestataire.EMBEDDED,
) -> ProcedureDeSignature:
    return ProcedureDeSignature.objects.create(
        convention=convention,
        signataire=signataire,
        provider=provider,
        reference=secrets.token_hex(16),
        compte=compte,
        opened_at=at,
    )


def close_procedures(*, convention: Convention, at: datetime) -> None:
    for procedure in convention.procedures.filter(closed_at=None).order_by("pk"):
        procedure.closed_at = at
        procedure.save()
        if procedure.provider == Prestataire.EXTERNAL:
            after_commit(effect=effects.withdraw, key=procedure.pk)


@transaction.atomic
def cancel_convention(*, convention_id: int, reason: str, by: Compte, at: datetime) -> Convention:
    """Cancel a convention that the agency has not signed yet.

    :param reason: shown to the éditeur
    :raises ConventionNotPossible: without a reason, once the référencement is attributed, or when the éditeur has
        signed it and the dossier is on the agenda of the collège
    """
    convention = locked_convention(convention_id=convention_id)
    if not reason.strip():
        raise ConventionNotPossible("Indiquez pourquoi la convention est annulée.")
    if convention.state not in CANCELLABLE or is_attributed(convention):
        raise ConventionNotPossible("Cette convention ne peut plus être annulée.")
    if convention.state == ConventionState.SIGNED_BY_EDITEUR and convention.candidature.is_frozen:
        raise ConventionNotPossible(why_frozen(convention.candidature.gel))
    _cancel(convention, reason.strip(), by, at)
    return convention


CANCELLABLE = (ConventionState.DRAFTED, ConventionState.SENT, ConventionState.SIGNED_BY_EDITEUR)


def refuse_if_stale(*, convention_id: int, at: datetime) -> None:
    """Cancel a convention that is out of date, and refuse the act that was asked.

    Call it outside a transaction: the cancellation must be kept although the act is refused.

    :raises ConventionNotPossible: once the cancellation is committed
    """
    if cancel_if_stale(convention_id=convention_id, at=at):
        sentence = (
            "Des informations citées par la convention ont changé : elle est annulée, et l’ANS la prépare de nouveau."
        )
        raise ConventionNotPossible(sentence)


@transaction.atomic
def cancel_if_stale(*, convention_id: int, at: datetime) -> bool:
    """Cancel a convention whose quotes are no longer true, or whose candidature is closed; tell whether it was done.

    A convention on which a référencement was attributed stays.
    """
    convention = locked_convention(convention_id=convention_id)
    if convention.state not in CANCELLABLE or is_attributed(convention):
        return False
    if convention.candidature.state != CandidatureState.OPEN:
        _cancel(convention, CLOSED, None, at)
        return True
    if still_holds(convention, quotes_of(convention.candidature)):
        return False
    _cancel(convention, STALE, None, at)
    return True


def _cancel(convention: Convention, reason: str, by: Compte | None, at: datetime) -> None:
    was_sent = convention.state != ConventionState.DRAFTED
    close_procedures(convention=convention, at=at)
    convention.cancel(reason=reason, by=by, at=at)
    convention.save()
    _record(convention, Act.CONVENTION_CANCELLED, by=by, at=at, motif=reason)
    if was_sent:
        tell_the_team(
            candidature=convention.candidature,
            kind="referencement.convention_cancelled",
            on=address_of(convention),
            at=at,
        )


def _record(convention: Convention, act: Act, *, by: Compte | None, at: datetime, **params: str | int) -> None:
    on, numero = address_of(convention), numero_of(convention)
    journal.record(convention.candidature.chain, act, on=on, by=by, at=at, numero=numero, **params)
