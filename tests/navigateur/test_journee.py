"""A day of an instructrice with 300 candidatures: by keyboard alone at 1280, then by touch alone at 360.

Everything that waits for her is done, page after page, each preuve read by hand. From « Ma journée » to the last act,
the next pile, the next item and the verdict of a preuve are never more than three tabs away, and everything that is
tapped is large enough.
"""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any, Protocol

import pytest
from playwright.sync_api import Locator, Page, expect

from bench.populate.agency import ANS
from bench.populate.run import Wanted, populate
from candidatures.enums import VoletState
from candidatures.models import Candidature, Demande, Message, Volet
from candidatures.operations.messages import post_message
from candidatures.operations.referents import assign_referent
from comptes.enums import Role
from comptes.models import Compte
from preuves.enums import Avis, ChapitreState
from preuves.models import Chapitre, VerdictDePreuve
from referencement.operations.tours import project_tours
from segur_portal.demo.story import in_paris
from segur_portal.demo.verbs import publish_the_catalogue
from tests.factories import candidatures as make
from tests.navigateur.conftest import DESKTOP, PHONE, watched

pytestmark = pytest.mark.long(
    "tests/navigateur/test_examen.py::test_review_from_the_keyboard_alone",
    "tests/referencement/test_worklists.py::test_volet_is_admitted_and_the_next_one_opens",
    "tests/referencement/test_worklists.py::test_first_row_is_that_of_the_page_that_was_read",
)

AT = in_paris("2026-11-03 10:00")
CANDIDATURES, FOLLOWED, WRITTEN = 300, 12, 3
# From wherever the focus is to the next item; from anywhere on a page to what is done there.
NEAR, MOST = 3, 220
# Longer than any pile of hers.
ITEMS = 40
# Its rows are chapitres: on a phone, a row of the candidatures leads to the whole dossier.
OF_MINE = "Liste de mes chapitres"
# What is tapped in a row, from each pile.
TO_DO = "td[data-label='À faire'] a"
TAPPED = {OF_MINE: "th a", "Messages à lire": f"{TO_DO}:has-text('non lu')"}
# In pixels: WCAG 2.2, criterion 2.5.8.
TARGET = 24
# A submission is read, an accusé or an e-mail is drawn in the same process.
PATIENCE = 30_000


class Hand(Protocol):
    """How somebody acts on a page: by keyboard, or by touch."""

    page: Page

    def press(self, target: Locator) -> None:
        """Press a button or a link, wherever it is."""

    def next(self, target: Locator) -> None:
        """Press what leads to the next item: it must be near."""

    def confirm(self, name: str) -> None:
        """Press a button that asks once more."""

    def tick(self, target: Locator) -> None:
        """Choose a radio button, or a box."""

    def judge(self, verdict: str) -> None:
        """Choose the verdict of the preuve that is shown: it must be near."""

    def choose(self, target: Locator, rank: int) -> None:
        """Choose one option of a list, by its rank."""

    def write(self, target: Locator, text: str) -> None: ...


