"""Whether the product is well: for machines, without sign-in and without detail."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.templatetags.static import static
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from prometheus_client import CollectorRegistry, generate_latest

from majorops import clock
from majorops.web.health.gauges import Gauges
from majorops.web.health.heartbeat import PROCESSES
from majorops.web.health.readiness import unapplied_migrations
from majorops.web.health.request_counts import counted
from majorops.web.health.state import health


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
    """In the text format of Prometheus: requests, ages, and how many things wait. Without sign-in, so that it names
    no incident, person or address: labels are names of URLs and of processes (docs/security.md)."""
    gauges = CollectorRegistry()
    gauges.register(Gauges())
    text = generate_latest(counted()) + generate_latest(gauges)
    return HttpResponse(text, content_type="text/plain; version=0.0.4; charset=utf-8")


@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """200 while ok or degraded, 503 when down (majorops.web.health.state). Ages are in seconds; null: never.
    `application_role`: whether the process speaks as the role that owns nothing."""
    found = health(clock.now())
    answer = {
        "status": found.status,
        "database": found.database,
        "broker": found.broker,
        "processes": {name: found.age(name) for name in PROCESSES},
        "away": found.away if found.database else [],
        "last_sweep_age": found.age("sweep"),
        "sweeping": found.sweeping,
        "application_role": found.application_role,
    }
    return JsonResponse(answer, status=503 if found.status == "down" else 200)
