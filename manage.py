#!/usr/bin/env python
"""Django's command line. The schema belongs to the owner's role: `migrate` speaks as the owner, and so do `backup` and
`restore`."""

import os
import secrets
import sys

from django.core.management import execute_from_command_line

from majorops import configuration
from majorops.audit import roads

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "majorops.settings")
    command = sys.argv[1] if len(sys.argv) > 1 else "help"
    if command in ("migrate", "backup", "restore"):
        os.environ["MAJOROPS_AS_OWNER"] = "1"
    if command.lstrip("-") in configuration.WITHOUT_KEY:
        os.environ["SECRET_KEY"] = os.environ.get("SECRET_KEY") or secrets.token_urlsafe(50)
    configuration.require()
    roads.take(roads.Road.COMMAND)
    execute_from_command_line(sys.argv)
