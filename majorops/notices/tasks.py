from celery import shared_task

from majorops import clock
from majorops.notices.delivery import digests, sending


@shared_task
def deliver() -> None:
    """Makes the digests whose hour has come, then sends what waits."""
    digests.collect(now=clock.now())
    sending.deliver(now=clock.now())