class Keyboard:
    """Tab and Enter. `farthest`: the longest way to a next item, in tabs."""

    def __init__(self, page: Page) -> None:
        self.page, self.farthest = page, 0

    def _reach(self, target: Locator, most: int) -> int:
        expect(target).to_be_visible()
        for tabs in range(most + 1):
            if target.evaluate("(element) => element === document.activeElement"):
                return tabs
            self.page.keyboard.press("Tab")
        pytest.fail(f"{self.page.url}: {most} tabs do not lead to {target}.")

    def press(self, target: Locator) -> None:
        self._reach(target, MOST)
        self.page.keyboard.press("Enter")

    def next(self, target: Locator) -> None:
        """From the top of a page, the way leads over « Aller au contenu », unless what is looked for comes with it."""
        tabs = 0
        if self.page.evaluate("document.activeElement === document.body"):
            tabs = 2
            for _ in range(tabs):
                self.page.keyboard.press("Tab")
            if not target.evaluate("(element) => element === document.activeElement"):
                tabs = 1
                self.page.keyboard.press("Shift+Tab")
                expect(self.page.get_by_role("link", name="Aller au contenu")).to_be_focused()
                self.page.keyboard.press("Enter")
        self.farthest = max(self.farthest, tabs + self._reach(target, NEAR - tabs))
        self.page.keyboard.press("Enter")

    def confirm(self, name: str) -> None:
        self.press(self.page.get_by_role("button", name=name))
        self._reach(self.page.get_by_role("dialog").get_by_role("button", name=name), NEAR)
        self.page.keyboard.press("Enter")

    def tick(self, target: Locator) -> None:
        self._reach(target, MOST)
        self.page.keyboard.press("Space")

    def judge(self, verdict: str) -> None:
        """From the title of the preuve, where a page that follows a verdict begins, over the link to the verdict."""
        self.page.locator("#preuve").focus()
        for key in ("Tab", "Enter"):
            self.page.keyboard.press(key)
        self.farthest = max(self.farthest, 1 + self._reach(self.page.get_by_role("radio").first, NEAR - 1))
        for _ in range(self.page.get_by_role("radio").count()):
            if self.page.get_by_role("radio", name=verdict).is_checked():
                return
            self.page.keyboard.press("Space" if verdict == "Acceptée" else "ArrowDown")
        expect(self.page.get_by_role("radio", name=verdict)).to_be_checked()

    def choose(self, target: Locator, rank: int) -> None:
        self._reach(target, MOST)
        for _ in range(rank):
            self.page.keyboard.press("ArrowDown")

    def write(self, target: Locator, text: str) -> None:
        self._reach(target, MOST)
        self.page.keyboard.type(text)


