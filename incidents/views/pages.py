"""One incident: the console while it runs, the record once it is closed, and what changed."""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.apps import apps
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django_htmx.http import trigger_client_event

from incidents.access import can_record, get_incident, unseen_by, why_not_record
from incidents.exchange.exporting import export_document
from incidents.models import Incident
from incidents.operations.log import run_line
from incidents.queries.record import read_record
from incidents.rules.response.mtm import is_for
from incidents.views.context import closed_context, live_context, reader_zone
from incidents.views.log_rows import log_page
from incidents.vocabulary import MtmActionStatus, RequirementLevel, Severity
from majorops import clock
from majorops.audit.models import AuditEntry
from majorops.errors import NotAllowed, NotFound, RuleViolation
from majorops.formatting.formats import absolute
from majorops.formatting.time_words import day_words
from majorops.web.refusals import status_of
from majorops.web.signed_in import GET, POST, SignedInRequest, signed_in
from majorops.words import spelled_out

CHANGES_SHOWN = 200
# Stored keys that the audit keeps, and what people read.
LABELS = {word.value: word.label for words in (Severity, RequirementLevel, MtmActionStatus) for word in words}
FIELDS = {"mim": "MIM", "repeat_of": "Repeats"}
COMMANDS = (
    ("14:05 failover started", "an event, at that time"),
    ("!decision fail over now", "an event of a kind"),
    ("/phase mitigating", "enter a phase"),
    ("/milestone mitigated", "reach a milestone"),
    ("/sev 1 all customers", "change the severity"),
    ("/status public We are restoring the service", "a status update"),
    ("/track Database failover", "open a recovery track"),
    ("/role trl name@example.org", "assign a role"),
    ("/mtm", "start a Major Technical Meeting"),
)
RECORD_STEPS = (
    ("phase", "Phase"),
    ("milestone", "Milestone"),
    ("status", "Status update"),
    ("impact", "Impact"),
    ("track", "Track"),
    ("role", "Role"),
    ("vendor", "Vendor"),
    ("service", "Service"),
    ("event", "Event"),
)
CORRECTION_STEPS = (
    ("milestone", "Milestone"),
    ("impact", "Impact"),
    ("status", "Status update"),
    ("role", "Role"),
)


@signed_in(GET)
def detail(request: SignedInRequest, reference: str) -> HttpResponse:
    """The console of a running incident, or the record of a closed one."""
    return show(request, get_incident(request.user, reference))


def show(request: SignedInRequest, incident: Incident, *, status: int = 200, **typed: Any) -> HttpResponse:
    now = clock.now()
    read_record(incident)
    if incident.is_closed:
        context = {
            **_with_log(request, closed_context(incident, request.user, now)),
            "correction_steps": CORRECTION_STEPS,
            "command_steps": _command_steps(incident),
            "tabs": _tabs(incident, "record"),
        }
        return render(request, "incidents/record.html", context, status=status)
    context = {
        **_with_log(request, live_context(incident, request.user, now)),
        "commands": COMMANDS,
        "record_steps": RECORD_STEPS,
        "command_steps": _command_steps(incident),
        **typed,
    }
    return render(request, "incidents/console.html", context, status=status)


def _with_log(request: SignedInRequest, context: dict[str, Any]) -> dict[str, Any]:
    """What a page shows of the record, with the part of its log that `?rows=` asks for."""
    log = log_page(context["rows"], reader_zone(request.user), request.GET.get("rows"))
    return {**context, "log": log}


def _command_steps(incident: Incident) -> list[tuple[str, str]]:
    """What only the one who commands may do, besides closing and reopening."""
    restriction = (
        [("admit", "Let in"), ("unrestrict", "Open to all")]
        if incident.restricted
        else [("restrict", "Restrict")]
    )
    calls_meetings = not incident.is_closed and is_for(Severity(incident.highest_severity))
    running = [("mtm", "MTM"), ("no-mtm", "No MTM")] if calls_meetings else []
    handing = [("hand-over", "Hand over")] if incident.is_closed else []
    return [("severity", "Severity"), *running, ("repeat", "Repeat"), *handing, *restriction]


@signed_in(GET)
@never_cache
def live(request: SignedInRequest, reference: str) -> HttpResponse:
    """The part of the console that changes: 204 while there is nothing to show beyond version `after`, `until` then.

    Asked every two seconds by each open console, so that nothing new takes two statements besides the session's.
    """
    person, now = request.user, clock.now()
    version = (
        Incident.objects.visible_to(person)
        .filter(reference=reference)
        .values_list("version", flat=True)
        .first()
    )
    if version is None:
        raise NotFound("There is no such incident that you may see.")
    if request.GET.get("after") == str(version) and now.timestamp() < _number(request.GET.get("until")):
        return HttpResponse(status=204)
    incident = read_record(get_incident(person, reference))
    context = _with_log(request, live_context(incident, person, now))
    return render(request, "incidents/partials/live.html", {**context, "is_answer": True})


