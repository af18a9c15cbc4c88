"""Requests that leave for an address which somebody typed: they reach the hosts that were judged, and nothing inside.

Names are judged before (majorops.notices.delivery.chat). This is the second look, at what is asked in the end: another
name is not looked up, a name that points inside connects to nothing, and a proxy is asked for no other host.
"""

import ipaddress
import socket
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit
from urllib.request import getproxies


@dataclass(frozen=True, slots=True)
class Allowed:
    """What may be asked: hosts by name, on the internet or anywhere."""

    hosts: frozenset[str]
    anywhere: bool
    # The machine's own way out (HTTPS_PROXY): its host names, and the addresses behind them.
    proxies: frozenset[str]
    addresses: frozenset[str]

    def connects(self, address: str) -> bool:
        return self.anywhere or address in self.addresses or is_public(address)


_allowed: ContextVar[Allowed | None] = ContextVar("allowed", default=None)
# IPv4 addresses inside of IPv6 ones, as gateways between the two write them.
TRANSLATED = ipaddress.ip_network("64:ff9b::/96")


class NotPublic(OSError):
    """Not a host that was judged, or its address lies inside: loopback, private, link-local, reserved."""


def is_public(address: str) -> bool:
    """Whether a numeric address is one of the internet's."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(parsed, ipaddress.IPv6Address):
        inside = parsed.ipv4_mapped or parsed.sixtofour
        if inside is None and parsed in TRANSLATED:
            inside = ipaddress.IPv4Address(int(parsed) & 0xFFFFFFFF)
        parsed = inside or parsed
    return parsed.is_global and not parsed.is_multicast


@contextmanager
def only_to(hosts: Iterable[str], *, anywhere: bool = False) -> Iterator[None]:
    """Inside, whatever asks for another host, or connects to an address that is none of the internet's, raises
    NotPublic.

    `hosts` are names in lower case. `anywhere`: they may lie inside. Through a proxy of the machine's own (HTTPS_PROXY)
    the same hosts are asked and no others."""
    proxies = {
        host
        for scheme, address in getproxies().items()
        if scheme != "no" and (host := urlsplit(address if "//" in address else f"//{address}").hostname)
    }
    addresses = set()
    for proxy in proxies:
        with suppress(OSError):
            addresses |= {str(row[4][0]) for row in socket.getaddrinfo(proxy, None)}
    token = _allowed.set(Allowed(frozenset(hosts), anywhere, frozenset(proxies), frozenset(addresses)))
    try:
        yield
    finally:
        _allowed.reset(token)


def _look(event: str, arguments: tuple[Any, ...]) -> None:
    if event not in LOOKED_AT or (allowed := _allowed.get()) is None:
        return
    if event == "socket.getaddrinfo":
        host = _name(arguments[0])
        good = host in allowed.hosts or host in allowed.proxies
    elif event == "socket.connect":
        address = arguments[1]
        good = isinstance(address, tuple) and allowed.connects(str(address[0]))
    else:
        # The host that a proxy is asked to connect to is known here alone, before it is asked.
        called = getattr(arguments[0], "_tunnel_host", None) or arguments[1]
        good = _name(called) in allowed.hosts
    if not good:
        raise NotPublic("This is no host that may be asked.")


LOOKED_AT = frozenset({"socket.getaddrinfo", "socket.connect", "http.client.connect"})


def _name(host: object) -> str:
    data = host.decode(errors="replace") if isinstance(host, bytes) else str(host)
    return data.lower().strip("[]").rstrip(".")


# Asked by the interpreter itself before each connection, whatever library makes it. It cannot be taken out again.
sys.addaudithook(_look)
