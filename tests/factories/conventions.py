"""Conventions prepared, sent and signed by the real operations, with the people who act."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from candidatures.models import Candidature
from comptes.enums import Role, RoleANS
from comptes.models import Compte
from preuves.enums import Avis
from preuves.operations.instruction import claim_chapitre, conclude_review, save_draft
from preuves.queries.instruction import submitted_revisions
from referencement.effects import print_document
from referencement.models import CodeDeSignature, Convention
from referencement.operations.conventions import prepare_convention, send_convention
from referencement.operations.signatures import send_code, sign_convention
from referencement.queries.signatures import plain_code
from tests.candidatures.conftest import Team, make_team
from tests.factories import candidatures as make
from tests.factories import preuves as prove
from tests.factories.referencement import an_attributed_solution

AT = datetime(2027, 10, 20, 8, 0, tzinfo=UTC)


@dataclass
class Parties:
    """A candidature whose every chapitre is approved, the people of its éditeur, and the signatory of the agency."""

    team: Team
    candidature: Candidature
    signatory: Compte
    delegate: Compte
    responsable: Compte

    @property
    def convention(self) -> Convention:
        return self.candidature.conventions.order_by("-number")[0]


def some_parties(**eligible: Any) -> Parties:
    prove.a_rem()
    team = make_team()
    candidature = prove.a_candidature_to_prove(team.candidature, team.mandataire, team.instructeur, **eligible)
    for code in ("MAT", "INS"):
        approve(candidature, team, code)
    return Parties(
        team=team,
        candidature=candidature,
        signatory=team.mandataire,
        delegate=make.a_person(team.editeur, Role.REPRESENTANT, may_engage=True, last_name="Zola"),
        responsable=make.a_person(roles_ans=[RoleANS.RESPONSABLE_INSTRUCTION], first_name="Odile", last_name="Roy"),
    )


def some_referenced_parties() -> Parties:
    """The same parties, once the solution is référencée."""
    parties = some_parties()
    an_attributed_solution(parties.candidature, parties.signatory)
    return parties


def approve(candidature: Candidature, team: Team, code: str) -> None:
    chapitre = prove.a_submitted_chapitre(candidature, team.mandataire, code)
    by, at = team.instructeur, prove.AUTUMN + timedelta(days=1)
    claim_chapitre(chapitre_id=chapitre.pk, by=by, at=at)
    for numero, revision in submitted_revisions(chapitre).items():
        draft = {"sha256": revision.sha256, "avis": Avis.ACCEPTED, "reason": ""}
        save_draft(chapitre_id=chapitre.pk, numero=numero, by=by, at=at, **draft)
    chapitre.refresh_from_db()
    conclude_review(chapitre_id=chapitre.pk, seen_version=chapitre.version, by=by, at=at)


def a_convention(parties: Parties, at: datetime = AT) -> Convention:
    return prepare_convention(candidature_id=parties.candidature.pk, by=parties.responsable, at=at)


def a_printed_convention(parties: Parties, at: datetime = AT) -> Convention:
    convention = a_convention(parties, at)
    print_document(convention.document.pk)
    return convention


def a_sent_convention(parties: Parties, at: datetime = AT) -> Convention:
    convention = a_printed_convention(parties, at)
    return send_convention(convention_id=convention.pk, to=parties.signatory, by=parties.responsable, at=at)


def a_code(convention: Convention, by: Compte, at: datetime = AT) -> str:
    """Return the digits that this person receives by e-mail."""
    return plain_code(send_code(convention_id=convention.pk, by=by, at=at))


def a_signed_convention(parties: Parties, at: datetime = AT) -> Convention:
    convention = a_sent_convention(parties, at)
    typed = a_code(convention, parties.signatory, at)
    return sign_convention(convention_id=convention.pk, typed=typed, by=parties.signatory, at=at)


def the_last_code(convention: Convention) -> CodeDeSignature:
    return CodeDeSignature.objects.filter(procedure__convention=convention).order_by("-pk")[0]
