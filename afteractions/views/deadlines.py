"""Every obligation of an After Action with what became of it, and whom enforcement told."""

from collections import defaultdict

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from afteractions.models import Escalation
from afteractions.views.standing import Workspace
from afteractions.views.workspace import of_after_action, show
from afteractions.vocabulary import ObligationState, ResponsibleGroup

UNITS = {"h": "hour", "d": "day", "bd": "business day", "min": "minute"}


@of_after_action
@require_safe
def deadlines(request: HttpRequest, workspace: Workspace) -> HttpResponse:
    """What is open first, then how each other one ended, with every step of its escalation."""
    taken = defaultdict(list)
    for escalation in Escalation.objects.filter(
        obligation__after_action=workspace.after_action
    ).select_related("to"):
        taken[escalation.obligation_id].append(escalation)
    groups = {each.value: each.label for each in ResponsibleGroup}
    for obligation in workspace.obligations:
        obligation.steps = [
            {"words": step_words(each.step), "at": each.at, "to": each.to, "late": each.late}
            for each in taken[obligation.pk]
        ]
        obligation.group_words = groups.get(obligation.responsible_group, obligation.responsible_group)
    is_open = (ObligationState.OPEN, ObligationState.HISTORY)
    context = {
        "open_ones": [each for each in workspace.obligations if each.state in is_open],
        "ended": [each for each in workspace.obligations if each.state not in is_open],
    }
    return show(request, workspace, "deadlines", "deadlines", context)


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
    return kind.replace("_", " ").capitalize()
