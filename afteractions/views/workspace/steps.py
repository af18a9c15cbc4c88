"""The steps that ask once before they are taken: decide, start, distribute, amend, withdraw."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404

from afteractions.documents.printable import not_printable, words_for
from afteractions.models import Obligation
from afteractions.operations.deadlines.waiving import waive as end_as_waived
from afteractions.operations.intake import decide as keep_decision
from afteractions.operations.intake import start as begin
from afteractions.operations.review.distribution import amend as send_again
from afteractions.operations.review.distribution import distribute as send_out
from afteractions.operations.review.distribution import withdraw as take_back
from afteractions.rules.lifecycle import decision_refusal
from afteractions.views.reading.reading_list import source_sentences
from afteractions.views.step_forms import DecideForm, StepReasonForm
from afteractions.views.workspace.context import Workspace
from afteractions.views.workspace.deadlines import may_be_waived
from afteractions.views.workspace.workspace import (
    go,
    instants,
    of_after_action,
    say_named,
    show,
    url_of,
    version_of,
)
from afteractions.vocabulary import Decision, TransitionKind
from majorops import clock
from majorops.web.refusals import Attempt
from majorops.web.signed_in import GET, POST


@of_after_action(GET, POST)
def decide(request: HttpRequest, workspace: Workspace) -> HttpResponse:
    """Hold or skip; accept or decline what somebody asked for."""
    form = DecideForm(request.POST or None)
    attempt = Attempt(form)
    if request.method == "POST" and attempt.is_filled():
        decision = request.POST.get("decision", "")
        with attempt:
            keep_decision(
                workspace.after_action,
                decision=decision,
                reason=form.cleaned_data["reason"],
                version=version_of(request),
                by=workspace.person,
                **instants(clock.now()),
            )
        if not attempt.refused:
            held = decision == Decision.HOLD
            messages.success(request, "It is held: schedule the meeting." if held else "It is skipped.")
            return go(workspace, "workspace")
    hold = decision_refusal(Decision.HOLD, workspace.facts, workspace.parts)
    return show(
        request,
        workspace,
        "decide",
        "draft",
        {"form": form, "refused": hold.sentence if hold else ""},
        status=attempt.status,
    )


@of_after_action(GET, POST)
def start(request: HttpRequest, workspace: Workspace) -> HttpResponse:
    """Begins the process of an After Action of the past."""
    return _step(
        request,
        workspace,
        TransitionKind.START,
        lambda text: begin(workspace.after_action, **text),
        title="Start the process",
        label="Start, its clocks from now",
        text=(
            "From now on its deadlines are enforced, counted from this moment: the people concerned are told, "
            "and what is overdue escalates.",
        ),
        done="The process runs: its clocks start now.",
        takes_reason=False,
    )


def _letters_not_printed(workspace: Workspace) -> list[str]:
    """What the PDF of the draft cannot show, in a sentence."""
    missing = words_for(not_printable(workspace.review.document()))
    return (
        [f"The PDF cannot show: {missing}. A sign stands in their place; the page has them."]
        if missing
        else []
    )


@of_after_action(GET, POST)
def distribute(request: HttpRequest, workspace: Workspace) -> HttpResponse:
    """Puts the draft In Review."""
    count = len(workspace.included)
    return _step(
        request,
        workspace,
        TransitionKind.DISTRIBUTE,
        lambda text: send_out(workspace.after_action, **text),
        title="Distribute the draft",
        label=f"Distribute to {count} attendee{'' if count == 1 else 's'}",
        text=(
            "The draft is frozen as a revision and sent to everybody who attends; the status becomes In Review. The "
            "48 hours of reading begin.",
            "You can amend it afterwards: only a change of the root cause or of the changes starts the 48 hours again.",
            *_letters_not_printed(workspace),
        ),
        done="The draft is out: everybody who attends is asked to read it.",
        missing=source_sentences(workspace),
    )


@of_after_action(GET, POST)
def amend(request: HttpRequest, workspace: Workspace) -> HttpResponse:
    """Sends the draft again as it stands."""
    return _step(
        request,
        workspace,
        TransitionKind.AMEND,
        lambda text: send_again(workspace.after_action, **text),
        title="Send the amended draft",
        label="Send the amended draft",
        text=(
            "A new revision is frozen; its readers see what changed since the one they read. The 48 hours start again "
            "only when the root cause or the changes differ.",
        ),
        done="The amended draft is out.",
    )


@of_after_action(GET, POST)
def withdraw(request: HttpRequest, workspace: Workspace) -> HttpResponse:
    """Takes the draft back."""
    return _step(
        request,
        workspace,
        TransitionKind.WITHDRAW,
        lambda text: take_back(workspace.after_action, **text),
        title="Withdraw the draft",
        label="Withdraw the draft",
        text=(
            "The status goes back to Draft and everybody concerned is told, with your reason. The revisions stay as "
            "they were read. The meeting stays scheduled: move it if the draft cannot be out 48 hours before.",
        ),
        done="The draft is withdrawn.",
        danger=True,
        needed="Say why: everybody concerned is told.",
    )


@of_after_action(GET, POST)
def waive(request: HttpRequest, workspace: Workspace, obligation_id: int) -> HttpResponse:
    """Ends one deadline as waived, with a reason."""
    obligation = get_object_or_404(
        Obligation.objects.select_related("responsible__account", "after_action"),
        after_action=workspace.after_action,
        pk=obligation_id,
    )
    form = StepReasonForm(request.POST or None, needed="Say why it is waived.")
    attempt = Attempt(form)
    if request.method == "POST" and attempt.is_filled():
        with attempt:
            end_as_waived(
                obligation,
                reason=form.cleaned_data["reason"],
                by=workspace.person,
                **instants(clock.now()),
            )
        if not attempt.refused:
            messages.success(request, "The deadline is waived.")
            return go(workspace, "deadlines")
    refused_now = may_be_waived(obligation, workspace)
    context = {
        "form": form,
        "step": {
            "title": f"Waive: {obligation}",
            "label": "Waive the deadline",
            "text": (
                "It is owed no more: nobody is warned, nothing escalates. Your name and the reason are kept with it, "
                "and whoever owes it is told. This cannot be taken back.",
            ),
            "takes_reason": True,
            "danger": True,
        },
        "back_url": url_of(workspace, "deadlines"),
        "refused": refused_now.sentence if refused_now else "",
    }
    return show(request, workspace, "step", "deadlines", context, status=attempt.status)


def _step(
    request: HttpRequest,
    workspace: Workspace,
    transition: TransitionKind,
    take: Any,
    *,
    title: str,
    label: str,
    text: tuple[str, ...],
    done: str,
    takes_reason: bool = True,
    danger: bool = False,
    missing: Any = (),
    needed: str = "",
) -> HttpResponse:
    form = StepReasonForm(request.POST or None, needed=needed)
    attempt = Attempt(form)
    if request.method == "POST" and attempt.is_filled():
        now = clock.now()
        data: dict[str, Any] = {
            "version": version_of(request),
            "by": workspace.person,
            **instants(now),
        }
        if takes_reason:
            data["reason"] = form.cleaned_data["reason"]
        with attempt:
            take(data)
        if attempt.refused:
            say_named(request, workspace, now=now)
        else:
            messages.success(request, done)
            say_named(request, workspace, now=now)
            return go(workspace, "workspace")
    refused_now = workspace.refusal(transition)
    context = {
        "form": form,
        "step": {
            "title": title,
            "label": label,
            "text": text,
            "takes_reason": takes_reason,
            "danger": danger,
        },
        "refused": refused_now.sentence if refused_now else "",
        "step_missing": missing,
    }
    return show(request, workspace, "step", "distribute", context, status=attempt.status)
