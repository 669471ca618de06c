"""Whoever types wrong passwords waits; the owner of the account does not."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.tokens import default_token_generator
from django.contrib.sessions.models import Session
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from comptes import clock, sweeps
from comptes.forms import InvitationForm
from comptes.forms.editeurs import RegistrationForm
from comptes.models import Compte, Essai, Notice
from comptes.operations.essais import TooManyTries, charge
from comptes.operations.invitations import InvitationNotOpen, accept_invitation
from comptes.rules import essais as rules
from comptes.rules.emails import canonical, why_refused
from comptes.rules.essais import Pace, Scope, TryCount
from comptes.rules.passwords import why_too_common
from comptes.rules.rattachements import Seat
from segur_portal import hashing
from segur_portal.hashing import BoundedArgon2, TooManyAtOnce
from tests.factories.comptes import PASSWORD, CompteFactory, InvitationFactory

SIGN_IN = "/connexion/"
CHANGE = {"old_password": PASSWORD, "new_password": "une autre phrase bien longue"}
AT = datetime(2026, 7, 1, 8, 0, tzinfo=UTC)
LOOKALIKES = [
    "nad\u0131a@sirocco.example",
    "nadia@\u017firocco.example",
    "\uff4eadia@sirocco.example",
    "n\u0430dia@sirocco.example",
]


@pytest.fixture
def nadia(db: None) -> Compte:
    made: Compte = CompteFactory(email="nadia@sirocco.example", password=PASSWORD)
    return made


def posted(client: Client, email: str, password: str, *, place: str = "198.51.100.7") -> int:
    answer = client.post(SIGN_IN, {"username": email, "password": password}, REMOTE_ADDR=place)
    return answer.status_code


def attack(email: str, *, times: int = 40, place: Callable[[int], str] = lambda n: "203.0.113.9") -> list[int]:
    return [posted(Client(), email, f"essai {n}", place=place(n)) for n in range(times)]


# -- the owner is never locked out ----------------------------------------------------------------------------------


def test_attacker_elsewhere_does_not_stop_the_owner(nadia: Compte) -> None:
    assert attack(nadia.email)[-1] == 429

    assert posted(Client(), nadia.email, PASSWORD) == 302


def test_many_attackers_do_not_stop_the_owner_where_they_already_signed_in(nadia: Compte) -> None:
    owner = Client()
    assert posted(owner, nadia.email, PASSWORD) == 302
    owner.post("/deconnexion/")

    assert attack(nadia.email, place=lambda n: f"203.0.113.{n}")[-1] == 429
    assert posted(Client(), nadia.email, PASSWORD) == 429  # from nowhere known, even the right one waits
    assert posted(owner, nadia.email, PASSWORD) == 302


def test_link_by_mail_opens_whatever_is_typed_elsewhere(nadia: Compte) -> None:
    """On a new computer, during an attack: a link by mail makes this browser known."""
    attack(nadia.email, place=lambda n: f"203.0.113.{n}")
    owner = Client()
    assert posted(owner, nadia.email, PASSWORD) == 429
    link = f"/mot-de-passe/{urlsafe_base64_encode(force_bytes(nadia.pk))}/{default_token_generator.make_token(nadia)}/"
    assert owner.post(link, {"new_password": "une autre phrase bien longue"}).status_code == 302
    attack(nadia.email, place=lambda n: f"203.0.113.{n}")

    assert posted(owner, nadia.email, "une autre phrase bien longue") == 302


def test_attack_does_not_stop_who_confirms_in_their_session(nadia: Compte) -> None:
    owner = Client()
    posted(owner, nadia.email, PASSWORD)
    attack(nadia.email, place=lambda n: f"203.0.113.{n}")

    assert owner.post("/mon-compte/mot-de-passe/", CHANGE).status_code == 302


def test_known_device_waits_longer_and_longer_and_never_long(nadia: Compte) -> None:
    owner = Client()
    posted(owner, nadia.email, PASSWORD)
    owner.post("/deconnexion/")
    with clock.travel(AT):
        assert [posted(owner, nadia.email, "faux") for _ in range(6)] == [422] * 5 + [429]
    with clock.travel(AT + timedelta(seconds=6)):
        assert [posted(owner, nadia.email, "faux") for _ in range(2)] == [422, 429]
    with clock.travel(AT + timedelta(seconds=6 + 9)):
        assert posted(owner, nadia.email, PASSWORD) == 429
    with clock.travel(AT + timedelta(seconds=6 + 11)):
        assert posted(owner, nadia.email, PASSWORD) == 302


def test_own_account_does_not_make_a_device_known_to_others(nadia: Compte) -> None:
    mallory = CompteFactory(email="mallory@ailleurs.example", password=PASSWORD)
    attacker = Client()
    posted(attacker, mallory.email, PASSWORD, place="203.0.113.9")
    attacker.post("/deconnexion/")

    assert [posted(attacker, nadia.email, f"essai {n}", place="203.0.113.9") for n in range(6)] == [422] * 5 + [429]


@pytest.mark.parametrize("forged", ["", "nonsense", "eyJhIjoiYiJ9:1abc:zzz"])
def test_forged_cookie_makes_no_device_known(nadia: Compte, forged: str) -> None:
    attacker = Client()
    attacker.cookies["appareil"] = forged

    assert [posted(attacker, nadia.email, f"essai {n}") for n in range(6)] == [422] * 5 + [429]


# -- and nobody escapes the count -----------------------------------------------------------------------------------


def test_one_place_does_not_try_everybody(db: None) -> None:
    with clock.travel(AT):
        answers = [posted(Client(), f"personne{n}@sirocco.example", "azerty", place="203.0.113.9") for n in range(51)]

    assert answers == [422] * 50 + [429]


def test_own_right_password_does_not_forgive_the_place(nadia: Compte) -> None:
    mallory = CompteFactory(email="mallory@ailleurs.example", password=PASSWORD)
    with clock.travel(AT):
        for number in range(50):
            posted(Client(), f"personne{number}@sirocco.example", "azerty", place="203.0.113.9")
            if number == 40:
                assert posted(Client(), mallory.email, PASSWORD, place="203.0.113.9") == 302
        assert posted(Client(), nadia.email, "azerty", place="203.0.113.9") == 429


def test_neighbours_of_one_ipv6_subscriber_are_one_place(nadia: Compte) -> None:
    assert attack(nadia.email, times=6, place=lambda n: f"2001:db8:1:2::{n + 1:x}") == [422] * 5 + [429]


def test_only_what_a_trusted_proxy_says_is_counted(nadia: Compte) -> None:
    """Whatever the client writes in the header, the neighbour's address is counted."""
    answers = [
        Client()
        .post(SIGN_IN, {"username": nadia.email, "password": "faux"}, headers={"X-Forwarded-For": f"198.51.100.{n}"})
        .status_code
        for n in range(6)
    ]

    assert answers == [422] * 5 + [429]


