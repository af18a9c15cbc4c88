"""The road by which a change comes in; each entry of the audit keeps it. Shells say it, once for all that they do."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from majorops.words import Word


class Road(Word):
    PAGE = "page", "Page"
    API = "api", "API"
    COMMAND = "command", "Command"
    SCIM = "scim", "SCIM"
    SIGN_IN = "sign_in", "Sign-in"
    SYSTEM = "system", "The system"


# Addresses by how they begin; any other is a page.
ADDRESSES = (("/api/", Road.API), ("/scim/", Road.SCIM), ("/accounts/", Road.SIGN_IN))
_road: ContextVar[Road] = ContextVar("road", default=Road.SYSTEM)


def current() -> Road:
    """The road of what happens now; what nobody began is the system's."""
    return _road.get()


def take(road: Road) -> None:
    """For the rest of this process or thread."""
    _road.set(road)


@contextmanager
def on(road: Road) -> Iterator[None]:
    """For what is done inside."""
    before = _road.set(road)
    try:
        yield
    finally:
        _road.reset(before)


def of_address(path: str) -> Road:
    return next((road for beginning, road in ADDRESSES if path.startswith(beginning)), Road.PAGE)
