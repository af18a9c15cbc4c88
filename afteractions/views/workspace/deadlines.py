"""Every obligation of an After Action with what became of it, and whom enforcement told."""

from collections import defaultdict
from collections.abc import Collection

from django.http import HttpRequest, HttpResponse

from afteractions.access import is_above
from afteractions.models import Escalation, Obligation
from afteractions.queries.after_action_board import Circle
from afteractions.rules.deadlines.deadlines import ToCome, steps_to_come
from afteractions.rules.deadlines.waiving import MANDATORY, WHO, waiver_refusal
from afteractions.rules.lifecycle import Refusal
from afteractions.views.workspace.context import Workspace
from afteractions.views.workspace.workspace import of_after_action, show
from afteractions.vocabulary import Decision, ObligationKind, ObligationState, ResponsibleGroup
from incidents.vocabulary import RequirementLevel
from majorops.web.signed_in import GET
from majorops.words import spelled_out

UNITS = {"h": "hour", "d": "day", "bd": "business day", "min": "minute"}


@of_after_action(GET)
def deadlines(request: HttpRequest, workspace: Workspace) -> HttpResponse:
    """What is open first, then how each other one ended, with every step of its escalation."""
    taken = defaultdict(list)
    for escalation in Escalation.objects.filter(
        obligation__after_action=workspace.after_action
    ).select_related("to"):
        taken[escalation.obligation_id].append(escalation)
    below = _whose_can_be_waived(workspace)
    groups = {group.value: group.label for group in ResponsibleGroup}
    for obligation in workspace.obligations:
        obligation.steps = [
            {"words": step_words(row.step), "at": row.at, "to": row.to, "late": row.late}
            for row in taken[obligation.pk]
        ]
        obligation.is_waivable = owed_by(obligation, workspace) in below and not _refused(
            obligation, workspace
        )
        obligation.group_words = groups.get(obligation.responsible_group, obligation.responsible_group)
    can_be_waived = [row for row in workspace.obligations if row.is_waivable]
    is_open = (ObligationState.OPEN, ObligationState.HISTORY)
    context = {
        "open_ones": [row for row in workspace.obligations if row.state in is_open],
        "why_not_waived": "" if can_be_waived else _why_none_is_waived(workspace),
        "to_come": _to_come(workspace),
        "ended": [row for row in workspace.obligations if row.state not in is_open],
    }
    return show(request, workspace, "deadlines", "deadlines", context)


def _to_come(workspace: Workspace) -> list[ToCome]:
    """The steps whose dates are not fixed yet: none of one that is not held, or of the past."""
    facts = workspace.facts
    if facts.history or not (facts.level == RequirementLevel.MANDATORY or facts.decision == Decision.HOLD):
        return []
    return steps_to_come(
        ends_at=workspace.meeting.ends_at if workspace.meeting is not None else None,
        scheduled=facts.meeting_scheduled,
        held=facts.meeting_held,
        published=facts.published,
    )


def may_be_waived(obligation: Obligation, workspace: Workspace) -> Refusal | None:
    """What speaks against waiving this deadline by whoever looks at it, the reason aside."""
    return _refused(
        obligation,
        workspace,
        is_above=is_above(workspace.person, obligation.responsible or workspace.incident.mim),
    )


def owed_by(obligation: Obligation, workspace: Workspace) -> int | None:
    """Whose manager may waive it: the person's who owes it, the MIM's while a group does."""
    return obligation.responsible_id or workspace.incident.mim_id


def _whose_can_be_waived(workspace: Workspace) -> Collection[int | None]:
    """Everybody whose deadlines the reader may waive here, in one statement at most."""
    if workspace.incident.requirement_level == RequirementLevel.MANDATORY:
        return ()
    if workspace.person.is_administrator:
        return {owed_by(obligation, workspace) for obligation in workspace.obligations}
    return Circle.of(workspace.person).below


def _refused(obligation: Obligation, workspace: Workspace, *, is_above: bool = True) -> Refusal | None:
    level = workspace.incident.requirement_level
    return waiver_refusal(
        ObligationKind(obligation.kind),
        ObligationState(obligation.state),
        RequirementLevel(level) if level else None,
        reason="to be given",
        is_above=is_above,
    )


def _why_none_is_waived(workspace: Workspace) -> str:
    if workspace.incident.requirement_level == RequirementLevel.MANDATORY:
        return MANDATORY
    return WHO


def step_words(step: str) -> str:
    """A step of enforcement in words: `warning:24h`, `breach`, `escalation:2`."""
    kind, _, rest = step.partition(":")
    if kind == "warning":
        count = rest.rstrip("abcdefghijklmnopqrstuvwxyz")
        unit = UNITS.get(rest[len(count) :], "")
        return f"Warned, {count} {unit}{'' if count == '1' else 's'} ahead" if unit else "Warned"
    if kind == "breach":
        return "Told of the breach"
    if kind == "escalation":
        return f"Escalated, step {rest}" if rest else "Escalated"
    return spelled_out(kind)
