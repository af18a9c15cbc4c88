"""The Celery application: `celery -A majorops.celery worker` and `... beat`."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "majorops.settings")
app = Celery("majorops")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