@signed_in(POST)
def line(request: SignedInRequest, reference: str) -> HttpResponse:
    """One typed line. Refused, it comes back as it was typed, with the sentence that names the way out."""
    incident, typed = get_incident(request.user, reference), request.POST.get("line", "")
    try:
        if not can_record(request.user, incident):
            raise NotAllowed(why_not_record(incident))
        zone = reader_zone(request.user).key
        entry = run_line(incident, typed, by=request.user, now=clock.now(), time_zone=zone)
    except RuleViolation as refusal:
        status = status_of(refusal)
        data = {"line": typed, "refusal": refusal.sentence}
        if request.htmx:
            return render(request, "incidents/partials/line_result.html", data, status=status)
        return show(request, incident, status=status, **data)
    if not request.htmx:
        return redirect(incident)
    answer = render(request, "incidents/partials/line_result.html", {"entry": entry, "logged": typed})
    return trigger_client_event(answer, "record-changed")


@signed_in(GET)
def history(request: SignedInRequest, reference: str) -> HttpResponse:
    """Who changed what of this incident and of what follows it, newest first."""
    incident = get_incident(request.user, reference)
    now, zone = clock.now(), reader_zone(request.user)
    entries = AuditEntry.objects.filter(scope=incident.reference).select_related("by").order_by("-id")
    after_action = getattr(incident, "after_action", None)
    if after_action is not None and not after_action.draft_is_read_by(request.user):
        # What follows has a history of its own, which keeps the words of a draft that is not out.
        entries = entries.filter(subject_type__startswith="incidents.")
    changes = list(entries[:CHANGES_SHOWN])
    named = {name for entry in changes for name in entry.changes.get("repeat_of", ()) if name}
    unseen = unseen_by(request.user, named) if named else set()
    return render(
        request,
        "incidents/history.html",
        {
            "incident": incident,
            "tabs": _tabs(incident, "history"),
            "changes": [_change(entry, zone, now, unseen) for entry in changes],
            "at": now,
            "limit": CHANGES_SHOWN,
        },
    )


@signed_in(GET)
def export(request: SignedInRequest, reference: str) -> HttpResponse:
    """The document of the format `majorops.incident/1`, as a file."""
    incident = get_incident(request.user, reference)
    document = export_document(incident, reader=request.user)
    answer = JsonResponse(document, json_dumps_params={"ensure_ascii": False, "indent": 2})
    answer["Content-Disposition"] = f'attachment; filename="{incident.reference}.json"'
    return answer


def _change(entry: AuditEntry, zone: ZoneInfo, at: datetime, unseen: set[str]) -> dict[str, Any]:
    """One change for a reader: what was done to what, and each field from and to; without the names of incidents
    that are not theirs to see."""
    of = apps.get_model(entry.subject_type)._meta.verbose_name
    return {
        "entry": entry,
        "of": "" if entry.subject_type.startswith("incidents.") else of,
        "fields": [
            (
                FIELDS.get(field) or spelled_out(field),
                *(
                    "an earlier incident"
                    if field == "repeat_of" and value in unseen
                    else _words(value, zone, at)
                    for value in pair
                ),
            )
            for field, pair in entry.changes.items()
        ],
    }


def _words(value: Any, zone: ZoneInfo, at: datetime) -> str:
    """A value as the audit keeps it (stored keys, instants in ISO 8601), for a reader."""
    match value:
        case None | "":
            return "nothing"
        case bool():
            return "yes" if value else "no"
        case str() if value in LABELS:
            return LABELS[value]
        case str():
            try:
                if "T" in value:
                    return absolute(datetime.fromisoformat(value), zone=zone, at=at)
                return day_words(date.fromisoformat(value)) if len(value) == 10 else value
            except ValueError:
                return value
        case list():
            return ", ".join(_words(item, zone, at) for item in value)
        case dict():
            return "; ".join(
                f"{key.replace('_', ' ')}: {_words(item, zone, at)}" for key, item in value.items()
            )
    return str(value)


def _tabs(incident: Incident, current: str) -> list[dict[str, Any]]:
    return [
        {"label": "Record", "url": incident.get_absolute_url(), "current": current == "record"},
        {
            "label": "History",
            "url": reverse("incidents:history", args=[incident.reference]),
            "current": current == "history",
        },
    ]


def _number(typed: str | None) -> float:
    try:
        return float(typed or 0)
    except ValueError:
        return 0.0
