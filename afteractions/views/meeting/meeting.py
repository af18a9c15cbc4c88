"""The meeting, run from one page by its chair: agenda, attendance, the sections, what is decided, how it ends."""

import re
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse

from afteractions.models import Attendance, Attendee, Meeting, MeetingDecision
from afteractions.operations.meeting.meeting import (
    DraftDiffers,
    agree_publish_and_close,
    capture_decision,
    hold,
    name_anti_pattern,
    note_who_is_here,
    start_meeting,
)
from afteractions.operations.meeting.questions import COUNTED, answer_question, totals_of
from afteractions.operations.review.agreement import changed_since_sent, mark_of
from afteractions.operations.review.publication import effects_of_publishing
from afteractions.operations.review.readiness import missing_before_publishing
from afteractions.operations.review.section_editing import add_change
from afteractions.rules.meeting.scheduling import may_start
from afteractions.rules.review.questions import ASK_INSTEAD, agenda
from afteractions.rules.review.readiness import sentences
from afteractions.views.reading.reading import document_context
from afteractions.views.step_forms import (
    ActionForm,
    AntiPatternForm,
    DecisionForm,
    HoldForm,
    MessageForm,
    StepReasonForm,
)
from afteractions.views.workspace.context import Workspace
from afteractions.views.workspace.workspace import (
    go,
    instants,
    of_after_action,
    opened_discussions,
    say_named,
    show,
    url_of,
    version_of,
)
from afteractions.vocabulary import AntiPattern, InvitationResponse, Status, TransitionKind
from majorops import clock
from majorops.errors import NotAllowed, RuleViolation
from majorops.people.models import Person
from majorops.web.refusals import Attempt, status_of
from majorops.web.signed_in import GET, POST

MESSAGES_AT_ONCE = 3
CONFIRMED = "confirmed"


@of_after_action(GET)
def meeting(request: HttpRequest, workspace: Workspace) -> HttpResponse:
    """The chair's page; everybody else sees the time, the agenda and what came of it."""
    return _meeting_page(request, workspace)


def _meeting_page(
    request: HttpRequest, workspace: Workspace, *, status: int = 200, **forms: Any
) -> HttpResponse:
    present = workspace.meeting
    scope = workspace.incident.reference
    refused = workspace.refusal(TransitionKind.HOLD)
    under_way = present is not None and present.held_from is not None and present.held_until is None
    context: dict[str, Any] = {
        "meeting": present,
        "rounds": _held(workspace),
        "refused": refused.sentence if refused else "",
        "too_early": _too_early(workspace),
        "under_way": under_way,
        "agenda": _agenda(present, under_way),
        "read": workspace.readers,
        "ask_instead": [{"kind": pattern, "question": ASK_INSTEAD[pattern]} for pattern in AntiPattern],
        "starting": StepReasonForm(needed=_too_early(workspace)),
        "decision": DecisionForm(auto_id="decision-%s"),
        "action": ActionForm(scope=scope, auto_id="action-%s"),
        "anti_pattern": AntiPatternForm(auto_id="pattern-%s"),
        "ending": HoldForm(
            zone=workspace.zone,
            too_early=_too_early(workspace),
            initial=_ending(workspace, present),
            auto_id="hold-%s",
        ),
        "message_forms": [
            MessageForm(zone=workspace.zone, prefix=f"message-{number}") for number in range(MESSAGES_AT_ONCE)
        ],
    }
    if present is not None and present.held_until is None:
        context["decisions"] = list(present.decisions.select_related("by"))
    elif present is not None:
        context["changes_agreed"] = workspace.review.rows
        context["messages_planned"] = workspace.messages
    if workspace.may_chair and refused is None and workspace.current_revision is not None:
        revision = workspace.current_revision
        sections = workspace.review.sections
        context |= document_context(revision.content, request.GET.get("rows"), sections, revision)
        context["evidence_place"] = url_of(workspace, "evidence")
        context["discussions"] = opened_discussions(request, workspace)
    read = context["read"]
    ticked = forms.get("present")
    context["attendance_is_kept"] = any(row.is_here is not None for row in workspace.included)
    for attendee in workspace.included:
        attendee.read_at = read.get(attendee.person_id)
        attendee.is_ticked = (
            is_ticked(attendee, workspace.person) if ticked is None else attendee.pk in ticked
        )
    context["included"] = workspace.included
    return show(request, workspace, "meeting", "meeting", {**context, **forms}, status=status)


