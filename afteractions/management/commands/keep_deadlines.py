"""Sweeps, sends and audits on a clock of its own: neither a lost broker, nor a dead beat, nor a wall clock that was set
back keeps a deadline from being seen. It runs beside worker and beat, and does what they do: whoever comes first."""

import logging
import signal
import threading
import time
from argparse import ArgumentParser
from collections.abc import Callable
from types import FrameType
from typing import Any

from django.core.management.base import BaseCommand
from django.db import close_old_connections

from afteractions.tasks import audit, sweep
from majorops.audit import roads
from majorops.notices.tasks import deliver
from majorops.web.health import heartbeat

log = logging.getLogger(__name__)
EVERY = 30.0
AUDIT_EVERY = 600.0


class Rounds:
    """Work that is done again and again, each piece every so many seconds of monotonic time."""

    def __init__(self, *work: tuple[Callable[[], object], float]) -> None:
        self.work = work
        self.due = [0.0 for _ in work]

    def go(self, now: float) -> None:
        """Does what is due; what fails is logged, and tried again in its turn."""
        for index, (piece, every) in enumerate(self.work):
            if now < self.due[index]:
                continue
            self.due[index] = now + every
            close_old_connections()
            try:
                piece()
            except Exception:
                log.exception(
                    "%s failed; it is tried again in %g s", getattr(piece, "__name__", piece), every
                )


class Command(BaseCommand):
    help = "Sweeps deadlines, sends notices and audits both until it is ended, without beat and without the broker."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--every", type=float, default=EVERY, help="Seconds between two sweeps.")
        parser.add_argument(
            "--audit-every", type=float, default=AUDIT_EVERY, help="Seconds between two audits."
        )

    def handle(self, *args: Any, every: float, audit_every: float, **options: Any) -> None:
        asked_to_end = threading.Event()

        def end(number: int, frame: FrameType | None) -> None:
            asked_to_end.set()

        signal.signal(signal.SIGTERM, end)
        signal.signal(signal.SIGINT, end)
        heartbeat.start("keeper")
        # Nobody asked for what is due: it is as if beat had nudged.
        roads.take(roads.Road.SYSTEM)
        rounds = Rounds((sweep, every), (deliver, every), (audit, audit_every))
        while not asked_to_end.wait(min(1.0, every)):
            rounds.go(time.monotonic())