@pytest.mark.parametrize("lookalike", LOOKALIKES)
def test_lookalike_signs_nobody_in(nadia: Compte, lookalike: str) -> None:
    assert posted(Client(), lookalike, PASSWORD) == 422


@pytest.mark.parametrize("lookalike", LOOKALIKES)
def test_lookalike_does_not_get_round_a_wait(nadia: Compte, lookalike: str) -> None:
    attack(nadia.email, times=6)

    assert posted(Client(), lookalike, PASSWORD, place="203.0.113.9") in (422, 429)
    assert posted(Client(), nadia.email, PASSWORD, place="203.0.113.9") == 429


@pytest.mark.parametrize("lookalike", LOOKALIKES)
def test_lookalike_receives_no_link(nadia: Compte, client: Client, lookalike: str) -> None:
    client.post("/mot-de-passe-oublie/", {"email": lookalike})

    assert Notice.objects.count() == 0


@pytest.mark.parametrize("lookalike", LOOKALIKES)
def test_lookalike_is_refused_wherever_an_address_enters(nadia: Compte, lookalike: str) -> None:
    form = InvitationForm({"email": lookalike, "role": "salarie"}, acting=Seat("mandataire", True))  # type: ignore[arg-type]  # as typed
    assert "un caractère interdit" in form.errors["email"][0]
    assert "mandataire" in RegistrationForm({"mandataire": lookalike}).errors
    with pytest.raises(ValueError, match="un caractère interdit"):
        Compte.objects.create_user(lookalike, None)
    with pytest.raises(IntegrityError), transaction.atomic():
        Compte.objects.filter(pk=nadia.pk).update(email=lookalike)


@pytest.mark.parametrize("lookalike", LOOKALIKES)
def test_invitation_of_a_lookalike_is_not_taken_by_the_other(nadia: Compte, lookalike: str) -> None:
    invitation = InvitationFactory(email=lookalike, invited_at=AT, expires_at=AT + timedelta(days=7))

    with pytest.raises(InvitationNotOpen):
        accept_invitation(token=invitation.token, compte=nadia, at=AT)


