from functools import partial

from celery import shared_task

from majorops import clock
from majorops.audit.alarm import tell_of_broken_seals, tell_of_late_entry, tell_of_lost_head
from majorops.audit.sealing import seal_new_entries


@shared_task
def seal() -> None:
    now = clock.now()
    tell_of_lost_head(now=now)
    seal_new_entries(at=now, on_late=partial(tell_of_late_entry, now=now))


@shared_task
def look_over_seals() -> None:
    tell_of_broken_seals(now=clock.now())
