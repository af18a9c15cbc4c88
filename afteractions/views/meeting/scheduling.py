"""When the meeting is: three times that fit, a time of one's own with what speaks against it, and moving it."""

from contextlib import suppress
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse

from afteractions.operations.meeting.attendees import NO_LONGER_NAMED
from afteractions.operations.meeting.named_by_record import proposed_besides
from afteractions.operations.meeting.scheduling import (
    USUAL_LENGTH,
    check_meeting_time,
    reschedule,
    schedule,
    slots,
)
from afteractions.rules.meeting.scheduling import Concern, ConcernKind
from afteractions.views.person_fields import person_words
from afteractions.views.step_forms import ScheduleForm, parse_offset
from afteractions.views.workspace.context import Workspace
from afteractions.views.workspace.workspace import (
    go,
    instants,
    of_after_action,
    say_named,
    show,
    version_of,
)
from afteractions.vocabulary import ObligationKind, TransitionKind
from majorops import clock
from majorops.people.models import Person
from majorops.web.refusals import Attempt
from majorops.web.signed_in import GET, POST


@of_after_action(GET, POST)
def schedule_page(request: HttpRequest, workspace: Workspace) -> HttpResponse:
    """Schedules the meeting, or moves the one that is scheduled. A time on offer is filled in and weighed; nothing is
    sent before place and people are confirmed."""
    moves = workspace.meeting is not None and workspace.meeting.held_until is None
    options: dict[str, Any] = {"zone": workspace.zone, "scope": workspace.incident.reference}
    if request.method != "POST":
        return _page(request, workspace, ScheduleForm(initial=_initial(workspace), **options), moves)
    typed = request.POST.copy()
    if taken := typed.get("take", ""):
        typed["starts_at"] = taken
        with suppress(ValueError):
            if begins := parse_offset(taken):
                typed["starts_at"] = f"{begins.astimezone(workspace.zone):%Y-%m-%dT%H:%M}"
        typed["length"] = str(int(USUAL_LENGTH.total_seconds() // 60))
    form = ScheduleForm(typed, **options)
    if not form.is_valid():
        return _page(request, workspace, form, moves, status=422)
    starts_at, ends_at = form.span()
    if taken or request.POST.get("check"):
        concerns = check_meeting_time(
            workspace.after_action, starts_at=starts_at, ends_at=ends_at, at=workspace.at, moves=moves
        )
        return _page(request, workspace, form, moves, concerns=concerns, checked=True)
    now = clock.now()
    cleaned = {
        "starts_at": starts_at,
        "ends_at": ends_at,
        "location": form.cleaned_data["location"],
        "reason": form.cleaned_data["reason"],
        "version": version_of(request),
        "by": workspace.person,
        **instants(now),
    }
    with Attempt(form) as attempt:
        if moves:
            reschedule(workspace.after_action, **cleaned)
        else:
            people = {name: form.cleaned_data[name] for name in ("owner", "internal_liaison")}
            schedule(workspace.after_action, **people, **cleaned)
    if attempt.refused:
        concerns = check_meeting_time(
            workspace.after_action, starts_at=starts_at, ends_at=ends_at, at=workspace.at, moves=moves
        )
        return _page(request, workspace, form, moves, concerns=concerns, status=attempt.status)
    messages.success(
        request,
        "The meeting is moved: everybody receives an update."
        if moves
        else "The meeting is scheduled: the invitations are on their way.",
    )
    say_named(request, workspace, now=now)
    return go(workspace, "people")


def _initial(workspace: Workspace) -> dict[str, Any]:
    meeting = workspace.meeting
    people = {
        "owner": person_words(workspace.after_action.owner),
        "internal_liaison": person_words(workspace.after_action.internal_liaison),
    }
    if meeting is None:
        return people
    length = int((meeting.ends_at - meeting.starts_at).total_seconds() // 60)
    return {**people, "starts_at": meeting.starts_at, "length": length, "location": meeting.location}


def _invited(workspace: Workspace, *, moves: bool) -> list[Person]:
    """Who gets the invitation as the list stands, with those whom scheduling adds because the record names them."""
    listed = [each.person for each in workspace.included]
    if moves:
        return listed
    # Whoever was taken off by the record alone comes back where it names them again.
    decided = {
        each.person_id
        for each in workspace.attendees
        if each.included or each.decided_reason or each.reason != NO_LONGER_NAMED
    }
    return [*listed, *proposed_besides(workspace.review, decided, now=workspace.at)]


def _page(
    request: HttpRequest,
    workspace: Workspace,
    form: ScheduleForm,
    moves: bool,
    *,
    concerns: list[Concern] | None = None,
    checked: bool = False,
    status: int = 200,
) -> HttpResponse:
    hold_by = next(
        (
            open_obligation.due_at
            for open_obligation in workspace.open_obligations
            if open_obligation.kind == ObligationKind.HOLD
        ),
        None,
    )
    refused = workspace.refusal(TransitionKind.RESCHEDULE if moves else TransitionKind.SCHEDULE)
    context = {
        "form": form,
        "moves": moves,
        "invited": [] if refused else _invited(workspace, moves=moves),
        "refused": refused.sentence if refused else "",
        "slots": None if refused else slots(workspace.after_action, now=workspace.at, hold_by=hold_by),
        "hold_by": hold_by,
        "concerns": concerns or [],
        "works": checked and all(concern.kind is ConcernKind.RESCHEDULE for concern in concerns or ()),
        "needs_reason": moves or any(concern.needs_reason for concern in concerns or ()),
    }
    return show(request, workspace, "schedule", "schedule", context, status=status)