def _held(workspace: Workspace) -> list[Meeting]:
    """The rounds that were held, each with who was there and what it decided."""
    rounds = {item.pk: item for item in workspace.meetings if item.held_until}
    if not rounds:
        return []
    there = Attendance.objects.filter(meeting__in=rounds).select_related("person").order_by("-present", "id")
    decided = MeetingDecision.objects.filter(meeting__in=rounds)
    for meeting in rounds.values():
        meeting.was_there, meeting.decided = [], []
    for row in there:
        rounds[row.meeting_id].was_there.append(row)
    for item in decided:
        rounds[item.meeting_id].decided.append(item)
    last = list(rounds.values())[-1]
    last.totals = totals_of(last)
    return list(rounds.values())


def is_ticked(attendee: Attendee, reader: Person) -> bool:
    """Whether somebody counts as here: as the chair ticked, and until then whoever accepted, and who runs the page."""
    if attendee.is_here is None:
        return attendee.response == InvitationResponse.ACCEPTED or attendee.person_id == reader.pk
    return attendee.is_here


def _too_early(workspace: Workspace) -> str:
    """What the Retell guard would say, were the meeting started now."""
    if workspace.after_action.status != Status.IN_REVIEW:
        return ""
    latest = workspace.current_revision
    present = workspace.meeting
    start = present.held_from if present is not None and present.held_from else workspace.at
    return (
        may_start(workspace.after_action.first_distributed_at, latest.changed_at if latest else None, start)
        or ""
    )


def _agenda(present: Meeting | None, under_way: bool) -> list[dict[str, Any]]:
    if present is None:
        return []
    begins = present.held_from if under_way and present.held_from else present.starts_at
    begins = begins.replace(second=0, microsecond=0)
    return [
        {"item": box.item, "at": begins + box.begins, "lasts": box.lasts, "number": number}
        for number, box in enumerate(agenda(present.ends_at - present.starts_at), start=1)
    ]


def _ending(workspace: Workspace, present: Meeting | None) -> dict[str, Any]:
    if present is None:
        return {}
    started = present.held_from or min(present.starts_at, workspace.at)
    # A meeting that goes on ends when the form is sent; one that was never started here ended as planned.
    ended = present.ends_at if present.held_from is None and present.ends_at <= workspace.at else None
    return {"started_at": started, "ended_at": ended, "override_reason": present.override_reason}


@of_after_action(POST)
def start(request: HttpRequest, workspace: Workspace) -> HttpResponse:
    """The meeting begins; too early, it takes a reason, and the Retell is recorded."""
    early = _too_early(workspace)
    text = f"{early} Move the meeting, or say why it starts all the same." if early else ""
    form, now = StepReasonForm(request.POST, needed=text), clock.now()
    if not form.is_valid() and workspace.refusal(TransitionKind.HOLD) is None:
        return _meeting_page(request, workspace, starting=form, status=422)
    with Attempt() as attempt:
        start_meeting(
            workspace.after_action,
            override_reason=form.cleaned_data.get("reason", ""),
            by=workspace.person,
            **instants(now),
        )
    if attempt.refused:
        form.add_error("reason", attempt.refused.sentence)
        return _meeting_page(request, workspace, starting=form, status=attempt.status)
    say_named(request, workspace, now=now)
    return go(workspace, "meeting")


@of_after_action(POST)
def attendance(request: HttpRequest, workspace: Workspace) -> HttpResponse:
    """Who is here, kept with each tick."""
    note_who_is_here(workspace.after_action, _ticked(request), by=workspace.person, **instants(clock.now()))
    return HttpResponse(status=204) if request.htmx else go(workspace, "meeting")


