from celery import shared_task

from majorops import clock
from majorops.web.api import viewsets


@shared_task
def forget_kept_answers() -> int:
    """Deletes kept answers of calls once their time is over."""
    return viewsets.forget_kept_answers(clock.now())
