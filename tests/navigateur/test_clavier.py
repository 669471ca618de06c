"""Four stories from the keyboard alone, to their end, with and without JavaScript: the focus is always seen."""

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from candidatures.models import AcceptationDeCharte
from comptes.enums import Role
from comptes.models import Compte
from preuves.enums import ChapitreState
from tests.candidatures.conftest import make_team
from tests.factories import candidatures as make
from tests.factories import preuves as prove
from tests.factories.comptes import PASSWORD
from tests.navigateur.conftest import DESKTOP, PHONE, watched
from tests.preuves.conftest import make_team_to_prove

pytestmark = pytest.mark.long(
    "tests/navigateur/test_examen.py::test_review_from_the_keyboard_alone",
    "tests/navigateur/test_annonces.py::test_a_refused_form_is_read_first",
)

# What is wrong with the focus, in words; nothing when it is where a person sees it.
FOCUS = """() => {
  const one = document.activeElement;
  if (!one || one === document.body) return "nobody";
  const box = one.getClientRects()[0];
  if (!box) return `not drawn: ${one.outerHTML.slice(0, 120)}`;
  const seen = box.bottom > 0 && box.right > 0 && box.top < innerHeight && box.left < innerWidth;
  if (!seen) return `off screen: ${one.outerHTML.slice(0, 120)}`;
  const card = one.closest(".ps-card-link") ?? one;
  const shown = [one, card].some((drawn) => getComputedStyle(drawn).outlineStyle !== "none");
  if (!shown) return `unseen: ${one.outerHTML.slice(0, 120)}`;
  const x = Math.max(box.left, 0) + Math.min(box.width, 20) / 2;
  const y = Math.max(box.top, 0) + Math.min(box.height, 20) / 2;
  const top = document.elementFromPoint(x, y);
  const covered = top && !one.contains(top) && !top.contains(one) && !one.labels?.[0]?.contains(top);
  return covered ? `under ${top.outerHTML.slice(0, 80)}: ${one.outerHTML.slice(0, 120)}` : "";
}"""
MOST = 160
AN_ACCUSE = 30_000  # milliseconds: a submission draws its accusé, here in the same process


class Keyboard:
    """Somebody without a pointer: Tab, Enter, Space, and what is typed."""

    def __init__(self, page: Page, *, scripts: bool = True) -> None:
        self.page, self.scripts = page, scripts

    def reach(self, target: Locator) -> None:
        """Press Tab until the target has the focus, which must be seen at each step."""
        expect(target).to_be_visible()
        for _ in range(MOST):
            if target.evaluate("(element) => element === document.activeElement"):
                return
            self.page.keyboard.press("Tab")
            problem = self.page.evaluate(FOCUS)
            assert problem in ("", "nobody"), f"{self.page.url}: {problem}"
        pytest.fail(f"{self.page.url}: Tab does not lead to {target}.")

    def press(self, name: str, role: Any = "button") -> None:
        self.reach(self.page.get_by_role(role, name=name).first)
        self.page.keyboard.press("Enter")

    def confirm(self, name: str) -> None:
        """Press a button that asks once more, where scripts run."""
        asks = self.page.get_by_role("button", name=name).first.get_attribute("data-confirm")
        self.press(name)
        if asks and self.scripts:
            self.reach(self.page.get_by_role("dialog").get_by_role("button", name=name))
            self.page.keyboard.press("Enter")

    def tick(self, label: str) -> None:
        self.reach(self.page.get_by_label(label, exact=True).first)
        self.page.keyboard.press("Space")

    def fill(self, target: Locator, text: str) -> None:
        self.reach(target)
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type(text)


@pytest.fixture(params=["scripts", "no-scripts"])
def keyboard(request: pytest.FixtureRequest, portail: str, new_context: Any) -> Iterator[Keyboard]:
    scripts = request.param == "scripts"
    context = new_context(base_url=portail, viewport=DESKTOP, reduced_motion="reduce", java_script_enabled=scripts)
    for page in watched(context):
        yield Keyboard(page, scripts=scripts)


