"""The pages around the portal: who runs it, what is kept of people, whom to write to, every public page."""

import re
from collections.abc import Callable

import pytest
from django.core.checks import run_checks
from django.test import Client
from django.urls import NoReverseMatch, reverse
from pytest_django import Settings

from comptes.catalogue.conservation import categories
from comptes.models import Compte
from comptes.views.proofs import COOKIE
from segur_portal.frame import PUBLIC_PAGES
from segur_portal.publisher import VARIABLES
from segur_portal.views import READ_BY_ROBOTS
from tests.factories.comptes import CompteFactory
from tests.urls_table import TABLE

SignIn = Callable[[Compte | None], Client]
FRAME = ("legal_notice", "privacy", "contact", "site_map")
# For machines alone: nobody is led there.
FOR_MACHINES = {"health", "robots", "security", "referencement:sitemap"}


@pytest.fixture
def run_by_somebody(settings: Settings) -> Settings:
    settings.PUBLISHER = {name: f"{name.lower()}@agence.example" for name in VARIABLES}
    settings.SECURITY_CONTACT = "mailto:securite@agence.example"
    return settings


def page(name: str) -> str:
    return Client().get(reverse(name)).content.decode()


def public_addresses() -> set[str]:
    """The addresses that a visitor opens without any parameter, as the table of permissions has them."""
    rows = [line.split() for line in TABLE.strip().splitlines()[1:]]
    opened = [name for name, method, visitor, *_ in rows if method == "GET" and visitor == "200"]
    return {name for name in opened if is_plain(name)}


def is_plain(name: str) -> bool:
    try:
        reverse(name)
    except NoReverseMatch:  # with parameters, or of the demonstration
        return False
    return True


def test_every_public_address_is_on_the_list_of_pages(db: None) -> None:
    listed = {name for pages in PUBLIC_PAGES.values() for _, name in pages}

    shown = page("site_map").partition("<main")[2].partition("</main>")[0]

    assert listed == public_addresses() - FOR_MACHINES
    assert all(f'href="{reverse(name)}"' in shown for name in listed)


def test_robots_read_no_page_that_is_not_listed() -> None:
    assert set(READ_BY_ROBOTS) <= {name for pages in PUBLIC_PAGES.values() for _, name in pages}


def test_the_list_of_pages_leads_a_person_to_theirs_first(db: None, sign_in: SignIn) -> None:
    theirs = sign_in(CompteFactory()).get(reverse("site_map")).content.decode()

    assert theirs.index("Vos pages") < theirs.index("Comprendre et commencer")
    assert f'href="{reverse("candidatures:produits")}"' in theirs
    assert "Vos pages" not in page("site_map")


@pytest.mark.parametrize("name", ["home", *FRAME])
def test_the_foot_of_each_page_leads_to_the_frame_and_says_who_runs_it(
    db: None, run_by_somebody: Settings, name: str
) -> None:
    foot = page(name).partition("<footer")[2]

    assert all(f'href="{reverse(other)}"' in foot for other in FRAME)
    assert "Exploitant&nbsp;: publisher_name@agence.example." in foot
    assert re.search(r"Version&nbsp;\d+\.\d+\.\d+", foot)


@pytest.mark.parametrize("variable", VARIABLES)
def test_what_no_setting_gives_is_told_to_the_operator_and_said_on_its_page(
    db: None, run_by_somebody: Settings, variable: str
) -> None:
    address = VARIABLES[variable][1]
    assert "Pas encore publié" not in Client().get(address).content.decode()
    assert "pas encore publiée" not in Client().get(address).content.decode()
    assert [warning for warning in run_checks() if warning.id == "segur_portal.W003"] == []

    run_by_somebody.PUBLISHER = run_by_somebody.PUBLISHER | {variable: ""}

    lacking = Client().get(address).content.decode()
    assert re.search("[Pp]as encore publiée?", lacking)
    assert not re.search(r'href="(mailto:)?"', lacking)
    assert [warning.msg.partition("\u00a0")[0] for warning in run_checks() if warning.id == "segur_portal.W003"] == [
        variable
    ]


def test_contacts_are_links_whatever_the_form_in_which_they_are_given(db: None, settings: Settings) -> None:
    settings.PUBLISHER = dict.fromkeys(VARIABLES, "") | {
        "SUPPORT_CONTACT": "https://support.example/ecrire/",
        "DPO_CONTACT": "dpo@agence.example",
    }
    settings.SECURITY_CONTACT = "mailto:securite@agence.example"

    contact = page("contact")

    assert '<a href="https://support.example/ecrire/">support.example/ecrire</a>' in contact
    assert '<a href="mailto:dpo@agence.example">dpo@agence.example</a>' in contact
    assert '<a href="mailto:securite@agence.example">securite@agence.example</a>' in contact


def test_what_is_kept_of_people_is_what_the_retention_applies(db: None) -> None:
    privacy = page("privacy")

    rows = re.findall(
        r"<strong>(\d+)&?\S*?\s?(an|ans|mois)</strong> après (.*?)\. [A-Z]", privacy.replace("\u00a0", " ")
    )
    rows_read = [(int(number) * (1 if unit == "mois" else 12), after) for number, unit, after in rows]
    assert rows_read == [(category.months, category.after) for category in categories().values()]
    for category in categories().values():
        assert all(text[1:] in privacy for text in (category.content, category.purpose, category.readers))


def test_every_cookie_that_the_portal_sets_is_named(db: None, settings: Settings) -> None:
    privacy = page("privacy")

    for name in (settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME, COOKIE, "messages"):
        assert re.search(rf'<th scope="row" data-label="Nom">\s*{name}\s*</th>', privacy), name
