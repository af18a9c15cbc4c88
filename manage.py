#!/usr/bin/env python
"""Django's command line. The schema belongs to the owner's role, so `migrate` speaks as the owner."""

import os
import sys

from django.core.management import execute_from_command_line

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "majorops.settings")
    if sys.argv[1:2] == ["migrate"]:
        os.environ["MAJOROPS_AS_OWNER"] = "1"
    execute_from_command_line(sys.argv)
