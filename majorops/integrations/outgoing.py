"""Requests that leave for an address which somebody typed: they reach the internet and nothing inside.

Names are judged before (majorops.notices.delivery.chat). This is the second look, at the socket: a name that points
inside, or that did not when it was judged, connects to nothing.
"""

import ipaddress
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any
from urllib.request import getproxies

_guarded: ContextVar[bool] = ContextVar("guarded", default=False)
# IPv4 addresses inside of IPv6 ones, as gateways between the two write them.
TRANSLATED = ipaddress.ip_network("64:ff9b::/96")


class NotPublic(OSError):
    """The address lies inside: loopback, private, link-local, reserved."""


def is_public(address: str) -> bool:
    """Whether a numeric address is one of the internet's."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(found, ipaddress.IPv6Address):
        inside = found.ipv4_mapped or found.sixtofour
        if inside is None and found in TRANSLATED:
            inside = ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)
        found = inside or found
    return found.is_global and not found.is_multicast


@contextmanager
def only_to_the_internet() -> Iterator[None]:
    """Inside, a connection to any other address raises NotPublic.

    Where the machine reaches the internet through a proxy of its own (HTTPS_PROXY), the proxy decides instead."""
    token = _guarded.set(not getproxies())
    try:
        yield
    finally:
        _guarded.reset(token)


def _look(event: str, arguments: tuple[Any, ...]) -> None:
    if event != "socket.connect" or not _guarded.get():
        return
    address = arguments[1]
    if not (isinstance(address, tuple) and is_public(str(address[0]))):
        raise NotPublic("This address is not one of the internet.")


# Asked by the interpreter itself before each connection, whatever library makes it. It cannot be taken out again.
sys.addaudithook(_look)
