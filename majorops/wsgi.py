"""The WSGI entry point: `gunicorn majorops.wsgi:application`."""

import logging
import os

from django.core.wsgi import get_wsgi_application

from majorops import configuration

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "majorops.settings")
configuration.require()
application = get_wsgi_application()
if unreachable := configuration.broker_problem(os.environ.get("REDIS_URL") or "redis://127.0.0.1:6379/0"):
    logging.getLogger(__name__).warning(unreachable)
