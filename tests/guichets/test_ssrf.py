"""No value, configured or submitted, makes the portal speak to a host outside the allow-list.

Proved on real sockets: a trap listens on this machine and must hear nothing, and every connection that the process
attempts is written down, where Python makes it.
"""

import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from guichets.connectors.client import DeskClient
from guichets.connectors.destination import why_forbidden
from guichets.connectors.errors import DeskUnreachable
from guichets.enums import Contrat, Panne
from tests.guichets.desks import AT, HURRIED, PREFIX, QUICK, Socket, client, http
from tests.lengths import examples

every_desk = pytest.mark.parametrize("guichet", Contrat)


@pytest.fixture
def trap() -> Iterator[Socket]:
    """A socket outside every allow-list."""
    with Socket(http("200 OK", b"{}")) as listening:
        yield listening


@contextmanager
def connections_written_down() -> Iterator[list[tuple[Any, ...]]]:
    """Keep the address of each connection that this process attempts; attempt those of this machine only."""
    attempted: list[tuple[Any, ...]] = []
    connect = socket.socket.connect

    def kept(self: socket.socket, address: Any) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6):
            attempted.append(tuple(address[:2]))
        connect(self, address)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", kept)
        yield attempted


def failure_of(reader: DeskClient, numero: str = "N") -> DeskUnreachable:
    with reader, pytest.raises(DeskUnreachable) as caught:
        reader.read(numero, at=AT)
    return caught.value


def test_trap_hears_who_speaks_to_it(trap: Socket) -> None:
    """Else the other tests could not fail."""
    with connections_written_down() as attempted:
        failure_of(client(Contrat.CNDA, trap.address))

    assert attempted == [("127.0.0.1", trap.port)]
    assert trap.connections == 1


# -- what is configured ---------------------------------------------------------------------------------------------

BASES = [
    "http://127.0.0.1:{trap}",
    "https://127.0.0.1:{trap}",
    "http://localhost:{trap}",
    "http://LOCALHOST:{trap}/cnda",
    "http://localhost.:{trap}",
    "http://[::1]:{trap}",
    "http://[::ffff:127.0.0.1]:{trap}",
    "http://[0:0:0:0:0:ffff:7f00:1]:{trap}",
    "http://2130706433:{trap}",
    "http://0x7f000001:{trap}",
    "http://0177.0.0.1:{trap}",
    "http://127.1:{trap}",
    "http://0:{trap}",
    "http://0.0.0.0:{trap}",
    "http://127.0.0.2:{trap}",
    "http://127.0.0.1:{desk}@127.0.0.1:{trap}",
    "http://guichet.example@127.0.0.1:{trap}",
    "http://127.0.0.1:{trap}#@127.0.0.1:{desk}/",
    "http://127.0.0.1:{trap}?@127.0.0.1:{desk}/",
    "http://127.0.0.1:{trap}\\@127.0.0.1:{desk}/",
    "http://127.0.0.1:{desk}\\@127.0.0.1:{trap}/",
    "http://127.0.0.1:{desk}:{trap}/",
    "http://127.0.0.1\t:{trap}",
    "http://127.0.0.1:{trap}\r\nHost: 127.0.0.1:{desk}",
    " http://127.0.0.1:{trap}",
    "//127.0.0.1:{trap}",
    "127.0.0.1:{trap}",
    "http:/127.0.0.1:{trap}",
    "http:127.0.0.1:{trap}",
    "ftp://127.0.0.1:{desk}",
    "file:///etc/passwd",
    "unix:///run/clamav/clamd.ctl",
    "gopher://127.0.0.1:{trap}/",
    "http+unix://%2Frun%2Fclamav%2Fclamd.ctl/",
    "http://①②⑦.⓪.⓪.①:{trap}",
    "http://127。0。0。1:{trap}",
    "http://guichet.example",
    "https://guichet.example:8443",
    "https://guichet.example.evil.example",
    "https://évil.example",
    "http://",
    "https://",
    "",
    "\x00",
]


@every_desk
@pytest.mark.parametrize("base", BASES)
def test_base_outside_the_list_is_never_reached(guichet: Contrat, base: str, trap: Socket) -> None:
    """The allow-list holds a desk of this machine, and one in https on its usual port."""
    with Socket() as desk:
        base = base.replace("{trap}", str(trap.port)).replace("{desk}", str(desk.port))
        allowed = (f"127.0.0.1:{desk.port}", "guichet.example")
        with connections_written_down() as attempted:
            numero = "https://interop.example/x" if guichet is Contrat.GAZELLE else "N"
            failure = failure_of(client(guichet, "", base_url=base, allowed_hosts=allowed), numero)

    assert (failure.kind, failure.ours) == (Panne.FORBIDDEN_HOST, True)
    assert why_forbidden(base, allowed) == failure.detail
    assert attempted == []
    assert (trap.connections, desk.connections) == (0, 0)


