"""How the product is, from what its processes wrote down and from its two servers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import redis
from django.conf import settings
from django.db import DatabaseError, connection

from majorops import clock
from majorops.notices.models import STALLED_AFTER
from majorops.web.health.heartbeat import PROCESSES

# A process that missed so many heartbeats is away; that shows within a minute of its end.
AWAY_AFTER = timedelta(seconds=30)
# From then on deadlines pass unseen: whoever watches must be woken.
DOWN_AFTER = timedelta(minutes=5)
# Outside of script/server it is left out where beat alone shall nudge.
MAY_BE_ABSENT = frozenset({"keeper"})
READ = "SELECT name, beat_at, current_user FROM (SELECT 1) one LEFT JOIN notices_heartbeat ON true"


@dataclass(frozen=True)
class Health:
    """`heartbeats`: when each process, and the sweep, last went round; empty while the database is away.
    `application_role`: whether the database knows us as the role that owns nothing."""

    at: datetime
    database: bool
    broker: bool
    application_role: bool = False
    heartbeats: Mapping[str, datetime] = field(default_factory=dict)

    def age(self, name: str) -> float | None:
        """In seconds; None: it never went round."""
        at = self.heartbeats.get(name)
        return None if at is None else round(max(0.0, (self.at - at).total_seconds()), 1)

    @property
    def sweeping(self) -> bool:
        age = self.age("sweep")
        return age is not None and age < STALLED_AFTER.total_seconds()

    @property
    def away(self) -> list[str]:
        """The processes that do not say that they live."""
        return [name for name in PROCESSES if self._is_away(name)]

    @property
    def status(self) -> str:
        """ "down": of no use, or of no use to deadlines. "degraded": it serves, and something is to be mended."""
        if not self.database or self.at - self._last_sweep > DOWN_AFTER:
            return "down"
        return "ok" if self.broker and self.sweeping and not self.away else "degraded"

    @property
    def _last_sweep(self) -> datetime:
        """A product that has just been started, after whatever pause, is given the time to begin."""
        return max(self.heartbeats.get("sweep", clock.STARTED_AT), clock.STARTED_AT)

    def _is_away(self, name: str) -> bool:
        at = self.heartbeats.get(name)
        return name not in MAY_BE_ABSENT if at is None else self.at - at > AWAY_AFTER


def health(now: datetime) -> Health:
    """Asks both servers: one statement, one ping."""
    broker = _broker_answers()
    try:
        with connection.cursor() as cursor:
            cursor.execute(READ)
            rows = cursor.fetchall()
    except DatabaseError:
        return Health(now, database=False, broker=broker)
    return Health(
        now,
        database=True,
        broker=broker,
        application_role=rows[0][2] == settings.APPLICATION_ROLE,
        heartbeats={name: at for name, at, _ in rows if name is not None},
    )


def _broker_answers() -> bool:
    broker = redis.from_url(
        settings.REDIS_URL.replace("redis+socket://", "unix://", 1),
        socket_timeout=2,
        socket_connect_timeout=2,
    )
    try:
        return bool(broker.ping())
    except redis.RedisError:
        return False
    finally:
        broker.close()
