"""Where somebody is signed in: listed and ended by themself (domain.md, People)."""

import re
from datetime import datetime, timedelta
from importlib import import_module
from typing import Any

from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY
from django.contrib.sessions.models import Session
from django.db import transaction
from django.http import HttpRequest

from majorops.audit import trail
from majorops.errors import NotFound
from majorops.people.models import BrowserSession, Person

# The last use is kept no more exactly than this, so that reading a page writes nothing.
KEPT_EVERY = timedelta(minutes=10)
# So long an address is remembered as one that the person signs in from (majorops.people.authentication.adapter).
REMEMBERED_FOR = timedelta(days=30)
# What a session says of itself: its row here, the key that the row has, and when its last use was kept. The key of a
# session changes with the password; what is in it stays.
KEPT = "browser_session"
BROWSERS = (
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("Firefox", "Firefox"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)


def device_of(agent: str) -> str:
    """A browser and its system as people call them, from a User-Agent; what it begins with, where it says neither."""
    browser = next((name for mark, name in BROWSERS if mark in agent), "")
    system = next((name for mark, name in SYSTEMS if mark in agent), "")
    if browser or system:
        return " on ".join(filter(None, (browser or "A browser", system)))
    return re.sub(r"[^ -~]", "", agent)[:60] or "unknown"


def begin(person: Person, request: HttpRequest, *, now: datetime) -> None:
    """Keeps that `person` signed in by the session of `request`."""
    if not request.session.session_key:
        request.session.save()
    key = request.session.session_key
    row, _ = BrowserSession.objects.update_or_create(
        session_key=key,
        defaults={
            "person": person,
            "device": device_of(request.META.get("HTTP_USER_AGENT", "")),
            "address": request.META.get("REMOTE_ADDR") or None,
            "signed_in_at": now,
            "last_used_at": now,
            "ended_at": None,
        },
    )
    request.session[KEPT] = [row.pk, key, now.timestamp()]


def keep_last_use(request: HttpRequest, *, now: datetime) -> None:
    """Notes that a session which was read is in use, at most each KEPT_EVERY, and the key that it has now."""
    pk, key, last = request.session.get(KEPT) or (None, None, 0)
    if pk is None or (
        key == request.session.session_key and now.timestamp() - last < KEPT_EVERY.total_seconds()
    ):
        return
    key = request.session.session_key
    request.session[KEPT] = [pk, key, now.timestamp()]
    BrowserSession.objects.filter(pk=pk).update(
        session_key=key, last_used_at=now, address=request.META.get("REMOTE_ADDR") or None
    )


def current(request: HttpRequest) -> int | None:
    """The key of the row of the session that asks."""
    pk: int | None = (request.session.get(KEPT) or (None,))[0]
    return pk


def sessions_of(person: Person, *, now: datetime) -> list[BrowserSession]:
    """Those that are open, the one used last first. One from before the present password opens nothing any more."""
    kept = person.browser_sessions.filter(ended_at__isnull=True).order_by("-last_used_at", "-id")
    stored = Session.objects.filter(expire_date__gt=now, session_key__in=kept.values("session_key"))
    good_with = person.get_session_auth_hash()
    open_keys = {row.session_key for row in stored if row.get_decoded().get(HASH_SESSION_KEY) == good_with}
    return [row for row in kept if row.session_key in open_keys]


@transaction.atomic
def end_session(person: Person, pk: int, *, by: Person, now: datetime) -> BrowserSession:
    """Signs one session out; again changes nothing. Raises NotFound for somebody else's."""
    browser_session = BrowserSession.objects.select_for_update().filter(person=person, pk=pk).first()
    if browser_session is None:
        raise NotFound("You have no such session.")
    if browser_session.ended_at is None:
        _end(browser_session, by=by, now=now)
    return browser_session


@transaction.atomic
def end_others(person: Person, *, keep: int | None, by: Person | None, now: datetime) -> int:
    """Signs out all sessions but this one. Returns how many."""
    others = BrowserSession.objects.select_for_update().filter(person=person, ended_at__isnull=True)
    sessions = list(others.exclude(pk=keep or 0))
    for session in sessions:
        _end(session, by=by, now=now)
    return len(sessions)


def forget(pk: int | None, *, now: datetime) -> None:
    """The session was signed out."""
    BrowserSession.objects.filter(pk=pk or 0, ended_at__isnull=True).update(ended_at=now)


def signs_in_from(email: str, address: str, *, now: datetime) -> bool:
    """Whether the person with this e-mail address signed in from this network address lately."""
    return BrowserSession.objects.filter(
        person__email=email, address=address or None, signed_in_at__gt=now - REMEMBERED_FOR
    ).exists()


def clear(*, now: datetime) -> int:
    """Deletes what is remembered of sessions that ended long ago. Returns how many."""
    return BrowserSession.objects.filter(last_used_at__lt=now - REMEMBERED_FOR).delete()[0]


def _end(browser_session: BrowserSession, *, by: Person | None, now: datetime) -> None:
    store: Any = import_module(settings.SESSION_ENGINE).SessionStore(browser_session.session_key)
    store.delete()
    browser_session.ended_at = now
    browser_session.save(update_fields=["ended_at"])
    trail.record(
        "ended a session of",
        browser_session.person,
        by=by,
        at=now,
        changes={"device": (browser_session.device, None)},
    )
