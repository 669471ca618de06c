"""Where a desk is not asked: what its space shows, deposited by one side and confirmed by the other, at three widths.

No desk has an address here. The space of the desk is itself drawn by the browser, as an image and as a PDF.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from comptes.enums import RoleANS
from guichets.enums import RoleEdcPsc
from guichets.models import Capture, DemandeAuGuichet
from preuves.effects import draw_pages
from referencement.effects import print_document
from referencement.operations.autorisations import settle_autorisation
from tests.candidatures.conftest import Team
from tests.factories import candidatures as phase_1
from tests.factories import guichets as desks
from tests.factories.conventions import approve
from tests.factories.guichets import MORNING, YESTERDAY
from tests.preuves.conftest import make_team_to_prove

HOUR = timedelta(hours=1)
SPACE = """<body style="font: 20px sans-serif; margin: 40px; color: #123">
<h1>Espace personnel</h1><h2>Demande CNDA-INSI</h2><p>Logiciel : Sirocco Résidence (NIL-1)</p>
<table border=1 cellpadding=12><tr><th>Étape</th><th>Depuis le</th><th>Retour prévu</th></tr>
<tr><td>En cours / actif</td><td>02/11/2026</td><td>01/12/2026</td></tr></table></body>"""


Look = Callable[[Page, str], None]


@pytest.fixture
def at_every_width(look: Look, fits: Callable[[Page], None], screenshot: Callable[[Page, str], Path]) -> Look:
    """Check a page on a phone and on a desktop, and that it fits what stands between them."""

    def check(page: Page, name: str) -> None:
        for width, how in ((360, look), (1280, look), (800, screenshot)):
            page.set_viewport_size({"width": width, "height": 900})
            how(page, f"captures-{name}")
        fits(page)

    return check


def captures_of(team: Team, image: bytes, pdf: bytes) -> list[Capture]:
    """Two that wait, an image and a PDF; a third lost its grant; at a fourth, the desk says less than was believed."""
    insi, dmp = (desks.a_demande(team.candidature, team.salarie, desks.cnda(code)) for code in ("INSI", "DMP"))
    utilisateur = desks.a_demande(team.candidature, team.salarie, desks.edc())
    desks.a_confirmed_capture(utilisateur, team.salarie, team.instructeur, at=MORNING, etape="granted")
    desks.a_confirmed_capture(utilisateur, team.salarie, team.instructeur, at=MORNING + HOUR, etape="in_review")
    proxy = desks.a_demande(team.candidature, team.salarie, desks.edc(RoleEdcPsc.PROXY))
    desks.a_releve(proxy, "in_review", at=MORNING)
    desks.a_releve(proxy, "submitted", at=MORNING + HOUR)
    shown = {"at": MORNING + 2 * HOUR, "retour_prevu": YESTERDAY + timedelta(days=29)}
    first = desks.a_capture(insi, team.salarie, upload=phase_1.a_pdf("espace-cnda.png", image), **shown)
    letter = phase_1.a_pdf("attestation.pdf", pdf)
    second = desks.a_capture(dmp, team.salarie, at=MORNING + 3 * HOUR, upload=letter, etape="granted", numero="ATT-7")
    draw_pages(second.piece_id)
    return [first, second]


def pages_of_the_editeur(page: Page, nru: str, at_every_width: Look) -> None:
    page.reload()
    expect(page.get_by_text("Autorisation délivrée le")).to_be_visible()
    expect(page.get_by_text("Pré-examen («\u00a0En cours / actif\u00a0» au guichet)").first).to_be_visible()
    at_every_width(page, "page")
    page.goto(f"/candidatures/{nru}/")
    page.get_by_role("heading", name="En parallèle, aux autres guichets").click()
    page.get_by_text("Étapes qui dépendent l’une de l’autre").click()
    expect(page.get_by_role("link", name="Lire l’autorisation")).to_be_visible()
    at_every_width(page, "apercu")
    page.goto(f"/candidatures/{nru}/guichets/{DemandeAuGuichet.objects.get(role=RoleEdcPsc.PROXY).pk}/capture/")
    at_every_width(page, "depot")
    page.get_by_role("button", name="Déposer la capture").click()
    expect(page.get_by_text("Choisissez l’étape affichée sur la capture.").first).to_be_visible()
    at_every_width(page, "depot-refuse")


def pages_of_the_ans(page: Page, nru: str, waiting: list[Capture], at_every_width: Look) -> None:
    image, pdf = (f"/instruction/captures/{line.pk}/" for line in waiting)
    pages = {"file": "/instruction/captures/", "image": image, "pdf": pdf}
    pages |= {"guichets": f"/candidatures/{nru}/guichets/", "tableau": "/instruction/guichets/"}
    pages |= {"reponses": "/instruction/guichets/anomalies/"}
    for name, address in pages.items():
        page.goto(address)
        at_every_width(page, name)
    page.get_by_role("link", name="Accord perdu").click()
    at_every_width(page, "reponse")
    expect(page.get_by_role("heading", name="Accord perdu")).to_be_visible()
    expect(page.get_by_role("button", name="Prendre en compte")).to_be_visible()


@pytest.mark.long(
    "tests/guichets/test_capture_views.py::test_capture_and_claim_stand_beside_what_the_portal_holds",
    "tests/test_permission_table.py::test_each_role_gets_what_the_table_says_for_few_queries",
)
def test_pages_of_the_captures_at_three_widths(
    portail: str,
    freeze: Callable[[datetime], None],
    somebody: Callable[..., Page],
    at_every_width: Look,
    captures: Path,
) -> None:
    freeze(MORNING + 5 * HOUR)
    team = make_team_to_prove()
    nru, nobody = team.candidature.nru, somebody()
    nobody.set_content(SPACE)
    image, pdf = nobody.screenshot(), nobody.pdf(format="A4")
    sami = somebody(team.salarie)
    sami.goto(f"/candidatures/{nru}/guichets/")
    expect(sami.get_by_role("form", name="Déjà connues de votre formulaire")).to_be_visible()
    at_every_width(sami, "connues")

    waiting = captures_of(team, image, pdf)
    approve(team.candidature, team, "MAT")
    autorisation = settle_autorisation(candidature_id=team.candidature.pk, at=MORNING)
    assert autorisation is not None
    print_document(autorisation.document_id)
    (captures / "captures-autorisation.pdf").write_bytes(b"".join(autorisation.document.fichiers.get().read()))
    pages_of_the_editeur(sami, nru, at_every_width)
    camille = somebody(phase_1.a_person(roles_ans=[RoleANS.INSTRUCTEUR]))
    pages_of_the_ans(camille, nru, waiting, at_every_width)
