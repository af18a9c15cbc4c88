"""A change of the policy or of the calendar is applied to what is open.

Each open obligation says under which policy it was computed. Those computed under an earlier one are found by a partial
index and reconciled incident by incident, each in a transaction of its own: whoever stops, and wherever, the next sweep
goes on. Nothing is kept in memory or in the broker.
"""

import logging
import time
from datetime import datetime

from django.db import OperationalError, transaction
from django.db.models import QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from afteractions.models import Obligation, PolicyVersion
from afteractions.operations.deadlines.obligations import reconcile
from afteractions.operations.enforcement.quarantine import set_aside
from afteractions.vocabulary import ObligationState
from incidents.models import Incident

log = logging.getLogger(__name__)

BATCH = 100
# So many incidents are brought along by the change itself; more are left to the sweep.
AT_ONCE = 30


def computed_earlier() -> QuerySet[Obligation]:
    """The open obligations that were computed under an earlier policy than the one that holds: one index scan."""
    newest = PolicyVersion.objects.order_by("-number").values("number")[:1]
    return Obligation.objects.filter(
        state=ObligationState.OPEN,
        set_aside_at__isnull=True,
        computed_under__gte=0,
        computed_under__lt=Coalesce(Subquery(newest), Value(0)),
    )


def recalculate(*, now: datetime, run_seconds: float) -> int:
    """Brings obligations under the policy that holds, for about `run_seconds`. Returns how many incidents were
    handled; what is left waits for the next call."""
    started = time.monotonic()
    handled: set[int] = set()
    while time.monotonic() - started < run_seconds:
        done = {
            incident
            for incident in _incidents(BATCH)
            # One that comes again is not asked again: it would hold up this sweep for nothing.
            if incident not in handled and _recalculate_one(incident, now)
        }
        if not done:
            break
        handled |= done
    return len(handled)


def recalculate_few(*, now: datetime) -> bool:
    """The same within the change itself, when few incidents are concerned; False leaves all of them to the sweep."""
    waiting = _incidents(AT_ONCE + 1)
    if len(waiting) > AT_ONCE:
        return False
    for incident in sorted(waiting):
        _recalculate_one(incident, now)
    return True


def _incidents(count: int) -> list[int]:
    # In the order of the index, so that the first ones are found without looking at all.
    rows = computed_earlier().order_by("computed_under", "incident_id")
    stale = rows.values_list("computed_under", "incident_id").distinct()[:count]
    return list(dict.fromkeys(incident for _, incident in stale))


def _recalculate_one(incident: int, now: datetime) -> bool:
    """Whether this call handled the incident: another worker, or whoever changes it, may hold it just now."""
    try:
        with transaction.atomic():
            held = Incident.objects.select_for_update(of=("self",), skip_locked=True).filter(pk=incident)
            held_incident = held.only("pk").first()
            if held_incident is None:
                return False
            reconcile(held_incident, by=None, now=now)
    except OperationalError:
        raise
    except Exception as error:
        log.exception("The deadlines of incident %s could not be recalculated", incident)
        with transaction.atomic():
            for row in computed_earlier().filter(incident=incident):
                set_aside(row, error, now)
    return True
