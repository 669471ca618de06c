"""Date 2 in a real browser: who is reminded and submits in time; who forgets, is foreclosed, and gets more time."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.management import call_command
from playwright.sync_api import Page, expect

from candidatures.models import Accuse, Candidature
from comptes import sweeps as of_comptes
from comptes.enums import RoleANS
from referencement import sweeps
from referencement.models import PhotoDEcheance
from tests.factories import candidatures as make
from tests.parcours.test_frontieres import Scene, before_date_2

Opener = Callable[..., Page]
Clock = Callable[[datetime], None]
DATE_2 = datetime(2027, 10, 1, 10, tzinfo=UTC)
UNTIL = datetime(2027, 10, 11, 10, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
# The constat waits for the files that are declared and still travel, and for the longest believed stamp.
PHOTOGRAPHED = timedelta(minutes=70)
FORGOTTEN = "Le chapitre est resté complet sans être soumis."


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).first.click()


def ring() -> None:
    """The alarm clocks ring at the portal’s present instant."""
    sweeps.take_photos()
    sweeps.post_reminders()
    of_comptes.deliver_due_notices()


@pytest.mark.long(
    "tests/candidatures/test_echeances.py::test_a_derogation_is_in_time_until_its_own_noon",
    "tests/referencement/test_rappels.py::test_derogation_of_who_was_foreclosed_is_recalled_again",
)
def test_one_is_reminded_and_submits_another_is_foreclosed_then_given_more_time(
    portail: str, somebody: Opener, freeze: Clock, screenshot: Any, axe: Any
) -> None:
    freeze(DATE_2 - 7 * DAY)
    careful, forgetful = before_date_2(), before_date_2()
    nadia, karim = somebody(careful.team.mandataire), somebody(forgetful.team.mandataire)
    olivier = somebody(make.a_person(roles_ans=[RoleANS.RESPONSABLE_INSTRUCTION], last_name="Vidal"))
    camille = somebody(make.a_person(roles_ans=[RoleANS.INSTRUCTEUR], last_name="Roussel"))

    ring()
    she_sees_it_in_red_and_is_reminded(nadia, careful, screenshot, axe)
    freeze(DATE_2 - HOUR)
    ring()
    the_chapitre_is_submitted(nadia, careful)
    freeze(DATE_2 + PHOTOGRAPHED)
    ring()
    assert sort_of(careful) == "in_time"
    assert sort_of(forgetful) == "to_decide"

    he_is_foreclosed(olivier, forgetful, screenshot, axe)
    he_reads_why(karim, forgetful)
    freeze(DATE_2 + 2 * DAY)
    more_time_is_asked(camille, forgetful)
    more_time_is_granted(olivier, forgetful)
    freeze(UNTIL)
    the_chapitre_is_submitted(karim, forgetful)
    freeze(UNTIL + PHOTOGRAPHED)
    ring()
    assert sort_of(forgetful, UNTIL) == "in_time"
    anybody_verifies_his_accuse(somebody(), forgetful)
    call_command("verify_journal")


def sort_of(scene: Scene, instant: datetime = DATE_2) -> str:
    return str(PhotoDEcheance.objects.get(candidature=scene.candidature, echeance="date-2", instant=instant).sort)


def overview(page: Page, scene: Scene) -> None:
    page.goto(f"/candidatures/{scene.candidature.nru}/")


def she_sees_it_in_red_and_is_reminded(nadia: Page, scene: Scene, screenshot: Any, axe: Any) -> None:
    overview(nadia, scene)
    expect(nadia.get_by_text("Un chapitre complet n’est pas soumis")).to_be_visible()
    expect(nadia.get_by_role("link", name=re.compile("Relire et soumettre.*Prérequis de maturité"))).to_be_visible()
    axe(nadia)
    screenshot(nadia, "echeance-complet-pas-soumis")
    nadia.goto("/mon-compte/notifications/")
    expect(nadia.get_by_role("link", name=re.compile("J-7")).first).to_be_visible()
    nadia.get_by_role("link", name=re.compile("J-7")).first.click()
    expect(nadia.get_by_text("NON soumis").first).to_be_visible()
    axe(nadia)
    screenshot(nadia, "notification-rappel")


def the_chapitre_is_submitted(page: Page, scene: Scene) -> None:
    page.goto(scene.page)
    press(page, "Soumettre à l’ANS")
    expect(page.get_by_role("link", name=re.compile("^AR-")).first).to_be_visible()


def he_is_foreclosed(olivier: Page, scene: Scene, screenshot: Any, axe: Any) -> None:
    olivier.goto("/echeances/photos/?echeance=date-2")
    nru = scene.candidature.nru
    expect(olivier.get_by_text(nru).first).to_be_visible()
    olivier.get_by_role("checkbox", name=re.compile(nru)).check()
    screenshot(olivier, "photos-a-decider")
    press(olivier, "Préparer la clôture des candidatures cochées (forclusion)")
    press(olivier, "Préparer la clôture pour dépôt hors délai")
    olivier.get_by_role("link", name="Lire et motiver la clôture").click()
    expect(olivier.get_by_text("3 notifications seront envoyées")).to_be_visible()
    olivier.get_by_label("Motif, que l’équipe lira").fill(FORGOTTEN)
    axe(olivier)
    screenshot(olivier, "forclusion")
    press(olivier, "Clore cette candidature")
    assert Candidature.objects.get(nru=nru).state == "foreclosed"


def he_reads_why(karim: Page, scene: Scene) -> None:
    overview(karim, scene)
    expect(karim.get_by_text("Cette candidature est close pour dépôt hors délai (forclusion)").first).to_be_visible()
    karim.goto("/mon-compte/notifications/")
    karim.get_by_role("link", name=re.compile("candidature close pour dépôt hors délai", re.IGNORECASE)).first.click()
    expect(karim.get_by_text(FORGOTTEN).first).to_be_visible()
    karim.goto(scene.page)
    expect(karim.get_by_role("button", name="Soumettre à l’ANS")).to_have_count(0)


def more_time_is_asked(camille: Page, scene: Scene) -> None:
    camille.goto(f"/candidatures/{scene.candidature.nru}/derogations/")
    camille.get_by_label("Échéance", exact=True).select_option(value="date-2")
    camille.get_by_label("Nouvelle date et heure", exact=True).fill("2027-10-11T12:00")
    camille.get_by_label("Motif", exact=True).fill("Hospitalisation de la seule personne qui pouvait soumettre.")
    press(camille, "Demander la dérogation")
    expect(camille.get_by_text("La dérogation est demandée.")).to_be_visible()
    expect(camille.get_by_role("button", name="Accorder la dérogation")).to_have_count(0)


def more_time_is_granted(olivier: Page, scene: Scene) -> None:
    olivier.goto(f"/candidatures/{scene.candidature.nru}/derogations/")
    press(olivier, "Accorder la dérogation")
    expect(olivier.get_by_text("La dérogation est accordée.")).to_be_visible()
    assert Candidature.objects.get(nru=scene.candidature.nru).state == "open"


def anybody_verifies_his_accuse(visitor: Page, scene: Scene) -> None:
    accuse = Accuse.objects.filter(candidature=scene.candidature, address__endswith="/MAT").order_by("-pk")[0]
    visitor.goto("/verifier/")
    visitor.get_by_label("Numéro imprimé sur le document").fill(accuse.numero.lower())
    press(visitor, "Vérifier le numéro")
    expect(visitor.get_by_text("11 octobre 2027").first).to_be_visible()
    expect(visitor.get_by_text(scene.candidature.nru).first).to_be_visible()
