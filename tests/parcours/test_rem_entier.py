"""The whole REM of the project, by operations: what it asks of whom, and a dossier brought to its end."""

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command

from candidatures.enums import Verdict
from candidatures.models import Candidature
from candidatures.operations.instruction import judge_reference
from comptes import journal
from preuves.catalogue.natures import NATURES
from preuves.enums import Avis, ExigibiliteKind, Forme, Nature, PreuveState
from preuves.models import Chapitre, Preuve, Revision, VerdictDePreuve
from preuves.operations import depots as depots_operations
from preuves.operations.chapitres import submit_chapitre
from preuves.operations.fichiers import receive_piece
from preuves.operations.instruction import claim_chapitre, conclude_review, save_draft
from preuves.queries import dossier as dossier_queries
from preuves.queries.dossier import Attendu, Dossier
from preuves.queries.instruction import review_facts_of
from preuves.rules.depots import Contenu
from segur_portal.demo import pieces
from tests.candidatures.conftest import Team, make_team
from tests.factories import candidatures as phase_1
from tests.factories import preuves as make
from tests.ground import standing

REM = Path(settings.BASE_DIR, "catalogue", "rem", "ms-dui-va2")
WINTER = datetime(2027, 1, 11, 9, 0, tzinfo=UTC)
EVERY_PROFIL = ["PA", "PH", "DOM", "PDE", "PDS", "AHI"]
EVERY_USE = ["HEB", "MOB", "BAL_ORG", "BAL_APP", "USAGERS"]


def a_team_before_the_whole_rem() -> Team:
    """A team, and the REM imported by the command, as an operator does."""
    phase_1.a_dispositif()
    annotations = f"{REM}.annotations.toml"
    call_command("import_rem", f"{REM}.xlsx", "--dispositif", make.DUI, "--annotations", annotations, "--publish")
    return make_team()


team = standing(a_team_before_the_whole_rem)


def dossier_of(team: Team) -> Dossier:
    dossier = dossier_queries.dossier_of(Candidature.objects.with_names().get(pk=team.candidature.pk))
    assert dossier is not None
    return dossier


def counts(team: Team) -> Counter[ExigibiliteKind]:
    return Counter(exigibilite.kind for exigibilite in dossier_of(team).exigibilites.values())


@dataclass
class Walk:
    """A dossier on its way: who does each act, and an instant that moves on."""

    team: Team
    at: datetime = WINTER

    def now(self) -> datetime:
        self.at += timedelta(minutes=1)
        return self.at

    def deposit(self, attendu: Attendu, *, seen: int, comment: str = "") -> Revision:
        return depots_operations.deposit(
            candidature_id=self.team.candidature.pk,
            numero=attendu.preuve.numero,
            contenu=self._contenu(attendu, comment),
            seen=seen,
            by=self.team.salarie,
            at=self.now(),
        )

    def _contenu(self, attendu: Attendu, comment: str) -> Contenu:
        nature, numero = Nature(attendu.preuve.nature), attendu.preuve.numero
        forme = NATURES[nature].forme
        arguments: dict[str, Any] = {
            "evidence_date": date(2027, 1, 4),
            "version_technique": "4.2.1",
            "comment": comment,
        }
        if forme is not Forme.FILES:
            return Contenu(forme, value=pieces.a_value(forme, numero, nil="NIL-1"), **arguments)
        piece = receive_piece(
            candidature_id=self.team.candidature.pk,
            upload=pieces.a_file(nature, numero),
            nature=nature,
            by=self.team.salarie,
            at=self.now(),
        )
        return Contenu(forme, piece_ids=(piece.pk,), **arguments)

    def submit(self, code: str) -> Chapitre:
        return submit_chapitre(candidature_id=self.team.candidature.pk, code=code, by=self.team.salarie, at=self.now())

    def judge(self, chapitre: Chapitre, *, refused: set[str]) -> Chapitre:
        """Claim a chapitre, give an avis on what is asked, conclude."""
        by = self.team.instructeur
        chapitre = claim_chapitre(chapitre_id=chapitre.pk, by=by, at=self.now())
        asked = review_facts_of(chapitre, by=by)
        for numero in asked.asked:
            avis, reason = (Avis.TO_CORRECT, "L’écran est coupé.") if numero in refused else (Avis.ACCEPTED, "")
            save_draft(
                chapitre_id=chapitre.pk,
                numero=numero,
                sha256=asked.submitted[numero],
                avis=avis,
                reason=reason,
                by=by,
                at=self.now(),
            )
        return conclude_review(chapitre_id=chapitre.pk, seen_version=chapitre.version, by=by, at=self.now())


