"""The review of a chapitre in a real browser: from the keyboard alone, by two people, on a phone and on a desktop."""

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from pytest_django import Settings

from comptes.enums import RoleANS
from comptes.models import Compte
from preuves.effects import draw_pages
from preuves.enums import Avis, ChapitreState
from preuves.models import BrouillonDAvis, Chapitre, VerdictDePreuve
from preuves.operations.chapitres import submit_chapitre
from preuves.operations.instruction import claim_chapitre, conclude_review, save_draft, take_over_chapitre
from preuves.queries.instruction import submitted_revisions
from tests.candidatures.conftest import Team
from tests.factories import candidatures as phase_1
from tests.factories import fichiers as some
from tests.factories import preuves as make
from tests.preuves.conftest import make_team_to_prove

ONE, TWO = "MAT.01.01.01", "MAT.01.01.02"
REASON = "Le numéro est celui d’un autre cas\u00a0: joignez celui du cas 3."


@pytest.fixture
def team(portail: str, freeze: Callable[[datetime], None], settings: Settings) -> Team:
    """A team whose chapitre MAT is submitted; the antivirus is away, and the files say so."""
    settings.CLAMD_URL = "tcp://127.0.0.1:1"
    freeze(make.AUTUMN)
    team = make_team_to_prove(confirm=True)
    make.a_submitted_chapitre(team.candidature, team.salarie)
    return team


@pytest.fixture
def colleague(portail: str) -> Compte:
    return phase_1.a_person(roles_ans=[RoleANS.INSTRUCTEUR], first_name="Omar", last_name="Diallo")


def address(team: Team, code: str = "MAT") -> str:
    return f"/instruction/{team.candidature.nru}/chapitres/{code}/"


def claim(team: Team, code: str = "MAT") -> Chapitre:
    chapitre = make.the_chapitre(team.candidature, code)
    return claim_chapitre(chapitre_id=chapitre.pk, by=team.instructeur, at=make.AUTUMN)


def draft(team: Team, chapitre: Chapitre, numero: str, reason: str = "") -> None:
    save_draft(
        chapitre_id=chapitre.pk,
        numero=numero,
        sha256=submitted_revisions(chapitre)[numero].sha256,
        avis=Avis.TO_CORRECT if reason else Avis.ACCEPTED,
        reason=reason,
        by=team.instructeur,
        at=make.AUTUMN,
    )


def test_review_from_the_keyboard_alone(team: Team, desktop: Page, enter: Callable[[Page, Compte], None]) -> None:
    claim(team)
    enter(desktop, team.instructeur)
    keys = desktop.keyboard
    desktop.goto("/instruction/chapitres/")  # from a list, J and K still go from preuve to preuve
    desktop.goto(f"{address(team)}#preuve")
    heading = desktop.locator("#preuve")
    assert_verdict_is_near(desktop)

    keys.press("j")
    expect(heading).to_contain_text(TWO)
    keys.press("ArrowLeft")
    expect(heading).to_contain_text(ONE)
    keys.press("a")
    expect(desktop.locator("#enregistrement")).to_contain_text("Brouillon enregistré")
    keys.press("Control+Enter")
    expect(heading).to_contain_text(TWO)
    keys.press("c")
    expect(desktop.get_by_label("Motif", exact=True)).to_be_focused()
    keys.type("jack a corrigé : à dater")
    expect(heading).to_contain_text(TWO)
    keys.press("Control+Enter")

    button = desktop.get_by_role("button", name="Retourner à l’éditeur")
    expect(button).to_be_visible()
    reach(desktop, button)
    keys.press("Enter")
    expect(desktop.get_by_role("button", name="Revenir")).to_be_focused()
    keys.press("Shift+Tab")
    keys.press("Enter")

    expect(desktop.get_by_role("heading", name="Chapitres à examiner")).to_be_visible()
    assert make.the_chapitre(team.candidature).state == ChapitreState.RETURNED
    assert VerdictDePreuve.objects.get(avis=Avis.TO_CORRECT).reason == "jack a corrigé : à dater"


def assert_verdict_is_near(page: Page) -> None:
    """Fail when the header of a wide page takes room from the reading, or the verdict is more than three tabs away."""
    height = page.evaluate(
        "() => document.querySelector('.ps-examen').getBoundingClientRect().top"
        " - document.querySelector('.ps-breadcrumb').getBoundingClientRect().top"
    )
    assert height < 120
    page.locator("#preuve").focus()
    for key in ("Tab", "Enter", "Tab"):
        page.keyboard.press(key)
    expect(page.get_by_role("radio", name="Acceptée")).to_be_focused()