@pytest.mark.parametrize(
    "allowed",
    [
        (),
        ("",),
        ("*",),
        ("*:{trap}",),
        ("127.0.0.1",),
        ("127.0.0.1:",),
        (":{trap}",),
        ("{trap}",),
        ("127.0.0.0/8",),
        ("0.0.0.0/0",),
        ("0.0.0.0/0", "127.0.0.1"),
        ("localhost:{trap}",),
        ("http://127.0.0.1:{trap}",),
        ("127.0.0.1:{trap}/cnda",),
        ("127.0.0.1:{trap} ,x",),
        ("127.0.0.1:00{trap}x",),
    ],
)
def test_list_that_does_not_name_the_host_and_port_allows_nothing(allowed: tuple[str, ...], trap: Socket) -> None:
    named = tuple(address.replace("{trap}", str(trap.port)) for address in allowed)
    with connections_written_down() as attempted:
        failure = failure_of(client(Contrat.CNDA, trap.address, allowed_hosts=named))

    assert failure.kind is Panne.FORBIDDEN_HOST
    assert attempted == []
    assert trap.connections == 0


@pytest.mark.parametrize(
    ("base", "allowed"),
    [
        ("https://guichet.example", ("guichet.example",)),
        ("https://GUICHET.example/cnda/", (" guichet.EXAMPLE ",)),
        ("https://guichet.example:443", ("guichet.example:443",)),
        ("https://guichet.example:8443/cnda", ("guichet.example:8443",)),
        ("https://bücher.example", ("xn--bcher-kva.example",)),
        ("https://198.51.100.7", ("198.51.100.7",)),
        ("https://[2001:db8::1]:8443", ("[2001:db8::1]:8443",)),
        ("http://localhost:8790/cnda", ("localhost:8790",)),
        ("http://[::1]:8790/cnda", ("[::1]:8790",)),
    ],
)
def test_base_that_the_list_names_may_be_asked(base: str, allowed: tuple[str, ...]) -> None:
    assert why_forbidden(base, allowed) == ""


# -- what a name leads to -------------------------------------------------------------------------------------------

RESERVED = [
    "127.0.0.1",
    "::1",
    "0.0.0.0",
    "10.0.0.1",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "192.0.2.1",
    "198.18.0.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::ffff:127.0.0.1",
    "::ffff:8.8.8.8",
    "64:ff9b::7f00:1",
    "64:ff9b:1::7f00:1",
    "2002:7f00:1::",
    "2001:0:7f00:1::",
    "fe80::1",
    "fe80::1%eth0",
    "fc00::1",
    "ff02::1",
    "2001:db8::1",
    "guichet.example",
    "",
]


@pytest.mark.parametrize("place", [0, 1])
@pytest.mark.parametrize("address", RESERVED)
def test_listed_name_that_leads_to_a_private_place_is_not_followed(address: str, place: int, trap: Socket) -> None:
    """Alone, or beside an address that would do: one bad address is enough."""
    addresses = [address] if place == 0 else ["8.8.8.8", address]
    with connections_written_down() as attempted:
        base = f"https://guichet.example:{trap.port}"
        allowed = (f"guichet.example:{trap.port}",)
        failure = failure_of(
            client(Contrat.CNDA, "", base_url=base, allowed_hosts=allowed, resolve=lambda host, port: addresses)
        )

    assert (failure.kind, failure.ours) == (Panne.FORBIDDEN_HOST, True)
    assert attempted == []
    assert trap.connections == 0


def test_private_network_that_is_listed_may_be_reached(trap: Socket) -> None:
    with connections_written_down() as attempted:
        failure = failure_of(
            client(
                Contrat.CNDA,
                "",
                base_url=f"https://guichet.example:{trap.port}",
                allowed_hosts=(f"guichet.example:{trap.port}", "127.0.0.0/8"),
                resolve=lambda host, port: ["127.0.0.1"],
                timeouts=HURRIED,
            )
        )

    assert failure.kind is not Panne.FORBIDDEN_HOST  # the trap speaks no TLS
    assert attempted == [("127.0.0.1", trap.port)]


def test_name_that_changes_its_mind_is_judged_where_it_leads_each_time(trap: Socket) -> None:
    """What was checked is what is connected to: the name is asked once for each connection, and never by others."""
    with Socket(http("500 X")) as desk:
        asked: list[str] = []
        answers = [["127.0.0.1"], ["192.168.0.1"], ["127.0.0.1"]]

        def resolve(host: str, port: int) -> list[str]:
            asked.append(host)
            return answers[len(asked) - 1]

        base, allowed = f"http://localhost:{desk.port}/cnda", (f"localhost:{desk.port}",)
        reader = client(Contrat.CNDA, "", base_url=base, allowed_hosts=allowed, resolve=resolve)
        with connections_written_down() as attempted:
            kinds = []
            for _ in answers:
                with pytest.raises(DeskUnreachable) as caught:
                    reader.read("N", at=AT)
                kinds.append(caught.value.kind)
            reader.close()

    assert kinds == [Panne.SERVER_ERROR, Panne.FORBIDDEN_HOST, Panne.SERVER_ERROR]
    assert attempted == [("127.0.0.1", desk.port)] * 2
    assert asked == ["localhost"] * 3


