"""Around each legal instant, to the microsecond: the act, the page, the reminder and the photo agree.

Dates 1 and 2 are at 10:00 UTC, Date 3 at 11:00; moved across either change of clock, or extended by a dérogation, an
échéance is at noon in Paris all the same.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse

from candidatures.enums import VoletKind
from candidatures.models import Candidature
from candidatures.operations.derogations import grant_derogation, request_derogation
from candidatures.operations.echeances import approve_move, propose_move
from candidatures.operations.volets import VoletNotSubmittable, submit_volet
from candidatures.queries.candidatures import deadlines_of
from comptes import clock, effects
from comptes.enums import RoleANS
from comptes.models import Compte, Notice
from preuves.enums import Avis
from preuves.operations.chapitres import ChapitreNotSubmittable, submit_chapitre
from preuves.operations.instruction import claim_chapitre, conclude_review, save_draft
from preuves.queries.instruction import submitted_revisions
from referencement import sweeps
from referencement.enums import TriDePhoto
from referencement.models import PhotoDEcheance
from referencement.queries.rappels import REMINDER
from tests.candidatures.conftest import Team, make_team
from tests.dates import DATE_1, DATE_2, DATE_3
from tests.factories import candidatures as make
from tests.factories import guichets as desks
from tests.factories import preuves as prove
from tests.factories.guichets import EtapeCNDA
from tests.ground import standing

PARIS = ZoneInfo("Europe/Paris")
SECOND, MICROSECOND, MINUTE = timedelta(seconds=1), timedelta(microseconds=1), timedelta(minutes=1)
AROUND = (-SECOND, -MICROSECOND, timedelta(0), MICROSECOND, SECOND)
LEGAL = {
    DATE_1: datetime(2026, 10, 1, 10, tzinfo=UTC),
    DATE_2: datetime(2027, 10, 1, 10, tzinfo=UTC),
    DATE_3: datetime(2028, 3, 15, 11, tzinfo=UTC),
}


@dataclass(frozen=True)
class Scene:
    """Everything is done but one click: `act` makes it as somebody, at an instant; `page` is where they would."""

    team: Team
    candidature: Candidature
    code: str
    page: str
    act: Callable[[Compte, datetime], object]


def before_date_1() -> Scene:
    team = make_team()
    make.a_submitted_volet(team.candidature, team.mandataire)
    volet = make.a_filled_volet(team.candidature, team.mandataire, VoletKind.ELIGIBILITE)
    page = reverse("candidatures:volet_submit", args=[team.candidature.nru, "eligibilite"])
    return Scene(
        team,
        team.candidature,
        DATE_1,
        page,
        lambda by, at: submit_volet(volet_id=volet.pk, by=by, at=at),
    )


def before_date_2() -> Scene:
    prove.a_rem()
    team = make_team()
    candidature = prove.a_candidature_to_prove(team.candidature, team.mandataire, team.instructeur)
    for code in ("INSI", "DMP"):
        desks.moved_to(desks.a_demande(candidature, team.mandataire, desks.cnda(code)), EtapeCNDA.PRE_EXAMEN)
    prove.a_submitted_chapitre(candidature, team.mandataire, "INS")
    prove.a_complete_chapitre(candidature, team.mandataire, "MAT")
    return _chapitre(team, candidature, DATE_2)


def before_date_3() -> Scene:
    scene = before_date_2()
    team, candidature, at = scene.team, scene.candidature, prove.AUTUMN
    chapitre = submit_chapitre(candidature_id=candidature.pk, code="MAT", by=team.mandataire, at=at)
    claim_chapitre(chapitre_id=chapitre.pk, by=team.instructeur, at=at)
    for numero, revision in submitted_revisions(chapitre).items():
        arguments = {"sha256": revision.sha256, "avis": Avis.TO_CORRECT, "reason": "Illisible."}
        save_draft(chapitre_id=chapitre.pk, numero=numero, by=team.instructeur, at=at, **arguments)
    chapitre.refresh_from_db()
    conclude_review(chapitre_id=chapitre.pk, seen_version=chapitre.version, by=team.instructeur, at=at)
    for numero in submitted_revisions(chapitre):
        prove.a_deposit(candidature, team.mandataire, numero, prove.not_applicable("Autre motif."), seen=1, at=at)
    return _chapitre(team, candidature, DATE_3)


def _chapitre(team: Team, candidature: Candidature, code: str) -> Scene:
    page = reverse("preuves:chapitre_submit", args=[candidature.nru, "MAT"])

    def act(by: Compte, at: datetime) -> object:
        return submit_chapitre(candidature_id=candidature.pk, code="MAT", by=by, at=at)

    return Scene(team, candidature, code, page, act)


SCENES = {DATE_1: before_date_1, DATE_2: before_date_2, DATE_3: before_date_3}
scene = standing(lambda code: SCENES[code](), params=list(SCENES))
REFUSALS = (VoletNotSubmittable, ChapitreNotSubmittable)


def assert_all_four_agree(scene: Scene, instant: datetime, around: timedelta, sign_in: Any) -> None:
    in_time, at = around <= timedelta(0), instant + around
    assert deadlines_of(scene.candidature)[scene.code].at == instant

    with clock.travel(instant - 4 * timedelta(hours=1)):
        sweeps.post_reminders()
    mine = Notice.objects.filter(kind=REMINDER, compte=scene.team.mandataire, state="pending")
    reminder = mine.get(address=f"echeance:{scene.candidature.nru}/{scene.code}")
    with clock.travel(at):
        page = sign_in(scene.team.mandataire).get(scene.page).content.decode()
        effects.deliver_to(scene.team.mandataire.email)
    reminder.refresh_from_db()
    try:
        scene.act(scene.team.mandataire, at)
        accepted = True
    except REFUSALS as refused:
        accepted = "late" in {obstacle.code for obstacle in refused.obstacles} and None
    with clock.travel(instant + 61 * MINUTE):
        sweeps.take_photos()
    photo = PhotoDEcheance.objects.get(candidature=scene.candidature, echeance=scene.code, instant=instant)

    assert accepted is (True if in_time else None)
    assert ("Soumettre à l’ANS" in page or "Soumettre le chapitre" in page) is in_time
    assert (reminder.state == "sent") is in_time
    assert (photo.sort == TriDePhoto.IN_TIME) is in_time
    if not in_time:
        assert photo.sort == TriDePhoto.TO_DECIDE  # complete, and one click missing


@pytest.mark.django_db
@pytest.mark.parametrize("around", AROUND)
def test_the_legal_instants(scene: Scene, around: timedelta, sign_in: Any) -> None:
    assert_all_four_agree(scene, LEGAL[scene.code], around, sign_in)


@pytest.mark.long(
    "tests/candidatures/test_echeances.py::test_a_derogation_is_in_time_until_its_own_noon",
    "tests/parcours/test_frontieres.py::test_the_legal_instants",
)
@pytest.mark.django_db
@pytest.mark.parametrize("around", AROUND)
def test_the_instants_of_a_derogation(scene: Scene, around: timedelta, sign_in: Any) -> None:
    """Twenty-six days later, at noon in Paris: beyond the change of clock after Date 1, and after Date 3."""
    code = scene.code
    civil = LEGAL[code].astimezone(PARIS).replace(tzinfo=None) + timedelta(days=26)
    instant, responsable = civil.replace(tzinfo=PARIS).astimezone(UTC), _responsable()
    asked_at = LEGAL[code] + timedelta(days=1)
    derogation = request_derogation(
        candidature_id=scene.candidature.pk,
        echeance=code,
        to=instant,
        motive="Incident.",
        by=scene.team.instructeur,
        at=asked_at,
    )
    grant_derogation(derogation_id=derogation.pk, by=responsable, at=asked_at)

    assert instant.hour == {DATE_1: 11, DATE_2: 10, DATE_3: 10}[code]
    assert_all_four_agree(scene, instant, around, sign_in)


ACROSS = {
    DATE_1: (datetime(2026, 10, 26, 12, tzinfo=PARIS), 11),
    DATE_3: (datetime(2028, 3, 27, 12, tzinfo=PARIS), 10),
}


@pytest.mark.django_db
@pytest.mark.parametrize("around", AROUND)
@pytest.mark.parametrize("scene", ACROSS, indirect=True, ids=["autumn", "spring"])
def test_an_echeance_moved_across_a_change_of_clock(scene: Scene, around: timedelta, sign_in: Any) -> None:
    code = scene.code
    civil, hour = ACROSS[code]
    instant = civil.astimezone(UTC)
    assert instant.hour == hour
    at = LEGAL[code] - timedelta(days=10)
    arguments = {"dispositif_code": "ms-dui-va2", "code": code, "arrete": "Arrêté.", "motive": "Incident."}
    move = propose_move(**arguments, to=instant, by=_responsable(), at=at)
    approve_move(move_id=move.pk, by=_responsable(), at=at)

    assert_all_four_agree(scene, instant, around, sign_in)


def _responsable() -> Any:
    return make.a_person(roles_ans=[RoleANS.RESPONSABLE_INSTRUCTION])
