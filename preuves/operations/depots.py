from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.db import transaction

from candidatures.enums import CandidatureState
from candidatures.models import Candidature, Piece
from comptes import journal
from comptes.dates import PARIS
from comptes.models import Compte
from comptes.rules.refusals import Misfilled, Refused
from preuves.catalogue.natures import NATURES, NatureSpec
from preuves.catalogue.rem import empreinte
from preuves.enums import Act, Forme, Nature
from preuves.models import Chapitre, Envoi, FichierAttendu, Preuve, Revision, RevisionPiece
from preuves.queries.chapitres import who_deposited
from preuves.queries.dossier import Attendu, Dossier, dossier_of
from preuves.rules import depots as rules
from preuves.rules.depots import Contenu
from preuves.rules.envois import announced

from .dossiers import open_dossier, reopen_what_lacks
from .lectures import ask_to_read_evidence
from .locking import locked_candidature


class DepositNotPossible(Refused):
    """Nothing can be deposited there now."""


class DepositRefused(Misfilled):
    """What was sent cannot be kept; it says why, by field."""


class DepositConflict(Refused):
    """Somebody deposited since the page was shown; the reason says who and when."""


@transaction.atomic
def deposit(*, candidature_id: int, numero: str, contenu: Contenu, seen: int, by: Compte, at: datetime) -> Revision:
    """Add a revision to a preuve; the revisions before it, and their verdicts, do not change.

    :param seen: the number of the latest revision that the page showed, 0 when there was none
    :raises DepositNotPossible: when the preuve accepts no deposit now, or does not exist
    :raises DepositConflict: when somebody deposited meanwhile
    :raises DepositRefused: with what is wrong, by field
    """
    contenu = rules.understood(contenu, hosts=settings.GAZELLE_HOSTS)
    candidature = locked_candidature(candidature_id=candidature_id)
    door = _opened(candidature, numero, by=by, at=at)
    if door.number and door.number != seen:
        raise DepositConflict(who_deposited(door.latest()))
    held = _held(candidature, contenu)
    _refuse_faults(contenu, held, door.attendu, at)
    revision = _keep(door, contenu, held, by=by, at=at)
    _record(candidature, revision, numero, by=by, at=at)
    return revision


@transaction.atomic
def deposit_constat(*, candidature_id: int, numero: str, value: str, on: date, by: Compte, at: datetime) -> Revision:
    """Add a revision made of what another desk says; the instructeur still gives the verdict.

    The journal says that the portal acted; the revision bears the name of the person who declared the demande.

    :param value: the constat in French, with the sha256 of the answer that it comes from
    :param on: the civil day of that answer, in Paris
    :raises DepositNotPossible: as `deposit`
    """
    candidature = locked_candidature(candidature_id=candidature_id)
    door = _opened(candidature, numero, by=by, at=at)
    contenu = Contenu(Forme.CONSTAT, value=value, evidence_date=on, version_technique=door.dossier.version_technique)
    contenu = rules.understood(contenu, hosts=())
    revision = _keep(door, contenu, _Held(), by=by, at=at)
    _record(candidature, revision, numero, by=None, at=at)
    return revision


@dataclass(frozen=True)
class _Door:
    """A preuve that accepts a deposit now; `number` is that of its latest revision, 0 before the first."""

    dossier: Dossier
    attendu: Attendu
    chapitre: Chapitre
    preuve: Preuve | None
    number: int

    def latest(self) -> Revision:
        return Revision.objects.select_related("deposited_by").get(preuve=self.preuve, number=self.number)


def _opened(candidature: Candidature, numero: str, *, by: Compte, at: datetime) -> _Door:
    """Lock the chapitre of a preuve that accepts a deposit now.

    :raises DepositNotPossible: with the reason
    """
    dossier = dossier_of(candidature)
    attendu = dossier.attendu(numero) if dossier else None
    if dossier is None or attendu is None:
        raise DepositNotPossible("Cette preuve n’existe pas dans le référentiel.")
    row = open_dossier(candidature=candidature, by=by, at=at)
    reopen_what_lacks(candidature=candidature, by=by, at=at, reason="il n’est plus complet")
    chapitre = Chapitre.objects.locked().get(dossier=row, code=attendu.chapitre.code)
    preuve = Preuve.objects.filter(chapitre=chapitre, numero=numero).first()
    if reason := rules.why_not_depositable(_facts(dossier, attendu, chapitre, preuve)):
        raise DepositNotPossible(reason)
    latest = preuve.revisions.order_by("-number").first() if preuve else None
    return _Door(dossier, attendu, chapitre, preuve, latest.number if latest else 0)


@dataclass(frozen=True)
class _Held:
    """The files of a deposit: those that are here, then those that still travel."""

    pieces: tuple[Piece, ...] = ()
    envois: tuple[Envoi, ...] = ()

    @property
    def fingerprints(self) -> list[str]:
        return [piece.sha256 for piece in self.pieces] + [announced(envoi.empreinte) for envoi in self.envois]


