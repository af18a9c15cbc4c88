"""The owner's reading list: loaded into the draft after the page, and a page of its own."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from afteractions.access import check_can_read_draft
from afteractions.operations.readers.reading_list import (
    WRITERS_ONLY,
    add_entry,
    not_read,
    reading_list,
    tick_off,
)
from afteractions.rules.review.readiness import Missing
from afteractions.views.reading.preparation_forms import SourceForm
from afteractions.views.workspace.context import Workspace
from afteractions.views.workspace.workspace import go, head, instants, of_after_action, show
from afteractions.vocabulary import Status
from majorops import clock
from majorops.errors import NotAllowed, RuleViolation
from majorops.web.refusals import status_of
from majorops.web.signed_in import GET, POST


@of_after_action(GET, POST)
def sources(request: HttpRequest, workspace: Workspace) -> HttpResponse:
    """What there is to look into; POST adds to it."""
    form = SourceForm(request.POST or None)
    if request.method != "POST":
        return _page(request, workspace, form)
    if not workspace.may_edit:
        raise NotAllowed(WRITERS_ONLY)
    if form.is_valid():
        try:
            add_entry(
                workspace.after_action,
                **form.cleaned_data,
                by=workspace.person,
                **instants(clock.now()),
            )
        except RuleViolation as refused:
            form.refuse(refused)
            return _page(request, workspace, form, status=status_of(refused))
        if request.htmx:
            return _page(request, workspace, SourceForm())
        messages.success(request, "It is on the reading list.")
        return go(workspace, "reading_list")
    return _page(request, workspace, form, status=422)


@of_after_action(POST)
def tick(request: HttpRequest, workspace: Workspace) -> HttpResponse:
    """Ticks a source off as read, or takes that back."""
    tick_off(
        workspace.after_action,
        request.POST.get("key", ""),
        is_read=request.POST.get("read") != "no",
        by=workspace.person,
        **instants(clock.now()),
    )
    if request.htmx:
        return _page(request, workspace, SourceForm())
    return go(workspace, "reading_list")


def _page(request: HttpRequest, workspace: Workspace, form: SourceForm, *, status: int = 200) -> HttpResponse:
    check_can_read_draft(workspace.person, workspace.after_action)
    listed = reading_list(workspace.after_action, now=workspace.at)
    context: dict[str, Any] = {
        "listed": listed,
        "read_count": sum(row.is_read for row in listed),
        "adding": form,
    }
    if request.htmx:
        whole = {**head(workspace, "draft"), **context}
        return render(request, "afteractions/workspace/reading_list_part.html", whole, status=status)
    return show(request, workspace, "reading_list", "draft", context, status=status)


def source_sentences(workspace: Workspace) -> list[Missing]:
    """What nobody looked into yet, said to its writers before the draft goes out; it holds nothing up."""
    if workspace.after_action.status != Status.DRAFT or not workspace.may_edit:
        return []
    unread = not_read(workspace.after_action, now=workspace.at)
    if not unread:
        return []
    listed = "; ".join(unread[:5]) + (f"; and {len(unread) - 5} more" if len(unread) > 5 else "")
    return [
        Missing(None, f"Not ticked off on the reading list: {listed}.", blocks=False, page="reading_list")
    ]
