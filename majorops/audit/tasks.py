from celery import shared_task

from majorops import clock
from majorops.audit.alarm import tell_of_broken_seals
from majorops.audit.sealing import seal_new_entries


@shared_task
def seal() -> None:
    seal_new_entries(at=clock.now())


@shared_task
def look_over_seals() -> None:
    tell_of_broken_seals(now=clock.now())
