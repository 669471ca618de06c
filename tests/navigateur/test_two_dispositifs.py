"""One solution through the whole process of two dispositifs, at everybody's screen, with an équivalence between them.

What is accepted in the trial dispositif spares a preuve of the DUI, until the next version of the table takes it away.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from pytest_django import Settings

from candidatures.models import Candidature
from comptes import journal
from comptes.enums import RoleANS
from preuves import sweeps
from preuves.catalogue.rem import ChapitreSpec, RemSpec
from tests.factories import candidatures as make
from tests.factories import equivalences as equal
from tests.factories import fichiers as some
from tests.factories import preuves as prove
from tests.factories.equivalences import HERE, SECOND_HERE, SECOND_THERE, THERE
from tests.navigateur.test_dossier_administratif import follow, press, the_charte_is_accepted
from tests.navigateur.test_equivalences import send
from tests.navigateur.test_guichets import DMP, INSI, PROXY, UTILISATEUR, declare
from tests.navigateur.test_whole_process import (
    Cast,
    advised,
    cast,
    deposited,
    submitted,
    the_agency_signs,
    the_chapitre_is_approved,
    the_convention_is_signed,
    the_seance_is_closed,
)
from tests.navigateur.test_without_desks import NOVEMBER, captured, confirmed, nobody_to_ask
from tests.referencement.conftest import PRINTS

__all__ = ["cast", "nobody_to_ask"]
pytestmark = PRINTS

Clock = Callable[[datetime], None]
VAGUE = "Homologation CNDA Téléservice Vague, composant principal"
ASKED_BY_THE_DUI = {"CNDA-INSI": INSI, "CNDA-DMP": DMP}
ASKED_BY_THE_TRIAL = {"EDC-1": UTILISATEUR, "EDC-2": PROXY, "CNDA-VAGUE": VAGUE}
WORDS_OF_THE_DUI = ("INSi", "Dossier usager informatisé", "DUI-2026")
WORDS_OF_THE_TRIAL = ("Téléservice Vague", "Éditeurs de la mer", "ESS-2026")
SEANCE = datetime(2026, 11, 20, 12, 55, tzinfo=UTC)


def a_small_rem() -> RemSpec:
    """One chapitre of two numbers to type."""
    preuves = (prove.a_preuve_spec(HERE), prove.a_preuve_spec(SECOND_HERE))
    return RemSpec((ChapitreSpec("MAT", "Prérequis de maturité technique", (prove.an_exigence("MAT.01", *preuves),)),))


@pytest.mark.long(
    "tests/navigateur/test_first_candidature.py::test_from_the_invitation_to_the_decision",
    "tests/preuves/test_equivalences.py::test_equivalence_goes_with_its_source_and_is_due_since_then",
    "tests/test_two_dispositifs.py::test_no_word_of_the_other_on_any_page_of_its_mandataire",
)
def test_one_solution_is_referenced_in_two_dispositifs(
    nobody_to_ask: None,
    cast: Cast,
    freeze: Clock,
    somebody: Callable[..., Page],
    settings: Settings,
    tmp_path: Path,
    screenshot: Callable[[Page, str], Path],
) -> None:
    there, here = two_candidatures(cast)
    both = Both(*(somebody(make.a_person(roles_ans=[RoleANS.ADMINISTRATEUR])) for _ in range(2)))
    the_volets_are_submitted(there, profil="MER")
    the_volets_are_submitted(here, profil="AHI", refers_to=there.nru)
    freeze(make.DATE_1 - timedelta(seconds=1))
    for candidate in (there, here):
        for volet in ("administratif", "eligibilite"):
            submitted(candidate.mandataire, f"{candidate.home}{volet}/soumettre/")
    the_volets_are_admitted(there)
    the_volets_are_admitted(here, confirm=there.nru)

    freeze(NOVEMBER)
    numbers_are_deposited(there, "VAG", THERE, SECOND_THERE)
    the_chapitre_is_approved(there, "VAG", count=2)
    an_equivalence_is_granted_then_withdrawn(here, both, freeze, tmp_path, screenshot)
    every_grant_is_captured(there, ASKED_BY_THE_TRIAL, screenshot)
    every_grant_is_captured(here, ASKED_BY_THE_DUI, screenshot)
    freeze(SEANCE - timedelta(days=1))
    for candidate in (there, here):
        the_convention_is_signed(candidate, settings)
    the_college_attributes_both(cast.secretaire, freeze, screenshot)
    for candidate in (there, here):
        the_agency_signs(candidate, settings)
    anybody_reads_both(somebody(), there, here, screenshot)
    nothing_of_the_other_is_said(there, WORDS_OF_THE_TRIAL, WORDS_OF_THE_DUI)
    nothing_of_the_other_is_said(here, WORDS_OF_THE_DUI, WORDS_OF_THE_TRIAL, but=there.nru)
    assert list(journal.verify()) == []


@dataclass(frozen=True)
class Both:
    """The screens of two administrateurs: a table that one sends is published by the other."""

    sender: Page
    publisher: Page


def an_equivalence_is_granted_then_withdrawn(
    here: Cast, both: Both, freeze: Clock, folder: Path, screenshot: Callable[[Page, str], Path]
) -> None:
    a_table_is_published(both, folder, (THERE, HERE, None, "Le même module sert aux deux."))
    here.salarie.goto(f"{here.home}preuves/")
    expect(here.salarie.get_by_text("1 équivalence avec des preuves acceptées")).to_be_visible()
    screenshot(here.salarie, "deux-dispositifs-dossier")
    numbers_are_deposited(here, "MAT", SECOND_HERE)
    the_chapitre_is_approved(here, "MAT", count=1)

    freeze(NOVEMBER + timedelta(days=2))
    a_table_is_published(both, folder, (THERE, HERE, "PDS", "Pour ce seul profil."))
    here.salarie.goto(f"{here.home}preuves/")
    expect(here.salarie.get_by_text("Des preuves sont de nouveau à déposer")).to_be_visible()
    screenshot(here.salarie, "deux-dispositifs-equivalence-tombee")
    numbers_are_deposited(here, "MAT", HERE)
    the_chapitre_is_approved(here, "MAT", count=1)


def two_candidatures(cast: Cast) -> tuple[Cast, Cast]:
    """The same product in the trial dispositif and in the DUI: everybody's screens, once for each."""
    prove.a_rem(a_small_rem(), day=date(2026, 6, 2))
    equal.an_essai_rem()
    dui = Candidature.objects.select_related("produit").get()
    nadia = dui.opened_by
    trial = make.a_candidature(dui.produit, nadia, charte=False, code=equal.ESSAI)
    return replace(cast, nru=trial.nru), replace(cast, nru=dui.nru)