# -- what a desk answers --------------------------------------------------------------------------------------------


@every_desk
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("location", ["http://127.0.0.1:{trap}/", "//127.0.0.1:{trap}/x", "/ailleurs", "http://["])
def test_redirection_is_never_followed(guichet: Contrat, status: int, location: str, trap: Socket) -> None:
    headers = f"Location: {location.replace('{trap}', str(trap.port))}"
    numero = "https://interop.example/x" if guichet is Contrat.GAZELLE else "N"
    with Socket(http(f"{status} X", b"", headers)) as desk, connections_written_down() as attempted:
        failure = failure_of(client(guichet, desk.address), numero)

    assert failure.kind is Panne.FORBIDDEN_HOST
    assert attempted == [("127.0.0.1", desk.port)]
    assert trap.connections == 0


# -- what surrounds the process -------------------------------------------------------------------------------------


def test_proxy_of_the_environment_is_ignored(trap: Socket, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, trap.address)
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)

    with Socket(http("500 X")) as desk, connections_written_down() as attempted:
        failure_of(client(Contrat.CNDA, desk.address))

    assert attempted == [("127.0.0.1", desk.port)]
    assert trap.connections == 0


def test_netrc_of_the_machine_is_ignored(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "netrc").write_text("default login moi password secret\n")
    monkeypatch.setenv("NETRC", os.fspath(tmp_path / "netrc"))
    with Socket(http("500 X")) as desk:
        failure_of(client(Contrat.CNDA, desk.address, token=""))

    assert b"authorization" not in desk.heard[0].lower()


# -- what is submitted ----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def desk() -> Iterator[Socket]:
    with Socket(http("500 X")) as listening:
        yield listening


SHARP = st.sampled_from(
    [
        "..",
        "/",
        "\\",
        "@",
        "#",
        "?",
        "%2f",
        "%2e",
        "%00",
        "\r\n",
        "\x00",
        ":",
        ";",
        "//",
        "http://",
        "https://",
        "[",
        "]",
        "🦊",
        "é",
        " ",
    ]
)
SUBMITTED = (
    st.text(max_size=60)
    | st.lists(SHARP | st.text("abcABC019.-_", max_size=6), max_size=8).map("".join)
    | st.lists(SHARP | st.text("abc019.-_", max_size=6), max_size=8).map(lambda parts: "https://" + "".join(parts))
)


@every_desk
@examples(60)
@given(numero=SUBMITTED)
@example(numero="http://127.0.0.1/")
@example(numero="//127.0.0.1/")
@example(numero="@127.0.0.1/")
@example(numero="https://127.0.0.1/latest/meta-data")
@example(numero="https://interop.example@127.0.0.1/x")
@example(numero="..")
@example(numero="../../../v1/demandes/N")
@example(numero="N/../../admin")
@example(numero="N?x=1#y")
@example(numero="N HTTP/1.1\r\nHost: ailleurs.example\r\n\r\nGET /")
@example(numero="%2e%2e%2f")
def test_submitted_number_changes_neither_host_nor_path(guichet: Contrat, numero: str, desk: Socket) -> None:
    """Whatever an éditeur types is one segment, or one parameter, of one question to the desk; or nothing is asked."""
    desk.heard.clear()
    with connections_written_down() as attempted:
        failure = failure_of(client(guichet, desk.address, timeouts=QUICK), numero)

    assert (failure.kind, attempted) in (
        (Panne.UNKNOWN, []),
        (Panne.SERVER_ERROR, [("127.0.0.1", desk.port)]),
    )
    for heard in desk.heard:
        first, *lines = heard.removesuffix(b"\r\n\r\n").split(b"\r\n")
        method, target, version = first.split(b" ")
        resource = {"cnda": b"/v1/demandes/", "edc_psc": b"/v1/habilitations/", "gazelle": b"/v1/resultats?lien="}
        start = f"/{PREFIX[guichet]}".encode() + resource[guichet.value]
        assert (method, version, target[: len(start)]) == (b"GET", b"HTTP/1.1", start)
        assert not set(target[len(start) :]) & set(b"/?#&\\@ ")
        assert [line for line in lines if line.lower().startswith(b"host:")] == [b"Host: 127.0.0.1:%d" % desk.port]
        assert len(lines) == 7
