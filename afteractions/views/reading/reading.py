"""Reading: the current revision in ten minutes, what is asked of the reader, what changed, and comments."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect

from afteractions.documents.revision import meetings_of, parts_of, sections_of
from afteractions.models import Comment, Revision, Section
from afteractions.operations.meeting.decisions import decided
from afteractions.operations.meeting.questions import questions_left
from afteractions.operations.readers.comments import add_comment, resolve_comment
from afteractions.operations.readers.confirmation import confirmation_words
from afteractions.operations.readers.reading import acknowledge, differences_between
from afteractions.operations.review.document import full_name_of
from afteractions.rules.review.at_a_glance import at_a_glance
from afteractions.rules.review.changes_between import SectionChange
from afteractions.timeline import picture_from_document, table_rows
from afteractions.views.reading.pictures import drawn
from afteractions.views.workspace.context import Workspace
from afteractions.views.workspace.workspace import (
    go,
    instants,
    of_after_action,
    opened_discussions,
    show,
    url_of,
)
from afteractions.vocabulary import Certainty, ChangeKind, SectionKey
from majorops import clock
from majorops.errors import BadInput, NotFound, TooMany
from majorops.web.refusals import status_of
from majorops.web.signed_in import GET, POST
from majorops.web.window import window

# Where the reading layout has comments.
DISCUSSED = frozenset(SectionKey) - {SectionKey.LEARNING_STATEMENTS, SectionKey.ACTION_ITEMS}
NO_SUCH_SECTION = (
    "This review has no such section. Your text is kept here: send it as a comment on the summary, or copy it to "
    "where it belongs."
)
NOT_THERE = "The comment that you answer is not here. Your text is kept: send it as a comment of its own."


@of_after_action(GET)
def read(request: HttpRequest, workspace: Workspace) -> HttpResponse:
    """The revision that is out, or the draft for those who write it."""
    return reading_page(request, workspace)


def reading_page(
    request: HttpRequest, workspace: Workspace, *, typed: dict[str, Any] | None = None, status: int = 200
) -> HttpResponse:
    """The reading layout with what is asked of the reader, what changed since, and the comments."""
    latest = workspace.current_revision
    wants_draft = workspace.may_edit and (latest is None or request.GET.get("show") == "draft")
    context: dict[str, Any] = {
        "latest": latest,
        "shows_draft": wants_draft,
        "discussions": opened_discussions(request, workspace),
    }
    if wants_draft:
        context |= document_context(
            _draft_document(workspace), request.GET.get("rows"), workspace.review.sections
        )
        context["evidence_place"] = url_of(workspace, "evidence")
    elif latest is not None:
        text = latest
        mine = workspace.my_readings
        last_read = mine[0].revision_id if mine else None
        context |= document_context(text.content, request.GET.get("rows"), workspace.review.sections, text)
        context["evidence_place"] = url_of(workspace, "evidence")
        held = next((each for each in reversed(workspace.meetings) if each.held_until), None)
        context |= {
            "questions": questions_left(held, workspace.my_attendee)
            if held and workspace.my_attendee
            else [],
            "my_reading": next((row for row in mine if row.revision_id == latest.pk), None),
            "asked": _reader_tasks(workspace, text),
        }
        if last_read is not None and last_read != latest.pk:
            before = workspace.after_action.revisions.get(pk=last_read)
            differences = sections_changed(before, text)
            changed = {change.section.value: change for change in differences}
            context |= {"since": before, "differences": differences, "changed": changed}
    context["typed_comment"] = _placed(typed, context) if typed else {}
    return show(request, workspace, "read", "read", context, status=status)


def _placed(typed: dict[str, Any], context: dict[str, Any]) -> dict[str, Any]:
    """A refused comment where the page has a field for it: with the thread that it answers, else with its section, else
    with the first one. Nothing that was typed is lost."""
    section = typed["section"]
    if section not in DISCUSSED or (section == SectionKey.VENDORS and not context["sections"]["vendors"]):
        return {**typed, "section": SectionKey.SUMMARY.value, "parent": None}
    here = context["discussions"].get(section)
    if here is None or typed["parent"] not in {thread.pk for thread in here.threads}:
        return {**typed, "parent": None}
    return typed


def sections_changed(older: Revision, newer: Revision) -> list[SectionChange]:
    """What changed between two revisions, section by section."""
    return differences_between(older, newer)


def document_context(
    document: dict[str, Any],
    rows: str | None,
    item: Mapping[str, Section],
    revision: Revision | None = None,
) -> dict[str, Any]:
    """What the reading layout shows of a document: its sections, the picture drawn, of the table beside it the page
    that `rows` asks for, and who confirmed."""
    picture = picture_from_document(document["sections"]["timeline"]["picture"])
    sections = sections_of(document)
    return {
        "document": document,
        "sections": sections,
        "glance": at_a_glance(sections),
        "confirmations": confirmation_words(document, item, revision),
        "pictures": drawn(picture),
        "timeline_rows": window(table_rows(picture), rows),
        "timeline_page_asked": rows is not None,
        "certainty_known": document["sections"]["root_cause"]["certainty"] == Certainty.KNOWN,
        "continue_kind": ChangeKind.CONTINUE.value,
        "parts": parts_of(document),
        "meetings": meetings_of(document),
    }


def _draft_document(workspace: Workspace) -> dict[str, Any]:
    sections = workspace.review.sections
    confirmed = {
        key.value: str(sections[key].confirmed_by) if key in sections and sections[key].confirmed_at else None
        for key in (SectionKey.EXPECTED, SectionKey.ROOT_CAUSE)
    }
    return {
        "sections": workspace.review.document(),
        "confirmed_by": confirmed,
        "evidence": workspace.review.evidence(),
        **decided(workspace.after_action, full_name_of, workspace.meetings),
    }


def _reader_tasks(workspace: Workspace, revision: Revision) -> dict[str, Any] | None:
    """What is asked of this reader: to read by the meeting, to bring something, to do the items that are theirs."""
    attendee = workspace.my_attendee
    mine = [
        item
        for item in revision.content["sections"]["action_items"]
        if item["owner"] == str(workspace.person)
    ]
    if attendee is None and not mine:
        return None
    return {"attendee": attendee, "items": mine}


@of_after_action(POST)
def acknowledge_reading(request: HttpRequest, workspace: Workspace) -> HttpResponse:
    """ "I have read this"."""
    revision = get_object_or_404(
        Revision.objects.filter(after_action=workspace.after_action),
        number=_number(request.POST.get("revision")),
    )
    acknowledge(revision, by=workspace.person, **instants(clock.now()))
    messages.success(request, "Thank you: the MIM sees before the meeting that you have read it.")
    return go(workspace, "read")


@of_after_action(POST)
def comment(request: HttpRequest, workspace: Workspace) -> HttpResponse:
    """A comment on a section, or an answer."""
    section, text = request.POST.get("section", ""), request.POST.get("text", "")
    parent = None
    back = "draft" if request.POST.get("back") == "draft" and workspace.may_edit else "read"
    revision = None if back == "draft" else workspace.current_revision
    try:
        if data := request.POST.get("parent"):
            parent = workspace.after_action.comments.filter(pk=_number(data)).first()
            if parent is None:
                raise BadInput.of("parent", NOT_THERE)
        add_comment(
            workspace.after_action,
            section=section,
            text=text,
            row=request.POST.get("row", ""),
            parent=parent,
            revision=revision,
            by=workspace.person,
            **instants(clock.now()),
        )
    except (BadInput, NotFound, TooMany) as wrong:
        typed = {
            "section": section,
            "text": text,
            "message": NO_SUCH_SECTION if isinstance(wrong, NotFound) else wrong.sentence,
            "parent": parent.pk if parent else None,
        }
        status = 422 if isinstance(wrong, NotFound) else status_of(wrong)
        return reading_page(request, workspace, typed=typed, status=status)
    return _back(request, workspace, back, parent.section if parent else section)


@of_after_action(POST)
def resolve(request: HttpRequest, workspace: Workspace, comment_id: int) -> HttpResponse:
    """Settles a thread, or takes it up again."""
    thread: Comment = get_object_or_404(
        workspace.after_action.comments.select_related("after_action"), pk=comment_id
    )
    thread.after_action = workspace.after_action
    resolve_comment(
        thread, resolved=bool(request.POST.get("resolved")), by=workspace.person, **instants(clock.now())
    )
    return _back(request, workspace, request.POST.get("back", "read"), thread.section)


def _back(request: HttpRequest, workspace: Workspace, page: str, section: str) -> HttpResponse:
    """To the comments that the form stood among: those of a page before the last, where it says so."""
    on_page = _number(request.POST.get("comments"))
    query = f"?discussed={section}&comments={on_page}" if on_page else ""
    if page == "draft" and workspace.may_edit:
        return redirect(f"{url_of(workspace, 'draft')}{query}#comments-{section}")
    return redirect(f"{url_of(workspace, 'read')}{query}#{section}")


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else 0
