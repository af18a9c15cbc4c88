"""One view for every step of `steps.py`: a page with its form, or the same in a dialog; then the step itself."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django_htmx.http import HttpResponseClientRedirect, trigger_client_event

from incidents.access import get_incident, why_not_give_role
from incidents.models import (
    CommandAssignment,
    Incident,
    Milestone,
    Mtm,
    PhaseEntry,
    RecoveryTrack,
    StatusUpdate,
    TimelineEvent,
    VendorEngagement,
)
from incidents.operations.correcting import is_in_place
from incidents.operations.facts import record_facts
from incidents.queries.record import read_record
from incidents.rules.corrections import moved_by, what_follows
from incidents.rules.formatting import moment_words
from incidents.rules.gaps.findings import gap_findings
from incidents.rules.gaps.gaps import gaps
from incidents.rules.requirement import forecast
from incidents.views.actions import STEPS, ActionRequest, PageStep
from incidents.views.context import reader_zone
from incidents.views.entry_forms import EntryForm, happened_at
from incidents.vocabulary import Audience, CommandRole, MilestoneKind, Phase
from majorops import clock
from majorops.errors import NotAllowed, NotFound, RuleViolation, VersionConflict
from majorops.web.refusals import status_of
from majorops.web.signed_in import GET, POST, signed_in

# Steps after which the page is another one, not the same with more on it.
CORRECTED = ("event", "milestone", "phase", "status")
TURNS = ("close", "reopen", "claim", "hand-over", "restrict", "unrestrict", "confirm-lowering")


@signed_in(GET, POST)
def step(request: HttpRequest, reference: str, name: str, entry: int | None = None) -> HttpResponse:
    """GET asks, POST does. Whoever may not take the step reads why, and who can."""
    incident = get_incident(request.user, reference)
    taking = STEPS.get(name)
    if taking is None or (entry is not None and taking.entry is None):
        raise Http404("There is no such step.")
    on = _entry(taking, incident, entry)
    context = {
        "incident": incident,
        "step": taking,
        "name": name,
        "entry": on,
        "is_correction": on is not None and name in CORRECTED,
        "in_place": isinstance(on, TimelineEvent) and is_in_place(on, by=request.user, now=clock.now()),
        "entry_words": _words(on, reader_zone(request.user)),
        "follows": _follows(on) if name in CORRECTED else "",
    }
    may = taking.may(request.user, incident)
    if not may or (on is not None and not taking.may_on(request.user, on)):
        why_not = why_not_give_role if may else taking.why_not
        blocked = {**context, "reason": why_not(incident)}
        return render(request, "incidents/step.html", blocked, status=_status_blocked(request))
    now = clock.now()
    asked_for = _initial_of(taking, request)
    data = {
        "incident": incident,
        "now": now,
        "zone": reader_zone(request.user),
        "entry": on,
        "by": request.user,
        "initial": {**taking.initial(incident, on), **asked_for},
        "is_prefilled": bool(asked_for),
    }
    if request.method != "POST":
        return _ask(request, context, taking.form(**data), now)
    form = taking.form(request.POST, **data)
    if not form.is_valid():
        return _ask(request, context, form, now, status=422)
    at = form.cleaned_data.get("at") or (happened_at(on) if context["is_correction"] else None) or now
    doing = ActionRequest(incident, request.user, at, now, on, _version(request) if taking.weighty else None)
    try:
        made = taking.act(doing, form.cleaned_data, form)
    except (NotFound, NotAllowed):
        raise
    except RuleViolation as refusal:
        form.refuse(refusal)
        incident.refresh_from_db()
        conflict = _current_values(form, refusal) if isinstance(refusal, VersionConflict) else {}
        status = status_of(refusal)
        return _ask(request, {**context, "conflict": conflict}, form, now, status=status)
    if name == "mtm" and isinstance(made, Mtm):
        return go_to(request, made.get_absolute_url())
    return _done(request, incident, name)


def _entry(taking: PageStep, incident: Incident, pk: int | None) -> Any:
    if pk is None:
        return None
    rows = taking.entry.objects.filter(incident=incident, pk=pk).first() if taking.entry else None
    if rows is None:
        raise NotFound("There is no such entry in this record.")
    rows.incident = incident
    return rows


def _words(entry: Any, zone: ZoneInfo) -> str:
    """What the step is taken on, in words."""
    match entry:
        case Milestone():
            return f"{MilestoneKind(entry.kind).label}, {moment_words(entry.at, zone.key)}"
        case PhaseEntry():
            return f"{Phase(entry.phase).label}, entered {moment_words(entry.entered_at, zone.key)}"
        case StatusUpdate():
            return f"{Audience(entry.audience).label} update of {moment_words(entry.sent_at, zone.key)}: {entry.text}"
        case TimelineEvent():
            return f"Logged at {moment_words(entry.at, zone.key)}: {entry.text}"
        case CommandAssignment():
            return f"{entry.person}, {CommandRole(entry.role).label}"
        case RecoveryTrack():
            return entry.name
        case VendorEngagement():
            return entry.vendor.name
        case Mtm():
            return f"Meeting {entry.number}"
    return ""


def _follows(entry: Any) -> str:
    """What else a correction of this entry moves, or should."""
    match entry:
        case Milestone():
            return what_follows(MilestoneKind(entry.kind))
        case PhaseEntry():
            return moved_by(Phase(entry.phase))
    return ""


def _initial_of(taking: PageStep, request: HttpRequest) -> dict[str, str]:
    """What the address says to begin with, as in `?phase=mitigating`."""
    return {
        name: value
        for name, value in request.GET.items()
        if name in taking.form.base_fields or name == "phase"
    }


def _ask(
    request: HttpRequest, context: dict[str, Any], form: EntryForm, now: datetime, status: int = 200
) -> HttpResponse:
    incident = context["incident"]
    if context["name"] == "close":
        context = {**context, **_consequences(incident, now)}
    return render(request, "incidents/step.html", {**context, "form": form, "at": now}, status=status)


def _consequences(incident: Incident, now: datetime) -> dict[str, Any]:
    """What closing now would mean."""
    facts = record_facts(read_record(incident))
    return {"requirement": forecast(facts, now).now, "gaps": gap_findings(gaps(facts, now)), "facts": facts}


def _current_values(form: EntryForm, stale: VersionConflict) -> dict[str, Any]:
    """For fields that somebody else stated meanwhile: what stands there now, and is what the form begins with."""
    if not isinstance(stale.current, dict) or "version" in stale.current:
        return {}
    data = form.data.copy()
    for name, value in stale.current.items():
        text = form.fields[name].prepare_value(value)
        data[f"initial-{name}"] = "" if text is None else str(text)
    form.data = data
    return {form.fields[name].label: value for name, value in stale.current.items()}


def _version(request: HttpRequest) -> int | None:
    typed = request.POST.get("version", "")
    return int(typed) if typed.isdecimal() else None


def _status_blocked(request: HttpRequest) -> int:
    # In a dialog the reason is shown; htmx leaves the answer to a 403 aside.
    return 200 if request.htmx and request.method == "GET" else 403


def go_to(request: HttpRequest, url: str) -> HttpResponse:
    """Another page, from a page or from a part of one."""
    return HttpResponseClientRedirect(url) if request.htmx else redirect(url)


def _done(request: HttpRequest, incident: Incident, name: str) -> HttpResponse:
    if not request.htmx or incident.is_closed or name in TURNS:
        return go_to(request, incident.get_absolute_url())
    answer = trigger_client_event(HttpResponse(status=204), "dialog-done")
    return trigger_client_event(answer, "record-changed")
