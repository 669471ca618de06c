"""An administrateur without a shell: an agent, words of a letter and of a charte, a session, a REM withdrawn."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from candidatures.queries.candidatures import charte_of
from comptes.enums import RoleANS
from comptes.models import Compte, JournalEntry
from preuves.models import VersionDuREM
from tests.factories import candidatures as make
from tests.factories.aide import the_help
from tests.factories.comptes import CompteFactory
from tests.factories.workbooks import a_workbook, rows_of

WIDTHS = (360, 800, 1280)
Look = Callable[[Page, str], None]
Somebody = Callable[[Compte], Page]


def seen(page: Page, look: Look, name: str) -> None:
    for width in WIDTHS:
        page.set_viewport_size(ViewportSize(width=width, height=900))
        look(page, name)


def acts() -> set[str]:
    return set(JournalEntry.objects.values_list("act", flat=True))


def confirmed(page: Page, label: str) -> None:
    """Press a button that asks a question first."""
    page.get_by_role("button", name=label).first.click()
    page.get_by_role("dialog").get_by_role("button", name=label).click()


@pytest.fixture
def anne(portail: str, freeze: Callable[[datetime], None]) -> Compte:
    freeze(make.SUMMER)
    make.a_dispositif()
    the_help()
    administrateur: Compte = CompteFactory(administrateur=True, first_name="Anne", last_name="Le Goff")
    return administrateur


@pytest.mark.long(
    "tests/comptes/test_textes_du_portail.py::test_second_writer_is_told_and_keeps_what_they_typed",
    "tests/comptes/test_textes_du_portail.py::test_words_changed_on_screen_win_once_in_force_and_can_be_given_back",
)
def test_words_of_a_letter_and_a_charte_are_changed_on_screen(anne: Compte, somebody: Somebody, look: Look) -> None:
    page = somebody(anne)
    page.goto("/agence/")
    seen(page, look, "administration")
    page.get_by_role("link", name="Textes du portail").click()
    seen(page, look, "textes")
    page.get_by_role("link", name="Volet recevable").click()
    words = page.get_by_label("Texte", exact=True)
    words.fill("Bravo : {soluton} avance.\n{lien}")
    page.get_by_role("button", name="Enregistrer le brouillon").click()
    expect(page.get_by_text("Ligne 1, caractère 9").first).to_be_visible()
    seen(page, look, "texte-faute")
    page.get_by_label("Texte", exact=True).fill("Bravo : {solution} avance.\n{lien}")
    page.get_by_role("button", name="Enregistrer le brouillon").click()
    expect(page.get_by_role("region", name="Aperçu de la version 1")).to_contain_text("Bravo")
    seen(page, look, "texte-brouillon")
    page.get_by_role("button", name="M’envoyer un essai").click()
    expect(page.get_by_role("status")).to_contain_text("L’essai part à votre adresse")
    confirmed(page, "Mettre ce brouillon en vigueur")
    expect(page.get_by_role("status")).to_contain_text("La version 1 est en vigueur.")

    page.goto("/agence/textes/charte.ms-dui-va2/")
    page.get_by_label("Texte", exact=True).fill("La charte est plus courte.")
    page.get_by_role("button", name="Enregistrer le brouillon").click()
    expect(page.get_by_text("Une autre personne doit mettre ce brouillon en vigueur.")).to_be_visible()
    second = somebody(CompteFactory(roles_ans=[RoleANS.RESPONSABLE_INSTRUCTION]))
    second.goto("/agence/textes/charte.ms-dui-va2/")
    seen(second, look, "texte-charte")
    confirmed(second, "Mettre ce brouillon en vigueur")
    expect(second.get_by_role("status")).to_contain_text("La version 1 est en vigueur.")
    assert charte_of(make.a_dispositif()).texte == "La charte est plus courte."
    assert {"texte.written", "texte.published"} <= acts()


@pytest.mark.long(
    "tests/comptes/test_agents.py::test_agent_is_invited_and_chooses_a_password",
    "tests/navigateur/test_aide.py::test_an_administrateur_writes_a_page_from_the_keyboard",
)
def test_agent_contact_and_session_need_no_shell(anne: Compte, somebody: Somebody) -> None:
    page = somebody(anne)
    page.goto("/agence/")
    page.get_by_role("link", name="Comptes de l’ANS").click()
    page.get_by_role("link", name="Inviter une personne").click()
    for name, value in {"email": "ines@agence.example", "first_name": "Inès", "last_name": "Garnier"}.items():
        page.locator(f"[name={name}]").fill(value)
    page.get_by_label("responsable d’instruction").check()
    page.get_by_role("button", name="Ouvrir le compte").click()
    expect(page.get_by_role("status")).to_contain_text("Inès Garnier reçoit un lien")

    for section, heading in (("Sessions du calendrier", "Titre"), ("Contacts", "Titre")):
        page.goto("/agence/")
        page.get_by_role("link", name=section).click()
        page.get_by_role("table").get_by_role("link").first.click()
        page.get_by_role("link", name="Modifier").click()
        title = page.get_by_label(heading, exact=True)
        title.fill(f"{title.input_value()} (revu)")
        page.get_by_role("button", name="Enregistrer le brouillon").click()
        page.get_by_role("button", name="Publier cette version").click()
        expect(page.get_by_role("status")).to_be_visible()
    assert {"compte_ans.opened", "aide.published"} <= acts()


@pytest.mark.long(
    "tests/preuves/test_rem_withdrawn.py::test_withdrawn_version_is_followed_by_nobody_and_stays_in_the_history",
    "tests/preuves/test_rem_views.py::test_workbook_is_sent_previewed_and_published",
)
def test_rem_is_published_by_two_and_withdrawn(anne: Compte, somebody: Somebody, look: Look, tmp_path: Path) -> None:
    page = somebody(anne)
    workbook = tmp_path / "rem.xlsx"
    workbook.write_bytes(a_workbook(rows_of(1, 2)).getvalue())
    page.goto("/rem/importer/")
    page.get_by_label("Classeur").set_input_files(workbook)
    page.get_by_role("button", name="Envoyer et voir l’aperçu").click()
    expect(page.get_by_text("Une autre personne que celle qui a envoyé ce classeur doit le publier")).to_be_visible()
    seen(page, look, "rem-a-deux")
    ines = somebody(CompteFactory(roles_ans=[RoleANS.RESPONSABLE_INSTRUCTION]))
    ines.goto(page.url)
    confirmed(ines, "Publier cette version")
    expect(ines.get_by_role("status")).to_contain_text("est publié")
    seen(ines, look, "rem-retirable")
    ines.get_by_label("Motif").fill("Un énoncé est faux.")
    ines.get_by_role("button", name="Retirer cette version").click()
    expect(ines.get_by_text("Version retirée")).to_be_visible()
    seen(ines, look, "rem-retiree")
    assert VersionDuREM.objects.standing().count() == 0
    assert {"rem.published", "rem.withdrawn"} <= acts()