def _ticked(request: HttpRequest) -> set[int]:
    data = request.POST.getlist("present")
    return {int(key) for key in data if key.isascii() and key.isdigit() and len(key) < 18}


@of_after_action(POST)
def decision(request: HttpRequest, workspace: Workspace) -> HttpResponse:
    """A decision, captured as it is made."""
    form = DecisionForm(request.POST, auto_id="decision-%s")
    present = workspace.meeting
    if present is None:
        raise RuleViolation("No meeting is scheduled: schedule it first.")
    if not form.is_valid():
        return _meeting_page(request, workspace, decision=form, status=422)
    present.after_action = workspace.after_action
    capture_decision(present, text=form.cleaned_data["text"], by=workspace.person, **instants(clock.now()))
    return go(workspace, "meeting", anchor="decisions")


@of_after_action(POST)
def action(request: HttpRequest, workspace: Workspace) -> HttpResponse:
    """An action item, captured as it is made."""
    form = ActionForm(request.POST, scope=workspace.incident.reference, auto_id="action-%s")
    if form.is_valid():
        cleaned = form.cleaned_data
        with Attempt(form) as attempt:
            change = add_change(
                workspace.after_action,
                kind=cleaned["kind"],
                change=cleaned["change"],
                gap=cleaned["gap"],
                owner=cleaned["owner"],
                due_on=cleaned["due_on"].isoformat() if cleaned["due_on"] else None,
                by=workspace.person,
                **instants(clock.now()),
            )
        if not attempt.refused:
            lacking = [
                word
                for word, there in (("an owner", cleaned["owner"]), ("a date", cleaned["due_on"]))
                if not there
            ]
            if lacking:
                messages.warning(
                    request, f"{change.reference} is captured. It lacks {' and '.join(lacking)} yet."
                )
            else:
                messages.success(request, f"{change.reference} is captured.")
            return go(workspace, "meeting", anchor="actions")
    return _meeting_page(request, workspace, action=form, status=422)


@of_after_action(POST)
def anti_pattern(request: HttpRequest, workspace: Workspace) -> HttpResponse:
    """The chair names an anti-pattern; the page answers with the question to ask instead."""
    form = AntiPatternForm(request.POST, auto_id="pattern-%s")
    if not form.is_valid():
        return _meeting_page(request, workspace, anti_pattern=form, status=422)
    named = name_anti_pattern(
        workspace.after_action,
        form.cleaned_data["kind"],
        form.cleaned_data["evidence"],
        by=workspace.person,
        **instants(clock.now()),
    )
    kind = AntiPattern(named.kind)
    messages.info(request, f"{kind.label} is named. Ask instead: “{ASK_INSTEAD[kind]}”")
    return go(workspace, "meeting", anchor="anti-patterns")


@of_after_action(POST)
def question(request: HttpRequest, workspace: Workspace) -> HttpResponse:
    """An answer to one of the questions after the meeting."""
    answer_question(
        workspace.after_action,
        request.POST.get("question", ""),
        yes=request.POST.get("answer") == "yes",
        by=workspace.person,
        **instants(clock.now()),
    )
    messages.success(request, COUNTED)
    return go(workspace, "read", anchor="questions")


