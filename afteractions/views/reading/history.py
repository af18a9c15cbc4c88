"""How the After Action came to be what it is: transitions, revisions and what differs between two, decisions, audit."""

import re
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.http import Http404, HttpRequest, HttpResponse

from afteractions.documents.exports import FORMATS
from afteractions.models import Revision
from afteractions.operations.readers.reading import differences_between
from afteractions.views.workspace.context import Workspace
from afteractions.views.workspace.workspace import of_after_action, show
from afteractions.vocabulary import (
    ActionStatus,
    AntiPattern,
    ChangeKind,
    Decision,
    Disposition,
    InvitationResponse,
    MessageStatus,
    Status,
)
from incidents.vocabulary import RequirementLevel
from majorops.audit.models import AuditEntry
from majorops.formatting import formats
from majorops.formatting.excerpts import around_the_change
from majorops.formatting.time_words import day_words
from majorops.web.signed_in import GET
from majorops.words import Word

SHOWN_ENTRIES = 100
# What counts up with every change says nothing to a reader.
COUNTED = ("version",)
SUBJECTS = {
    "attendee": "an attendee",
    "comment": "on a section",
    "guestlink": "by a link",
    "externalmessage": "an External Message",
    "statusnote": "for the stakeholders",
    "vendorfollowup": "a vendor's follow-up",
    "meetingdecision": "in the meeting",
}
# What entries of the audit are about that everybody who sees the After Action may know of; without what was written.
BESIDE_THE_DRAFT = (
    "afteractions.afteraction",
    "afteractions.attendee",
    "afteractions.meeting",
    "afteractions.obligation",
    "afteractions.vendorfollowup",
)
WORDS: tuple[type[Word], ...] = (
    Status, Decision, InvitationResponse, MessageStatus, ActionStatus, ChangeKind, Disposition, RequirementLevel,
)  # fmt: skip
LABELS = {word.value: word.label for words in WORDS for word in words}
NAMED_VERBS = frozenset(f"named {pattern.label}" for pattern in AntiPattern)
DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
INSTANT = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d.*(?:Z|[+-]\d\d:\d\d)$")


@of_after_action(GET)
def history(request: HttpRequest, workspace: Workspace) -> HttpResponse:
    """Transitions, revisions, moves of the meeting, and who changed what."""
    after_action = workspace.after_action
    before = request.GET.get("before", "")
    entries = AuditEntry.objects.filter(
        scope=workspace.incident.reference, subject_type__startswith="afteractions."
    )
    reads_draft = workspace.reads_draft
    if not reads_draft:
        entries = entries.filter(subject_type__in=BESIDE_THE_DRAFT)
    if before.isascii() and before.isdigit() and len(before) < 18:
        entries = entries.filter(pk__lt=int(before))
    page = list(entries.select_related("by").order_by("-pk")[: SHOWN_ENTRIES + 1])
    context = {
        "transitions": list(after_action.transitions.select_related("by")),
        "revisions": workspace.revisions,
        "formats": list(FORMATS.items()),
        "entries": [
            entry_shown(row, workspace.zone, workspace.at, with_values=reads_draft)
            for row in page[:SHOWN_ENTRIES]
        ],
        "more": page[SHOWN_ENTRIES - 1].pk if len(page) > SHOWN_ENTRIES else None,
    }
    return show(request, workspace, "history", "history", context)


def entry_shown(
    entry: AuditEntry, zone: ZoneInfo, at: datetime, *, with_values: bool = True
) -> dict[str, object]:
    """An entry of the audit as a page lists it, its values in words, or without them."""
    changes = [
        {"field": field.replace("_", " "), **_pair(values, zone, at)}
        for field, values in entry.changes.items()
        if with_values
        and field not in COUNTED
        and isinstance(values, list)
        and len(values) == 2
        and values[0] != values[1]
    ]
    kind = entry.subject_type.removeprefix("afteractions.")
    subject = "" if kind == "afteraction" else SUBJECTS.get(kind, entry.subject_label)
    # The evidence of an anti-pattern is its reason, and speaks of the draft.
    reason = entry.reason if with_values or entry.verb not in NAMED_VERBS else ""
    return {"entry": entry, "changes": changes, "subject": subject, "reason": reason}


def _pair(values: list[Any], zone: ZoneInfo, at: datetime) -> dict[str, str]:
    before, now = values
    if isinstance(before, str) and isinstance(now, str) and before and now:
        before, now = around_the_change(before, now)
    return {"before": _words(before, zone, at), "now": _words(now, zone, at)}


def _words(value: object, zone: ZoneInfo, at: datetime) -> str:
    """A value of the audit as a person reads it: words for stored keys, instants in the reader's zone."""
    match value:
        case None | "":
            return "nothing"
        case bool():
            return "yes" if value else "no"
        case list():
            return ", ".join(_words(row, zone, at) for row in value) or "nobody"
        case str() if value in LABELS:
            return LABELS[value]
        case str() if INSTANT.match(value):
            return formats.absolute(datetime.fromisoformat(value), zone=zone, at=at)
        case str() if DAY.fullmatch(value):
            return day_words(date.fromisoformat(value))
        case _:
            return str(value)[:300]


@of_after_action(GET)
def difference(request: HttpRequest, workspace: Workspace) -> HttpResponse:
    """What differs between two revisions, the older one first whatever the order of asking."""
    numbers = sorted(_number(request.GET.get(name)) for name in ("from", "to"))
    rows = {
        revision.number: revision
        for revision in Revision.objects.filter(
            after_action=workspace.after_action, number__in=numbers
        ).select_related("created_by")
    }
    if len(rows) != 2:
        raise Http404("There are no two such revisions.")
    older, newer = (rows[number] for number in numbers)
    context = {"older": older, "newer": newer, "differences": differences_between(older, newer)}
    return show(request, workspace, "difference", "difference", context)


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 6 else 0
