"""What beat nudges. Tasks take nothing along: what is due stands in the database."""

from celery import shared_task

from afteractions.operations.enforcement import auditor, close_reminders
from afteractions.operations.enforcement.sweep import sweep as sweep_what_is_due
from afteractions.operations.review import antipatterns, archive
from majorops import clock


@shared_task
def sweep() -> None:
    now = clock.now()
    sweep_what_is_due(now=now)
    antipatterns.name_overdue(now=now)
    close_reminders.remind_to_close(now=now)


@shared_task
def render_pending() -> None:
    archive.render_pending(now=clock.now())


@shared_task
def audit() -> None:
    auditor.audit(now=clock.now())