# -- what it asks ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("profils", "asked"), [(["PA"], 157), (["AHI"], 139), (["PA", "PH", "AHI"], 165), (EVERY_PROFIL, 169)]
)
def test_rem_asks_of_each_profil(team: Team, profils: list[str], asked: int) -> None:
    make.a_candidature_to_prove(
        team.candidature, team.mandataire, team.instructeur, profils=profils, architecture=EVERY_USE
    )
    due = counts(team)

    assert (due[ExigibiliteKind.REQUIRED], due[ExigibiliteKind.INHERITED], due.total()) == (asked, 0, 169)


def test_two_earlier_references_spare_the_preuves_of_their_profils(team: Team) -> None:
    """The webinar's own example: MS1 with PA, MS2 with PDS, both confirmed; PA and PDS presented."""
    lines = [
        {"identifiant": "W-1", "dispositif": "MS1", "profils": ["PA"]},
        {"identifiant": "W-2", "dispositif": "MS2", "profils": ["PDS"]},
    ]
    volet = phase_1.a_submitted_volet(team.candidature, team.mandataire, references_vague_1={"lignes": lines})
    for line in lines:
        judge_reference(
            volet_id=volet.pk,
            identifiant=line["identifiant"],
            verdict=Verdict.CONFIRMED,
            reason="",
            by=team.instructeur,
            at=phase_1.SUMMER,
        )
    phase_1.a_submitted_volet(
        team.candidature, team.mandataire, kind=phase_1.VoletKind.ELIGIBILITE, architecture=EVERY_USE
    )
    due = counts(team)

    required, inherited = due[ExigibiliteKind.REQUIRED], due[ExigibiliteKind.INHERITED]
    assert (required + inherited, inherited) == (158, 60)


# -- a dossier, from its first preuve to its last --------------------------------------------------------------------


@pytest.mark.long(
    "tests/parcours/test_rem_entier.py::test_rem_asks_of_each_profil",
    "tests/navigateur/test_first_candidature.py::test_from_the_invitation_to_the_decision",
)
def test_every_preuve_of_the_rem_is_deposited_returned_corrected_and_accepted(team: Team) -> None:
    """The first preuve of each chapitre comes back once; the others are accepted at the first reading."""
    make.a_candidature_to_prove(
        team.candidature, team.mandataire, team.instructeur, profils=EVERY_PROFIL, architecture=EVERY_USE
    )
    walk = Walk(team)
    for code in [chapitre.spec.code for chapitre in dossier_of(team).chapitres]:
        dossier = dossier_of(team)
        due = dossier.chapitre(code).facts.due
        for numero in due:
            walk.deposit(dossier.attendu(numero), seen=0)
        returned = walk.judge(walk.submit(code), refused={due[0]})
        assert (returned.state, review_facts_of(returned, by=team.instructeur).to_correct) == ("returned", ())
        walk.deposit(dossier.attendu(due[0]), seen=1, comment="Filmé en entier.")
        second = walk.submit(code)
        assert walk.judge(second, refused=set()).state == "approved"

    assert {chapitre.facts.standing for chapitre in dossier_of(team).chapitres} == {"approved"}
    assert Counter(Preuve.objects.values_list("state", flat=True)) == {PreuveState.ACCEPTED: 169}
    assert (Revision.objects.count(), VerdictDePreuve.objects.count()) == (169 + 16, 169 + 16)
    assert list(journal.verify()) == []
