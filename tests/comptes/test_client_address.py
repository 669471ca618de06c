"""The address of a request: from the declared proxies only, never from a header that the client wrote."""

from ipaddress import ip_network

import pytest
from django.test import RequestFactory
from pytest_django import Settings

from comptes.requests import client_address

PROXY, OUTER, PERSON, FORGED = "192.0.2.7", "192.0.2.8", "203.0.113.5", "198.51.100.66"


@pytest.fixture(autouse=True)
def behind_proxies(settings: Settings) -> None:
    settings.TRUSTED_PROXIES = [ip_network("192.0.2.0/28")]
    settings.PROXIES_IN_A_ROW = 1


def address(forwarded: str | None, *, neighbour: str = PROXY) -> str:
    headers = {} if forwarded is None else {"X-Forwarded-For": forwarded}
    return client_address(RequestFactory().get("/", headers=headers, REMOTE_ADDR=neighbour))


@pytest.mark.parametrize(
    ("forwarded", "expected"),
    [
        (PERSON, PERSON),
        (f"{FORGED}, {PERSON}", PERSON),
        (f"{FORGED},{FORGED},  {PERSON} ", PERSON),
        (f"{PERSON}:52014", PERSON),
        ("2001:DB8:0::1", "2001:db8::1"),
        ("[2001:db8::1]:443", "2001:db8::1"),
        (f"::ffff:{PERSON}", PERSON),
        (f"{PERSON}, n’importe quoi", PROXY),
        ("", PROXY),
        (",", PROXY),
        (None, PROXY),
    ],
)
def test_address_is_what_the_trusted_proxy_says(forwarded: str | None, expected: str) -> None:
    assert address(forwarded) == expected


@pytest.mark.parametrize("neighbour", [FORGED, "127.0.0.1", "::1"])
def test_address_said_by_anybody_else_is_not_believed(neighbour: str) -> None:
    assert address(PERSON, neighbour=neighbour) == neighbour


@pytest.mark.parametrize("neighbour", ["", "unix:"])
def test_address_without_a_neighbour_is_empty(neighbour: str) -> None:
    assert address(PERSON, neighbour=neighbour) == ""


@pytest.mark.parametrize(
    ("forwarded", "expected"),
    [
        (f"{PERSON}, {OUTER}", PERSON),
        (f"{FORGED}, {PERSON}, {OUTER}", PERSON),
        (PERSON, PERSON),
    ],
)
def test_address_through_two_proxies(settings: Settings, forwarded: str, expected: str) -> None:
    settings.PROXIES_IN_A_ROW = 2

    assert address(forwarded) == expected


def test_address_without_a_declared_proxy_is_the_neighbour(settings: Settings) -> None:
    settings.PROXIES_IN_A_ROW = 0

    assert address(PERSON) == PROXY
