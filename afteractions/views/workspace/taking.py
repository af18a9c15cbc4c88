"""A deviation, or a way to have detected sooner or responded better, becomes a change in one step."""

from hashlib import sha256
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse

from afteractions.operations.review.section_editing import WRITERS_ADD, add_change
from afteractions.rules.review.proposed_changes import ProposedChange, proposed_changes
from afteractions.views.workspace.context import Workspace
from afteractions.views.workspace.workspace import go, instants, of_after_action
from afteractions.vocabulary import ChangeKind, SectionKey
from majorops import clock
from majorops.errors import NotAllowed, RuleViolation
from majorops.web.signed_in import POST


def rows_to_take(workspace: Workspace, key: SectionKey) -> list[dict[str, Any]]:
    """The deviations and ways, each to become a change in one step."""
    if key is not SectionKey.EXPECTED:
        return []
    taken = {row.gap for row in workspace.review.rows}
    return [
        {
            "key": key_of(proposed),
            "gap": proposed.gap,
            "change": proposed.change,
            "taken": proposed.gap in taken,
        }
        for proposed in proposed_changes(workspace.review.expected())
    ]


def key_of(proposed: ProposedChange) -> str:
    """Names a row by what it says: rows of this section have no other name."""
    return sha256(proposed.gap.encode()).hexdigest()[:16]


@of_after_action(POST)
def take_row(request: HttpRequest, workspace: Workspace) -> HttpResponse:
    """A deviation, or a way to have detected sooner or responded better, becomes a change, in one step."""
    check_may_take(workspace)
    wanted = request.POST.get("row", "")
    rows = proposed_changes(workspace.review.expected())
    proposed = next((row for row in rows if key_of(row) == wanted), None)
    if proposed is None:
        raise RuleViolation("This row was rewritten meanwhile: reload the page to see what it says now.")
    return take_as_change(request, workspace, change=proposed.change, gap=proposed.gap)


def check_may_take(workspace: Workspace) -> None:
    """Raises NotAllowed for who does not write the draft: whether a row is there is not theirs to know."""
    if not workspace.may_edit:
        raise NotAllowed(WRITERS_ADD)


def take_as_change(request: HttpRequest, workspace: Workspace, *, change: str, gap: str) -> HttpResponse:
    """Adds what was found to what is changed, and leads there."""
    added = add_change(
        workspace.after_action,
        kind=ChangeKind.START.value,
        change=change,
        gap=gap,
        by=workspace.person,
        **instants(clock.now()),
    )
    messages.success(
        request, f"{added.reference} was added to what we are changing: give it an owner and a date."
    )
    return go(workspace, "draft", anchor=added.reference)
