"""Where a desk may be: the allowed hosts, checked before any connection, and the addresses that they may have."""

from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network
from typing import NoReturn

import httpx

from guichets.enums import Panne

from .errors import DeskUnreachable

HTTPS = 443
LOCAL_NAMES = frozenset({"127.0.0.1", "::1", "localhost"})
# IPv6 addresses that contain an IPv4 address.
NAT64 = (IPv6Network("64:ff9b::/96"), IPv6Network("64:ff9b:1::/48"))

Address = IPv4Address | IPv6Address


@dataclass(frozen=True)
class Destination:
    """Where one desk is: `base` is its URL without end slash, `host` and `port` the only ones ever connected to.

    :param listed: the private networks where the allow-list lets a name lead
    """

    base: httpx.URL
    host: str
    port: int
    listed: tuple[str, ...] = ()

    @property
    def is_local(self) -> bool:
        return self.host in LOCAL_NAMES

    def accepts(self, address: str) -> bool:
        """Say whether the host may be at that address: a public one, unless the allow-list says otherwise."""
        try:
            parsed = ip_address(address)
        except ValueError:
            return False
        if self.is_local:
            return parsed.is_loopback
        return _is_public(parsed) or any(parsed in ip_network(network) for network in self.listed)


def destination_of(base_url: str, allowed_hosts: Iterable[str]) -> Destination:
    """Read the URL of a desk.

    :param allowed_hosts: `desk.example`, `desk.example:8443` when the port is not 443, an IP address as literal, or a
        private network where a listed name may be (`10.20.0.0/16`)
    :raises DeskUnreachable: FORBIDDEN_HOST, unless the URL is https on a host and port of the list. http is accepted
        for this machine only, when it is listed
    """
    try:
        url = httpx.URL(base_url)
        host = url.raw_host.decode("ascii").lower()
        port = url.port or (HTTPS if url.scheme == "https" else 80)
    except (httpx.InvalidURL, UnicodeError, ValueError):
        _forbid("l’adresse du guichet est illisible")
    if url.userinfo or url.query or url.fragment or "?" in base_url or "#" in base_url or "@" in base_url:
        _forbid("l’adresse du guichet porte un nom d’utilisateur, une question ou une ancre")
    if url.scheme != "https" and not (url.scheme == "http" and host in LOCAL_NAMES):
        _forbid("l’adresse du guichet n’est pas en https")
    hosts, networks = _read_list(allowed_hosts)
    if (host, port) not in hosts:
        _forbid(f"{host}:{port} n’est pas dans la liste des hôtes autorisés")
    base = url.copy_with(raw_path=url.raw_path.rstrip(b"/") or b"/")
    return Destination(base, host, port, tuple(networks))


def why_forbidden(base_url: str, allowed_hosts: Iterable[str]) -> str:
    """Say in French why a desk cannot be at that URL; empty when it can."""
    try:
        destination_of(base_url, allowed_hosts)
    except DeskUnreachable as error:
        return error.detail
    return ""


def _read_list(entries: Iterable[str]) -> tuple[set[tuple[str, int]], list[str]]:
    """Split the list into hosts with their port, and networks; an unreadable entry is ignored."""
    hosts, networks = set(), []
    for entry in entries:
        text = entry.strip().lower()
        if _is_network(text):
            networks.append(text)
        elif _is_address(text):
            hosts.add((text, HTTPS))
            networks.append(text)
        else:
            name, _, port = text.rpartition(":") if ":" in text else (text, "", str(HTTPS))
            name = name.removeprefix("[").removesuffix("]")
            if name and port.isdecimal():
                hosts.add((name, int(port)))
            if _is_address(name):
                networks.append(name)
    return hosts, networks


def _is_network(text: str) -> bool:
    if "/" not in text:
        return False
    try:
        ip_network(text)
    except ValueError:
        return False
    return True


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def _is_public(address: Address) -> bool:
    is_wrapped = isinstance(address, IPv6Address) and (
        address.ipv4_mapped or address.sixtofour or address.teredo or any(address in network for network in NAT64)
    )
    return not is_wrapped and address.is_global and not address.is_multicast


def _forbid(why: str) -> NoReturn:
    raise DeskUnreachable(Panne.FORBIDDEN_HOST, f"{why[0].upper()}{why[1:]}.", ours=True)
