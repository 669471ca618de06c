"""Redis stopped or silent: pages stay, people sign in, nothing waits for it twice."""

import socket
from collections.abc import Iterator
from time import perf_counter

import pytest
from django.core.cache import caches
from django.test import Client

from segur_portal.caches import ForgivingCache
from tests.comptes.conftest import make_team
from tests.factories.comptes import CompteFactory

PASSWORD = "une phrase que je connais"


@pytest.fixture(params=["stopped", "frozen"])
def away(request, settings) -> Iterator[None]:
    """Redis, where nobody listens or nobody answers."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        if request.param == "frozen":
            taken.listen(64)
        where = f"redis://127.0.0.1:{taken.getsockname()[1]}/0"
        settings.CACHES = {name: {**cache, "LOCATION": where} for name, cache in settings.CACHES.items()}
        yield
    ForgivingCache._rests_until.clear()


def test_cache_that_is_away_finds_and_keeps_nothing(away):
    cache = caches["default"]
    begun_at = perf_counter()
    for _ in range(20):
        cache.set("a", 1)
        assert cache.get("a", 2) == 2
    assert cache.add("a", 1) is False
    assert cache.get_many(["a"]) == {}
    assert cache.has_key("a") is False
    assert cache.set_many({"a": 1}) == ["a"]
    cache.delete("a")
    cache.delete_many(["a"])
    cache.touch("a")
    assert perf_counter() - begun_at < 1


def test_somebody_signs_in_reads_and_signs_out(transactional_db, away):
    compte = CompteFactory()
    compte.set_password(PASSWORD)
    compte.save(update_fields=["password"])
    browser = Client()
    begun_at = perf_counter()

    signed_in = browser.post("/connexion/", {"username": compte.email, "password": PASSWORD})
    page = browser.get("/mon-compte/")
    out = browser.post("/deconnexion/")
    after = browser.get("/mon-compte/")

    assert (signed_in.status_code, page.status_code, out.status_code, after.status_code) == (302, 200, 302, 302)
    assert perf_counter() - begun_at < 4


def test_public_list_and_team_are_read(transactional_db, away, sign_in):
    team = make_team()
    browser = sign_in(team.mandataire.compte)

    assert Client().get("/solutions/").status_code == 200
    assert browser.get(f"/editeurs/{team.editeur.pk}/").status_code == 200


def test_session_is_kept_in_the_cache_a_minute_at_most(db):
    cache = caches["sessions"]
    cache.set("a", 1, 8 * 3600)
    cache.set("b", 1, None)
    cache.set("c", 1, 5)

    redis = cache._cache.get_client()
    lives = [redis.ttl(cache.make_key(name)) for name in "abc"]
    assert lives[:2] == [60, 60]
    assert lives[2] == 5


def test_cache_that_comes_back_is_used_again(settings, monkeypatch):
    cache = caches["default"]
    monkeypatch.setitem(ForgivingCache._rests_until, cache._server, perf_counter() + 1e9)
    cache.set("back", 1)
    assert cache.get("back") is None

    monkeypatch.setitem(ForgivingCache._rests_until, cache._server, 0.0)
    cache.set("back", 1)
    assert cache.get("back") == 1
    cache.delete("back")
