"""What a machine noticed, at three widths: beside a deposit, in the form of a capture, and beside a capture."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from comptes.enums import RoleANS
from guichets.models import Capture
from preuves.enums import Nature
from preuves.operations.chapitres import submit_chapitre
from tests.factories import candidatures as phase_1
from tests.factories import fichiers as some
from tests.factories import guichets as desks
from tests.factories import lectures
from tests.factories import preuves as prove
from tests.factories.guichets import MORNING
from tests.guichets.conftest import INSI, UTILISATEUR, make_team_with_constats

HOUR = timedelta(hours=1)
TITLE = "Repéré automatiquement, à vérifier"


@pytest.mark.long(
    "tests/guichets/test_lectures.py::test_capture_is_read_proposed_verified_and_recorded",
    "tests/preuves/test_indices.py::test_form_is_noticed_by_both_sides",
)
def test_what_a_machine_noticed_is_shown_and_verified(
    portail: str,
    freeze: Callable[[datetime], None],
    somebody: Callable[..., Page],
    look: Callable[[Page, str], None],
) -> None:
    def at_every_width(page: Page, name: str) -> None:
        for width in (360, 800, 1280):
            page.set_viewport_size({"width": width, "height": 900})
            look(page, f"indices-{name}")

    freeze(MORNING + 5 * HOUR)
    team = make_team_with_constats()
    nru, screen = team.candidature.nru, lectures.a_desk_page()
    demande = desks.a_demande(team.candidature, team.salarie)
    sami = somebody(team.salarie)
    sami.goto(f"/candidatures/{nru}/guichets/{demande.pk}/capture/")
    at_every_width(sami, "a-lire")
    sami.get_by_label("Capture à lire").set_input_files(
        {"name": "espace.png", "mimeType": "image/png", "buffer": screen}
    )
    sami.get_by_role("button", name="Lire la capture").click()
    expect(sami.get_by_text("Les valeurs surlignées ont été lues")).to_be_visible()
    at_every_width(sami, "proposees")
    sami.get_by_role("button", name="Déposer la capture").click()
    expect(sami.get_by_text("puis cochez cette case").first).to_be_visible()
    at_every_width(sami, "a-verifier")
    sami.get_by_label("J’ai vérifié").check()
    sami.get_by_role("button", name="Déposer la capture").click()
    expect(sami.get_by_text("capture déposée")).to_be_visible()

    piece = some.a_scanned_piece(team.candidature, team.salarie, "espace.png", screen, nature=Nature.CNDA)
    prove.a_deposit(team.candidature, team.salarie, INSI, prove.some_files(piece.pk), at=MORNING + 2 * HOUR)
    prove.a_deposit(team.candidature, team.salarie, UTILISATEUR, prove.some_files(piece.pk), at=MORNING + 2 * HOUR)
    submit_chapitre(candidature_id=team.candidature.pk, code="INS", by=team.salarie, at=MORNING + 3 * HOUR)
    camille = somebody(phase_1.a_person(roles_ans=[RoleANS.INSTRUCTEUR]))
    pages = {
        "preuve": (sami, f"/candidatures/{nru}/preuve/{INSI}/"),
        "examen": (camille, f"/instruction/{nru}/chapitres/INS/?preuve={INSI}"),
        "capture": (camille, f"/instruction/captures/{Capture.objects.get().pk}/"),
    }
    for name, (page, address) in pages.items():
        page.goto(address)
        expect(page.get_by_role("heading", name=TITLE)).to_be_visible()
        at_every_width(page, name)
