"""The two signatures of a convention, the éditeur's then the agency's, each confirmed by a one-time code."""

from __future__ import annotations

import hashlib
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import transaction

from candidatures import permissions as of_candidatures
from candidatures.operations.telling import tell_the_team
from comptes import journal, outbox
from comptes.dates import instant_in_words
from comptes.models import Compte
from comptes.queries import engages_since
from comptes.rules.facteurs import RESPITE
from comptes.rules.refusals import Refused
from referencement import effects, permissions
from referencement.connectors.signature import Embedded, SignatureFailed, Signing, prepare
from referencement.documents.stamp import boxes_of, draw_stamp
from referencement.enums import Act, ConventionState, FichierStage, Prestataire, Signataire
from referencement.models import CodeDeSignature, Convention, FichierDeDocument, ProcedureDeSignature
from referencement.queries import signatures as signatures_queries
from referencement.queries.conventions import address_of, numero_of
from referencement.queries.signatures import code_facts, hashed, is_attributed, last_code, latest_file, plain_code
from referencement.queries.standings import has_ended
from referencement.rules.signature import LIFETIME, why_code_refused, why_no_new_code

from .conventions import locked_convention, open_procedure, refuse_if_stale

FOR_WHOM = {ConventionState.SENT: Signataire.EDITEUR, ConventionState.SIGNED_BY_EDITEUR: Signataire.ANS}


class SignatureNotPossible(Refused):
    """The signature is refused."""


def send_code(*, convention_id: int, by: Compte, at: datetime) -> CodeDeSignature:
    """Send a one-time code by mail to the person who is about to sign.

    :raises SignatureNotPossible: when it is not for `by` to sign now, or when a code was just sent
    :raises ConventionNotPossible: when the convention is out of date; it is then cancelled
    """
    refuse_if_stale(convention_id=convention_id, at=at)
    with transaction.atomic():
        convention = locked_convention(convention_id=convention_id)
        procedure = _procedure_for(convention, by, at)
        last = last_code(procedure)
        if reason := why_no_new_code(code_facts(last), at=at):
            raise SignatureNotPossible(reason)
        code = CodeDeSignature(procedure=procedure, sent_at=at, expires_at=at + LIFETIME)
        code.hashed = hashed(procedure.pk, plain_code(code))
        code.save()
        outbox.post("referencement.signature_code", on=f"code:{code.pk}", to=by, at=at)
    return code


def _procedure_for(convention: Convention, by: Compte, at: datetime) -> ProcedureDeSignature:
    """Return this person's open procedure; open it if there is none, and close the one opened for somebody else."""
    signataire = _refuse_who_does_not_sign(convention, by, at)
    procedure = signatures_queries.open_procedure(convention, signataire)
    if procedure and procedure.provider == Prestataire.EXTERNAL:
        raise SignatureNotPossible("Signez chez le prestataire : suivez le lien de son e-mail.")
    if procedure and procedure.compte_id == by.pk:
        return procedure
    if procedure:
        procedure.closed_at = at
        procedure.save()
    return open_procedure(convention=convention, signataire=signataire, compte=by, at=at)


def _refuse_who_does_not_sign(convention: Convention, by: Compte, at: datetime) -> Signataire:
    if convention.state == ConventionState.SENT:
        if not of_candidatures.can_engage(by, convention.candidature):
            raise SignatureNotPossible("Seule une personne qui peut engager l’éditeur signe la convention.")
        if convention.signatory_id != by.pk:
            raise SignatureNotPossible(f"La convention est à signer par {convention.signatory}.")
        _refuse_who_engages_too_recently(by, convention.candidature.produit.editeur_id, at)
    elif convention.state == ConventionState.SIGNED_BY_EDITEUR:
        if not permissions.prepares_conventions(by):
            raise SignatureNotPossible("Seul un responsable d’instruction signe pour l’ANS.")
        if not is_attributed(convention):
            raise SignatureNotPossible("L’ANS signe après l’attribution du référencement par le collège.")
        if has_ended(convention.candidature_id, at=at):
            raise SignatureNotPossible("Le référencement a pris fin : cette convention ne peut plus être signée.")
    else:
        raise SignatureNotPossible("Cette convention n’attend pas de signature.")
    return FOR_WHOM[ConventionState(convention.state)]


def _refuse_who_engages_too_recently(by: Compte, editeur_id: int, at: datetime) -> None:
    """Refuse whoever was given the right to engage less than `RESPITE` ago.

    Whoever steals a mandataire's mailbox could invite themselves: the others get that time to notice.
    """
    since = engages_since(by, editeur_id)
    if since and at < since + RESPITE:
        until = instant_in_words(since + RESPITE)
        raise SignatureNotPossible(
            f"Vous engagez l’éditeur depuis moins d’un jour\u00a0: vous signerez à partir du {until}."
        )


