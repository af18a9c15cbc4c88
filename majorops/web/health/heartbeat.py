"""Each process says every few seconds that it lives, from a thread of its own: no request and no task waits for it."""

import threading
import time

from django.db import Error, close_old_connections

from majorops import clock
from majorops.notices.models import Heartbeat

PROCESSES = ("web", "worker", "beat", "keeper")
EVERY_SECONDS = 5.0


def start(process: str) -> None:
    """Begins the heartbeat of one of PROCESSES; it ends with the process, however that ends."""
    threading.Thread(target=_keep_on, args=(process,), name="heartbeat", daemon=True).start()


def _keep_on(process: str) -> None:
    while True:
        close_old_connections()
        try:
            Heartbeat.keep(process, now=clock.now(), note="")
        except Error:
            # Health says by itself that the database is away; the next round tries again.
            close_old_connections()
        time.sleep(EVERY_SECONDS)
