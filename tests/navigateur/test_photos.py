"""The photos of an échéance in a real browser: the list, one photo, and what foreclosing would do."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from candidatures.enums import VoletKind
from comptes.enums import RoleANS
from comptes.models import Compte
from referencement.models import PhotoDEcheance
from tests.candidatures.conftest import make_team
from tests.factories import candidatures as make
from tests.factories import guichets as desks
from tests.factories import preuves as prove
from tests.factories.referencement import a_photo

DATE_2 = datetime.fromisoformat("2027-10-01T10:00:00+00:00")
AFTER = DATE_2 + timedelta(days=3)


@pytest.fixture
def photos(portail: str, freeze: Callable[[datetime], None]) -> list[PhotoDEcheance]:
    """At Date 2: a chapitre complete and not submitted; nothing done; and Date 1, in time."""
    freeze(AFTER)
    prove.a_rem()
    forgetful, idle = make_team(), make_team()
    forgetful.candidature = prove.a_candidature_to_prove(
        forgetful.candidature, forgetful.mandataire, forgetful.instructeur
    )
    for code in ("INSI", "DMP"):
        desks.moved_to(desks.a_demande(forgetful.candidature, forgetful.mandataire, desks.cnda(code)), "pre_examen")
    prove.a_submitted_chapitre(forgetful.candidature, forgetful.mandataire, "MAT")
    prove.a_complete_chapitre(forgetful.candidature, forgetful.mandataire, "INS")
    make.a_filled_volet(idle.candidature, idle.mandataire, VoletKind.ADMINISTRATIF)
    a_photo(forgetful.candidature)
    return [a_photo(team.candidature, "date-2", DATE_2) for team in (forgetful, idle)]


def a_responsable() -> Compte:
    return make.a_person(roles_ans=[RoleANS.RESPONSABLE_INSTRUCTION], first_name="Odile", last_name="Roy")


@pytest.mark.long(
    "tests/referencement/test_photo_views.py::test_those_that_are_ticked_are_prepared_then_each_closed_with_its_reason",
    "tests/test_permission_table.py::test_each_role_gets_what_the_table_says_for_few_queries",
)
def test_photos_are_accessible_and_fit(
    photos: list[PhotoDEcheance],
    enter: Callable[[Page, Compte], None],
    screen: Page,
    look: Callable[[Page, str], None],
) -> None:
    enter(screen, a_responsable())
    nru = photos[0].candidature.nru
    pages = {
        "photos": "/echeances/photos/",
        "photo": f"/candidatures/{nru}/photos/{photos[0].pk}/",
        "photos-candidature": f"/candidatures/{nru}/photos/",
        "forclusion": f"/echeances/forclusions/?photo={photos[0].pk}",
        "forclusion-vide": "/echeances/forclusions/",
    }
    for name, address in pages.items():
        screen.goto(address)
        look(screen, name)


@pytest.mark.long(
    "tests/referencement/test_photo_views.py::test_those_that_are_ticked_are_prepared_then_each_closed_with_its_reason",
)
def test_responsable_ticks_reads_and_forecloses(
    photos: list[PhotoDEcheance], somebody: Callable[[Compte], Page]
) -> None:
    page = somebody(a_responsable())
    page.goto("/echeances/photos/")
    boxes = page.get_by_label("Préparer la clôture (forclusion)")
    expect(boxes).to_have_count(2)
    for box in boxes.all():
        box.check()
    page.get_by_role("button", name="Préparer la clôture des candidatures cochées (forclusion)").click()
    page.get_by_role("button", name="Préparer la clôture pour dépôt hors délai").click()
    to_read = page.get_by_role("link", name="Lire et motiver la clôture")
    for left in (2, 1):
        expect(to_read).to_have_count(left)
        to_read.first.click()
        expect(page.get_by_text("3 notifications seront envoyées")).to_be_visible()
        page.get_by_label("Motif, que l’équipe lira").fill("Le dossier de preuves n’a pas été remis.")
        page.get_by_role("button", name="Clore cette candidature").click()
        expect(page.get_by_text("est close pour dépôt hors délai")).to_be_visible()
    expect(to_read).to_have_count(0)
