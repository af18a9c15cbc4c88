"""The meeting, run from one page by its chair: agenda, attendance, the sections, what is decided, how it ends."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from afteractions.forms.steps import (
    ActionForm,
    AntiPatternForm,
    DecisionForm,
    HoldForm,
    MessageForm,
    ReasonForm,
)
from afteractions.models import Meeting
from afteractions.operations.drafting import add_change
from afteractions.operations.meeting import (
    agree_publish_and_close,
    capture_decision,
    hold,
    name_anti_pattern,
    start_meeting,
)
from afteractions.rules.questions import ASK_INSTEAD, agenda
from afteractions.rules.scheduling import may_start
from afteractions.views.reading import document_context
from afteractions.views.standing import Workspace
from afteractions.views.workspace import go, instants, of_after_action, show, status_of, version_of
from afteractions.vocabulary import AntiPattern, Status, Transition
from majorops import clock
from majorops.refusal import NotAllowed, Refused

MESSAGES_AT_ONCE = 3


@of_after_action
def meeting(request: HttpRequest, workspace: Workspace) -> HttpResponse:
    """The chair's page; everybody else sees the time, the agenda and what came of it."""
    return _meeting_page(request, workspace)


def _meeting_page(
    request: HttpRequest, workspace: Workspace, *, status: int = 200, **forms: Any
) -> HttpResponse:
    present = workspace.meeting
    scope = workspace.incident.reference
    refused = workspace.refusal(Transition.HOLD)
    under_way = present is not None and present.held_from is not None and present.held_until is None
    context: dict[str, Any] = {
        "meeting": present,
        "rounds": [each for each in workspace.meetings if each.held_until],
        "refused": refused.sentence if refused else "",
        "too_early": _too_early(workspace),
        "under_way": under_way,
        "agenda": _agenda(present, under_way),
        "read": workspace.readers,
        "ask_instead": [{"kind": each, "question": ASK_INSTEAD[each]} for each in AntiPattern],
        "starting": ReasonForm(),
        "decision": DecisionForm(auto_id="decision-%s"),
        "action": ActionForm(scope=scope, auto_id="action-%s"),
        "anti_pattern": AntiPatternForm(auto_id="pattern-%s"),
        "ending": HoldForm(zone=workspace.zone, initial=_ending(workspace, present), auto_id="hold-%s"),
        "message_forms": [
            MessageForm(zone=workspace.zone, prefix=f"message-{number}") for number in range(MESSAGES_AT_ONCE)
        ],
        "present": None,
    }
    if present is not None:
        context["decisions"] = list(present.decisions.select_related("by"))
    if workspace.may_chair and refused is None and workspace.current_revision is not None:
        context |= document_context(workspace.current_revision.content)
        context["threads"] = workspace.threads
        agreed = said["agreed"] == "yes"
        hold(
            workspace.after_action,
            agreed=agreed,
            external_messages=planned if wants_messages else "none",
            **common,
        )
    except NotAllowed:
        raise
    except Refused as refused:
        for problem in refused.problems:
            form.add_error(problem.path if problem.path in form.fields else None, problem.message)
        if not refused.problems:
            form.add_error("override_reason" if "override" in refused.sentence else None, refused.sentence)
        return _meeting_page(request, workspace, **again, status=status_of(refused))
    if agreed:
        messages.success(request, "The meeting is recorded: the content is agreed. Publish within 48 hours.")
        return go(workspace, "publication")
    messages.info(
        request, "The meeting is recorded: it did not agree. A second one is due within 5 business days."
    )
    return go(workspace, "workspace")


def _to_the_second(typed: datetime, known: datetime | None) -> datetime:
    """A field says the minute; where the second is known, as of a meeting that was started here, it counts."""
    same_minute = known is not None and known.replace(second=0, microsecond=0) == typed
    return known if known is not None and same_minute else typed