def reach(page: Page, target: Any) -> None:
    """Press Tab until the target has the focus."""
    for _ in range(80):
        if target.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    pytest.fail("Tab does not lead there.")


@pytest.mark.long("tests/navigateur/test_examen.py::test_review_from_the_keyboard_alone")
def test_single_keys_are_shown_and_turned_off(
    team: Team, desktop: Page, enter: Callable[[Page, Compte], None], axe: Callable[[Page], None]
) -> None:
    claim(team)
    enter(desktop, team.instructeur)
    desktop.goto(address(team))
    dialog = desktop.get_by_role("dialog", name="Raccourcis clavier")

    desktop.keyboard.press("?")
    expect(dialog).to_be_visible()
    axe(desktop)
    desktop.keyboard.press("j")
    expect(desktop.locator("#preuve")).to_contain_text(ONE)
    dialog.get_by_label("Raccourcis d’une seule touche").uncheck()
    desktop.keyboard.press("Escape")
    expect(dialog).to_be_hidden()

    desktop.reload()
    for key in ("?", "j", "a"):
        desktop.keyboard.press(key)
    expect(dialog).to_be_hidden()
    expect(desktop.locator("#preuve")).to_contain_text(ONE)
    assert BrouillonDAvis.objects.count() == 0
    desktop.get_by_role("button", name="Raccourcis clavier").click()
    expect(dialog.get_by_label("Raccourcis d’une seule touche")).not_to_be_checked()


@pytest.mark.long("tests/preuves/test_examen.py::test_ready_sentence_is_added_without_javascript")
def test_ready_sentence_is_written_into_the_reason(
    team: Team, desktop: Page, enter: Callable[[Page, Compte], None]
) -> None:
    claim(team)
    enter(desktop, team.instructeur)
    desktop.goto(address(team))
    desktop.get_by_label("À corriger").check()
    desktop.get_by_label("Motif", exact=True).fill("Page 2.")
    with desktop.expect_response(lambda got: "autre%20chose" in (got.request.post_data or "")):
        desktop.get_by_label("Motif prêt").select_option("other")
        desktop.get_by_role("button", name="Insérer dans le motif").click()

    expect(desktop.get_by_label("Motif", exact=True)).to_have_value(
        f"Page 2.\nLa preuve {ONE} ne répond pas à l’exigence MAT.01\u00a0: elle montre autre chose."
    )
    assert "autre chose" in BrouillonDAvis.objects.get().reason


@pytest.mark.long(
    "tests/preuves/test_examen.py::test_who_was_relieved_is_told_and_given_his_text_back",
    "tests/preuves/test_examen.py::test_second_instructeur_sees_who_holds_it_and_until_when",
)
def test_second_of_two_is_told_and_nothing_is_lost(
    team: Team, colleague: Compte, somebody: Callable[[Compte], Page]
) -> None:
    claim(team)
    first, second = somebody(team.instructeur), somebody(colleague)
    first.goto(address(team))
    second.goto(address(team))
    expect(second.get_by_text("Ce chapitre est réservé à Inès Garnier jusqu’au")).to_be_visible()
    first.get_by_label("À corriger").check()
    with first.expect_response(lambda got: "reprise" in (got.request.post_data or "")):
        first.get_by_label("Motif", exact=True).fill("Écrit avant la reprise.")

    second.get_by_label("Pourquoi vous réattribuer l’examen").fill("Elle est en congé.")
    second.get_by_role("button", name="Me réattribuer l’examen").click()
    expect(second.get_by_role("radio", name="Acceptée")).to_be_visible()
    first.get_by_label("Motif", exact=True).press_sequentially(" Et après.")

    told = first.locator("#enregistrement")
    expect(told).to_contain_text("Omar Diallo")
    expect(told).to_contain_text("Votre texte est conservé ici.")
    first.get_by_role("button", name="Enregistrer et suivante").click()
    expect(first.get_by_text("Écrit avant la reprise. Et après.")).to_be_visible()
    expect(first.get_by_text("Votre vérification n’a pas été enregistrée")).to_be_visible()
    assert BrouillonDAvis.objects.get().reason == "Écrit avant la reprise."