def the_volets_are_submitted(candidate: Cast, *, profil: str, refers_to: str = "") -> None:
    """Accept the charte and fill both volets; they wait to be submitted."""
    the_charte_is_accepted(candidate.mandataire, candidate.nru)
    page = candidate.salarie
    page.goto(f"{candidate.home}administratif/")
    for code, value in make.COMPLETE.items():
        if isinstance(value, str):
            page.locator(f"[name={code}]").fill(value)
    page.locator("[name=references_vague_1-stance][value=aucun]").check()
    if refers_to:
        page.locator("[name=references_vague_2-stance][value=lignes]").check()
        page.locator("[name=references_vague_2-0-nru]").fill(refers_to)
    else:
        page.locator("[name=references_vague_2-stance][value=aucun]").check()
    complete(page)
    page.goto(f"{candidate.home}eligibilite/")
    if (reason := page.locator("[name=raison_d_essai]")).count():
        reason.fill("Montrer les deux.")
    page.locator(f"[name=profils][value={profil}]").check()
    expect(page.get_by_text("Enregistré le 1er juillet 2026").first).to_be_visible()
    if (proxy := page.locator("[name=proxy]")).is_visible():  # hidden for a profil that needs none
        proxy.select_option("propre")
    page.locator("[name=nie]").fill("NIE-42")
    page.locator("[name=nil]").fill("NIL-1")
    for code in ("groupement", "distributeurs", "additionnels", "obsolescence", "noms_commerciaux"):
        page.locator(f"[name={code}-stance][value=aucun]").check()
    complete(page)


def complete(page: Page) -> None:
    press(page, "Enregistrer et relire avant de soumettre")
    expect(page.get_by_text("Le volet est complet, mais pas encore soumis.")).to_be_visible()


def the_volets_are_admitted(candidate: Cast, *, confirm: str = "") -> None:
    page = candidate.instructrice
    if confirm:
        page.goto(f"/instruction/{candidate.nru}/administratif/")
        page.get_by_role("combobox", name="Décision").select_option(label="Confirmer")
        page.get_by_role("button", name=re.compile(f"Enregistrer .*{confirm}")).click()
        expect(page.get_by_text(re.compile(f"sur {confirm} est enregistré"))).to_be_visible()
    for volet in ("administratif", "eligibilite"):
        page.goto(f"/instruction/{candidate.nru}/{volet}/")
        press(page, "Déclarer recevable")
        expect(page.get_by_text("déclaré recevable").first).to_be_visible()


