"""The counts behind limits: how often somebody tried to sign in."""

import json
import logging
from collections.abc import Callable
from typing import Any

from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache
from redis import RedisError

log = logging.getLogger(__name__)


class Plain:
    """JSON in the place of pickles: whoever can write to Redis must not be able to run code here."""

    def dumps(self, value: Any) -> bytes:
        return json.dumps(value).encode()

    def loads(self, kept: bytes) -> Any:
        return json.loads(kept)


class SharedCounts(RedisCache):
    """One count for all web processes, kept in Redis.

    While Redis cannot be reached each process counts for itself and says so in its log: the limits are then as many
    times wider as there are processes, and nobody is kept from an incident because the broker is away.
    """

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(server, {**params, "OPTIONS": {**params.get("OPTIONS", {}), "serializer": Plain}})
        self._alone = LocMemCache("counts-without-redis", params)

    def add(self, key: Any, *args: Any, **kwargs: Any) -> Any:
        return self._shared_or_alone("add", key, *args, **kwargs)

    def get(self, key: Any, *args: Any, **kwargs: Any) -> Any:
        return self._shared_or_alone("get", key, *args, **kwargs)

    def set(self, key: Any, *args: Any, **kwargs: Any) -> Any:
        return self._shared_or_alone("set", key, *args, **kwargs)

    def delete(self, key: Any, *args: Any, **kwargs: Any) -> Any:
        return self._shared_or_alone("delete", key, *args, **kwargs)

    def clear(self) -> Any:
        """Refused: the broker keeps its tasks in the same database."""
        raise NotImplementedError(
            "Counts run out by themselves; to clear them would lose the tasks that wait."
        )

    def _shared_or_alone(self, verb: str, *args: Any, **kwargs: Any) -> Any:
        shared: Callable[..., Any] = getattr(super(), verb)
        try:
            return shared(*args, **kwargs)
        except RedisError as error:
            log.warning(
                "Redis cannot be reached, this process counts sign-ins alone: %s", type(error).__name__
            )
            return getattr(self._alone, verb)(*args, **kwargs)
