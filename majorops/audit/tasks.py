from celery import shared_task

from majorops import clock
from majorops.audit.sealing import seal_new_entries


@shared_task
def seal() -> None:
    seal_new_entries(at=clock.now())