def _keep(door: _Door, contenu: Contenu, held: _Held, *, by: Compte, at: datetime) -> Revision:
    preuve = _moved(door.preuve, door.chapitre, door.attendu.preuve.numero)
    revision = _write(preuve, contenu, held, door.attendu, number=door.number + 1, by=by, at=at)
    door.chapitre.version += 1
    door.chapitre.save(update_fields=["version"])
    return revision


def _record(candidature: Candidature, revision: Revision, numero: str, *, by: Compte | None, at: datetime) -> None:
    journal.record(
        candidature.chain,
        Act.PREUVE_DEPOSITED,
        on=f"preuve:{candidature.nru}/{numero}",
        by=by,
        at=at,
        preuve=numero,
        numero=revision.number,
        sha256=revision.sha256,
    )


def _facts(dossier: Dossier, attendu: Attendu, chapitre: Chapitre, preuve: Preuve | None) -> rules.DepositFacts:
    return rules.DepositFacts(
        candidature_open=dossier.candidature.state == CandidatureState.OPEN,
        eligibilite_submitted=dossier.eligibilite_submitted,
        chapitre_open=chapitre.is_open,
        exigibilite=attendu.exigibilite,
        state=preuve.state if preuve else None,
    )


def _held(candidature: Candidature, contenu: Contenu) -> _Held:
    """Return the files in the order given; those of another candidature are ignored.

    What was declared, came and was verified meanwhile is a pièce like another. The envois are locked: one that is
    verified at this instant waits, and then finds who awaits it.
    """
    if contenu.forme is not Forme.FILES:
        return _Held()
    envois = candidature.envois.select_for_update(no_key=True).order_by("pk").in_bulk(contenu.envoi_ids)
    declared = [envois[pk] for pk in dict.fromkeys(contenu.envoi_ids) if pk in envois]
    arrived = [envoi.piece_id for envoi in declared if envoi.piece_id]
    pieces = candidature.pieces.in_bulk([*contenu.piece_ids, *arrived])
    return _Held(
        tuple(pieces[pk] for pk in dict.fromkeys([*contenu.piece_ids, *arrived]) if pk in pieces),
        tuple(envoi for envoi in declared if envoi.settled_at is None),
    )


def _refuse_faults(contenu: Contenu, held: _Held, attendu: Attendu, at: datetime) -> None:
    spec = NATURES[Nature(attendu.preuve.nature)]
    faults = rules.faults(contenu, spec, hosts=settings.GAZELLE_HOSTS, on=at.astimezone(PARIS).date())
    if contenu.forme is Forme.FILES and (reason := _of_the_files(contenu, held, spec)):
        faults["fichiers"] = reason
    if faults:
        raise DepositRefused(faults)


def _of_the_files(contenu: Contenu, held: _Held, spec: NatureSpec) -> str:
    wrong_pieces = [piece.name for piece in held.pieces if piece.content_type not in spec.types]
    wrong_envois = [envoi.name for envoi in held.envois if NATURES[Nature(envoi.nature)].door != spec.door]
    if wrong_pieces or wrong_envois:
        return f"Cette preuve demande {spec.accepts}."
    here = len(held.pieces) + len(held.envois)
    return "Un de ces fichiers n’existe plus." if here < len({*contenu.piece_ids}) + len({*contenu.envoi_ids}) else ""


def _moved(preuve: Preuve | None, chapitre: Chapitre, numero: str) -> Preuve:
    if preuve is None:
        return Preuve.objects.create(chapitre=chapitre, numero=numero)
    preuve.deposit()
    preuve.save()
    return preuve


def _write(
    preuve: Preuve, contenu: Contenu, held: _Held, attendu: Attendu, *, number: int, by: Compte, at: datetime
) -> Revision:
    empreinte_of_words = empreinte(attendu.exigence, attendu.scenario, attendu.preuve)
    revision = Revision.objects.create(
        preuve=preuve,
        number=number,
        forme=contenu.forme,
        value=contenu.value,
        comment=contenu.comment,
        evidence_date=contenu.evidence_date,
        version_technique=contenu.version_technique,
        sha256=rules.fingerprint_of_deposit(
            contenu, numero=preuve.numero, empreinte=empreinte_of_words, pieces=held.fingerprints
        ),
        empreinte=empreinte_of_words,
        deposited_at=at,
        deposited_by=by,
    )
    RevisionPiece.objects.bulk_create(
        RevisionPiece(revision=revision, piece=piece, rank=rank) for rank, piece in enumerate(held.pieces, start=1)
    )
    FichierAttendu.objects.bulk_create(
        FichierAttendu(revision=revision, envoi=envoi, rank=rank)
        for rank, envoi in enumerate(held.envois, start=len(held.pieces) + 1)
    )
    ask_to_read_evidence(pieces=held.pieces, nature=Nature(attendu.preuve.nature), at=at)
    return revision
