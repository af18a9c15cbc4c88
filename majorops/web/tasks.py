from celery import shared_task

from majorops import clock
from majorops.web import calls


@shared_task
def forget_kept_answers() -> int:
    """Deletes kept answers of calls once their time is over."""
    return calls.forget_kept_answers(clock.now())
