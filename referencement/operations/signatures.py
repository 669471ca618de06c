"""A convention is signed: by whoever may engage the éditeur, then by the agency, each with a one-time code."""

from __future__ import annotations

import hashlib
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import transaction

from candidatures import permissions as of_candidatures
from candidatures.operations.telling import tell_the_team
from comptes import journal, outbox
from comptes.dates import instant_in_figures
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
from referencement.queries.signatures import code_facts, hashed, is_attributed, last_code, latest_file, words_of
from referencement.queries.standings import has_ended
from referencement.rules.signature import LIFETIME, why_code_refused, why_no_new_code

from .conventions import locked_convention, open_procedure, refuse_if_stale

FOR_WHOM = {ConventionState.SENT: Signataire.EDITEUR, ConventionState.SIGNED_BY_EDITEUR: Signataire.ANS}


class SignatureNotPossible(Refused):
    """Nothing is signed."""


def send_code(*, convention_id: int, by: Compte, at: datetime) -> CodeDeSignature:
    """Send a one-time code to whoever is to sign now.

    :raises SignatureNotPossible: when it is not theirs to sign, or a code was just sent
    :raises ConventionNotPossible: when the convention no longer holds; it is then cancelled
    """
    refuse_if_stale(convention_id=convention_id, at=at)
    with transaction.atomic():
        convention = locked_convention(convention_id=convention_id)
        procedure = _procedure_for(convention, by, at)
        last = last_code(procedure)
        if reason := why_no_new_code(code_facts(last), at=at):
            raise SignatureNotPossible(reason)
        code = CodeDeSignature(procedure=procedure, sent_at=at, expires_at=at + LIFETIME)
        code.hashed = hashed(procedure.pk, words_of(code))
        code.save()
        outbox.post("referencement.signature_code", on=f"code:{code.pk}", to=by, at=at)
    return code


def _procedure_for(convention: Convention, by: Compte, at: datetime) -> ProcedureDeSignature:
    """Return what is asked of this person; the agency's signature is opened by whoever asks for it."""
    signataire = _refuse_who_does_not_sign(convention, by, at)
    found = signatures_queries.open_procedure(convention, signataire)
    if found and found.provider == Prestataire.EXTERNAL:
        raise SignatureNotPossible("Cette signature se fait chez le prestataire\u00a0: suivez le lien de son message.")
    if found and found.compte_id == by.pk:
        return found
    if found:
        found.closed_at = at
        found.save()
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
            raise SignatureNotPossible("Seul un responsable de l’instruction signe pour l’agence.")
        if not is_attributed(convention):
            raise SignatureNotPossible("L’agence signe après l’attribution par le collège.")
        if has_ended(convention.candidature_id, at=at):
            raise SignatureNotPossible("Le référencement a pris fin\u00a0: cette convention ne se signe plus.")
    else:
        raise SignatureNotPossible("Cette convention n’attend pas de signature.")
    return FOR_WHOM[ConventionState(convention.state)]


def _refuse_who_engages_too_recently(by: Compte, editeur_id: int, at: datetime) -> None:
    """Whoever holds a mandataire's mailbox could invite themselves: the others have a day to see it."""
    since = engages_since(by, editeur_id)
    if since and at < since + RESPITE:
        until = instant_in_figures(since + RESPITE)
        raise SignatureNotPossible(
            f"Vous engagez l’éditeur depuis moins d’un jour\u00a0: vous signerez à partir du {until}."
        )


def sign_convention(*, convention_id: int, typed: str, by: Compte, at: datetime) -> Convention:
    """Sign the convention with the portal's seal, for whoever typed the code that they were sent.

    :raises SignatureNotPossible: when it is not theirs to sign, the code is wrong or expired, or the file changed
    :raises ConventionNotPossible: when the convention no longer holds; it is then cancelled
    """
    refuse_if_stale(convention_id=convention_id, at=at)
    convention, procedure = _spend_code(convention_id, typed, by, at)
    signed = _signed(convention, Signataire(procedure.signataire), by, at)
    with effects.stored(signed) as name:
        return keep_signature(seen=convention, procedure=procedure, signed=signed, stored_as=name, by=by, at=at)


def _spend_code(convention_id: int, typed: str, by: Compte, at: datetime) -> tuple[Convention, ProcedureDeSignature]:
    """Use the code up, or count the attempt: both are kept whatever follows."""
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
        raise SignatureNotPossible("La convention s’imprime encore\u00a0: signez-la dans un instant.")
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
        raise SignatureNotPossible("La signature n’a pas abouti. Rien n’est signé.") from failure


def _unchanged(fichier: FichierDeDocument) -> bytes:
    """Read what was stored, as it was stored.

    :raises SignatureNotPossible: when a byte of it changed
    """
    content = b"".join(fichier.read())
    if hashlib.sha256(content).hexdigest() != fichier.sha256:
        raise SignatureNotPossible(
            "Le fichier n’est plus celui qui fut envoyé\u00a0: rien n’est signé. L’ANS doit l’annuler."
        )
    return content


def seal_of_the_portal() -> Embedded:
    """Open the seal that the settings name.

    :raises SignatureNotPossible: when there is none, or it does not open
    """
    path = settings.SIGNATURE["pkcs12"]
    if not path or not Path(path).is_file():
        raise SignatureNotPossible("La signature n’est pas configurée sur ce portail. Rien n’est signé.")
    try:
        return Embedded(Path(path).read_bytes(), settings.SIGNATURE["password"])
    except SignatureFailed as failure:
        raise SignatureNotPossible("Le sceau du portail ne s’ouvre pas. Rien n’est signé.") from failure


@transaction.atomic
def keep_signature(
    *, seen: Convention, procedure: ProcedureDeSignature, signed: bytes, stored_as: str, by: Compte, at: datetime
) -> Convention:
    """Keep the signed file, which is stored already, move the convention that was seen, and tell the éditeur's team."""
    convention = locked_convention(convention_id=seen.pk)
    if convention.version != seen.version:
        raise SignatureNotPossible("La convention vient de changer\u00a0: relisez-la. Rien n’est signé.")
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
