"""How often a sign-in may be tried, counted together by account and by network address.

Whoever guesses is stopped where they guess from: their tries keep nobody else out of the account, and not the account's
own person at an address that they signed in from before. An address that many share is slowed, never closed: those who
are known there pass.
"""

from datetime import datetime

from allauth.core.internal import ratelimit
from allauth.core.internal.ratelimit import RateLimitUsage
from django.core.cache import cache
from django.db import transaction
from django.http import HttpRequest

from majorops.audit import trail
from majorops.people.authentication.sessions import signs_in_from
from majorops.people.models import Person

# At one account from one address; at one account from all addresses that its person is not known at; from one address.
PAIR, ACCOUNT, ADDRESS = "5/5m/key", "30/10m/key", "10/m/key"
ANEW_FOR = 24 * 3600


def count_try(login: str, request: HttpRequest, *, now: datetime) -> RateLimitUsage | None:
    """Counts a try to sign in as `login`, an e-mail address in small letters; None for one too many.

    What is returned can be rolled back: a try that succeeds counts for nothing."""
    address = request.META.get("REMOTE_ADDR", "")
    known = signs_in_from(login, address, now=now)
    began = cache.get(_anew(login), 0)
    wanted = [(PAIR, f"{login}|{began}|{ratelimit.truncate_ip(address)}")]
    if not known:
        wanted += [(ADDRESS, ratelimit.truncate_ip(address)), (ACCOUNT, f"{login}|{began}")]
    counted = RateLimitUsage(usage=[])
    for rate, key in wanted:
        used = ratelimit.consume(
            request, app="majorops.people", action="sign_in", config={"sign_in": rate}, key=key
        )
        if used is None:
            counted.rollback()
            return None
        counted.usage += used.usage
    return counted


def count_anew(login: str, *, now: datetime) -> None:
    """Tries at this account begin to count now."""
    cache.set(_anew(login), now.timestamp(), ANEW_FOR)


@transaction.atomic
def forget_tries(person: Person, *, by: Person | None, now: datetime) -> None:
    """An administrator lets somebody sign in again who tried too often, or at whom was guessed. Audited."""
    trail.record("let sign in again", person, by=by, at=now)
    count_anew(person.email or "", now=now)


def _anew(login: str) -> str:
    return f"sign-in-anew:{login}"
