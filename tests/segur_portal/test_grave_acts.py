"""The acts that ask who one is again: each of the list, and nothing is lost of what was typed."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any

import pytest
from django.db import transaction
from django.http import HttpRequest
from django.test import Client
from django.urls import get_resolver, reverse

from comptes import clock
from comptes.models import Compte, JournalEntry, Rattachement
from comptes.operations.facteurs import enrol_factor
from comptes.operations.passwords import choose_password
from comptes.views import confirm, factor
from segur_portal.acts import GRAVE_ACTS, grave_act
from tests.conftest import BY_PASSWORD
from tests.factories import candidatures as make
from tests.factories.comptes import PASSWORD, CompteFactory, RattachementFactory
from tests.ground import GROUND
from tests.proofs import KEY, code_now, prove_strongly
from tests.urls_cast import Cast, a_cast

# What asks again, the gesture of the form or of the address, and who may do it. A line that leaves the list fails.
ASKS = {
    ("preuves:rem_publish", ""): "admi",
    ("preuves:equivalences_publish", ""): "admi",
    ("referencement:foreclose", ""): "resp",
    ("referencement:derogation_decide", "accorder"): "resp",
    ("referencement:derogation_decide", "refuser"): "resp",
    ("referencement:seance_close", ""): "secr",
    ("referencement:referencement_act", "prononcer"): "resp",
    ("referencement:convention_act", "signer"): "mand",
    ("referencement:withdraw", ""): "mand",
    ("referencement:renounce", ""): "mand",
    ("comptes:openid_start", "link"): "mand",
    ("comptes:seat", ""): "mand",
    ("comptes:see_as", ""): "admi",
    ("comptes:agent_new", ""): "admi",
    ("comptes:agent", ""): "admi",
    ("comptes:agent_act", "suspendre"): "admi",
    ("comptes:agent_act", "fermer"): "admi",
    ("comptes:agent_act", "reinitialiser"): "admi",
    ("comptes:factor_enrol", ""): "sala",
    ("comptes:factor_renew", ""): "sala",
    ("comptes:factor_remove", ""): "sala",
}
ASKS_NOTHING = {
    ("referencement:convention_act", "preparer"),
    ("referencement:referencement_act", "proposer"),
    ("comptes:account", ""),
}


@pytest.fixture(scope="module")
def cast(django_db_setup: None, django_db_blocker: Any) -> Iterator[Cast]:
    with django_db_blocker.unblock():
        GROUND.leave()
    with django_db_blocker.unblock(), clock.travel(make.SUMMER), transaction.atomic():
        yield a_cast()
        transaction.set_rollback(True)


def posted(cast: Cast, address: str, gesture: str, role: str, more: Mapping[str, str] = MappingProxyType({})) -> Any:
    """Post the act as who may do it, and undo whatever was done; the browser forgets it too."""
    typed = {**cast.ours.typed.get(address, {}), **more}
    known = cast.ours.keys | cast.ours.special.get(address, {}) | ({"geste": gesture} if gesture else {})
    parameters = parameters_of(address)
    url = reverse(address, kwargs={parameter: known[parameter] for parameter in parameters})
    if gesture and "geste" not in parameters:
        typed["geste"] = gesture
    browser = cast.browsers[role]
    cookies = browser.cookies.copy()
    with transaction.atomic():
        before = JournalEntry.objects.count()
        answer = browser.post(url, typed)
        answer.written = JournalEntry.objects.count() - before
        transaction.set_rollback(True)
    browser.cookies = cookies
    return answer


def parameters_of(address: str) -> list[str]:
    namespace, name = address.split(":")
    for included in get_resolver().url_patterns:
        if getattr(included, "namespace", None) == namespace:
            for pattern in included.url_patterns:  # type: ignore[union-attr]  # an included list
                if pattern.name == name:
                    return list(pattern.pattern.converters)
    raise AssertionError(f"{address} leads nowhere.")


def test_every_act_of_the_list_is_an_address() -> None:
    assert {act.address for act in GRAVE_ACTS} == {address for address, _ in ASKS}
    for act in GRAVE_ACTS:
        parameters_of(act.address)


@pytest.mark.parametrize(("address", "gesture"), ASKS)
def test_act_asks_again_when_the_proof_is_old(cast: Cast, settings: Any, address: str, gesture: str) -> None:
    settings.PROOF_IS_FRESH_FOR = 0
    answer = posted(cast, address, gesture, ASKS[address, gesture])

    assert (answer.status_code, answer.written) == (401, 0)
    act = grave_act(address, gesture)
    assert act is not None
    assert act.sentence in answer.content.decode()
    assert "Confirmer votre identité" in answer.content.decode()


@pytest.mark.parametrize(("address", "gesture"), ASKS)
def test_act_asks_nothing_more_when_the_proof_is_fresh(cast: Cast, settings: Any, address: str, gesture: str) -> None:
    with transaction.atomic():
        if (address, gesture) in STRONGER:
            prove_strongly(cast.browsers[ASKS[address, gesture]])
        answer = posted(cast, address, gesture, ASKS[address, gesture])
        transaction.set_rollback(True)

    assert answer.status_code in (200, 302, 409, 422)


@pytest.mark.parametrize(("address", "gesture"), sorted(ASKS_NOTHING))
def test_other_acts_never_ask(cast: Cast, settings: Any, address: str, gesture: str) -> None:
    settings.PROOF_IS_FRESH_FOR = 0
    role = "inst" if address == "referencement:referencement_act" else "resp"

    assert posted(cast, address, gesture, role).status_code in (200, 302, 409, 422)


# -- what a mailbox is not enough for ---------------------------------------------------------------------------------

STRONGER = sorted((act.address, gesture) for act in GRAVE_ACTS if act.stronger for gesture in act.gestures)


@pytest.fixture
def who_signs(cast: Cast) -> Iterator[Compte]:
    """The mandataire, whose former proofs are forgotten, and whose factor is after the test as before."""
    with transaction.atomic():
        session = cast.browsers["mand"].session
        for key in (confirm.AT_THE_PROVIDER, factor.PROVED):
            session.pop(key, None)
        session.save()
        yield cast.ours.people["mand"]
        transaction.set_rollback(True)


def enrolled(compte: Compte) -> None:
    """Tie an application as the page does."""
    at = clock.now()
    enrol_factor(compte_id=compte.pk, key=KEY, typed=code_now(), machine=at, at=at)


@pytest.mark.parametrize(("address", "gesture"), STRONGER)
def test_password_signs_nothing(cast: Cast, who_signs: Compte, address: str, gesture: str) -> None:
    typed = {"identite": "oui", "identite-password": PASSWORD}
    for more in ({}, typed):
        answer = posted(cast, address, gesture, "mand", more)
        assert (answer.status_code, answer.written) == (401, 0)
        assert "Votre mot de passe ne suffit pas" in answer.content.decode()
        assert reverse("comptes:factor_enrol") in answer.content.decode()


@pytest.mark.parametrize(("address", "gesture"), STRONGER)
def test_factor_signs(cast: Cast, who_signs: Compte, address: str, gesture: str) -> None:
    enrolled(who_signs)
    asked = posted(cast, address, gesture, "mand")
    assert asked.status_code == 401
    assert "Code de l’application" in asked.content.decode()

    with clock.travel(clock.now() + timedelta(minutes=2)):
        typed = {"identite": "oui", "identite-code": code_now()}
        assert posted(cast, address, gesture, "mand", typed).status_code in (200, 302, 409, 422)


@pytest.mark.parametrize("hours", [0, 23, 24, 25])
def test_factor_tied_just_after_a_mailed_link_signs_a_day_later(cast: Cast, who_signs: Compte, hours: int) -> None:
    at = clock.now()
    choose_password(compte_id=who_signs.pk, password=PASSWORD, by_link=True, at=at - timedelta(hours=1))
    enrolled(who_signs)
    with clock.travel(at + timedelta(hours=hours)):
        browser = Client()
        browser.force_login(Compte.objects.get(pk=who_signs.pk), backend=BY_PASSWORD)
        session = browser.session
        session[factor.PROVED] = clock.machine_now().isoformat()
        session.save()
        answer = posted(
            Cast(cast.ours, cast.theirs, {"mand": browser}), "referencement:convention_act", "signer", "mand"
        )

    assert (answer.status_code == 401) is (hours < 24)
    if hours < 24:
        assert "peu après un changement de mot de passe par e-mail" in answer.content.decode()


# -- the page that asks ---------------------------------------------------------------------------------------------


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
