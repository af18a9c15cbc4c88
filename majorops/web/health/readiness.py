"""Whether the database has the schema that this process was written for."""

import time
from functools import cache

from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

# A probe asks every few seconds, from several places. Once complete, the schema of a running process stays so.
ASKED_AGAIN_AFTER_SECONDS = 5.0
_complete = False
_asked: tuple[float, int] | None = None


@cache
def expected_migrations() -> frozenset[tuple[str, str]]:
    """The migrations that this process came with, by application and name."""
    return frozenset(MigrationLoader(None).graph.nodes)


def unapplied_migrations() -> int | None:
    """How many migrations the database lacks; None while it cannot be asked. One statement each few seconds at most,
    and none any more once there was nothing lacking."""
    global _complete, _asked
    if _complete:
        return 0
    if _asked is not None and time.monotonic() - _asked[0] < ASKED_AGAIN_AFTER_SECONDS:
        return _asked[1]
    try:
        lacking = len(expected_migrations() - MigrationRecorder(connection).applied_migrations().keys())
    except DatabaseError:
        return None
    _complete, _asked = lacking == 0, (time.monotonic(), lacking)
    return lacking