@pytest.mark.long(
    "tests/preuves/test_examen.py::test_ready_sentence_is_added_without_javascript",
    "tests/preuves/test_examen.py::test_draft_then_next_goes_to_what_waits",
)
def test_review_without_javascript(
    team: Team, portail: str, new_context: Any, enter: Callable[[Page, Compte], None]
) -> None:
    page = new_context(base_url=portail, java_script_enabled=False).new_page()
    enter(page, team.instructeur)
    page.goto(address(team))
    page.get_by_role("button", name="Commencer l’examen").click()
    page.get_by_label("Acceptée").check()
    page.get_by_role("button", name="Enregistrer et suivante").click()
    page.get_by_label("À corriger").check()
    page.get_by_label("Motif prêt").select_option("undated")
    page.get_by_role("button", name="Insérer dans le motif").click()
    expect(page.get_by_label("Motif", exact=True)).to_have_value(re.compile("ni date, ni version"))
    page.get_by_role("button", name="Enregistrer et suivante").click()
    page.get_by_role("button", name="Retourner à l’éditeur").click()

    assert make.the_chapitre(team.candidature).state == ChapitreState.RETURNED
    assert "ni date, ni version" in VerdictDePreuve.objects.get(avis=Avis.TO_CORRECT).reason


@pytest.fixture
def look(
    screen: Page,
    look: Callable[[Page, str], None],
) -> Callable[[str, str], None]:
    """Open a page, see that it is accessible and fits, and keep its image: `look(name, where)`."""

    def opened(name: str, where: str) -> None:
        screen.goto(where)
        screen.wait_for_load_state("networkidle")
        look(screen, f"examen-{name}")

    return opened


@pytest.mark.long(
    "tests/navigateur/test_examen.py::test_review_from_the_keyboard_alone",
    "tests/test_permission_table.py::test_each_role_gets_what_the_table_says_for_few_queries",
)
def test_every_page_of_a_first_reading_is_accessible_and_fits(
    team: Team, screen: Page, enter: Callable[[Page, Compte], None], look: Callable[[str, str], None]
) -> None:
    enter(screen, team.instructeur)
    look("pas-encore", address(team, "INS"))
    files = some_pieces(team)
    make.a_deposit(team.candidature, team.salarie, "INS.01.01.01", make.some_files(*files))
    submit_chapitre(candidature_id=team.candidature.pk, code="INS", by=team.salarie, at=make.AUTUMN)
    look("liste", "/instruction/chapitres/")
    look("liste-vide", "/instruction/chapitres/?q=introuvable")
    look("soumis", address(team, "INS"))
    claim(team, "INS")
    look("fichier", address(team, "INS"))
    look("dispense", f"{address(team, 'INS')}?preuve=INS/va1.02.01.01")
    chapitre = claim(team)
    draft(team, chapitre, ONE)
    look("brouillon", address(team))
    draft(team, chapitre, TWO, REASON)
    look("a-conclure", f"{address(team)}?preuve={TWO}")


@pytest.mark.long(
    "tests/preuves/test_examen.py::test_second_round_marks_what_is_new",
    "tests/test_permission_table.py::test_each_role_gets_what_the_table_says_for_few_queries",
)
def test_pages_of_a_second_reading_are_accessible_and_fit(
    team: Team,
    colleague: Compte,
    screen: Page,
    enter: Callable[[Page, Compte], None],
    look: Callable[[str, str], None],
) -> None:
    chapitre = claim(team)
    draft(team, chapitre, ONE)
    draft(team, chapitre, TWO, REASON)
    enter(screen, colleague)
    look("par-un-autre", address(team))
    take_over(chapitre, colleague)
    enter(screen, team.instructeur)
    look("repris", f"{address(team)}?preuve={TWO}")
    take_over(chapitre, team.instructeur)
    conclude(team)
    make.a_deposit(team.candidature, team.salarie, TWO, make.a_number("90210"), seen=1)
    submit_chapitre(candidature_id=team.candidature.pk, code="MAT", by=team.salarie, at=make.AUTUMN)
    look("second-tour", address(team))
    claim(team)
    look("nouveau-depot", address(team))
    draft(team, chapitre, TWO)
    conclude(team)
    look("valide", address(team))


def some_pieces(team: Team) -> list[int]:
    """A capture and a drawn PDF."""
    image = some.a_scanned_piece(team.candidature, team.salarie, "écran.png", some.an_image("PNG", 1280, 720))
    written = some.a_written_pdf("Étapes du scénario", pages=2)
    pages = some.a_scanned_piece(team.candidature, team.salarie, "étapes.pdf", written)
    draw_pages(pages.pk)
    return [image.pk, pages.pk]


def take_over(chapitre: Chapitre, by: Compte) -> None:
    take_over_chapitre(chapitre_id=chapitre.pk, reason="Absence", by=by, at=make.AUTUMN)


def conclude(team: Team) -> None:
    chapitre = make.the_chapitre(team.candidature)
    conclude_review(chapitre_id=chapitre.pk, seen_version=chapitre.version, by=team.instructeur, at=make.AUTUMN)