def test_from_the_home_page_to_the_charte(keyboard: Keyboard, freeze: Callable[[datetime], None], db: None) -> None:
    """A mandataire signs in by password, and accepts the charte of a new candidature."""
    freeze(make.SUMMER)
    editeur = make.an_editeur()
    nadia = make.a_person(editeur, Role.MANDATAIRE)
    nadia.set_password(PASSWORD)
    nadia.save()
    candidature = make.a_candidature(make.a_produit(editeur, nadia), nadia, charte=False)
    page = keyboard.page

    page.goto("/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Aller au contenu")).to_be_focused()
    keyboard.press("Se connecter", "link")
    keyboard.fill(page.get_by_label("Adresse e-mail"), nadia.email)
    keyboard.fill(page.get_by_label("Mot de passe", exact=True), PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Ce qui vous attend")
    expect(page.get_by_text(candidature.nru)).to_be_visible()
    keyboard.press("Lire et accepter la charte", "link")
    keyboard.confirm("Accepter la charte")

    expect(page.get_by_text("La charte est acceptée")).to_be_visible()
    assert AcceptationDeCharte.objects.get().accepted_by == nadia


def test_a_volet_is_corrected_then_submitted(
    keyboard: Keyboard, freeze: Callable[[datetime], None], enter: Callable[[Page, Compte], None]
) -> None:
    """What is refused is read first, and its link leads to the field."""
    freeze(make.SUMMER)
    team = make_team()
    make.a_filled_volet(team.candidature, team.salarie)
    page = keyboard.page
    enter(page, team.salarie)

    page.goto(f"/candidatures/{team.candidature.nru}/administratif/")
    keyboard.press("Tout déplier", "link")
    email = page.locator("[name=contact_email]")
    keyboard.fill(email, "pas une adresse")
    page.keyboard.press("Enter")
    summary = page.locator("[data-error-summary]")
    expect(summary).to_be_focused()
    expect(page).to_have_title(re.compile(r"Erreur\s: .*Sirocco Résidence"))
    keyboard.press("Contact pour le référencement, adresse e-mail", "link")
    expect(email).to_be_focused()
    keyboard.fill(email, "contact@sirocco.example")
    keyboard.press("Enregistrer et relire avant de soumettre")
    keyboard.confirm("Soumettre à l’ANS")

    expect(page.get_by_text("à l’ANS le 1er juillet 2026")).to_be_visible(timeout=AN_ACCUSE)
    assert make.the_volet(team.candidature).submitted_at is not None


def test_a_preuve_is_deposited_and_its_chapitre_submitted(
    keyboard: Keyboard, freeze: Callable[[datetime], None], enter: Callable[[Page, Compte], None]
) -> None:
    freeze(prove.AUTUMN)
    team = make_team_to_prove(confirm=True)
    prove.a_deposit(team.candidature, team.salarie, "MAT.01.01.02")
    page = keyboard.page
    enter(page, team.salarie)

    page.goto(f"/candidatures/{team.candidature.nru}/chapitres/MAT/")
    keyboard.press("MAT.01.01.01", "link")
    keyboard.fill(page.locator("[name=value]").first, "48213")
    keyboard.reach(page.locator("[name=evidence_date]"))
    page.keyboard.type("20102026")
    keyboard.press("Déposer la preuve")
    expect(page.get_by_text("La preuve MAT.01.01.01 est")).to_be_visible()
    page.goto(f"/candidatures/{team.candidature.nru}/chapitres/MAT/")
    keyboard.press("Relire et soumettre", "link")
    keyboard.confirm("Soumettre à l’ANS")

    expect(page.get_by_text("soumis à l’ANS le")).to_be_visible(timeout=AN_ACCUSE)
    assert prove.the_chapitre(team.candidature).state == ChapitreState.SUBMITTED


def test_a_chapitre_is_examined_and_validated(
    keyboard: Keyboard, freeze: Callable[[datetime], None], enter: Callable[[Page, Compte], None]
) -> None:
    """By Tab, Space and Enter, without the shortcuts of the page."""
    freeze(prove.AUTUMN)
    team = make_team_to_prove(confirm=True)
    prove.a_submitted_chapitre(team.candidature, team.salarie)
    page = keyboard.page
    enter(page, team.instructeur)

    page.goto(f"/instruction/{team.candidature.nru}/chapitres/MAT/")
    keyboard.press("Commencer l’examen")
    for _ in range(2):
        keyboard.tick("Acceptée")
        keyboard.press("Enregistrer et suivante")
    keyboard.confirm("Valider le chapitre")

    expect(page.get_by_role("heading", level=1)).to_have_text("Chapitres à examiner")
    assert prove.the_chapitre(team.candidature).state == ChapitreState.APPROVED


def test_escape_closes_the_menu_of_a_phone(
    portail: str, new_context: Any, freeze: Callable[[datetime], None], enter: Callable[[Page, Compte], None]
) -> None:
    freeze(make.SUMMER)
    team = make_team()
    for page in watched(new_context(base_url=portail, viewport=PHONE)):
        enter(page, team.salarie)
        page.goto("/produits/")
        menu = page.locator(".ps-nav-narrow summary")
        keyboard = Keyboard(page)
        keyboard.reach(menu)
        page.keyboard.press("Enter")
        keyboard.reach(page.get_by_role("link", name="Solutions").first)
        page.keyboard.press("Escape")

        expect(menu).to_be_focused()
        expect(page.locator(".ps-nav-narrow details")).not_to_have_attribute("open", "")
