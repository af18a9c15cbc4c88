"""What beat nudges. Tasks take nothing along: what is due stands in the database."""

from celery import shared_task

from afteractions.operations import enforcement
from majorops import clock


@shared_task
def sweep() -> None:
    enforcement.sweep(now=clock.now())
