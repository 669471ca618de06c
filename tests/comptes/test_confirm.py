"""Proving again who one is, before an act that cannot be undone."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from comptes import clock
from comptes.models import Compte
from comptes.views.confirm import RECENT, STAMP
from tests.conftest import BY_PASSWORD
from tests.factories.comptes import CompteFactory

CONFIRM = reverse("comptes:confirm")
PASSWORD = "une longue phrase de passe"


@pytest.fixture
def compte(db: None) -> Compte:
    made: Compte = CompteFactory(password=PASSWORD)
    return made


@pytest.fixture
def absent_minded(compte: Compte) -> Client:
    """Signed in so long ago that it is asked again."""
    client = Client()
    client.force_login(compte, backend=BY_PASSWORD)
    session = client.session
    session[STAMP] = (clock.machine_now() - RECENT - timedelta(seconds=1)).isoformat()
    session.save()
    return client


def typed(client: Client, password: str) -> int:
    return client.post(f"{CONFIRM}?next=/mon-compte/", {"password": password}).status_code


def test_right_password_is_remembered_and_leads_back(absent_minded: Client) -> None:
    before = absent_minded.session[STAMP]

    assert typed(absent_minded, PASSWORD) == 302
    assert absent_minded.session[STAMP] > before


def test_wrong_passwords_are_counted_here_too(absent_minded: Client) -> None:
    assert [typed(absent_minded, f"essai {number}") for number in range(6)] == [200, 200, 200, 200, 200, 429]
    assert typed(absent_minded, PASSWORD) == 429


def test_password_of_somebody_else_proves_nothing(absent_minded: Client) -> None:
    CompteFactory(password="le mot de passe d’une autre")

    assert typed(absent_minded, "le mot de passe d’une autre") == 200
