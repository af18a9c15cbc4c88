"""Whether the product is well: for machines, without sign-in and without detail."""

import redis
from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.templatetags.static import static
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from majorops import clock
from majorops.notices.models import STALLED_AFTER, Heartbeat, Notice
from majorops.web.health.readiness import unapplied_migrations


@never_cache
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """200 once this process may be given requests; 503 while the database lacks a migration that it expects."""
    waiting = unapplied_migrations()
    if waiting is None:
        return JsonResponse({"status": "database away"}, status=503)
    if waiting:
        return JsonResponse({"status": "migrations unapplied"}, status=503)
    return JsonResponse({"status": "ready"})


@require_safe
def favicon(request: HttpRequest) -> HttpResponse:
    """Browsers and mail programs ask for it by this name whatever a page says."""
    answer = redirect(static("img/favicon.ico"))
    answer["Cache-Control"] = "public, max-age=86400"
    return answer


@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Ages in seconds, in the text format of Prometheus; what is not known is left out. Without sign-in, so that it
    tells of no incident: neither numbers of things nor their names."""
    now = clock.now()
    rows = {f"{name}_age_seconds": at for name, at in Heartbeat.objects.values_list("name", "beat_at")}
    waiting = (
        Notice.objects.waiting(now).order_by("next_try_at").values_list("next_try_at", flat=True).first()
    )
    rows["oldest_waiting_notice_age_seconds"] = waiting or now
    lines = [
        f"# TYPE majorops_{name} gauge\nmajorops_{name} {max(0.0, (now - at).total_seconds()):.1f}"
        for name, at in sorted(rows.items())
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; version=0.0.4; charset=utf-8")


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
