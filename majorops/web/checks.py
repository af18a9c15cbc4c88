"""`manage.py check` says what is wrong with the settings."""

import os
from typing import Any

from django.core import checks

from majorops import configuration


@checks.register(checks.Tags.security)
def settings_make_sense(**kwargs: Any) -> list[checks.CheckMessage]:
    return [checks.Error(sentence, id="majorops.E001") for sentence in configuration.problems(os.environ)]
