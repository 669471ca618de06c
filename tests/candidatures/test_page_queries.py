"""What each page of phase 1 asks of the database: the same with one row and with three, and never above fifteen.

Every safe request opens a read-only transaction: three statements of the count (open, read only, close) are its own,
one is the session's and one the account's.
"""

from collections.abc import Iterator
from html import unescape

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from candidatures.enums import VoletKind
from candidatures.operations.produits import give_acces
from candidatures.operations.volets import submit_volet
from comptes import clock
from comptes.enums import Role
from comptes.models import Compte
from tests.candidatures.conftest import Team
from tests.factories import candidatures as make
from tests.factories.tours import project_everything


@pytest.fixture(autouse=True)
def it_is_summer() -> Iterator[None]:
    with clock.travel(make.SUMMER):
        yield


def count(compte: Compte, address: str) -> int:
    client = Client()
    client.force_login(compte, backend="comptes.requests.PortalBackend")
    client.get(address)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return len(queries)


def two_more(team: Team) -> None:
    """Two more products with their candidatures, two more salariés with access to the first product."""
    for number in (2, 3):
        produit = make.a_produit(team.editeur, team.mandataire, f"Produit {number}")
        candidature = make.a_candidature(produit, team.mandataire)
        make.a_submitted_volet(candidature, team.mandataire)
        seat = make.a_person(team.editeur, Role.SALARIE).rattachements.get()
        give_acces(produit_id=team.produit.pk, rattachement_id=seat.pk, by=team.mandataire, at=make.SUMMER)


@pytest.mark.parametrize(
    ("name", "role", "expected"),
    [
        ("candidatures:produits", "mandataire", 13),
        ("candidatures:produits", "salarie", 14),
        ("referencement:instruction", "instructeur", 11),
    ],
)
def test_list_asks_the_same_for_one_row_and_three(team: Team, name: str, role: str, expected: int) -> None:
    make.a_submitted_volet(team.candidature, team.salarie)
    project_everything(at=make.SUMMER)
    for_one = count(getattr(team, role), reverse(name))
    two_more(team)
    project_everything(at=make.SUMMER)

    assert (for_one, count(getattr(team, role), reverse(name))) == (expected, expected)


def test_mes_produits_says_whose_turn_it_is_and_the_next_date(team: Team) -> None:
    client = Client()
    client.force_login(team.mandataire, backend="comptes.requests.PortalBackend")
    page = unescape(client.get(reverse("candidatures:produits")).content.decode())

    assert "C’est à vous\u00a0: 2 volets sont à soumettre" in page
    assert "Date 1\u00a0: dans " in page


def test_produit_page_asks_the_same_for_one_person_and_three(team: Team) -> None:
    address = reverse("candidatures:produit", args=[team.produit.pk])
    for_one = count(team.mandataire, address)
    two_more(team)

    assert (for_one, count(team.mandataire, address)) == (10, 10)


@pytest.mark.parametrize(
    ("name", "role", "expected"),
    [
        ("referencement:candidature", "salarie", 14),
        ("candidatures:charte", "mandataire", 8),
        ("candidatures:journal", "salarie", 9),
    ],
)
def test_page_of_a_candidature(team: Team, name: str, role: str, expected: int) -> None:
    make.a_filled_volet(team.candidature, team.salarie)
    assert count(getattr(team, role), reverse(name, args=[team.candidature.nru])) == expected


@pytest.mark.parametrize(
    ("name", "role", "expected"),
    [
        ("candidatures:volet", "salarie", 7),
        ("candidatures:volet_submit", "salarie", 8),
        ("candidatures:volet_review", "instructeur", 13),
    ],
)
def test_page_of_a_volet(team: Team, name: str, role: str, expected: int) -> None:
    make.a_filled_volet(team.candidature, team.salarie)
    if role == "instructeur":
        submit_volet(volet_id=team.volet.pk, by=team.salarie, at=make.SUMMER)
    address = reverse(name, args=[team.candidature.nru, "administratif"])
    assert count(getattr(team, role), address) == expected


@pytest.mark.parametrize("number", [1, 3])
def test_public_list_asks_the_same_for_one_row_and_three(team: Team, number: int) -> None:
    for rank in range(number):
        produit = make.a_produit(team.editeur, team.mandataire, f"Produit {rank}")
        candidature = make.a_candidature(produit, team.mandataire)
        make.a_submitted_volet(candidature, team.mandataire)
        make.a_submitted_volet(candidature, team.mandataire, kind=VoletKind.ELIGIBILITE)
    with clock.travel(make.DATE_1), CaptureQueriesContext(connection) as queries:
        page = Client().get(reverse("referencement:solutions"))

    assert (len(page.context["lines"]), len(queries)) == (number, 7)
