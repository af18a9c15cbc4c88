"""Whom a request comes from and whether it came by TLS, where a proxy stands in front."""

import ipaddress
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

HEALTH = frozenset({"/healthz", "/readyz", "/metrics"})
FORWARDED = ("HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO", "HTTP_X_FORWARDED_HOST", "HTTP_FORWARDED")
NOT_TRUSTED = (
    "MajorOps answers at {site} alone, and this request came over plain http from {peer}, which says that it stands in "
    "for somebody who used https. If {peer} is your proxy, set MAJOROPS_BEHIND_PROXY to its address.\n"
)


class ProxyMiddleware:
    """Takes the client's address and scheme from a proxy that is trusted (MAJOROPS_BEHIND_PROXY), and what anybody else
    says of them away. Comes before all that reads REMOTE_ADDR or `is_secure`.

    Health answers whoever asks: a probe names the machine as it likes and speaks plain http.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        peer = request.META.get("REMOTE_ADDR", "")
        by_tls = request.META.get("HTTP_X_FORWARDED_PROTO", "").lower() == "https"
        if _is_trusted(peer):
            request.META["REMOTE_ADDR"] = client_of(peer, request.META.get("HTTP_X_FORWARDED_FOR", ""))
            if by_tls:
                request.META["wsgi.url_scheme"] = "https"
        elif (
            by_tls and settings.SECURE_SSL_REDIRECT and not request.is_secure() and request.path not in HEALTH
        ):
            # To redirect would lead back here for ever.
            sentence = NOT_TRUSTED.format(site=settings.SITE_URL, peer=peer or "its socket")
            return HttpResponse(sentence, status=400, content_type="text/plain; charset=utf-8")
        for header in FORWARDED:
            request.META.pop(header, None)
        if request.path in HEALTH:
            request.META["HTTP_HOST"] = "127.0.0.1"
            request.get_host = lambda: "127.0.0.1"  # type: ignore[method-assign]
        return self.get_response(request)


def client_of(peer: str, forwarded: str) -> str:
    """The nearest address that is no proxy of ours, read from the right: what stands left of it anybody may write."""
    for address in reversed([row.strip() for row in forwarded.split(",") if row.strip()]):
        try:
            ipaddress.ip_address(address)
        except ValueError:
            return peer
        peer = address
        if not _is_trusted(address):
            break
    return peer


def _is_trusted(address: str) -> bool:
    if not settings.TRUSTED_PROXIES:
        return False
    if not address:
        # A socket of this machine, which only its own users reach.
        return True
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    mapped = getattr(parsed, "ipv4_mapped", None)
    return any((mapped or parsed) in network for network in settings.TRUSTED_PROXIES)
