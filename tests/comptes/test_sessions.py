"""A person's own sessions: listed, and ended from any of them."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.core.cache import caches
from django.test import Client

from comptes import clock, sweeps
from comptes.models import Compte, SessionOuverte
from comptes.operations.sessions import end_sessions
from comptes.views.sessions import browser_in_words
from tests.factories.comptes import PASSWORD, CompteFactory

SESSIONS = "/mon-compte/sessions/"
FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
SAFARI = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Safari/604.1"


@pytest.fixture
def compte(db: None) -> Compte:
    made: Compte = CompteFactory(password=PASSWORD)
    return made


def signed_in(compte: Compte, browser: str = FIREFOX) -> Client:
    client = Client(headers={"User-Agent": browser})
    assert client.post("/connexion/", {"username": compte.email, "password": PASSWORD}).status_code == 302
    return client


def is_in(client: Client) -> bool:
    return client.get("/mon-compte/").status_code == 200


def test_sessions_are_listed_for_who_opened_them(compte: Compte) -> None:
    here, elsewhere = signed_in(compte), signed_in(compte, SAFARI)
    signed_in(CompteFactory(password=PASSWORD))

    rows = here.get(SESSIONS).context["rows"]

    assert [(row["browser"], row["is_here"]) for row in rows] == [("Safari, iPhone", False), ("Firefox, Windows", True)]
    assert {row["session"].address for row in rows} == {"127.0.0.1"}
    elsewhere.post("/deconnexion/")
    assert len(here.get(SESSIONS).context["rows"]) == 1


def test_one_session_is_ended(compte: Compte) -> None:
    here, lost, other = signed_in(compte), signed_in(compte), signed_in(compte)
    chosen = SessionOuverte.objects.get(key=lost.session.session_key)

    here.post(SESSIONS, {"session": chosen.pk})

    assert [is_in(client) for client in (here, lost, other)] == [True, False, True]


def test_all_the_others_are_ended(compte: Compte) -> None:
    here, lost, other = signed_in(compte), signed_in(compte), signed_in(compte)

    here.post(SESSIONS, {"toutes": "oui"})

    assert [is_in(client) for client in (here, lost, other)] == [True, False, False]


@pytest.mark.parametrize("typed", ["", "0", "abc", "99999999999", "theirs"])
def test_session_of_somebody_else_is_not_ended(compte: Compte, typed: str) -> None:
    theirs = signed_in(CompteFactory(password=PASSWORD))
    number = SessionOuverte.objects.get(key=theirs.session.session_key).pk

    signed_in(compte).post(SESSIONS, {"session": number if typed == "theirs" else typed})

    assert is_in(theirs)


def test_session_that_changes_its_key_stays_listed(compte: Compte) -> None:
    here, other = signed_in(compte), signed_in(compte)
    here.post("/mon-compte/mot-de-passe/", {"old_password": PASSWORD, "new_password": "une autre phrase bien longue"})

    assert not is_in(other)
    assert [row["is_here"] for row in here.get(SESSIONS).context["rows"]].count(True) == 1


def test_every_session_but_one_is_ended(compte: Compte) -> None:
    thief, owner = signed_in(compte), signed_in(compte)

    end_sessions(compte_id=compte.pk, but=str(owner.session.session_key))

    assert [is_in(client) for client in (thief, owner)] == [False, True]


def test_what_is_over_is_swept_away(compte: Compte) -> None:
    over, kept = signed_in(compte), signed_in(compte)
    key = over.session.session_key
    Session.objects.filter(pk=key).update(expire_date=clock.machine_now() - timedelta(seconds=1))
    caches["sessions"].clear()
    assert len(kept.get(SESSIONS).context["rows"]) == 1

    sweeps.forget_tries_and_sessions()

    assert list(SessionOuverte.objects.values_list("key", flat=True)) == [kept.session.session_key]


def test_browser_that_says_nonsense_is_kept_short(compte: Compte) -> None:
    signed_in(compte, "\x1b[31m" + "x" * 5000)

    assert len(SessionOuverte.objects.get().browser) <= 200


def test_browsers_are_said_in_two_words() -> None:
    assert (
        browser_in_words("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36")
        == "Chrome, Linux"
    )
    assert browser_in_words("Mozilla/5.0 (Windows NT 10.0) Chrome/140.0 Safari/537.36 Edg/140.0") == "Edge, Windows"
    assert browser_in_words("") == "Navigateur inconnu"
