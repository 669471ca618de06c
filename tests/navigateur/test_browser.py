"""The first page in a real browser, and proof that the browser's complaints are heard."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import override_settings
from playwright.sync_api import Page, expect

from candidatures.models import Accuse, ImpressionDAccuse
from comptes.enums import RoleANS
from tests.candidatures.conftest import Team, make_team
from tests.factories import candidatures as make

AT = datetime(2026, 9, 30, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize("path", ["/", "/aide/", "/connexion/"])
def test_public_page_is_accessible_and_fits(screen: Page, freeze, look, path: str) -> None:
    make.a_dispositif()
    freeze(AT)

    screen.goto(path)

    look(screen, f"public-{path.strip('/') or 'accueil'}")


def test_clock_is_the_one_that_was_frozen(desktop: Page, freeze) -> None:
    make.a_dispositif()
    freeze(AT)

    desktop.goto("/")

    expect(desktop.locator("body")).to_contain_text("11\u00a0h\u00a030")


def test_somebody_is_signed_in(somebody, freeze) -> None:
    freeze(AT)
    page = somebody(make.a_person(roles_ans=[RoleANS.INSTRUCTEUR], first_name="Inès", last_name="Garnier"))

    page.goto("/instruction/")

    expect(page.locator("body")).to_contain_text("Inès Garnier")


def test_axe_sees_what_is_wrong(desktop: Page, axe) -> None:
    desktop.goto("/aide/")
    desktop.evaluate("document.querySelector('main').append(document.createElement('img'))")

    with pytest.raises(AssertionError, match="image-alt"):
        axe(desktop)


def test_browser_complaints_are_heard(portail: str, new_context) -> None:
    from tests.navigateur.conftest import watched

    watch = watched(new_context(base_url=portail))
    page = next(watch)
    page.goto("/aide/")
    page.evaluate("document.body.setAttribute('style', 'color: red')")
    page.evaluate("document.body.innerHTML += '<p style=\"color: red\">En ligne</p>'")

    with pytest.raises(AssertionError, match="Content Security Policy"):
        next(watch, None)


def test_static_files_are_served_plain(desktop: Page) -> None:
    with override_settings(DEBUG=False):
        assert desktop.goto("/static/styles/tokens.css").status == 200


@pytest.fixture
def printed_in_the_end(transactional_db: None) -> Iterator[None]:
    """Look, when everything else of the test is over, whether the portal has printed the accusé."""
    yield
    assert ImpressionDAccuse.objects.count() == 1


@pytest.fixture
def filled(printed_in_the_end: None, portail: str, freeze: Callable[[datetime], None]) -> Team:
    freeze(make.SUMMER)
    team = make_team()
    make.a_filled_volet(team.candidature, team.salarie)
    return team


def test_database_is_not_emptied_while_the_portal_still_answers(
    filled: Team, portail: str, new_context: Any, enter: Callable[..., None], wait_until: Callable[..., None]
) -> None:
    page = new_context(base_url=portail).new_page()
    enter(page, filled.mandataire)
    page.goto(f"/candidatures/{filled.candidature.nru}/administratif/soumettre/")

    page.get_by_role("button", name="Soumettre à l’ANS").click(no_wait_after=True)

    wait_until(Accuse.objects.exists)
