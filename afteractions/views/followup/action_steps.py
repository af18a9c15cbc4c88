"""The steps of an action item: start, progress, done, extend, cancel, hand on. For its owner, the review's, the MIM."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django_htmx.http import HttpResponseClientRefresh

from afteractions.access import can_act_on, can_check_effect, can_hand_on, can_propose
from afteractions.operations.followup.actions import (
    ACTORS,
    cancel_action,
    complete_action,
    extend_action,
    hand_on_action,
    report_progress,
    start_action,
)
from afteractions.operations.followup.effects import CHECKERS, check_effect
from afteractions.operations.followup.proposals import propose
from afteractions.views.followup.action_forms import (
    CancelForm,
    CompleteForm,
    EffectForm,
    ExtendForm,
    HandOnForm,
    ProgressForm,
    ProposeForm,
    StartForm,
)
from afteractions.views.followup.actions import get_action
from afteractions.views.step_forms import StepForm
from majorops import clock
from majorops.errors import RuleViolation, VersionConflict
from majorops.people.models import Person
from majorops.web.htmx import is_partial_request
from majorops.web.refusals import Attempt
from majorops.web.signed_in import GET, POST, signed_in


@dataclass(frozen=True, slots=True)
class ActionStep:
    """One step: its words, its form, and the operation that it calls with what the form says."""

    title: str
    submit: str
    done: str
    form: type[StepForm]
    act: Callable[..., Any]
    says: str = ""
    danger: bool = False


STEPS = {
    "start": ActionStep(
        "Start the action item", "Start", "Work on it has begun.", StartForm, start_action,
        "Others see that work on it has begun. Its due date stays.",
    ),
    "progress": ActionStep(
        "Report progress", "Report", "Kept in its history; the owner of the review is told.", ProgressForm,
        report_progress, "It is kept in the item's history, and the owner of the review is told. The due date stays.",
    ),
    "complete": ActionStep(
        "Done, with evidence", "Done", "Done, with evidence.", CompleteForm, complete_action,
        "The item is finished, and is asked for no longer. This cannot be taken back. It is learned once its effect "
        "was seen.",
    ),
    "effect": ActionStep(
        "Does the change work?", "Save", "What was seen is kept.", EffectForm, check_effect,
        "Effective: it is learned. Not effective: another change is asked for. Said again, the last counts.",
    ),
    "extend": ActionStep(
        "Extend the due date", "Extend", "The date is moved; the MIM and the owner of the review are told.", ExtendForm,
        extend_action, "It takes effect at once. The MIM, the owner of the review and the manager of "
        "its owner are told, with why.",
    ),
    "cancel": ActionStep(
        "Cancel the action item", "Cancel the item",
        "The item is cancelled; the MIM and the owner of the review are told.", CancelForm, cancel_action,
        "It will not be done, and its learning stays captured only. The MIM, the owner of the review and the manager "
        "of its owner are told, with why. This cannot be taken back.", danger=True,
    ),
    "propose": ActionStep(
        "Propose to the MIM, for the 30-day review", "Propose", "The MIM is told, and answers at the review.",
        ProposeForm, propose,
        "Done, Extend and Cancel change the item at once. A proposal changes nothing yet: the MIM decides at the "
        "30-day review, and accepts it, settles it otherwise, or declines it with a word.",
    ),
    "hand-on": ActionStep(
        "Hand on the action item", "Hand on", "The new owner is told.", HandOnForm, hand_on_action
    ),
}  # fmt: skip

ALLOWED = {
    "effect": (lambda person, change: can_check_effect(person, change.after_action), CHECKERS),
    "hand-on": (can_hand_on, ACTORS),
    "propose": (can_propose, "The owner of the item proposes, or the owner of the After Action."),
}


@signed_in(GET, POST)
def action_step(request: HttpRequest, reference: str, name: str) -> HttpResponse:
    """GET asks, as a page or in a dialog; POST does. Refused input stays as it was typed."""
    step = STEPS.get(name)
    if step is None:
        raise Http404("There is no such step.")
    change = get_action(request.user, reference)
    context = {"change": change, "incident": change.after_action.incident, "step": step, "name": name}
    may, reason = ALLOWED.get(name, (can_act_on, ACTORS))
    if not may(request.user, change):
        context["reason"] = reason
        status = 200 if is_partial_request(request) and request.method != "POST" else 403
        return render(request, "afteractions/action_step.html", context, status=status)
    if request.method != "POST":
        return render(request, "afteractions/action_step.html", {**context, "form": step.form()})
    form = step.form(request.POST)
    if not form.is_valid():
        return render(request, "afteractions/action_step.html", {**context, "form": form}, status=422)
    now = clock.now()
    with Attempt(form) as attempt:
        step.act(change, **form.cleaned_data, version=_version(request), by=request.user, at=now, now=now)
    if attempt.refused:
        context |= _current_item(request.user, reference, attempt.refused)
        context |= {"form": form}
        return render(request, "afteractions/action_step.html", context, status=attempt.status)
    messages.success(request, f"{change.reference}: {step.done}")
    return (
        HttpResponseClientRefresh()
        if is_partial_request(request)
        else redirect("afteractions:action", change.reference)
    )


def _current_item(person: Person, reference: str, refused: RuleViolation) -> dict[str, Any]:
    """After a stale form: the item as it stands now, which the next try is made against."""
    if not isinstance(refused, VersionConflict):
        return {}
    return {"change": get_action(person, reference), "is_stale": True}


def _version(request: HttpRequest) -> int | None:
    typed = request.POST.get("version", "")
    return int(typed) if typed.isdecimal() and len(typed) < 10 else None
