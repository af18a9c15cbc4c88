"""Whether the product is well: for machines, without sign-in and without detail."""

from datetime import timedelta

import redis
from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from majorops import clock
from majorops.notices.models import Heartbeat

STALLED_AFTER = timedelta(minutes=2)


@never_cache
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """200 once the process answers."""
    return JsonResponse({"status": "ready"})


@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """200 while database and broker are reached, with the age of the last sweep in seconds (null: none yet); else 503.
    `application_role`: whether the process speaks as the role that owns nothing."""
    answer: dict[str, object] = {
        "database": False,
        "broker": False,
        "last_sweep_age": None,
        "application_role": False,
    }
    try:
        beat = Heartbeat.objects.filter(name="sweep").first()
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_user")
            answer["application_role"] = cursor.fetchone()[0] == settings.APPLICATION_ROLE
        answer["database"] = True
        if beat is not None:
            answer["last_sweep_age"] = round((clock.now() - beat.beat_at).total_seconds(), 1)
    except DatabaseError:
        pass
    try:
        broker = redis.from_url(
            settings.REDIS_URL.replace("redis+socket://", "unix://", 1),
            socket_timeout=2,
            socket_connect_timeout=2,
        )
        answer["broker"] = bool(broker.ping())
        broker.close()
    except redis.RedisError:
        pass
    well = bool(answer["database"] and answer["broker"])
    age = answer["last_sweep_age"]
    answer["sweeping"] = isinstance(age, float) and age < STALLED_AFTER.total_seconds()
    return JsonResponse({"status": "ok" if well else "unwell", **answer}, status=200 if well else 503)