def test_one_form_of_an_address() -> None:
    assert canonical("  Nadia@Sirocco.EXAMPLE ") == "nadia@sirocco.example"
    assert why_refused("nadia+ans@sirocco.example") == ""
    assert "«\u00a0\u0131\u00a0»" in why_refused("nad\u0131a@sirocco.example")
    assert canonical("nadia\u200b@sirocco.example") == "nadia@sirocco.example"


# -- many at once ---------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_many_at_once_are_not_more_than_one_by_one() -> None:
    """Twenty-four wrong passwords sent together: five are checked, the others must wait."""
    counts = [TryCount(Scope.PLACE.value, "nadia 203.0.113.9")]

    def charged(_: int) -> bool:
        try:
            charge(counts=counts, at=AT)
        except TooManyTries:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(charged, range(24))) == [False] * 19 + [True] * 5


def test_hashing_is_bounded() -> None:
    """One request hashes, two wait, another is refused at once, so that a thread stays free for pages."""
    hasher = BoundedArgon2()

    def encoded(number: int) -> bool:
        try:
            hasher.encode("une longue phrase", "x" * 22)
        except TooManyAtOnce:
            return False
        return True

    with ThreadPoolExecutor(24) as pool:
        done = list(pool.map(encoded, range(24)))

    assert hashing.MOST <= sum(done) < 24
    assert encoded(0)


def test_who_comes_when_too_many_hash_is_asked_to_come_back(nadia: Compte, settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["segur_portal.hashing.BoundedArgon2"]
    held = [hashing.WITH_WHO_WAITS.acquire(blocking=False) for _ in range(hashing.MOST)]
    try:
        answer = Client().post(SIGN_IN, {"username": "personne@sirocco.example", "password": PASSWORD})
    finally:
        for _ in held:
            hashing.WITH_WHO_WAITS.release()

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "3")
    assert Essai.objects.filter(failures__gt=0).count() == 0  # what was not looked at costs nothing


# -- the rule -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("failures", "seconds"), [(0, 0), (4, 0), (5, 60), (6, 120), (10, 1920), (11, 3600), (5000, 3600)]
)
def test_each_wait_is_twice_the_former(failures: int, seconds: int) -> None:
    assert rules.PACES[Scope.PLACE].wait_after(failures) == timedelta(seconds=seconds)


def test_wait_ends_at_its_second(db: None) -> None:
    counts = [TryCount(Scope.OWN.value, "nadia")]
    for _ in range(5):
        charge(counts=counts, at=AT)

    with pytest.raises(TooManyTries) as refused:
        charge(counts=counts, at=AT + timedelta(seconds=29))
    assert refused.value.until == AT + timedelta(seconds=30)
    charge(counts=counts, at=refused.value.until)


def test_a_try_that_waits_makes_nobody_wait_longer(db: None) -> None:
    counts = [TryCount(Scope.OWN.value, "nadia")]
    for _ in range(5):
        charge(counts=counts, at=AT)
    for second in range(1, 30):
        with pytest.raises(TooManyTries):
            charge(counts=counts, at=AT + timedelta(seconds=second))

    charge(counts=counts, at=AT + timedelta(seconds=30))


def test_pace_is_bounded() -> None:
    assert Pace(0, timedelta(seconds=1), timedelta(hours=1)).wait_after(10**9) == timedelta(hours=1)


def test_sweep_erases_what_is_old(nadia: Compte) -> None:
    owner = Client()
    posted(owner, nadia.email, PASSWORD)
    Session.objects.update(expire_date=clock.machine_now() - timedelta(seconds=1))
    charge(counts=[TryCount(Scope.OWN.value, "old")], at=clock.machine_now() - timedelta(days=2))
    charge(counts=[TryCount(Scope.OWN.value, "new")], at=clock.machine_now())

    assert sweeps.forget_tries_and_sessions() == 1
    assert (Essai.objects.filter(scope="own").count(), Session.objects.count()) == (1, 0)


# -- passwords that everybody tries ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "password",
    [
        "motdepassesegur",
        "Motdepasse2026!",
        "M0tdepasseS3gur",
        "mot de passe du portail segur",
        "Portail-Ségur-2026",
        "azertyuiop123",
        "aaaaaaaaaaaaaaaa",
        "bonjourbonjour1",
        "abcdefghijklm",
        "MOTDEPASSEDELAGENCE",
    ],
)
def test_words_that_everybody_tries_are_refused(password: str) -> None:
    assert why_too_common(password)


@pytest.mark.parametrize(
    "password", [PASSWORD, "une longue phrase de passe", "le chat de ma voisine ronfle", "xK9#vTq2LmPz"]
)
def test_uncommon_password_is_accepted(password: str) -> None:
    assert not why_too_common(password)
