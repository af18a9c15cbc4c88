"""The Celery application: `celery -A majorops.celery worker` and `... beat`."""

import os
from typing import Any

from celery import Celery
from celery.signals import beat_init, worker_ready

from majorops import configuration

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "majorops.settings")
configuration.require()
app = Celery("majorops")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_ready.connect
def worker_lives(**_: Any) -> None:
    _lives("worker")


@beat_init.connect
def beat_lives(**_: Any) -> None:
    _lives("beat")


def _lives(process: str) -> None:
    # Only now are the models loaded that this module is made of.
    from majorops.web.health import heartbeat

    heartbeat.start(process)
