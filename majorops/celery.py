"""The Celery application: `celery -A majorops.celery worker` and `... beat`."""

import os

from celery import Celery

from majorops import configuration

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "majorops.settings")
configuration.require()
app = Celery("majorops")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
