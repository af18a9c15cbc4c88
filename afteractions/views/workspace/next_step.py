"""The one next step of an After Action: what it is, where it is taken, and why it cannot be taken now."""

from dataclasses import dataclass
from datetime import timedelta

from django.urls import reverse

from afteractions.access import can_send_status_note, can_settle_messages
from afteractions.rules.lifecycle import Refusal
from afteractions.views.workspace.context import Workspace
from afteractions.vocabulary import Decision, MessageStatus, ObligationKind, Status, TransitionKind
from incidents.vocabulary import RequirementLevel

REVIEW_OPENS = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class NextStep:
    """A step that is offered. `reason` is empty when it can be taken, else it says why not and who can."""

    label: str
    url: str
    reason: str = ""


def next_step(workspace: Workspace) -> NextStep | None:
    """What is to be done next, whoever looks; None when nothing is left to do."""
    after_action, facts = workspace.after_action, workspace.facts
    if facts.history:
        return _offered(workspace, "Start the process", "start", TransitionKind.START)
    if facts.level != RequirementLevel.MANDATORY and facts.decision is None:
        return _deciding(workspace)
    if facts.decision == Decision.SKIP:
        return None
    match Status(after_action.status):
        case Status.DRAFT:
            return _drafting(workspace)
        case Status.IN_REVIEW:
            return _reviewing(workspace)
        case Status.REVIEWED if not facts.published:
            return _publishing(workspace)
        case _:
            return _outliving(workspace)


def other_steps(workspace: Workspace) -> list[NextStep]:
    """What may be done besides, by whoever may do it: it is rarer, and stands smaller."""
    after_action = workspace.after_action
    offered = [
        ("Send the amended draft", "amend", TransitionKind.AMEND),
        ("Withdraw the draft", "withdraw", TransitionKind.WITHDRAW),
    ]
    steps = [
        NextStep(label, _url(workspace, page)) for label, page, step in offered if not workspace.refusal(step)
    ]
    decided = workspace.facts.level != RequirementLevel.MANDATORY and after_action.decision == Decision.HOLD
    if decided and after_action.status == Status.DRAFT and workspace.may_chair:
        steps.append(NextStep("Change the decision", _url(workspace, "decide")))
    return steps


def _deciding(workspace: Workspace) -> NextStep:
    is_requested = workspace.after_action.requested_by is not None
    label = "Answer the request" if is_requested else "Decide: hold or skip"
    reason = "" if workspace.may_chair else "The MIM or an administrator decides."
    return NextStep(label, _url(workspace, "decide"), reason)


def _drafting(workspace: Workspace) -> NextStep:
    if workspace.meeting is None:
        return _offered(workspace, "Schedule the meeting", "schedule", TransitionKind.SCHEDULE)
    step = _offered(workspace, "Distribute the draft", "distribute", TransitionKind.DISTRIBUTE)
    if not step.reason and workspace.blocking:
        count = len(workspace.blocking)
        things = "one thing is" if count == 1 else f"{count} things are"
        return NextStep(step.label, step.url, f"Not ready yet: {things} missing.")
    return step


def _reviewing(workspace: Workspace) -> NextStep:
    meeting = workspace.meeting
    if meeting is None:
        return _offered(workspace, "Schedule the meeting", "schedule", TransitionKind.SCHEDULE)
    return _offered(workspace, "Hold the meeting", "meeting", TransitionKind.HOLD)


def _publishing(workspace: Workspace) -> NextStep:
    step = _offered(workspace, "Publish the Learning Review", "publication", TransitionKind.PUBLISH)
    if not step.reason and workspace.blocking:
        count = len(workspace.blocking)
        things = "one thing is" if count == 1 else f"{count} things are"
        return NextStep(step.label, step.url, f"Not ready yet: {things} missing.")
    return step


def _outliving(workspace: Workspace) -> NextStep | None:
    """Published: the messages, the note to the stakeholders, then the review of the action items."""
    after_action, person = workspace.after_action, workspace.person
    if any(message.status == MessageStatus.PLANNED for message in workspace.messages):
        reason = (
            ""
            if can_settle_messages(person, after_action)
            else "The Communications team sends or withdraws it."
        )
        return NextStep("Settle the External Messages", _url(workspace, "publication"), reason)
    waiting = {open_obligation.kind: open_obligation for open_obligation in workspace.open_obligations}
    if ObligationKind.STATUS_NOTE in waiting and can_send_status_note(person, after_action):
        return NextStep("Send the status note", _url(workspace, "publication"))
    review = waiting.get(ObligationKind.REVIEW_ACTIONS)
    if review is not None and review.due_at - REVIEW_OPENS <= workspace.at:
        reason = "" if workspace.may_chair else "The MIM settles each item; its owner proposes."
        return NextStep("Review the action items", _url(workspace, "actions_review"), reason)
    return None


def _offered(workspace: Workspace, label: str, page: str, transition: TransitionKind) -> NextStep:
    refused: Refusal | None = workspace.refusal(transition)
    return NextStep(label, _url(workspace, page), refused.sentence if refused else "")


def _url(workspace: Workspace, page: str) -> str:
    return reverse(f"afteractions:{page}", args=[workspace.after_action.reference])