def numbers_are_deposited(candidate: Cast, chapitre: str, *numeros: str) -> None:
    """Deposit a number for each preuve, then submit the chapitre."""
    page = candidate.salarie
    for numero in numeros:
        page.goto(f"{candidate.home}preuve/{numero}/")
        page.locator("[name=value]").first.fill("48213")
        deposited(page, numero)
    submitted(page, f"{candidate.home}chapitres/{chapitre}/soumettre/")


def a_table_is_published(both: Both, folder: Path, *lines: tuple[str | None, ...]) -> None:
    """Import a workbook of équivalences from the trial dispositif to the DUI, publish it, and let the sweep follow."""
    path = folder / "equivalences.xlsx"
    path.write_bytes(equal.a_workbook(list(lines)).getvalue())
    send(both.sender, path)
    page = both.publisher
    page.goto(both.sender.url)
    page.get_by_role("button", name="Publier cette version").click()
    page.get_by_role("dialog").get_by_role("button", name="Publier cette version").click()
    expect(page.get_by_text("La table est publiée.")).to_be_visible()
    sweeps.follow_equivalences()


def every_grant_is_captured(candidate: Cast, asked: dict[str, str], screenshot: Callable[[Page, str], Path]) -> None:
    page = candidate.salarie
    page.goto(f"{candidate.home}guichets/")
    for numero, label in asked.items():
        declare(page, label, numero)
    for label in asked.values():
        captured(page, label, "Accordée", file=("decision.pdf", some.a_written_pdf("Décision", pages=1)))
        confirmed(candidate.instructrice, label, screenshot)
        page.goto(f"{candidate.home}guichets/")


def the_college_attributes_both(page: Page, freeze: Clock, screenshot: Callable[[Page, str], Path]) -> None:
    page.goto("/college/nouvelle/")
    page.get_by_label("Date et heure").fill("2026-11-20T14:00")
    page.get_by_label("Quorum").fill("2")
    press(page, "Prévoir la séance")
    for _ in range(2):
        follow(page, "Sirocco Résidence")
        press(page, "Inscrire à l’ordre du jour")
    freeze(SEANCE)
    for box in page.locator("[name=membre]").all():
        box.check()
    press(page, "Ouvrir la séance")
    expect(page.get_by_text("La séance est ouverte.")).to_be_visible()
    screenshot(page, "deux-dispositifs-seance")
    seance = page.url
    for place in (1, 2):
        page.goto(seance)
        follow(page, f"{place}. Sirocco Résidence")
        advised(page, "Favorable")
        page.get_by_label("Attribution", exact=True).check()
        press(page, "Noter la décision")
        expect(page.get_by_text("La décision est enregistrée. Elle sera publiée à la clôture")).to_be_visible()
    the_seance_is_closed(page, screenshot)


def anybody_reads_both(visitor: Page, there: Cast, here: Cast, screenshot: Callable[[Page, str], Path]) -> None:
    for dispositif, candidate in ((equal.ESSAI, there), (equal.DUI, here)):
        visitor.goto(f"/solutions/?etat=referencee&dispositif={dispositif}")
        expect(visitor.get_by_role("rowheader", name="Sirocco Résidence")).to_have_count(1)
        screenshot(visitor, f"deux-dispositifs-solutions-{dispositif}")
        follow(visitor, "Sirocco Résidence")
        expect(visitor.get_by_text("Référencée").first).to_be_visible()
        visitor.goto(f"/verifier/?numero=ATT-{candidate.nru}")
        expect(visitor.get_by_text("Ce document existe")).to_be_visible()


def nothing_of_the_other_is_said(
    candidate: Cast, own: tuple[str, ...], others: tuple[str, ...], *, but: str = ""
) -> None:
    """Read the pages of a candidature: its own words are there, and none of the other dispositif.

    :param but: the NRU of the other candidature, where an équivalence was granted from it
    """
    texts = []
    for address in ("", "administratif/", "eligibilite/", "guichets/", "preuves/"):
        candidate.mandataire.goto(f"{candidate.home}{address}")
        texts.append(candidate.mandataire.locator("main").inner_text().replace(but or "\0", ""))
    text = "\n".join(texts)
    assert {word: word in text for word in own} == dict.fromkeys(own, True)
    assert [word for word in others if word in text] == []
