"""What every page of the workspace shares: who may open it, the head, the tabs, the next step, and the answer."""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from afteractions.access import can_send_status_note, get_after_action
from afteractions.operations.review.antipatterns import named_just_now
from afteractions.queries.discussions import Discussion, discussions
from afteractions.rules.review.questions import ASK_INSTEAD, HEADLINE
from afteractions.views.workspace.context import Workspace
from afteractions.views.workspace.next_step import next_step, other_steps
from afteractions.vocabulary import AntiPattern, Decision, ObligationKind, SectionKey, Status
from majorops import clock
from majorops.web.signed_in import allow_methods

TABS = (
    ("draft", "Draft"),
    ("read", "Read"),
    ("meeting", "Meeting"),
    ("people", "People"),
    ("publication", "Publication"),
    ("deadlines", "Deadlines"),
    ("history", "History"),
    ("pdf", "PDF"),
)
PARTS_OF_TABS = {"schedule": "meeting", "distribute": "draft", "difference": "history", "evidence": "people"}

MISSING_BEFORE = {
    Status.DRAFT: "before the draft can go out",
    Status.IN_REVIEW: "before the meeting",
    Status.REVIEWED: "before it can be published",
    Status.CLOSED: "",
}

Page = Callable[..., HttpResponse]


def of_after_action(*methods: str) -> Callable[[Page], Page]:
    """Signed in, and the After Action of the address as this person may see it; absent and restricted are both 404.

    The view is given the workspace in the place of the reference.
    """

    def decorate(view: Page) -> Page:
        answer = allow_methods(*methods)(view)

        @login_required
        @wraps(view)
        def page(request: HttpRequest, reference: str, **rest: Any) -> HttpResponse:
            person = request.user
            workspace = Workspace(get_after_action(person, reference), person=person, at=clock.now())
            return answer(request, workspace, **rest)

        return page

    return decorate


def show(
    request: HttpRequest,
    workspace: Workspace,
    template: str,
    tab: str,
    context: dict[str, Any] | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    """The page of a tab with the head of the workspace."""
    return render(
        request,
        f"afteractions/workspace/{template}.html",
        {**head(workspace, tab), **(context or {})},
        status=status,
    )


def head(workspace: Workspace, tab: str) -> dict[str, Any]:
    """What the head says on every page: status, requirement, the next deadline, what is missing, the next step."""
    after_action = workspace.after_action
    return {
        "w": workspace,
        "aa": after_action,
        "incident": workspace.incident,
        "at": workspace.at,
        "headline": HEADLINE,
        "board_url": "/after-actions/",
        "tabs": [
            {"label": label, "url": url_of(workspace, name), "current": name == PARTS_OF_TABS.get(tab, tab)}
            for name, label in TABS
        ],
        "next_step": next_step(workspace),
        "other_steps": other_steps(workspace),
        "also": _also(workspace),
        "next_obligation": workspace.next_obligation,
        "skipped": after_action.decision == Decision.SKIP,
        "opens_missing": PARTS_OF_TABS.get(tab, tab) in ("draft", "publication"),
        "missing_before": MISSING_BEFORE[Status(after_action.status)],
        "status_steps": _status_steps(after_action.status),
    }


def _also(workspace: Workspace) -> dict[str, Any] | None:
    """The status note that waits beside the next step, for whoever may send it."""
    note = next(
        (
            open_obligation
            for open_obligation in workspace.open_obligations
            if open_obligation.kind == ObligationKind.STATUS_NOTE
        ),
        None,
    )
    if note is None or workspace.facts.history or note is workspace.next_obligation:
        return None
    if not can_send_status_note(workspace.person, workspace.after_action):
        return None
    return {
        "label": "Send the status note",
        "url": url_of(workspace, "publication") + "#notes",
        "due_at": note.due_at,
    }


def _status_steps(present: str) -> list[dict[str, Any]]:
    order = [status.value for status in Status]
    return [
        {"label": status.label, "done": number < order.index(present), "current": status.value == present}
        for number, status in enumerate(Status)
    ]


def url_of(workspace: Workspace, name: str, *args: Any) -> str:
    """The address of one of the After Action's pages."""
    return reverse(f"afteractions:{name}", args=[workspace.after_action.reference, *args])


def go(workspace: Workspace, name: str, *args: Any, anchor: str = "") -> HttpResponse:
    """After a step: to the page that shows what came of it."""
    return redirect(url_of(workspace, name, *args) + (f"#{anchor}" if anchor else ""))


def opened_discussions(request: HttpRequest, workspace: Workspace) -> dict[str, Discussion]:
    """The comments on each section; of the one that is `discussed`, or that a form was about, the page `comments`."""
    query = request.POST if request.method == "POST" else request.GET
    section, page = query.get("discussed") or query.get("section", ""), query.get("comments", "")
    if not SectionKey.knows(section) or not (page.isascii() and page.isdigit() and len(page) < 7):
        return discussions(workspace.after_action)
    return discussions(workspace.after_action, section=section, page=int(page))


def version_of(request: HttpRequest) -> int | None:
    """The version that the form was opened with."""
    data = request.POST.get("version", "")
    return int(data) if data.isascii() and data.isdigit() else None


def instants(now: datetime) -> dict[str, datetime]:
    """`at` and `now` of a step that is entered as it is taken."""
    return {"at": now, "now": now}


def say_named(request: HttpRequest, workspace: Workspace, *, now: datetime) -> None:
    """Says the anti-patterns that the step entered at `now` has made occur, each with the question to ask instead."""
    for named in named_just_now(workspace.after_action, now=now):
        question = ASK_INSTEAD[AntiPattern(named.kind)]
        messages.warning(
            request, f"{named.get_kind_display()}: {named.latest_evidence} Ask instead: “{question}”"
        )
