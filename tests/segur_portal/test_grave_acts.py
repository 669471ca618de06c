"""The page that asks again who is there: nothing that was typed is lost."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.http import HttpRequest
from django.test import Client
from django.urls import reverse

from comptes import clock
from comptes.models import Rattachement
from comptes.views import confirm
from tests.factories.comptes import PASSWORD, CompteFactory, RattachementFactory


@pytest.fixture
def seat(db: None) -> Rattachement:
    mandataire = RattachementFactory(mandataire=True, compte__password=PASSWORD)
    made: Rattachement = RattachementFactory(editeur=mandataire.editeur)
    return made


@pytest.fixture
def absent_minded(seat: Rattachement, settings: Any) -> Client:
    """The mandataire, signed in so long ago that they are asked again."""
    settings.PROOF_IS_FRESH_FOR = 600
    client = Client()
    mandataire = seat.editeur.rattachements.get(role="mandataire")
    client.post("/connexion/", {"username": mandataire.compte.email, "password": PASSWORD})
    return aged(client)


def aged(client: Client, seconds: int = 601) -> Client:
    session = client.session
    session[confirm.STAMP] = (clock.machine_now() - timedelta(seconds=seconds)).isoformat()
    session.save()
    return client


def role_of(seat: Rattachement) -> tuple[str, bool]:
    seat.refresh_from_db()
    return seat.role, seat.may_engage


TYPED = {"role": "representant", "may_engage": "on"}


def test_what_was_typed_goes_on_with_the_secret(absent_minded: Client, seat: Rattachement) -> None:
    address = reverse("comptes:seat", args=[seat.pk])
    page = absent_minded.post(address, TYPED)
    assert role_of(seat) == ("salarie", False)
    held = dict(page.context["typed"])
    assert held == TYPED

    wrong = absent_minded.post(address, held | {"identite": "oui", "identite-password": "faux"})
    assert (wrong.status_code, dict(wrong.context["typed"])) == (401, TYPED)
    assert "Mot de passe incorrect." in wrong.content.decode()
    assert "faux" not in wrong.content.decode()
    assert role_of(seat) == ("salarie", False)

    done = absent_minded.post(address, held | {"identite": "oui", "identite-password": PASSWORD})
    assert done.status_code == 302
    assert role_of(seat) == ("representant", True)
    assert absent_minded.post(address, {"role": "salarie"}).status_code == 302  # and is not asked again


def test_text_of_several_lines_is_held_whole(absent_minded: Client, seat: Rattachement) -> None:
    motive = 'Première ligne\r\n"Seconde" <b>ligne</b>'
    page = absent_minded.post(reverse("comptes:seat", args=[seat.pk]), TYPED | {"motif": motive, "many": ["a", "b"]})

    assert page.context["typed"] == [*TYPED.items(), ("motif", motive), ("many", "a"), ("many", "b")]
    assert "<b>ligne" not in page.content.decode()


def test_wrong_secrets_are_counted_apart_from_the_sign_in(absent_minded: Client, seat: Rattachement) -> None:
    address = reverse("comptes:seat", args=[seat.pk])
    wrong = TYPED | {"identite": "oui", "identite-password": "faux"}

    assert [absent_minded.post(address, wrong).status_code for _ in range(6)] == [401] * 5 + [429]
    right = wrong | {"identite-password": PASSWORD}
    assert absent_minded.post(address, right).status_code == 429
    assert role_of(seat) == ("salarie", False)
    mandataire = seat.editeur.rattachements.get(role="mandataire").compte
    fresh = Client()
    assert fresh.post("/connexion/", {"username": mandataire.email, "password": PASSWORD}).status_code == 302
    assert fresh.post(address, TYPED).status_code == 302


def test_password_of_somebody_else_proves_nothing(absent_minded: Client, seat: Rattachement) -> None:
    CompteFactory(password="le mot de passe d’une autre")
    typed = TYPED | {"identite": "oui", "identite-password": "le mot de passe d’une autre"}

    assert absent_minded.post(reverse("comptes:seat", args=[seat.pk]), typed).status_code == 401


def test_who_has_no_password_presses_no_button(absent_minded: Client, seat: Rattachement) -> None:
    mandataire = seat.editeur.rattachements.get(role="mandataire").compte
    mandataire.set_unusable_password()
    mandataire.save()
    client = Client()
    client.force_login(mandataire, backend="comptes.requests.PortalBackend")
    aged(client)

    page = client.post(reverse("comptes:seat", args=[seat.pk]), TYPED | {"identite": "oui", "identite-password": ""})

    assert page.status_code == 401
    assert "Votre compte n’a pas de mot de passe" in page.content.decode()
    assert role_of(seat) == ("salarie", False)


def test_in_the_demonstration_the_button_is_enough(absent_minded: Client, seat: Rattachement, settings: Any) -> None:
    settings.DEMO, settings.ROOT_URLCONF = True, "tests.demo.urls"
    mandataire = seat.editeur.rattachements.get(role="mandataire").compte
    address, pressed = reverse("comptes:seat", args=[seat.pk]), TYPED | {"identite": "oui"}
    assert absent_minded.post(address, pressed).status_code == 401  # who has a password types it
    mandataire.set_unusable_password()
    mandataire.save()
    client = Client()
    client.force_login(mandataire, backend="comptes.requests.PortalBackend")
    aged(client)

    assert client.post(address, TYPED).status_code == 401
    assert client.post(address, pressed).status_code == 302


@pytest.mark.parametrize(("age", "is_recent"), [(0, True), (599, True), (600, False), (601, False)])
def test_a_proof_holds_ten_minutes(settings: Any, age: int, is_recent: bool) -> None:
    settings.PROOF_IS_FRESH_FOR = 600
    at = datetime(2026, 7, 1, 8, 0, tzinfo=UTC)
    request = HttpRequest()
    request.session = {}  # type: ignore[assignment]  # what the rule reads of it
    confirm.stamp(request, proved_at=at)

    with clock.travel(at + timedelta(seconds=age)):
        assert confirm.is_recent(request) is is_recent