class Touch:
    """Taps, on targets that are large enough."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def press(self, target: Locator) -> None:
        expect(target).to_be_visible()
        box = target.bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= TARGET, f"{self.page.url}: {target} is {box}."
        target.tap()

    next = tick = press

    def judge(self, verdict: str) -> None:
        self.press(self.page.get_by_role("radio", name=verdict))

    def choose(self, target: Locator, rank: int) -> None:
        expect(target).to_be_visible()
        target.select_option(index=rank)

    def confirm(self, name: str) -> None:
        self.press(self.page.get_by_role("button", name=name))
        self.press(self.page.get_by_role("dialog").get_by_role("button", name=name))

    def write(self, target: Locator, text: str) -> None:
        self.press(target)
        self.page.keyboard.type(text)


@pytest.fixture
def camille(portail: str, freeze: Callable[[datetime], None]) -> Compte:
    """An instructrice among 300 candidatures, of which she follows twelve; three éditeurs wrote to her."""
    freeze(AT)
    publish_the_catalogue(at=make.OPENING)
    populate(Wanted(CANDIDATURES * 3 // 4, histoires=("submitted",)))
    populate(Wanted(CANDIDATURES // 4, seed=1, histoires=("proving",)))
    camille = Compte.objects.get(email=ANS[1])
    for kept in ({"volets__state": VoletState.SUBMITTED}, {"dossier_de_preuves__chapitres__state": "submitted"}):
        unfollowed = Candidature.objects.filter(referent=None, **kept).order_by("-pk").distinct()
        for candidature in unfollowed[: FOLLOWED // 2]:
            assign_referent(candidature_id=candidature.pk, compte_id=camille.pk, seen=None, by=camille, at=AT)
            seat = candidature.produit.editeur.rattachements.filter(role=Role.MANDATAIRE).first()
            if Message.objects.count() < WRITTEN:
                post_message(
                    candidature_id=candidature.pk,
                    text="Où en est notre dossier\u00a0?",
                    token=candidature.nru,
                    by=seat.compte,
                    at=AT,
                )
    keys = list(Candidature.objects.order_by("pk").values_list("pk", flat=True))
    project_tours(candidature_ids=keys, at=AT)
    assert len(keys) >= CANDIDATURES
    return camille


@pytest.fixture(params=["keyboard", "touch"])
def hand(request: pytest.FixtureRequest, portail: str, new_context: Any) -> Iterator[Hand]:
    options: dict[str, Any] = {"viewport": DESKTOP}
    if request.param == "touch":
        options = {"viewport": PHONE, "has_touch": True, "is_mobile": True}
    for page in watched(new_context(base_url=portail, reduced_motion="reduce", **options)):
        yield Keyboard(page) if request.param == "keyboard" else Touch(page)


def begin(hand: Hand, pile: str) -> None:
    """Open, from « Ma journée », the first item of a pile."""
    page = hand.page
    if page.viewport_size == PHONE and not page.url.endswith("/ma-journee/"):
        hand.press(page.locator(".ps-nav-narrow summary"))
    if not page.url.endswith("/ma-journee/"):
        hand.press(page.get_by_role("link", name="Ma journée").locator("visible=true").first)
    expect(page.get_by_role("heading", level=1)).to_have_text("Ma journée")
    hand.next(page.get_by_role("main").get_by_role("link", name=pile))
    expect(page.get_by_role("heading", level=1)).to_contain_text("à examiner" if pile == OF_MINE else "à instruire")
    open_first(hand, pile)


def open_first(hand: Hand, pile: str) -> None:
    """Open the first item of the list that is shown."""
    page = hand.page
    if isinstance(hand, Keyboard):
        # After an act, the message has that link; else, it is the second one of the page.
        told = page.locator("[data-arrival]")
        there = told if told.count() else page
        hand.next(there.get_by_role("link", name="Ouvrir la première ligne de la liste"))
    else:
        hand.press(page.locator(f"main tbody tr {TAPPED.get(pile, TO_DO)}").first)
    expect(in_the_list(page)).to_be_visible()


def in_the_list(page: Page) -> Locator:
    """Return what an item has that a list has not: the way to the next one."""
    return page.get_by_role("navigation", name="Dans la liste")


def goes_on(hand: Hand, pile: str) -> bool:
    """Be on an item of a pile after an act, opening the first one of its list again; False once the list is empty."""
    page = hand.page
    if in_the_list(page).count():
        return True
    expect(page.get_by_role("heading", level=1)).to_contain_text("à instruire")
    if not page.locator("main tbody tr").count():
        return False
    open_first(hand, pile)
    return True


def after(hand: Hand, told: str) -> None:
    """Wait for the message of an act."""
    expect(hand.page.locator("[data-arrival]")).to_contain_text(told, timeout=PATIENCE)


def onwards(hand: Hand) -> None:
    """Go from an item to the next one."""
    here = hand.page.url
    hand.next(hand.page.get_by_role("link", name="Suivant", exact=True))
    hand.page.wait_for_url(lambda url: url != here)


def ask_a_complement(hand: Hand) -> None:
    page = hand.page
    hand.press(page.get_by_role("link", name="Demander un complément"))
    hand.tick(page.get_by_role("checkbox").first)
    hand.write(page.get_by_label("Message à l’éditeur"), "Précisez ce champ.")
    hand.press(page.get_by_role("button", name="Envoyer la demande"))
    after(hand, "La demande est envoyée")
    onwards(hand)


def read_every_volet(hand: Hand, look: Callable[[Page, str], None]) -> None:
    """Ask a complément on the first one, and admit the others."""
    page, pile = hand.page, "Volets à lire"
    begin(hand, pile)
    look(page, "journee-volet")
    ask_a_complement(hand)
    for number in range(ITEMS):
        if not goes_on(hand, pile):
            return
        hand.press(page.get_by_role("link", name="Aller à votre décision"))
        usual = "Recevable, et passer au suivant" if number else "Déclarer recevable"
        hand.press(page.get_by_role("button", name=usual))
        after(hand, "déclaré recevable")
        if not number:
            look(page, "journee-liste")
    pytest.fail(f"{pile}: more than {ITEMS} items.")


def examine_every_chapitre(hand: Hand, look: Callable[[Page, str], None]) -> None:
    """Read each preuve of the chapitres that nobody holds: return the first chapitre, and approve the others."""
    page = hand.page
    begin(hand, "Chapitres à examiner" if isinstance(hand, Keyboard) else OF_MINE)
    for number in range(FOLLOWED // 2):
        for _ in range(ITEMS):
            if page.get_by_role("button", name="Commencer l’examen").count():
                break
            onwards(hand)  # a colleague holds this one
        hand.press(page.get_by_role("button", name="Commencer l’examen"))
        expect(page.get_by_role("button", name="Laisser à un collègue")).to_be_visible()
        if not number:
            look(page, "journee-chapitre")
        read_each_preuve(hand, returned=not number)
        hand.confirm("Valider, et passer au suivant" if number else "Retourner, et passer au suivant")
        after(hand, "validé" if number else "à corriger")


def read_each_preuve(hand: Hand, *, returned: bool) -> None:
    """Accept every preuve; ask first for a correction, with a ready reason, when the chapitre goes back."""
    page = hand.page
    lines = page.get_by_role("navigation", name="Preuves du chapitre").get_by_role("listitem")
    for number in range(lines.count()):
        shown = page.locator("#preuve").inner_text()
        if returned and not number:
            hand.judge("À corriger")
            hand.choose(page.get_by_label("Motif prêt"), 1)
            hand.press(page.get_by_role("button", name="Insérer dans le motif"))
            expect(page.get_by_label("Motif", exact=True)).not_to_have_value("")
        else:
            hand.judge("Acceptée")
        hand.press(page.get_by_role("button", name="Enregistrer et suivante"))
        if number < lines.count() - 1:
            expect(page.locator("#preuve")).not_to_have_text(shown)


def answer_every_message(hand: Hand, look: Callable[[Page, str], None]) -> None:
    page, pile = hand.page, "Messages à lire"
    begin(hand, pile)
    for number in range(WRITTEN):
        hand.write(page.get_by_label("Votre message"), "Nous l’examinons cette semaine.")
        hand.press(page.get_by_role("button", name="Envoyer"))
        expect(page.get_by_text("Nous l’examinons cette semaine.").first).to_be_visible(timeout=PATIENCE)
        if not number:
            look(page, "journee-message")
        onwards(hand)
    after(hand, "à la fin de cette liste")


def test_instructrice_goes_through_her_day(
    hand: Hand, camille: Compte, enter: Callable[[Page, Compte], None], look: Callable[[Page, str], None]
) -> None:
    page = hand.page
    enter(page, camille)
    page.goto("/ma-journee/")
    look(page, "journee")
    mine = Volet.objects.filter(candidature__referent__compte=camille)
    to_read = mine.filter(state=VoletState.SUBMITTED).count()
    free = Chapitre.objects.filter(
        dossier__candidature__referent__compte=camille, state=ChapitreState.SUBMITTED, claimed_by=None
    )
    assert (to_read, free.count()) == (FOLLOWED, FOLLOWED // 2)

    read_every_volet(hand, look)
    answer_every_message(hand, look)
    examine_every_chapitre(hand, look)

    page.goto("/ma-journee/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Ma journée")
    for pile in ("Volets à lire", "Messages à lire", "Chapitres que j’examine"):
        expect(page.get_by_role("main").get_by_role("link", name=pile)).to_have_count(0)
    look(page, "journee-finie")
    assert mine.filter(state=VoletState.ADMITTED, admitted_at=AT).count() == to_read - 1
    assert Demande.objects.filter(asked_by=camille, asked_at=AT).count() == 1
    assert not free.exists()
    concluded = Chapitre.objects.filter(concluded_by=camille, concluded_at=AT)
    assert concluded.filter(state=ChapitreState.RETURNED).count() == 1
    assert concluded.filter(state=ChapitreState.APPROVED).count() == FOLLOWED // 2 - 1
    verdicts = VerdictDePreuve.objects.filter(given_by=camille, given_at=AT)
    assert verdicts.get(avis=Avis.TO_CORRECT).reason
    assert Message.objects.filter(author=camille).count() == WRITTEN
    if isinstance(hand, Keyboard):
        print(f"{verdicts.count()} preuves read, the next item {hand.farthest} tabs away at most")  # noqa: T201 -- the audit shows it
        assert 0 < hand.farthest <= NEAR
