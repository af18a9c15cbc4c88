"""A log is lines of JSON: when, how grave, who says what, and of which request or task.

No log keeps the addresses that open something to whoever has them, and e-mail addresses in them.
"""

import logging
import re
from collections.abc import MutableMapping
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import structlog
from structlog.stdlib import ProcessorFormatter

# Links of guests and of calendars, a reset of a password, the key of an empty installation.
OPENING = re.compile(
    r"(?P<before>/guest/|/calendar/|/accounts/password/reset/key/|[?&](?:key|token)=)[^/\s\"'?&<>\\]+"
)
# Somebody's e-mail address, as a part of a path or as a value of a query.
SOMEBODYS = re.compile(r"(?P<before>(?<!/)/|=)[^/\s\"'?&<>=@\\]+(?:@|%40)[^/\s\"'?&<>=\\]+")


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


def _its_instant(_: Any, __: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    line["timestamp"] = datetime.fromtimestamp(line["_record"].created, UTC).isoformat()
    return line


def json_lines() -> logging.Formatter:
    """The formatter of every process: one object a line, `timestamp` in UTC, with `request_id` or `task_id`.

    It ends by asking the record for its message, which is the whole line by then: the traceback is cleaned too."""
    return ProcessorFormatter(
        foreign_pre_chain=[
            structlog.contextvars.merge_contextvars,
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            _its_instant,
        ],
        processors=[
            ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
    )


# What a proxy may say of a request; anything else could forge a line.
WELL_FORMED = re.compile(r"[A-Za-z0-9._-]{8,64}", re.ASCII)


def request_id_of(header: str) -> str:
    """What the proxy calls a request, else a name of our own."""
    return header if WELL_FORMED.fullmatch(header) else uuid4().hex
