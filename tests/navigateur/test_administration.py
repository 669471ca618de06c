"""An administrateur without a shell: agents, words of a letter and of a charte, sessions, contacts, a REM."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from candidatures.queries.candidatures import charte_of
from comptes.models import Compte, JournalEntry
from preuves.models import VersionDuREM
from tests.factories import candidatures as make
from tests.factories.aide import the_help
from tests.factories.comptes import CompteFactory
from tests.factories.workbooks import a_workbook, rows_of

WIDTHS = (360, 800, 1280)
# The menu of somebody at the agency, in pixels, at 1280.
ONE_LINE = 60
Look = Callable[[Page, str], None]
Somebody = Callable[[Compte], Page]


def seen(page: Page, look: Look, name: str) -> None:
    for width in WIDTHS:
        page.set_viewport_size(ViewportSize(width=width, height=900))
        look(page, name)


def acts(since: int) -> list[tuple[str, str]]:
    """Return each act of somebody since a row of the journal (pk), in order, with the first name of who did it."""
    done = JournalEntry.objects.filter(pk__gt=since, by__isnull=False).order_by("pk")
    return list(done.values_list("by__first_name", "act"))


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


def opened_in_the_administration(page: Page, label: str) -> None:
    page.goto("/agence/")
    page.get_by_role("main").get_by_role("link", name=label).click()


def change_the_words_of_a_letter(page: Page, look: Look) -> None:
    opened_in_the_administration(page, "Textes du portail")
    seen(page, look, "textes")
    page.get_by_role("link", name="Volet recevable").click()
    page.get_by_label("Texte", exact=True).fill("Bravo : {soluton} avance.\n{lien}")
    page.get_by_role("button", name="Enregistrer le brouillon").click()
    expect(page.get_by_text("Ligne 1, caractère 9").first).to_be_visible()
    seen(page, look, "texte-faute")
    page.get_by_label("Texte", exact=True).fill("Bravo : {solution} avance.\n{lien}")
    page.get_by_role("button", name="Enregistrer le brouillon").click()
    expect(page.get_by_role("region", name="Aperçu de la version 1")).to_contain_text("Bravo")
    seen(page, look, "texte-brouillon")
    page.get_by_role("button", name="M’envoyer un essai").click()
    expect(page.get_by_role("status")).to_contain_text("L’essai part à votre adresse")
    confirmed(page, "Mettre ce brouillon en vigueur")
    expect(page.get_by_role("status")).to_contain_text("La version 1 est en vigueur.")


def change_a_charte_by_two(page: Page, second: Page, look: Look) -> None:
    page.goto("/agence/textes/charte.ms-dui-va2/")
    page.get_by_label("Texte", exact=True).fill("La charte est plus courte.")
    page.get_by_role("button", name="Enregistrer le brouillon").click()
    expect(page.get_by_text("Une autre personne doit mettre ce brouillon en vigueur.")).to_be_visible()
    second.goto("/agence/textes/charte.ms-dui-va2/")
    seen(second, look, "texte-charte")
    confirmed(second, "Mettre ce brouillon en vigueur")
    expect(second.get_by_role("status")).to_contain_text("La version 1 est en vigueur.")
    assert charte_of(make.a_dispositif()).texte == "La charte est plus courte."


def invite_ines(page: Page) -> Compte:
    opened_in_the_administration(page, "Comptes de l’ANS")
    page.get_by_role("link", name="Inviter une personne").click()
    for name, value in {"email": "ines@agence.example", "first_name": "Inès", "last_name": "Garnier"}.items():
        page.locator(f"[name={name}]").fill(value)
    page.get_by_label("responsable d’instruction").check()
    page.get_by_role("button", name="Ouvrir le compte").click()
    expect(page.get_by_role("status")).to_contain_text("Inès Garnier reçoit un lien")
    return Compte.objects.get(email="ines@agence.example")


def change_a_session_and_a_contact(page: Page) -> list[str]:
    """Return their titles."""
    titles = []
    for section in ("Sessions du calendrier", "Contacts"):
        opened_in_the_administration(page, section)
        page.get_by_role("table").get_by_role("link").first.click()
        page.get_by_role("link", name="Modifier").click()
        title = page.get_by_label("Titre", exact=True)
        titles.append(f"{title.input_value()} (revu)")
        title.fill(titles[-1])
        page.get_by_role("button", name="Enregistrer le brouillon").click()
        page.get_by_role("button", name="Publier cette version").click()
        expect(page.get_by_role("status")).to_be_visible()
    return titles


def publish_a_rem_by_two_and_withdraw_it(page: Page, second: Page, look: Look, workbook: Path) -> None:
    workbook.write_bytes(a_workbook(rows_of(1, 2)).getvalue())
    opened_in_the_administration(page, "Référentiel d’exigences et de preuves")
    page.get_by_role("link", name="Importer un classeur").first.click()
    page.get_by_label("Classeur").set_input_files(workbook)
    page.get_by_role("button", name="Envoyer et voir l’aperçu").click()
    expect(page.get_by_text("Une autre personne que celle qui a envoyé ce classeur doit le publier")).to_be_visible()
    seen(page, look, "rem-a-deux")
    second.goto(page.url)
    confirmed(second, "Publier cette version")
    expect(second.get_by_role("status")).to_contain_text("est publié")
    seen(second, look, "rem-retirable")
    second.get_by_label("Motif").fill("Un énoncé est faux.")
    second.get_by_role("button", name="Retirer cette version").click()
    expect(second.get_by_text("Version retirée")).to_be_visible()
    seen(second, look, "rem-retiree")
    assert VersionDuREM.objects.standing().count() == 0


def close_the_account(page: Page, compte: Compte) -> None:
    page.goto(f"/agence/comptes/{compte.pk}/")
    confirmed(page, "Fermer le compte")
    expect(page.get_by_role("status")).to_contain_text("Compte fermé")


@pytest.mark.long(
    "tests/comptes/test_agents.py::test_agent_is_invited_and_chooses_a_password",
    "tests/comptes/test_agents.py::test_closing_is_for_good",
    "tests/comptes/test_textes_du_portail.py::test_misspelt_variable_is_named_on_the_page_and_what_was_typed_stays",
    "tests/comptes/test_textes_du_portail.py::test_words_changed_on_screen_win_once_in_force_and_can_be_given_back",
    "tests/candidatures/test_aide.py::test_an_administrateur_writes_previews_publishes_and_withdraws_on_screen",
    "tests/preuves/test_rem_withdrawn.py::test_withdrawn_version_is_followed_by_nobody_and_stays_in_the_history",
    "tests/segur_portal/test_administration.py::test_each_page_of_the_administration_answers",
)
def test_administrateur_needs_no_shell_and_each_act_is_in_the_journal(
    anne: Compte, somebody: Somebody, look: Look, tmp_path: Path
) -> None:
    page, since = somebody(anne), JournalEntry.objects.order_by("-pk").values_list("pk", flat=True)[0]
    page.goto("/agence/")
    seen(page, look, "administration")
    assert page.get_by_role("navigation", name="Menu principal").bounding_box()["height"] <= ONE_LINE

    ines = invite_ines(page)
    second = somebody(ines)
    change_the_words_of_a_letter(page, look)
    change_a_charte_by_two(page, second, look)
    session, contact = change_a_session_and_a_contact(page)
    publish_a_rem_by_two_and_withdraw_it(page, second, look, tmp_path / "rem.xlsx")
    close_the_account(page, ines)

    opened_in_the_administration(page, "Journal du portail")
    seen(page, look, "journal-du-portail")
    written = page.get_by_role("main")
    for sentence in (
        "Inès Garnier reçoit un compte de l’ANS",
        "Volet recevable",
        "version 1 mise en vigueur",
        session,
        contact,
        "est publié pour la démarche",
        "Un énoncé est faux.",
        "Compte fermé\u00a0: Inès Garnier",
    ):
        expect(written).to_contain_text(sentence)
    assert acts(since) == [
        ("Anne", "compte_ans.opened"),
        *[("Anne", "texte.written"), ("Anne", "texte.published")],
        *[("Anne", "texte.written"), ("Inès", "texte.published")],
        *[("Anne", "aide.written"), ("Anne", "aide.published")] * 2,
        *[("Inès", "rem.published"), ("Inès", "rem.withdrawn")],
        ("Anne", "compte_ans.closed"),
    ]
