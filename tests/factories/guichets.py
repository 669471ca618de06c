"""Demandes at the other desks, declared and moved by the real operations only."""

import hashlib
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

from candidatures.models import Candidature
from comptes.models import Compte
from guichets.enums import RoleEdcPsc
from guichets.models import Capture, DemandeAuGuichet, Releve
from guichets.operations.captures import confirm_capture, record_capture
from guichets.operations.demandes import record_demande
from guichets.operations.releves import note_releve
from guichets.rules.captures import Shown
from guichets.rules.declarations import Declaration
from preuves.effects import scan_piece
from tests.factories import candidatures as make
from tests.factories.preuves import AUTUMN, PNG

CNDA, EDC_PSC, GAZELLE = "cnda", "edc_psc", "gazelle"


class EtapeCNDA(StrEnum):
    """The stages of the CNDA's file, for the tests that go through them."""

    INITIALISATION = "initialisation"
    PRE_EXAMEN = "pre_examen"
    EXAMEN = "examen"
    FINALISATION = "finalisation"
    GRANTED = "granted"
    REFUSED = "refused"


class EtapeEDC(StrEnum):
    """The stages of the EDC PSC's file."""

    DECLARED = "declared"
    SUBMITTED = "submitted"
    IN_REVIEW = "in_review"
    COMPLEMENT_REQUESTED = "complement_requested"
    GRANTED = "granted"
    REFUSED = "refused"


class ResultatGazelle(StrEnum):
    UNDEFINED = "DONE_UNDEFINED"
    FAILED = "DONE_FAILED"
    PASSED = "DONE_PASSED"


MORNING = datetime(2026, 11, 3, 9, 0, tzinfo=UTC)
YESTERDAY = date(2026, 11, 2)
RETURN = date(2026, 12, 1)


@dataclass(frozen=True)
class AnAnswer:
    """The answer of a desk, as the connectors return it."""

    numero: str
    etape: str
    date_etape: date = YESTERDAY
    retour_prevu: date | None = None
    objet: str = ""
    nil: str = ""
    logiciel: str = "Sirocco Résidence"
    documents: tuple[tuple[str, str], ...] = ()
    pieces: tuple[tuple[str, str], ...] = ()
    schema: str = "cnda-demande/1"

    @property
    def raw(self) -> bytes:
        return repr(self).encode()

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.raw).hexdigest()


def an_answer(demande: DemandeAuGuichet, etape: str, **changes: Any) -> AnAnswer:
    """The answer of the desk of this demande, when it is at that stage."""
    objet = {"objet": demande.teleservice, "nil": demande.nil} if demande.teleservice else {}
    return replace(AnAnswer(demande.numero, etape, **objet), **changes)


def cnda(teleservice: str = "INSI", **changes: Any) -> Declaration:
    given = {"numero": f"CNDA-{teleservice}", "nil": "NIL-1"}
    return Declaration(CNDA, teleservice=teleservice, **(given | changes))


def edc(role: RoleEdcPsc | None = RoleEdcPsc.UTILISATEUR, **changes: Any) -> Declaration:
    return Declaration(EDC_PSC, role=role, **({"numero": f"EDC-{role}"} | changes))


def a_demande(
    candidature: Candidature, by: Compte, declaration: Declaration | None = None, at: datetime = AUTUMN
) -> Any:
    """A demande just declared; by default, the INSi of the principal component."""
    return record_demande(candidature_id=candidature.pk, declaration=declaration or cnda(), by=by, at=at)


def a_releve(
    demande: DemandeAuGuichet, etape: str, at: datetime = MORNING, pull_id: UUID | None = None, **changes: Any
) -> Releve:
    """Keep this answer of the desk, at that moment."""
    answer = an_answer(demande, etape, **changes)
    return note_releve(demande_id=demande.pk, pull_id=pull_id or uuid4(), answer=answer, at=at)


def moved_to(demande: DemandeAuGuichet, etape: str, at: datetime = MORNING) -> Any:
    """Return the demande after its desk went through every stage up to that one, a minute each."""
    for rank, stage in enumerate(demande.spec.way(demande.spec.initial.code, etape) or ()):
        a_releve(demande, stage, at=at + timedelta(minutes=rank))
    return again(demande)


def again(demande: DemandeAuGuichet) -> Any:
    """Return the same demande, read again from the database."""
    return DemandeAuGuichet.objects.get(pk=demande.pk)


def a_capture(
    demande: DemandeAuGuichet, by: Compte, at: datetime = MORNING, upload: Any = None, **changes: Any
) -> Capture:
    """A capture of the desk's space, recorded; a grant comes with a PDF of the desk."""
    given: dict[str, Any] = {
        "etape": EtapeCNDA.PRE_EXAMEN.value,
        "date_etape": YESTERDAY,
        "logiciel": "Sirocco Résidence",
        "retour_prevu": RETURN,
    } | changes
    sent = make.a_pdf("attestation.pdf") if given["etape"] == "granted" else make.a_pdf("espace.png", PNG)
    capture = record_capture(demande_id=demande.pk, shown=Shown(**given), upload=upload or sent, by=by, at=at)
    scan_piece(capture.piece_id)
    return capture


def a_confirmed_capture(
    demande: DemandeAuGuichet, by: Compte, to: Compte, at: datetime = MORNING, **changes: Any
) -> Releve:
    """The same capture, confirmed a minute later by somebody of the ANS."""
    capture = a_capture(demande, by, at, **changes)
    seen_version = again(demande).version
    return confirm_capture(capture_id=capture.pk, seen_version=seen_version, by=to, at=at + timedelta(minutes=1))


def everything(candidature: Candidature, by: Compte) -> tuple[list[DemandeAuGuichet], list[DemandeAuGuichet]]:
    """Both habilitations and both homologations, declared."""
    roles = [a_demande(candidature, by, edc(role)) for role in RoleEdcPsc]
    return roles, [a_demande(candidature, by, cnda(code)) for code in ("INSI", "DMP")]
