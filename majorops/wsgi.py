"""The WSGI entry point: `gunicorn majorops.wsgi:application`."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "majorops.settings")
application = get_wsgi_application()