@of_after_action(POST)
def finish(request: HttpRequest, workspace: Workspace) -> HttpResponse:
    """The meeting was held: who was there, whether it agreed, which External Messages follow."""
    publishes = bool(request.POST.get("publish"))
    message_forms = [
        MessageForm(request.POST, zone=workspace.zone, prefix=f"message-{number}")
        for number in range(MESSAGES_AT_ONCE)
    ]
    form = HoldForm(
        request.POST,
        zone=workspace.zone,
        publishes=publishes,
        messages_typed=any(message_form.errors or message_form.is_filled for message_form in message_forms),
        auto_id="hold-%s",
    )
    ticked = _ticked(request)
    again: dict[str, Any] = {"ending": form, "message_forms": message_forms, "present": ticked}
    valid = form.is_valid()
    for message_form in message_forms:
        valid = message_form.is_valid() and valid
    if not valid:
        return _meeting_page(request, workspace, **again, status=422)
    if publishes and request.POST["publish"] != CONFIRMED:
        return _ask_to_publish(request, workspace, again)
    cleaned, now = form.cleaned_data, clock.now()
    started = workspace.meeting.held_from if workspace.meeting else None
    attendance = [{"person": row.person, "present": row.pk in ticked} for row in workspace.included]
    common = {
        "started_at": _to_the_second(cleaned["started_at"], started),
        "ended_at": _to_the_second(cleaned["ended_at"] or now, now),
        "attendance": attendance,
        "override_reason": cleaned["override_reason"],
        "version": version_of(request),
        "by": workspace.person,
        **instants(now),
    }
    filled = [message_form for message_form in message_forms if message_form.is_filled]
    try:
        if publishes:
            text = request.POST.get("difference", "")
            agree_publish_and_close(workspace.after_action, difference=text, **common)
            say_named(request, workspace, now=now)
            messages.success(request, "Agreed, published and closed: the Learning Review is in the library.")
            return go(workspace, "publication")
        agreed = cleaned["agreed"] == "yes"
        hold(
            workspace.after_action,
            agreed=agreed,
            external_messages=[row.cleaned_data for row in filled]
            if cleaned["messages"] == "list"
            else "none",
            **common,
        )
    except NotAllowed:
        raise
    except DraftDiffers as refused:
        form.add_error(None, refused.sentence)
        return _ask_to_publish(request, workspace, again)
    except RuleViolation as refused:
        _say_what_was_refused(form, filled, refused)
        return _meeting_page(request, workspace, **again, status=status_of(refused))
    say_named(request, workspace, now=now)
    if agreed:
        messages.success(request, "The meeting is recorded: the content is agreed. Publish within 48 hours.")
        return go(workspace, "publication")
    messages.info(
        request,
        "The meeting is recorded: the content was not agreed. A second one is due within 5 business days.",
    )
    return go(workspace, "workspace")


def _ask_to_publish(request: HttpRequest, workspace: Workspace, again: dict[str, Any]) -> HttpResponse:
    """Says what agreeing, publishing and closing will do, or what is missing before it, with all that was typed."""
    all_missing = missing_before_publishing(workspace.after_action, now=workspace.at)
    missing = sentences(all_missing)
    for sentence in missing:
        again["ending"].add_error(None, sentence)
    if missing:
        return _meeting_page(request, workspace, **again, status=422)
    sent, changed = changed_since_sent(workspace.after_action, now=workspace.at)
    again |= {"sent": sent, "differences": changed, "difference": mark_of(changed)}
    effects = effects_of_publishing(workspace.after_action, closes=True)
    open_still = tuple(row.text for row in all_missing)
    return _meeting_page(request, workspace, **again, effects=(*effects, *open_still))


def _say_what_was_refused(form: HoldForm, filled: list[MessageForm], refused: RuleViolation) -> None:
    """Each problem at its field: those of a message at the message, `external_messages[0].due_at`."""
    for problem in refused.problems:
        row = re.fullmatch(r"external_messages\[(\d+)\]\.(\w+)", problem.path)
        if row and int(row[1]) < len(filled):
            filled[int(row[1])].add_error(row[2], problem.message)
            continue
        name = "messages" if problem.path == "external_messages" else problem.path
        form.add_error(name if name in form.fields else None, problem.message)
    if not refused.problems:
        form.add_error("override_reason" if "override" in refused.sentence else None, refused.sentence)


def _to_the_second(typed: datetime, known: datetime | None) -> datetime:
    """A field says the minute; where the second is known, as of a meeting that was started here, it counts."""
    same_minute = known is not None and known.replace(second=0, microsecond=0) == typed
    return known if known is not None and same_minute else typed
