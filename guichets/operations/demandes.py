"""What the éditeur declares about its demandes at the other desks. What the desks answer is in `releves`."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from django.db import transaction

from candidatures.enums import CandidatureState, Freeze
from candidatures.models import Candidature
from candidatures.rules.freeze import why_frozen
from comptes import journal
from comptes.models import Compte
from comptes.rules.refusals import Misfilled, Refused
from guichets.enums import Act, Portee, RoleEdcPsc
from guichets.models import DemandeAuGuichet
from guichets.queries.architecture import architecture_of, spec_of_candidature
from guichets.queries.demandes import known_demandes
from guichets.rules import declarations as rules
from guichets.rules.architecture import Architecture
from guichets.rules.declarations import Declaration
from preuves.operations.locking import locked_candidature

from .fins import end
from .locking import locked_demande

CHANGED = "Le formulaire ou les demandes ont changé depuis votre lecture. Relisez les demandes à déclarer."
REPLACED = "remplacée après un refus"
CORRECTABLE = {"numero": "numéro", "nil": "NIL", "logiciel": "logiciel"}


class DemandeNotRecordable(Misfilled):
    """The demande was not kept."""


class DemandeConflict(Refused):
    """The demande moved since the page was read."""

    def __init__(self) -> None:
        sentence = "Cette demande a changé depuis votre lecture. Relisez-la avant de la corriger."
        super().__init__(sentence)


@transaction.atomic
def record_demande(*, candidature_id: int, declaration: Declaration, by: Compte, at: datetime) -> DemandeAuGuichet:
    """Follow one more demande at another desk; it is pulled as soon as it has a number.

    It replaces a refused demande for the same object, which is no longer followed. Once the collège has the dossier,
    only such a replacement may be declared; once the collège has attributed, nothing may.

    :raises DemandeNotRecordable: with what is wrong, by field
    """
    candidature = locked_candidature(candidature_id=candidature_id)
    architecture = _refuse_faults(candidature, declaration)
    _make_room(candidature, declaration, by=by, at=at)
    demande = _new(declaration, nil=rules.nil_to_keep(declaration, architecture))
    demande.candidature, demande.recorded_at, demande.recorded_by = candidature, at, by
    demande.next_pull_at = at if demande.numero else None
    demande.save(force_insert=True)
    journal.record(
        candidature.chain,
        Act.DEMANDE_RECORDED,
        on=demande.address,
        by=by,
        at=at,
        demande=demande.label,
        numero=demande.numero or "à venir",
    )
    return demande


@transaction.atomic
def record_known_demandes(
    *, candidature_id: int, keys: Collection[str], by: Compte, at: datetime
) -> list[DemandeAuGuichet]:
    """Declare at once the demandes that the formulaire d'éligibilité identifies; each may be corrected afterwards.

    :param keys: the keys of the objets that the page showed
    :raises DemandeNotRecordable: when what is known is not what was shown
    """
    candidature = locked_candidature(candidature_id=candidature_id)
    known = known_demandes(candidature)
    if not known or {requise.objet.key for requise in known} != set(keys):
        raise DemandeNotRecordable({"": CHANGED})
    return [
        record_demande(
            candidature_id=candidature_id,
            declaration=rules.declaration_of(requise, numero=requise.numero),
            by=by,
            at=at,
        )
        for requise in known
    ]


@transaction.atomic
def correct_demande(
    *, demande_id: int, numero: str, nil: str, logiciel: str, seen_version: int, by: Compte, at: datetime
) -> DemandeAuGuichet:
    """Correct the number, the NIL or the software of a demande; a pull under way for the former number is dropped.

    :raises DemandeConflict: when somebody corrected it meanwhile
    :raises DemandeNotRecordable: when the desk already answered under the number, or once the collège has the dossier
    """
    demande = locked_demande(demande_id=demande_id)
    if demande.version != seen_version:
        raise DemandeConflict
    if demande.spec.portee is Portee.PREUVE:
        raise DemandeNotRecordable(
            {"": (f"Ce {demande.spec.identifiant} doit être corrigé dans la preuve où il est déposé.")}
        )
    corrected = replace(_declaration_of(demande), numero=numero, nil=nil, logiciel=logiciel)
    if demande.ended_at or (numero != demande.numero and demande.confirmed_at):
        raise DemandeNotRecordable({"numero": "Le guichet a déjà répondu pour ce numéro. Déclarez une autre demande."})
    _refuse_frozen(demande.candidature)
    _refuse_faults(demande.candidature, corrected)
    given = {"numero": numero, "nil": nil, "logiciel": logiciel}
    champs = [label for field, label in CORRECTABLE.items() if given[field] != getattr(demande, field)]
    if numero != demande.numero:
        demande.pull_id, demande.next_pull_at = None, at if numero else None
        demande.failures, demande.failed_at, demande.failure = 0, None, ""
    demande.numero, demande.nil, demande.logiciel = numero, nil, logiciel
    demande.version += 1
    demande.save()
    journal.record(
        demande.candidature.chain,
        Act.DEMANDE_CORRECTED,
        on=demande.address,
        by=by,
        at=at,
        demande=demande.label,
        champs=", ".join(champs) or "rien",
        numero=demande.numero,
    )
    return demande


@transaction.atomic
def end_demande(*, demande_id: int, reason: str, by: Compte, at: datetime) -> DemandeAuGuichet:
    """Stop following a demande that was declared by mistake or given up. Its history stays.

    :raises DemandeNotRecordable: without a reason, when it is no longer followed, or once the collège has the dossier
    """
    demande = locked_demande(demande_id=demande_id)
    if not reason.strip():
        raise DemandeNotRecordable({"reason": "Indiquez pourquoi cette demande n’est plus suivie."})
    if demande.ended_at:
        raise DemandeNotRecordable({"": "Cette demande n’est déjà plus suivie."})
    _refuse_frozen(demande.candidature)
    end(demande=demande, reason=reason.strip(), by=by, at=at)
    return demande


def _refuse_faults(candidature: Candidature, declaration: Declaration) -> Architecture:
    """Check a declaration, and return the architecture that it was checked against."""
    if candidature.state != CandidatureState.OPEN:
        raise DemandeNotRecordable({"": "Cette candidature n’est plus ouverte."})
    spec = spec_of_candidature(candidature)
    architecture = architecture_of(candidature)
    if faults := rules.faults_of_declaration(declaration, architecture, spec.teleservices):
        raise DemandeNotRecordable(faults)
    return architecture


def _make_room(candidature: Candidature, declaration: Declaration, *, by: Compte, at: datetime) -> None:
    """End the refused demande that this one replaces.

    :raises DemandeNotRecordable: when the former one was not refused, or the dossier is frozen
    """
    living = DemandeAuGuichet.objects.followed().filter(candidature=candidature, objet=declaration.objet.key)
    former_id = living.values_list("pk", flat=True).first()
    former = locked_demande(demande_id=former_id) if former_id else None
    replaces = former is not None and former.is_refused
    if former and not replaces:
        raise DemandeNotRecordable({"": "Cette demande est déjà déclarée."})
    if candidature.gel == Freeze.ATTRIBUTED or not replaces:
        _refuse_frozen(candidature)
    if former:
        end(demande=former, reason=REPLACED, by=by, at=at)


def _refuse_frozen(candidature: Candidature) -> None:
    if frozen := why_frozen(candidature.gel):
        raise DemandeNotRecordable({"": frozen})


def _new(declaration: Declaration, *, nil: str) -> DemandeAuGuichet:
    objet = declaration.objet
    return DemandeAuGuichet(
        guichet_id=declaration.guichet,
        objet=objet.key,
        role=objet.role,
        proxy=objet.proxy,
        composant=objet.composant,
        teleservice=objet.teleservice,
        nil=nil,
        state=objet.spec.initial.code,
        numero=declaration.numero,
        logiciel=declaration.logiciel,
        is_third_party=declaration.is_third_party,
    )


def _declaration_of(demande: DemandeAuGuichet) -> Declaration:
    return Declaration(
        guichet=demande.guichet_id,
        numero=demande.numero,
        role=RoleEdcPsc(demande.role) if demande.role else None,
        proxy=demande.proxy,
        composant=demande.composant,
        teleservice=demande.teleservice,
        nil=demande.nil,
        logiciel=demande.logiciel,
        is_third_party=demande.is_third_party,
    )
