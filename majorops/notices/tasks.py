from celery import shared_task

from majorops import clock
from majorops.notices import sending


@shared_task
def deliver() -> None:
    sending.deliver(now=clock.now())