def sign_convention(*, convention_id: int, typed: str, by: Compte, at: datetime) -> Convention:
    """Sign the convention with the portal's seal, for the person who typed the code that they were sent.

    :raises SignatureNotPossible: when it is not for `by` to sign now, the code is wrong or expired, or the file changed
    :raises ConventionNotPossible: when the convention is out of date; it is then cancelled
    """
    refuse_if_stale(convention_id=convention_id, at=at)
    convention, procedure = _spend_code(convention_id, typed, by, at)
    signed = _signed(convention, Signataire(procedure.signataire), by, at)
    with effects.stored(signed) as name:
        return keep_signature(seen=convention, procedure=procedure, signed=signed, stored_as=name, by=by, at=at)


def _spend_code(convention_id: int, typed: str, by: Compte, at: datetime) -> tuple[Convention, ProcedureDeSignature]:
    """Use the code up, or count a failed attempt; either is committed at once, whatever follows.

    :raises SignatureNotPossible: when the code is wrong, used or expired
    """
    with transaction.atomic():
        convention = locked_convention(convention_id=convention_id)
        signataire = _refuse_who_does_not_sign(convention, by, at)
        procedure = signatures_queries.open_procedure(convention, signataire)
        code = last_code(procedure) if procedure and procedure.compte_id == by.pk else None
        reason = why_code_refused(code_facts(code, typed), at=at)
        if code and reason:
            code.attempts = min(code.attempts + 1, 1000)
            code.save()
        elif code:
            code.used_at = at
            code.save()
    if reason:
        raise SignatureNotPossible(reason)
    assert procedure is not None, "A code belongs to a procedure."
    return convention, procedure


def _signed(convention: Convention, signataire: Signataire, by: Compte, at: datetime) -> bytes:
    fichier = latest_file(convention)
    if fichier is None:
        raise SignatureNotPossible("La convention est en cours de préparation : signez-la dans une minute.")
    content = _unchanged(fichier)
    seal = seal_of_the_portal()
    version = convention.template_version
    for_whom = convention.data["agence"]
    if signataire == Signataire.EDITEUR:
        content = prepare(content, boxes_of(version))
        for_whom = convention.data["cite"]["editeur"]["raison_sociale"]
    stamp = draw_stamp(name=by.full_name, quality=by.email, for_whom=for_whom, version=version, at=at)
    reason = f"Signature de la convention {numero_of(convention)} pour {for_whom}"
    try:
        return seal.sign(content, Signing(signataire.value, by.full_name, reason, stamp, at))
    except SignatureFailed as failure:
        raise SignatureNotPossible("La signature n’a pas abouti. La convention n’est pas signée.") from failure


def _unchanged(fichier: FichierDeDocument) -> bytes:
    """Read a stored file, and check its sha256.

    :raises SignatureNotPossible: when a byte of it changed
    """
    content = b"".join(fichier.read())
    if hashlib.sha256(content).hexdigest() != fichier.sha256:
        raise SignatureNotPossible(
            "Le fichier a changé depuis son envoi : la convention n’est pas signée. L’ANS doit l’annuler."
        )
    return content


def seal_of_the_portal() -> Embedded:
    """Open the seal (PKCS #12 file) that the settings name.

    :raises SignatureNotPossible: when there is none, or when its password does not open it
    """
    path = settings.SIGNATURE["pkcs12"]
    if not path or not Path(path).is_file():
        raise SignatureNotPossible("La signature n’est pas configurée sur ce portail. La convention n’est pas signée.")
    try:
        return Embedded(Path(path).read_bytes(), settings.SIGNATURE["password"])
    except SignatureFailed as failure:
        raise SignatureNotPossible(
            "Le sceau du portail ne peut pas être lu. La convention n’est pas signée."
        ) from failure


@transaction.atomic
def keep_signature(
    *, seen: Convention, procedure: ProcedureDeSignature, signed: bytes, stored_as: str, by: Compte, at: datetime
) -> Convention:
    """Attach the signed file to the convention, change its state, and notify the éditeur's team.

    :param seen: the convention as it was read when its signature began
    :param stored_as: name under which the signed file is stored already
    :raises SignatureNotPossible: when the convention changed since
    """
    convention = locked_convention(convention_id=seen.pk)
    if convention.version != seen.version:
        raise SignatureNotPossible("La convention vient de changer. Elle n’est pas signée : relisez-la.")
    by_editeur = procedure.signataire == Signataire.EDITEUR
    if by_editeur:
        convention.sign(by=by, at=at)
    else:
        convention.countersign(by=by, at=at)
    convention.save()
    procedure.closed_at, procedure.is_signed = at, True
    procedure.save()
    stage = FichierStage.SIGNED if by_editeur else FichierStage.COUNTERSIGNED
    fichier = effects.keep(convention.document, stage, signed, at=at, stored_as=stored_as)
    act = Act.CONVENTION_SIGNED if by_editeur else Act.CONVENTION_COUNTERSIGNED
    on, numero = address_of(convention), numero_of(convention)
    journal.record(convention.candidature.chain, act, on=on, by=by, at=at, numero=numero, sha256=fichier.sha256)
    tell_the_team(
        candidature=convention.candidature, kind="referencement.convention_signed", on=on, occurrence=stage, at=at
    )
    return convention
