"""A séance moved, then held by four people at four screens; and its procès-verbal, as it is printed."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
from playwright.sync_api import Page, expect

from comptes import journal
from comptes.enums import RoleANS
from referencement.enums import DocumentKind
from referencement.models import Document, SeanceDuCollege
from tests.factories import candidatures as make
from tests.factories.conventions import some_parties
from tests.navigateur.conftest import DESKTOP, PHONE, sign_in_without_typing, watched
from tests.navigateur.test_dossier_administratif import follow, press
from tests.referencement.conftest import PRINTS, seal
from tests.referencement.test_seances import make_ready

__all__ = ["seal"]

Clock = Callable[[datetime], None]
NOVEMBER = datetime(2027, 11, 23, 10, 0, tzinfo=UTC)
MORNING = datetime(2027, 12, 15, 8, 0, tzinfo=UTC)
WHY = "La salle est fermée ce jour-là."
CONFLICT = "A travaillé pour cet éditeur jusqu’en 2025."
AGAINST = "Une attestation reçue pendant la séance lève les réserves."


@dataclass
class Four:
    """The secrétaire, and three members: one on a phone, one whose browser runs no script. Omar has no screen."""

    julien: Page
    sophie: Page
    leila: Page
    marc: Page
    nru: str

    @property
    def home(self) -> str:
        return f"/college/{SeanceDuCollege.objects.get().pk}/"

    @property
    def dossier(self) -> str:
        return f"{self.home}{self.nru}/"


@pytest.fixture
def four(portail: str, freeze: Clock, new_context: Any) -> Iterator[Four]:
    freeze(NOVEMBER)
    parties = some_parties(profils=["AHI"])
    make_ready(parties)
    opened: list[Iterator[Page]] = []

    def screen(role: RoleANS, first_name: str, last_name: str, **kwargs: Any) -> Page:
        context = new_context(base_url=portail, **({"viewport": DESKTOP} | kwargs))
        sign_in_without_typing(context, make.a_person(roles_ans=[role], first_name=first_name, last_name=last_name))
        opened.append(watched(context))
        return next(opened[-1])

    membre = RoleANS.MEMBRE_COLLEGE
    make.a_person(roles_ans=[membre], first_name="Omar", last_name="Diallo")
    yield Four(
        screen(RoleANS.SECRETAIRE_COLLEGE, "Julien", "Morel"),
        screen(membre, "Sophie", "Aubry"),
        screen(membre, "Leïla", "Benali", viewport=PHONE, has_touch=True, is_mobile=True),
        screen(membre, "Marc", "Delmas", java_script_enabled=False),
        parties.candidature.nru,
    )
    for page in opened:
        next(page, None)


@pytest.mark.long(
    "tests/referencement/test_seances.py::test_seance_that_moved_since_the_preview_is_not_closed",
    "tests/navigateur/test_first_candidature.py::test_from_the_invitation_to_the_decision",
)
@PRINTS
def test_seance_is_moved_then_held_by_four_people_at_four_screens(
    four: Four, freeze: Clock, somebody: Callable[..., Page], look: Callable[[Page, str], None], captures: Path
) -> None:
    it_is_planned_and_its_members_called(four, look)
    it_is_moved(four, look)
    everybody_is_told(somebody())
    freeze(MORNING)
    it_opens_with_its_quorum(four, look)
    each_says_what_they_think(four, look)
    the_last_word_is_told_in_words(four, look)
    it_is_decided_against_everybody(four, look)
    freeze(MORNING + timedelta(minutes=52))
    it_is_closed(four)
    a_late_avis_is_refused(four)
    assert list(journal.verify()) == []
    the_minutes_are_looked_at(captures)


def it_is_planned_and_its_members_called(four: Four, look: Callable[[Page, str], None]) -> None:
    page = four.julien
    page.goto("/college/nouvelle/")
    page.get_by_label("Date et heure").fill("2027-11-22T14:00")
    page.get_by_label("Quorum").fill("2")
    press(page, "Prévoir la séance")
    expect(page.get_by_text("Cette date est passée").first).to_be_visible()
    page.get_by_label("Date et heure").fill("2027-12-14T14:00")
    press(page, "Prévoir la séance")
    page.locator(f"a[href*='inscrire/{four.nru}']").click()
    press(page, "Inscrire à l’ordre du jour")
    expect(page.get_by_text("L’ordre du jour n’est pas encore envoyé.")).to_be_visible()
    page.goto(four.dossier)
    page.get_by_text("Rapporteur\u00a0: à choisir").click()
    page.get_by_label("Un membre de la séance ou un instructeur").select_option(label="Sophie Aubry")
    press(page, "Enregistrer le rapporteur")
    page.goto(four.home)
    look(page, "seance-a-convoquer")
    press(page, "Envoyer l’ordre du jour")
    expect(page.get_by_text("Les membres ont reçu cet ordre du jour.")).to_be_visible()


def it_is_moved(four: Four, look: Callable[[Page, str], None]) -> None:
    page = four.julien
    follow(page, "Déplacer la séance")
    page.get_by_label("Nouvelle date").fill("2027-12-14T14:00")
    page.get_by_label("Motif").fill(WHY)
    press(page, "Déplacer la séance")
    expect(page.get_by_text("La séance est déjà prévue à cette date").first).to_be_visible()
    expect(page.get_by_label("Motif")).to_have_value(WHY)
    look(page, "seance-deplacer-refus")
    page.get_by_label("Nouvelle date").fill("2027-12-15T09:30")
    press(page, "Déplacer la séance")
    expect(page.get_by_text("La séance est déplacée.")).to_be_visible()
    expect(page.get_by_text(WHY)).to_be_visible()


def everybody_is_told(visitor: Page) -> None:
    visitor.goto("/demo/messages/")
    for label in (
        "vous y siégez",
        "ordre du jour modifié",
        "elle est déplacée",
        "l’examen par le collège change de date",
    ):
        expect(visitor.get_by_role("link", name=re.compile(label)).first).to_be_visible()
    visitor.get_by_role("link", name=re.compile("l’examen par le collège change de date")).first.click()
    expect(visitor.get_by_text("15\u00a0décembre 2027 à 9\u00a0h\u00a030")).to_be_visible()
    expect(visitor.get_by_text(WHY)).to_have_count(0)


def it_opens_with_its_quorum(four: Four, look: Callable[[Page, str], None]) -> None:
    four.sophie.goto(four.dossier)
    expect(four.sophie.get_by_text("La séance n’est pas ouverte")).to_be_visible()
    page = four.julien
    page.goto(four.home)
    page.get_by_label("Sophie Aubry").check()
    press(page, "Ouvrir la séance")
    expect(page.get_by_text("1 membre présent, 2 requis")).to_be_visible()
    expect(page.get_by_label("Sophie Aubry")).to_be_checked()
    for name in ("Leïla Benali", "Marc Delmas", "Omar Diallo"):
        page.get_by_label(name).check()
    press(page, "Ouvrir la séance")
    expect(page.get_by_text("La séance est ouverte.")).to_be_visible()
    look(page, "seance-ouverte")


def each_says_what_they_think(four: Four, look: Callable[[Page, str], None]) -> None:
    """Sophie from the keyboard alone, Marc without any script, Leïla on her phone."""
    page = four.sophie
    page.goto(four.dossier)
    look(page, "avis-a-donner")
    page.get_by_label("Favorable", exact=True).focus()
    page.keyboard.press("ArrowDown")
    for _ in range(2):
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_text("L’avis est enregistré.")).to_be_visible()

    page = four.marc
    page.goto(four.dossier)
    page.get_by_label("Quel conflit").fill(CONFLICT)
    page.get_by_role("button", name="Donner mon avis").click()
    expect(page.get_by_label("Quel conflit")).to_have_value(CONFLICT)
    page.get_by_label(re.compile("^Ne prend pas part")).check()
    page.get_by_role("button", name="Donner mon avis").click()
    expect(page.get_by_text("L’avis est enregistré.")).to_be_visible()

    four.leila.goto(four.dossier)
    look(four.leila, "avis-a-donner")


def the_last_word_is_told_in_words(four: Four, look: Callable[[Page, str], None]) -> None:
    """Julien notes for Leïla what she is saying herself at that moment; what he notes for Omar is kept."""
    julien, leila = four.julien, four.leila
    julien.goto(four.dossier)
    expect(julien.get_by_text(CONFLICT).first).to_be_visible()
    leila.get_by_label("Défavorable", exact=True).check()
    press(leila, "Donner mon avis")
    expect(leila.get_by_text("L’avis est enregistré.")).to_be_visible()
    julien.get_by_text("Noter pour un membre").click()
    julien.get_by_label("Omar Diallo", exact=True).select_option(label="Défavorable")
    julien.get_by_label("Leïla Benali", exact=True).select_option(label="Favorable")
    press(julien, "Noter les avis")
    expect(julien.get_by_text("vient d’être enregistré, de sa main").first).to_be_visible()
    expect(julien.get_by_label("Leïla Benali", exact=True)).to_have_value("favourable")
    look(julien, "avis-deux-a-la-fois")
    julien.get_by_label("Leïla Benali", exact=True).select_option(label="Défavorable")
    press(julien, "Noter les avis")


def it_is_decided_against_everybody(four: Four, look: Callable[[Page, str], None]) -> None:
    page = four.julien
    page.goto(four.dossier)
    page.get_by_label("Attribution", exact=True).check()
    page.get_by_label("Précisions").fill("Le collège félicite l’équipe.")
    press(page, "Noter la décision")
    expect(page.get_by_text("indiquez pourquoi le collège attribue").first).to_be_visible()
    expect(page.get_by_label("Précisions")).to_have_value("Le collège félicite l’équipe.")
    look(page, "decision-contre-avis")
    page.get_by_label("Pourquoi contre tous les avis exprimés").fill(AGAINST)
    press(page, "Noter la décision")
    expect(page.get_by_text("La décision est enregistrée. Elle sera publiée à la clôture")).to_be_visible()


def it_is_closed(four: Four) -> None:
    page = four.julien
    four.sophie.goto(four.dossier)
    page.goto(f"{four.home}cloture/")
    press(page, "Clore la séance")
    page.get_by_role("dialog").get_by_role("button", name="Clore la séance").click()
    expect(page.get_by_text("La séance est close.").first).to_be_visible()


def a_late_avis_is_refused(four: Four) -> None:
    """Sophie's page was read before the closing."""
    page = four.sophie
    page.get_by_label(re.compile("^Ne prend pas part")).check()
    page.get_by_label("Quel conflit").fill("Un lien familial.")
    press(page, "Donner mon avis")
    expect(page.get_by_text("Cette séance est close. Aucun avis ne peut plus être ajouté.").first).to_be_visible()
    expect(page.get_by_label("Quel conflit")).to_have_value("Un lien familial.")


def the_minutes_are_looked_at(captures: Path) -> None:
    """Every page is kept as an image; its words say what really happened."""
    document = Document.objects.get(kind=DocumentKind.PROCES_VERBAL)
    with document.fichiers.get().file.open() as printed:
        pdf = pypdfium2.PdfDocument(printed.read())
    for number, page in enumerate(pdf):
        page.render(scale=1.5).to_pil().save(captures / f"proces-verbal-{number + 1}.png")
    text = " ".join(" ".join(page.get_textpage().get_text_range() for page in pdf).split())
    for fact in (
        "du 14 décembre 2027 à 14 h au 15 décembre 2027 à 9 h 30",
        "15 décembre 2027 à 9 h 52",
        "Julien Morel",
        "Sophie Aubry",
        CONFLICT,
        AGAINST,
        "noté par Julien Morel",
    ):
        assert fact in text
