"""What every page of the shell needs to know, computed only when a template asks for it."""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.db.models import Func, IntegerField, QuerySet
from django.http import HttpRequest
from django.urls import NoReverseMatch, get_urlconf, reverse
from django.utils.functional import SimpleLazyObject

from majorops import clock
from majorops.notices.delivery import mail_folder
from majorops.notices.models import STALLED_AFTER, Heartbeat, Notice
from majorops.people.models import Person
from majorops.prepared import prepared


@dataclass(frozen=True)
class Place:
    """A place that the navigation leads to; `key` is the letter that follows `g` on the keyboard."""

    url_name: str
    label: str
    icon: str
    key: str
    url: str = ""


PLACES = (
    Place("home", "Home", "home", "h"),
    Place("incidents:list", "Incidents", "incident", "i"),
    Place("afteractions:board", "After Actions", "board", "a"),
    Place("afteractions:actions", "Actions", "action", "t"),
    Place("afteractions:overdue", "Overdue", "overdue", "o"),
    Place("afteractions:vendors", "Vendors", "link", "v"),
    Place("afteractions:library", "Library", "library", "l"),
    Place("afteractions:insights", "Insights", "insights", "y"),
)
DECLARE = Place("incidents:declare", "Declare incident", "plus", "d")
INBOX = Place("notices:inbox", "Inbox", "bell", "n")
SEARCH = Place("search", "Search", "search", "s")
SUGGESTIONS = Place("search_suggestions", "Found while typing", "search", "")
AUDIT = Place("afteractions:audit", "Audit", "history", "u")
ADMINISTRATION = Place("afteractions:administration", "Administration", "people", "m")
POLICY = Place("afteractions:policy", "Policy and calendar", "calendar", "c")
SETTINGS = Place("people:me", "Settings", "settings", "p")


def _resolved(place: Place) -> Place | None:
    """The place with its address, or None where the product has no such page."""
    try:
        url = reverse(place.url_name)
    except NoReverseMatch:
        return None
    return Place(place.url_name, place.label, place.icon, place.key, url)


@lru_cache(maxsize=4)
def _places(urlconf: str | None) -> dict[str, Any]:
    return {
        "places": tuple(place for place in map(_resolved, PLACES) if place),
        "declare": _resolved(DECLARE),
        "inbox": _resolved(INBOX),
        "search": _resolved(SEARCH),
        "suggestions": _resolved(SUGGESTIONS),
        "settings": _resolved(SETTINGS),
        "policy": _resolved(POLICY),
        "administration": _resolved(ADMINISTRATION),
        "audit": _resolved(AUDIT),
    }


def current_place(path: str, places: tuple[Place, ...]) -> str:
    """The URL name of the place that a path lies in: the longest address that begins it."""
    inside = [
        place for place in places if path == place.url or (place.url != "/" and path.startswith(place.url))
    ]
    return max(inside, key=lambda place: len(place.url)).url_name if inside else ""


@prepared
def _unread(*, person: Person) -> QuerySet[Any, int]:
    """One row: how many."""
    count = Func(template="count(*)", output_field=IntegerField())
    return Notice.objects.inbox_of(person).unread().order_by().values_list(count, flat=True)


def shell(request: HttpRequest) -> dict[str, Any]:
    """Navigation, theme and the number of unread notices (one statement, only where the shell is drawn)."""

    def navigation() -> dict[str, Any]:
        places = _places(get_urlconf())
        user = getattr(request, "user", None)
        offered: dict[str, Any] = {}
        if user and user.is_authenticated:
            offered = {"declare": None} if user.only_reads else {}
            if user.is_administrator and places["administration"]:
                offered["places"] = (*places["places"], places["administration"])
            elif user.reads_audit and places["audit"]:
                # Administrators find it in their administration.
                offered["places"] = (*places["places"], places["audit"])
        shown = {**places, **offered}
        return {**shown, "current": current_place(request.path, shown["places"])}

    def unread() -> int:
        user = getattr(request, "user", None)
        return _unread(person=user)[0] if user and user.is_authenticated else 0

    def stalled() -> dict[str, datetime]:
        """Since when nobody looks at deadlines; told to those who can do something about it."""
        user = getattr(request, "user", None)
        if not (user and user.is_authenticated and user.is_administrator):
            return {}
        beat = Heartbeat.objects.filter(name="sweep").first()
        return {"since": beat.beat_at} if beat and clock.now() - beat.beat_at > STALLED_AFTER else {}

    theme = request.COOKIES.get("theme", "")
    return {
        "shell": SimpleLazyObject(navigation),
        "unread_notices": SimpleLazyObject(unread),
        "stalled": SimpleLazyObject(stalled),
        "mail_is_kept_here": SimpleLazyObject(mail_folder.is_in_use),
        "theme": theme if theme in ("light", "dark") else "",
    }
