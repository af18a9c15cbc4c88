"""The Celery application: `celery -A majorops.celery worker` and `... beat`."""

import logging.config
import os
from typing import Any

from celery import Celery
from celery.signals import beat_init, setup_logging, task_postrun, task_prerun, worker_ready
from django.conf import settings
from structlog.contextvars import bind_contextvars, clear_contextvars

from majorops import configuration

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "majorops.settings")
configuration.require()
app = Celery("majorops")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@setup_logging.connect
def log_as_every_process(loglevel: int, **_: Any) -> None:
    """Instead of Celery's own lines; how much is said by its command."""
    logging.config.dictConfig(settings.LOGGING)
    logging.getLogger().setLevel(loglevel)


@task_prerun.connect
def name_task(task_id: str, task: Any, **_: Any) -> None:
    bind_contextvars(task_id=task_id, task=task.name)


@task_postrun.connect
def forget_task(**_: Any) -> None:
    clear_contextvars()


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
