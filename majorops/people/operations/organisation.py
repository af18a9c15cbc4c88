"""What the organisation says of itself. What the environment sets goes before it, and is changed there."""

import time
from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.db import transaction

from majorops.audit import trail
from majorops.errors import BadInput, NotAllowed
from majorops.people.groups import GroupName
from majorops.people.models import Organisation, Person, known_zones
from majorops.texts import typed_name

# Asked by pages many times over: each process reads it anew after so many seconds.
ZONE_KEPT_FOR = 30.0
_zone_read: tuple[float, str] | None = None


def organisation_zone() -> str:
    """The organisation's time zone: MAJOROPS_TIME_ZONE, else the one that an administrator chose, else UTC."""
    global _zone_read
    if settings.ORGANISATION_TIME_ZONE:
        return str(settings.ORGANISATION_TIME_ZONE)
    if _zone_read is None or time.monotonic() - _zone_read[0] > ZONE_KEPT_FOR:
        _zone_read = time.monotonic(), Organisation.current().time_zone or "UTC"
    return _zone_read[1]


def forget_zone() -> None:
    """This process reads the zone anew."""
    global _zone_read
    _zone_read = None


@transaction.atomic
def describe_organisation(*, name: str, time_zone: str, by: Person, now: datetime) -> Organisation:
    """Keeps the organisation's name and time zone. Incidents that are there keep their zone.

    Raises NotAllowed, and BadInput for a zone where the environment sets another too.
    """
    name = typed_name(name, "organisation", empty="Say what the organisation is called.")
    if time_zone not in known_zones():
        raise BadInput.of("time_zone", "Choose a time zone from the list, as in Europe/Berlin.")
    if settings.ORGANISATION_TIME_ZONE not in ("", time_zone):
        raise BadInput.of(
            "time_zone", f"MAJOROPS_TIME_ZONE sets {settings.ORGANISATION_TIME_ZONE}, and is changed there."
        )
    row = _locked(by)
    changes = {
        field: (getattr(row, field), value)
        for field, value in (("name", name), ("time_zone", time_zone))
        if getattr(row, field) != value
    }
    if changes:
        row.name, row.time_zone = name, time_zone
        row.save()
        trail.record("changed", row, by=by, at=now, changes=changes)
        forget_zone()
        transaction.on_commit(forget_zone)
    return row


@transaction.atomic
def require_second_factor(groups: Iterable[GroupName], *, by: Person, now: datetime) -> None:
    """From their next sign-in by password on, the people of these groups set up a second factor before all else."""
    row = _locked(by)
    wanted = sorted(group.value for group in groups)
    if wanted != row.second_factor_groups:
        changes = {"second factor for": (row.second_factor_groups, wanted)}
        row.second_factor_groups = wanted
        row.save()
        trail.record("changed who needs a second factor", row, by=by, at=now, changes=changes)


@transaction.atomic
def hide_first_steps(*, by: Person, now: datetime) -> None:
    """The list of first steps leaves the page of every administrator."""
    row = _locked(by)
    if row.first_steps_hidden_at is None:
        row.first_steps_hidden_at = now
        row.save()
        changes = {"first steps": ("shown", "hidden")}
        trail.record("changed", row, by=by, at=now, changes=changes)


def _locked(by: Person) -> Organisation:
    if not (by.is_active and by.is_administrator):
        raise NotAllowed("Only an administrator changes what holds for the organisation.")
    return Organisation.objects.select_for_update().first() or Organisation(pk=1)
