from celery import shared_task
from django.core.management import call_command

from majorops import clock
from majorops.people.authentication import sessions


@shared_task
def clear_sessions() -> None:
    """Removes the sessions that have run out, and what is remembered of old ones."""
    call_command("clearsessions")
    sessions.clear(now=clock.now())
