"""Many deadlines that fall due, what is said of them, and waiting until it was."""

import time
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q

from afteractions.models import AfterAction, Escalation, Obligation
from majorops import clock
from majorops.celery import app as beat
from majorops.notices.models import Notice
from majorops.people.models import Person
from tests.factories.incidents import a_closed_incident
from tests.factories.people import a_mim, a_person


def deadlines_at(instants: Sequence[datetime]) -> list[Person]:
    """An open obligation of one MIM for each instant. The MIM and the manager above, who are both to be told."""
    boss = a_person("Greta Holm")
    mim = a_mim(manager=boss)
    now = clock.now()
    opened_at = min(now, *instants) - timedelta(hours=3)
    incident = a_closed_incident(mim, severity="low", opened_at=opened_at, now=now)
    Obligation.objects.bulk_create(
        (
            Obligation(
                kind="status_note",
                incident=incident,
                subject_key=f"transition:{number}",
                due_at=due_at,
                responsible=mim,
                created_at=opened_at,
                next_step="breach",
                next_step_at=due_at,
            )
            for number, due_at in enumerate(instants)
        ),
        batch_size=1000,
    )
    return [mim, boss]


def deadlines_falling_due(count: int, *, within: timedelta) -> list[Person]:
    """`count` deadlines at even distances from now on."""
    now = clock.now()
    return deadlines_at([now + within * number / count for number in range(count)])


def readings_falling_due(count: int, *, within: timedelta) -> list[Person]:
    """A draft that `count` readers have not read: their reminders are due at even distances from now on, a day before
    the meeting of each. The readers, who are to be told once each and nobody above them."""
    mim, boss, now = a_mim(), a_person("Greta Holm"), clock.now()
    opened_at = now - timedelta(days=5)
    incident = a_closed_incident(mim, severity="low", opened_at=opened_at, now=now)
    after_action = AfterAction.objects.create(
        incident=incident, created_at=now, owner=mim, decision="hold", decided_at=now
    )
    readers = [a_person(f"Reader {number}", manager=boss) for number in range(count)]
    reminders = [now + within * number / count for number in range(count)]
    Obligation.objects.bulk_create(
        Obligation(
            kind="read_draft",
            incident=incident,
            after_action=after_action,
            subject_key=f"reading:1:{reader.pk}",
            due_at=reminder + timedelta(hours=24),
            responsible=reader,
            created_at=opened_at,
            next_step="warning:24h",
            next_step_at=reminder,
        )
        for reader, reminder in zip(readers, reminders, strict=True)
    )
    return readers


def nudge() -> None:
    """What beat does."""
    for entry in ("sweep", "deliver"):
        beat.send_task(settings.CELERY_BEAT_SCHEDULE[entry]["task"], expires=30)


def is_all_said_and_sent() -> bool:
    now = clock.now()
    first = Q(kind="status_note", next_step="breach") | Q(kind="read_draft", next_step="warning:24h")
    due = Obligation.objects.filter(first, state="open").exists()
    return not due and not Notice.objects.waiting(now + timedelta(hours=2)).exists()


def wait_until_all_is_sent(seconds: float, *, nudging: bool = True) -> float:
    """Returns how many seconds it took; fails after `seconds`."""
    began = time.monotonic()
    while not is_all_said_and_sent():
        waited = time.monotonic() - began
        assert waited < seconds, f"{Notice.objects.waiting(clock.now()).count()} still wait"
        if nudging:
            nudge()
        time.sleep(1)
    return time.monotonic() - began


def lost_and_doubled(deadlines: int, told: Sequence[Person]) -> tuple[int, int]:
    """How many of the steps that each of `told` had to hear of, one for each of `deadlines`, have no row, and how many
    rows are too many, among the escalations and among the notices."""
    wanted = deadlines * len(told)
    steps = Counter(Escalation.objects.filter(to__in=told).values_list("obligation", "step", "to"))
    rows = Counter(
        Notice.objects.filter(about_type="obligation").values_list(
            "about_id", "due_at", "step", "recipient", "channel"
        )
    )
    unsent = Notice.objects.filter(about_type="obligation", sent_at__isnull=True).count()
    lost = max(0, wanted - len(steps)) + max(0, 2 * wanted - len(rows)) + unsent
    doubled = sum(steps.values()) - len(steps) + sum(rows.values()) - len(rows)
    return lost, doubled + max(0, len(steps) - wanted) + max(0, len(rows) - 2 * wanted)
