"""External Messages: the queue of the Communications team, and one message from its first words to its end."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.vary import vary_on_headers

from afteractions.access import can_approve_message, can_settle_messages
from afteractions.models import ExternalMessage
from afteractions.operations.followup.external_messages import (
    answer_for_message,
    edit_and_ask,
    edit_message,
    settle_message,
    texts_to_start_with,
)
from afteractions.queries.after_actions import message_list
from afteractions.rules.followup.external_messages import blanks
from afteractions.views.followup.message_forms import AnswerForm, PrepareForm, SettleForm
from afteractions.views.reading.history import entry_shown
from afteractions.views.workspace.context import Workspace
from afteractions.views.workspace.workspace import instants, of_after_action, show, version_of
from afteractions.vocabulary import MessageStage, MessageStatus
from majorops import clock
from majorops.audit.models import AuditEntry
from majorops.errors import BadInput, NotAllowed, NotFound, RuleViolation, VersionConflict
from majorops.people.models import Person
from majorops.web.htmx import is_partial_request
from majorops.web.pagination import paginate
from majorops.web.refusals import Attempt, status_of
from majorops.web.signed_in import GET, POST, signed_in

FILTERS = ("stage", "overdue")
ANY = "any"
MOST_STEPS = 50


@signed_in(GET)
@vary_on_headers("HX-Request")
def messages_queue(request: HttpRequest) -> HttpResponse:
    """Every message that may be seen, by its date: what is still to be sent, unless another stage is asked for."""
    person, now = request.user, clock.now()
    filters = {name: request.GET.get(name, "").strip() for name in FILTERS}
    context: dict[str, Any] = {
        "at": now,
        "filters": filters,
        "is_filtered": any(filters.values()),
        "stages": MessageStage.choices(),
    }
    try:
        data = {**filters, "stage": "" if filters["stage"] == ANY else filters["stage"]}
        if not filters["stage"]:
            data["status"] = MessageStatus.PLANNED.value
        turned = paginate(message_list(person, data, at=now), ("due_at", "id"), request.GET.get("cursor", ""))
        context |= {
            "rows": [(row, _wanted(person, row)) for row in turned.rows],
            "next": turned.following,
            "previous": turned.preceding,
        }
    except BadInput as refused:
        context["refused"] = refused.sentence
    template = (
        "afteractions/partials/message_rows.html"
        if is_partial_request(request)
        else "afteractions/messages.html"
    )
    return render(request, template, context)


def _wanted(person: Person, message: ExternalMessage) -> str:
    """The button of a row: what this person is to do with it, else that it can be read."""
    stage = message.stage
    if stage is MessageStage.ASKED and can_approve_message(person, message.after_action):
        return "Approve"
    if can_settle_messages(person, message.after_action):
        return {MessageStage.PREPARING: "Prepare", MessageStage.APPROVED: "Send"}.get(stage, "Open")
    return "Open"


@of_after_action(GET, POST)
def message(request: HttpRequest, workspace: Workspace, message_id: int) -> HttpResponse:
    """One message with its steps; POST keeps what Communications wrote, and asks for the approval if that is wanted.

    `start` offers a text to begin with in the place of what is kept, and above what was typed and not saved; nothing is
    kept until it is saved.
    """
    external_message = _message(workspace, message_id)
    if request.method != "POST":
        return _page(request, workspace, external_message)
    form = PrepareForm(request.POST, zone=workspace.zone)
    data: dict[str, Any] = {"by": workspace.person, **instants(clock.now())}
    if not can_settle_messages(workspace.person, workspace.after_action):
        raise NotAllowed("The Communications team prepares, sends and withdraws External Messages.")
    if start := request.POST.get("start"):
        return _page(request, workspace, external_message, typed=request.POST, start=start)
    if not form.is_valid():
        return _page(request, workspace, external_message, prepare=form, status=422)
    try:
        typed = form.cleaned_data
        same_minute = typed["due_at"] == external_message.due_at.replace(second=0, microsecond=0)
        keep = edit_and_ask if request.POST.get("ask") else edit_message
        keep(
            external_message,
            **{**typed, "due_at": None if same_minute else typed["due_at"]},
            version=version_of(request),
            **data,
        )
    except NotAllowed:
        raise
    except VersionConflict as stale:
        return _page(
            request, workspace, _message(workspace, message_id), prepare=form, stale=stale, status=412
        )
    except RuleViolation as refused:
        form.refuse(refused)
        return _page(
            request, workspace, _message(workspace, message_id), prepare=form, status=status_of(refused)
        )
    if request.POST.get("ask"):
        messages.success(request, "Saved. The owner and the MIM are asked to approve it.")
    else:
        messages.success(request, "Saved.")
    return redirect(external_message.get_absolute_url())


@of_after_action(POST)
def answer_message(request: HttpRequest, workspace: Workspace, message_id: int) -> HttpResponse:
    """The owner or the MIM approves the text as it stands, or returns it."""
    external_message = _message(workspace, message_id)
    form = AnswerForm(request.POST, auto_id="answer-%s")
    form.is_valid()
    approved = request.POST.get("answer") == "approve"
    with Attempt(form) as attempt:
        answer_for_message(
            external_message,
            approved=approved,
            reason=form.cleaned_data.get("reason", ""),
            version=version_of(request),
            by=workspace.person,
            **instants(clock.now()),
        )
    if attempt.refused:
        external_message = _message(workspace, message_id)
        return _page(request, workspace, external_message, answering=form, status=attempt.status)
    messages.success(
        request, "Approved: Communications can send it." if approved else "Returned with your words."
    )
    return redirect(external_message.get_absolute_url())


@of_after_action(POST)
def settle(request: HttpRequest, workspace: Workspace, message_id: int) -> HttpResponse:
    """It was sent, and where; or it is withdrawn with a reason."""
    external_message = _message(workspace, message_id)
    form = SettleForm(request.POST, zone=workspace.zone, auto_id="settle-%s")
    if not form.is_valid():
        return _page(request, workspace, external_message, settling=form, status=422)
    sent = request.POST.get("status") == MessageStatus.SENT
    now = clock.now()
    with Attempt(form) as attempt:
        settle_message(
            external_message,
            status=request.POST.get("status", ""),
            where=form.cleaned_data["where"],
            reason=form.cleaned_data["reason"],
            version=version_of(request),
            by=workspace.person,
            at=(form.cleaned_data["sent_at"] if sent else None) or now,
            now=now,
        )
    if attempt.refused:
        external_message = _message(workspace, message_id)
        return _page(request, workspace, external_message, settling=form, status=attempt.status)
    messages.success(request, "It is kept that you sent it." if sent else "The message is withdrawn.")
    return redirect(external_message.get_absolute_url())


def _message(workspace: Workspace, message_id: int) -> ExternalMessage:
    rows = workspace.after_action.external_messages.select_related(
        "settled_by", "asked_by", "approved_by", "created_by"
    )
    row = rows.filter(pk=message_id).first()
    if row is None:
        raise NotFound("There is no such message of this After Action.")
    row.after_action = workspace.after_action
    return row


def _page(
    request: HttpRequest,
    workspace: Workspace,
    external_message: ExternalMessage,
    *,
    prepare: PrepareForm | None = None,
    answering: AnswerForm | None = None,
    settling: SettleForm | None = None,
    stale: VersionConflict | None = None,
    typed: QueryDict | None = None,
    start: str = "",
    status: int = 200,
) -> HttpResponse:
    person, after_action = workspace.person, workspace.after_action
    is_planned = external_message.status == MessageStatus.PLANNED
    may_prepare = can_settle_messages(person, after_action)
    starts = (
        texts_to_start_with(external_message, zone=workspace.zone, now=workspace.at)
        if is_planned and may_prepare
        else ()
    )
    start = start or request.GET.get("start", "")
    chosen = next((row for row in starts if row.key == start), None)
    initial: dict[str, Any] = {
        name: getattr(external_message, name) for name in ("audience", "channel", "text", "due_at")
    }
    unsaved = ""
    if typed is not None:
        words = typed.get("text", "").replace("\r\n", "\n").strip()
        known = {"", external_message.text.strip(), *(row.text.strip() for row in starts)}
        unsaved = "" if words in known else words
        initial |= {name: typed.get(name, "") for name in ("audience", "channel", "text", "due_at", "reason")}
    if chosen is not None:
        initial["text"] = "\n\n".join(filter(None, (chosen.text, unsaved)))
    entries = AuditEntry.objects.filter(
        subject_type=ExternalMessage._meta.label_lower, subject_id=str(external_message.pk)
    )
    context = {
        "message": external_message,
        "stage": external_message.stage,
        "is_planned": is_planned,
        "late_by": external_message.settled_at - external_message.due_at
        if external_message.status == MessageStatus.SENT
        and external_message.settled_at
        and external_message.settled_at > external_message.due_at
        else None,
        "may_prepare": may_prepare,
        "may_approve": can_approve_message(person, after_action),
        "prepare": prepare or PrepareForm(zone=workspace.zone, initial=initial),
        "is_edited": prepare is not None or typed is not None or chosen is not None,
        "answering": answering or AnswerForm(auto_id="answer-%s"),
        "settling": settling or SettleForm(zone=workspace.zone, auto_id="settle-%s"),
        "keeps_typed": bool(chosen and unsaved),
        "starts": starts,
        "chosen": chosen,
        "stale": stale,
        "left_blank": blanks(external_message.text),
        "steps_taken": [
            entry_shown(entry, workspace.zone, workspace.at)
            for entry in entries.select_related("by").order_by("-id")[:MOST_STEPS]
        ],
    }
    return show(request, workspace, "message", "publication", context, status=status)
