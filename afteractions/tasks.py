"""What beat nudges. Tasks take nothing along: what is due stands in the database."""

from celery import shared_task

from afteractions.operations import antipatterns, archive, auditing, enforcement, unclosed
from majorops import clock


@shared_task
def sweep() -> None:
    now = clock.now()
    enforcement.sweep(now=now)
    antipatterns.name_overdue(now=now)
    unclosed.remind_to_close(now=now)


@shared_task
def render_pending() -> None:
    archive.render_pending(now=clock.now())


@shared_task
def audit() -> None:
    auditing.audit(now=clock.now())
