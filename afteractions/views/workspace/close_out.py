"""The bridge close-out: the two lines of each responder, and taking one over into the draft."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from afteractions.access import can_close_out, can_read_draft
from afteractions.operations.evidence.close_out import RESPONDERS_ONLY, close_out, latest_answers, take_over
from afteractions.rules.review.close_out import BESIDE
from afteractions.views.reading.preparation_forms import CloseOutForm
from afteractions.views.workspace.context import Workspace
from afteractions.views.workspace.workspace import go, instants, of_after_action
from afteractions.vocabulary import CloseOutLine, SectionKey, Status
from majorops import clock
from majorops.web.refusals import Attempt
from majorops.web.signed_in import GET, POST


@of_after_action(GET, POST)
def close_out_page(request: HttpRequest, workspace: Workspace) -> HttpResponse:
    """Two fields for who responded; what everybody said, for all who may read the draft."""
    data = latest_answers(workspace.after_action)
    mine = next((row for row in data if row.person_id == workspace.person.pk), None)
    initial = {"worked": mine.worked, "slowed": mine.slowed} if mine else None
    form = CloseOutForm(request.POST or None, initial=initial)
    attempt = Attempt(form)
    if request.method == "POST" and attempt.is_filled():
        with attempt:
            close_out(
                workspace.after_action, **form.cleaned_data, by=workspace.person, **instants(clock.now())
            )
        if not attempt.refused:
            messages.success(request, "Thank you: your two lines wait in the draft.")
            return go(workspace, "close_out")
    context = {
        "w": workspace,
        "aa": workspace.after_action,
        "incident": workspace.incident,
        "at": workspace.at,
        "form": form,
        "mine": mine,
        "others": [row for row in data if row != mine]
        if can_read_draft(workspace.person, workspace.after_action)
        else [],
        "blocked": _blocked(workspace),
    }
    return render(request, "afteractions/close_out.html", context, status=attempt.status)


def _blocked(workspace: Workspace) -> str:
    """Why this person cannot say anything here now; nothing where one can."""
    if workspace.after_action.status != Status.DRAFT:
        return "The draft is out: add it as a comment on the draft, or in the meeting."
    return "" if can_close_out(workspace.person, workspace.after_action) else RESPONDERS_ONLY


@of_after_action(POST)
def take_close_out(request: HttpRequest, workspace: Workspace) -> HttpResponse:
    """One line becomes a row of the draft, in one step."""
    data = request.POST.get("answer", "")
    section = take_over(
        workspace.after_action,
        int(data) if data.isascii() and data.isdigit() and len(data) < 16 else 0,
        request.POST.get("line", ""),
        by=workspace.person,
        **instants(clock.now()),
    )
    messages.success(
        request,
        "It is among what went well: say it in the review's words."
        if section is SectionKey.WENT_WELL
        else "It was added to what we are changing: say what changes, and give it an owner and a date.",
    )
    return go(workspace, "draft", anchor=section.value)


def lines_beside(workspace: Workspace, key: SectionKey) -> list[dict[str, Any]]:
    """What was said at the close that belongs beside a section, with whether it was taken over already."""
    line = BESIDE.get(key)
    if line is None:
        return []
    if line is CloseOutLine.WORKED:
        taken = {row["text"] for row in workspace.review.went_well()}
    else:
        taken = {row.gap for row in workspace.review.rows}
    return [
        {
            "answer": answer,
            "line": line.value,
            "text": getattr(answer, line.value),
            "taken": getattr(answer, line.value) in taken,
        }
        for answer in workspace.close_out_answers
        if getattr(answer, line.value)
    ]
