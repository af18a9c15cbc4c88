"""Whom a request is taken to come from."""

import pytest
from django.test import RequestFactory, override_settings

from majorops.configuration import trusted_proxies
from majorops.web.server.proxy import ProxyMiddleware


def seen(trusted: str, peer: str, forwarded: str) -> tuple[str, bool]:
    """The client's address, and whether it came by TLS, as everything behind the middleware reads it."""
    found = {}

    def inside(request):  # type: ignore[no-untyped-def]
        found["seen"] = (request.META["REMOTE_ADDR"], request.is_secure())

    request = RequestFactory().get(
        "/", REMOTE_ADDR=peer, HTTP_X_FORWARDED_FOR=forwarded, HTTP_X_FORWARDED_PROTO="https"
    )
    with override_settings(TRUSTED_PROXIES=trusted_proxies(trusted)):
        ProxyMiddleware(inside)(request)
    return found["seen"]


@pytest.mark.parametrize(
    ("trusted", "peer", "forwarded", "client", "secure"),
    [
        ("10.0.0.7", "10.0.0.7", "203.0.113.9", "203.0.113.9", True),
        ("10.0.0.7", "10.0.0.7", "198.51.100.1, 203.0.113.9", "203.0.113.9", True),
        ("10.0.0.0/24", "10.0.0.7", "198.51.100.1, 203.0.113.9, 10.0.0.8", "203.0.113.9", True),
        ("10.0.0.7", "10.0.0.8", "203.0.113.9", "10.0.0.8", False),
        ("", "127.0.0.1", "203.0.113.9", "127.0.0.1", False),
        ("1", "192.168.3.4", "203.0.113.9", "203.0.113.9", True),
        ("1", "203.0.113.1", "198.51.100.1", "203.0.113.1", False),
        ("fd00::/8", "fd00::5", "2001:db8::9", "2001:db8::9", True),
        ("10.0.0.7", "::ffff:10.0.0.7", "203.0.113.9", "203.0.113.9", True),
        ("10.0.0.7", "10.0.0.7", "unknown", "10.0.0.7", True),
        ("10.0.0.7", "10.0.0.7", "", "10.0.0.7", True),
    ],
)
def test_a_client_is_whom_the_trusted_proxy_saw_and_nobody_else_says_who_they_are(
    trusted: str, peer: str, forwarded: str, client: str, secure: bool
) -> None:
    assert seen(trusted, peer, forwarded) == (client, secure)
