"""What no log keeps: the addresses that open something to whoever has them, and e-mail addresses in them."""

import logging
import re
from typing import Any

# Links of guests and of calendars, a reset of a password, the key of an empty installation.
OPENING = re.compile(
    r"(?P<before>/guest/|/calendar/|/accounts/password/reset/key/|[?&](?:key|token)=)[^/\s\"'?&<>]+"
)
# Somebody's e-mail address, as a part of a path or as a value of a query.
SOMEBODYS = re.compile(r"(?P<before>(?<!/)/|=)[^/\s\"'?&<>=@]+(?:@|%40)[^/\s\"'?&<>=]+")


def without_secrets(text: str) -> str:
    """The text, with what opens something and whom it is about taken out of the addresses in it."""
    return SOMEBODYS.sub(r"\g<before>…", OPENING.sub(r"\g<before>…", text))


class LineWithoutSecrets(logging.LogRecord):
    """A record whose words and traceback have no such address in them, whoever formats it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._traceback: str | None = None
        super().__init__(*args, **kwargs)

    def getMessage(self) -> str:
        return without_secrets(super().getMessage())

    @property
    def exc_text(self) -> str | None:
        return self._traceback

    @exc_text.setter
    def exc_text(self, text: str | None) -> None:
        self._traceback = without_secrets(text) if text else text
