"""Writing the Learning Review, section by section. Nobody's text is ever lost: every saved version is kept, and a save
of an older version is refused with both texts."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from afteractions.access import can_confirm, can_edit
from afteractions.documents.revision import expected_of
from afteractions.models import AfterAction, Change, Section, SectionText
from afteractions.operations import lifecycle
from afteractions.operations.deadlines import obligations
from afteractions.operations.meeting.attendees import propose_attendees
from afteractions.operations.readers.confirmation import CONFIRMED, ask_for
from afteractions.operations.review.change_rows import check_days, promised, write_rows
from afteractions.operations.review.document import Review, instant
from afteractions.operations.review.sections import (
    WRITTEN,
    SentChange,
    check_content,
    keep_assessed,
    section_key,
)
from afteractions.rules.review.rows import LISTS, by_id, content_of, lists_of, recognised, versions_after
from afteractions.vocabulary import SectionKey
from majorops.errors import BadInput, NotAllowed, Problem, RuleViolation, VersionConflict
from majorops.people.models import Person
from majorops.references import random_key

WRITERS_ONLY = "Only the owner, the MIM, the Technical Recovery Lead and those let in write the draft."
WRITERS_ADD = "Only the owner, the MIM, the Technical Recovery Lead and those let in add a change."

ROW_OF_A_SECTION = re.compile(r"\w+(?:\.(\w+))?\[(\d+)\]\.")


def section_content(after_action: AfterAction, key: str, *, now: datetime) -> Any:
    """The section as it stands, in the shape of api.md, derived ones too. Raises NotFound for an unknown key."""
    review = Review(after_action, at=now)
    content = review.content(section_key(key))
    if key == SectionKey.TIMELINE:
        return {**content, **review.timeline_marks(), "entries": review.timeline_entries()}
    return content


def section_warnings(after_action: AfterAction, key: str) -> list[Problem]:
    """What is kept in the section and does not count yet."""
    return Review(after_action, at=after_action.created_at).warnings(section_key(key))


@transaction.atomic
def save_section(
    after_action: AfterAction,
    key: str,
    content: Any,
    *,
    version: int | None,
    by: Person | None,
    at: datetime,
    now: datetime,
) -> Section:
    """Saves what was written. Saving what stands there already changes nothing.

    Raises VersionConflict with what stands there now, BadInput with the path of every problem, NotAllowed,
    RuleViolation for a section that the record gives.
    """
    named = section_key(key)
    if named not in WRITTEN:
        raise RuleViolation(f"“{named.label}” follows from the record and the changes: it cannot be written.")
    if not can_edit(by, after_action):
        raise NotAllowed(WRITERS_ONLY)
    # Changes carry deadlines: their lock comes after the incident's, as everywhere.
    if named is SectionKey.CHANGES:
        after_action = lifecycle.locked(after_action)
    section = locked_section(after_action, named, now)
    if version is not None and version != section.version:
        raise _stale(after_action, section, now)
    cleaned = check_content(named, content, scope=after_action.incident.reference)
    if named is SectionKey.EXPECTED:
        keep_assessed(cleaned["deviations"], expected_of(section.content or {})["deviations"])
    if named is SectionKey.TIMELINE:
        _check_entries(after_action, cleaned, now)
    if named is SectionKey.CHANGES:
        return save_changes(after_action, section, cleaned, by=by, at=at, now=now)
    return keep_text(after_action, section, cleaned, by=by, at=at, now=now)


@dataclass(frozen=True, slots=True)
class SavedSection:
    """A section after a save, and what is wrong with the rows that were not kept."""

    section: Section
    problems: tuple[Problem, ...] = ()


@transaction.atomic
def save_rows(
    after_action: AfterAction,
    key: str,
    content: Any,
    *,
    version: int | None,
    by: Person | None,
    at: datetime,
    now: datetime,
) -> SavedSection:
    """Saves a section as a form sends it: a row that cannot be kept yet holds up no other. One that is there stays as
    it was, a new one waits. Raises as `save_section` does, BadInput for what is wrong beside the rows."""

    def save(rows: Any) -> Section:
        return save_section(after_action, key, rows, version=version, by=by, at=at, now=now)

    try:
        return SavedSection(save(content))
    except BadInput as wrong:
        places = [ROW_OF_A_SECTION.match(problem.path) for problem in wrong.problems]
        if key not in LISTS or not all(places):
            raise
        held_back = {(place[1] or "", int(place[2])) for place in places if place}
        problems = tuple(wrong.problems)
    named = section_key(key)
    stored = by_id(lists_of(named, section_content(after_action, key, now=now)))
    lists = {
        name: [
            stored[row["id"]] if (name, number) in held_back else row
            for number, row in enumerate(rows)
            if (name, number) not in held_back or row.get("id") in stored
        ]
        for name, rows in (content.items() if named is SectionKey.EXPECTED else [("", content)])
    }
    return SavedSection(save(content_of(named, lists)), problems)


def locked_section(after_action: AfterAction, key: SectionKey, now: datetime) -> Section:
    """The section, locked until the transaction ends; an older After Action gets it when it is first written."""
    lockable = Section.objects.select_for_update(of=("self",)).select_related("updated_by", "confirmed_by")
    try:
        return lockable.get(after_action=after_action, key=key.value)
    except Section.DoesNotExist:
        Section.objects.get_or_create(after_action=after_action, key=key.value, defaults={"updated_at": now})
        return lockable.get(after_action=after_action, key=key.value)


def _stale(after_action: AfterAction, section: Section, now: datetime) -> VersionConflict:
    who = section.updated_by or "the system"
    return VersionConflict(
        f"{who} saved this section since you opened it. Your text is kept in the form: merge it with theirs.",
        {
            "content": section_content(after_action, section.key, now=now),
            "version": section.version,
            "updated_by": section.updated_by.identifier if section.updated_by else None,
            "updated_at": instant(section.updated_at),
        },
    )


def _check_entries(after_action: AfterAction, marks: dict[str, list[str]], now: datetime) -> None:
    known = {entry["id"] for entry in Review(after_action, at=now).timeline_entries()}
    problems = [
        Problem(f"timeline.{mark}", f"The timeline has no entry “{key}”.")
        for mark, keys in marks.items()
        for key in keys
        if key not in known
    ]
    if problems:
        raise BadInput(problems)


def keep_text(
    after_action: AfterAction,
    section: Section,
    content: Any,
    *,
    by: Person | None,
    at: datetime,
    now: datetime,
) -> Section:
    """Keeps `content`, which was checked, as the next version of a locked section. What stands there already changes
    nothing; what was confirmed was the text before, and its confirmation is asked for again. Each row that changed is
    saved by it, whoever sent the others along. Raises BadInput for a row that is not there."""
    key = SectionKey(section.key)
    if key in LISTS:
        lists, stood = _with_ids(key, content, section), lists_of(key, section.content)
        content = content_of(key, lists)
        if lists == stood:
            return section
        section.row_versions = versions_after(
            section.row_versions,
            by_id(stood),
            by_id(lists),
            last=section.version,
            this=section.version + 1,
        )
    elif content == section.content:
        return section
    before = section.version
    was_confirmed = section.confirmed_at is not None
    section.content = content
    section.version += 1
    section.updated_at = at
    section.updated_by = by
    section.confirmed_at = section.confirmed_by = None
    # The version first: what is published changes only to one that is kept (migration 0029).
    SectionText.objects.create(section=section, version=section.version, content=content, at=at, by=by)
    section.save()
    lifecycle.audit(
        f"wrote “{SectionKey(section.key).label}”",
        after_action,
        by=by,
        now=now,
        changes={
            "version": (before, section.version),
            **({"confirmed": (True, False)} if was_confirmed else {}),
        },
    )
    if was_confirmed:
        ask_for(section, after_action, again=True, by=by, now=now)
    return section


def _with_ids(key: SectionKey, content: Any, section: Section) -> dict[str, list[dict[str, Any]]]:
    """The rows that were sent, each with its id."""
    stood = lists_of(key, section.content)
    lists: dict[str, list[dict[str, Any]]] = {}
    for name, rows in content.items() if key is SectionKey.EXPECTED else [("", content)]:
        lists[name] = recognised(rows, stood[name], random_key)
        if key is SectionKey.CHANGES:
            continue
        known, path = {row["id"] for row in stood[name]}, f"{key.value}{name and f'.{name}'}"
        unknown = [
            Problem(f"{path}[{n}].id", f"This section has no row {row['id'][:40]}.")
            for n, row in enumerate(rows)
            if row.get("id") and row["id"] not in known
        ]
        if unknown:
            raise BadInput(unknown)
    return lists


def save_changes(
    after_action: AfterAction,
    section: Section,
    sent: Sequence[SentChange | Change],
    *,
    by: Person | None,
    at: datetime,
    now: datetime,
) -> Section:
    """Makes the changes those that were sent, and keeps them as a version of their section, which is locked."""
    called_for = _names_people(after_action)
    rewritten = [row for row in sent if isinstance(row, SentChange)]
    check_days(after_action, rewritten, by=by, now=now)
    write_rows(after_action, sent, by=by, at=at)
    if _names_people(after_action) - called_for:
        propose_attendees(after_action, now=now)
    section = keep_changes(after_action, section, by=by, at=at, now=now)
    obligations.reconcile(after_action.incident, by=by, now=now)
    return section


def _names_people(after_action: AfterAction) -> set[tuple[str, str]]:
    """Why changes need executive action, or a change of the organisation."""
    marked = after_action.changes.filter(removed_at__isnull=True)
    marked = marked.exclude(executive_reason="", organisational_reason="")
    return set(marked.values_list("executive_reason", "organisational_reason"))


def keep_changes(
    after_action: AfterAction, section: Section | None, *, by: Person | None, at: datetime, now: datetime
) -> Section:
    """Keeps the rows of Change as they are now as a version of the section `changes`; the rows changed before."""
    section = section or locked_section(after_action, SectionKey.CHANGES, now)
    rows = Review(after_action, at=now).changes()
    return keep_text(after_action, section, rows, by=by, at=at, now=now)


@transaction.atomic
def add_change(
    after_action: AfterAction,
    *,
    kind: str,
    change: str,
    gap: str = "",
    owner: Person | None = None,
    due_on: str | None = None,
    by: Person | None,
    at: datetime,
    now: datetime,
) -> Change:
    """One more change at the end: an action item captured in the meeting as it is made, or a gap turned into a change.
    Nobody's save is stale by it but that of the section `changes`."""
    if not can_edit(by, after_action):
        raise NotAllowed(WRITERS_ADD)
    after_action = lifecycle.locked(after_action)
    section = locked_section(after_action, SectionKey.CHANGES, now)
    row = {
        "kind": kind,
        "gap": gap,
        "change": change,
        "owner": owner.identifier if owner else None,
        "due_on": due_on,
    }
    (sent,) = check_content(SectionKey.CHANGES, [row], scope=after_action.incident.reference)
    check_days(after_action, [sent], by=by, now=now)
    created = Change.objects.create(
        after_action=after_action,
        kind=sent.kind,
        gap=sent.gap,
        change=sent.change,
        owner=sent.owner,
        due_on=sent.due_on,
        **promised(sent),
        position=after_action.changes.count(),
        created_at=at,
        created_by=by,
    )
    keep_changes(after_action, section, by=by, at=at, now=now)
    obligations.reconcile(after_action.incident, by=by, now=now)
    return created


@transaction.atomic
def add_went_well(
    after_action: AfterAction, *, text: str, kind: str, by: Person | None, at: datetime, now: datetime
) -> Section:
    """One more row at the end of what went well: what was taken over from somebody's words."""
    if not can_edit(by, after_action):
        raise NotAllowed(WRITERS_ONLY)
    section = locked_section(after_action, SectionKey.WENT_WELL, now)
    rows = [*lists_of(SectionKey.WENT_WELL, section.content)[""], {"text": text, "kind": kind}]
    content = check_content(SectionKey.WENT_WELL, rows, scope=after_action.incident.reference)
    return keep_text(after_action, section, content, by=by, at=at, now=now)


@transaction.atomic
def confirm_section(
    after_action: AfterAction,
    key: str,
    *,
    version: int | None = None,
    by: Person | None,
    at: datetime,
    now: datetime,
) -> Section:
    """The Technical Recovery Lead confirms what was supposed to happen, or the root cause, as it stands."""
    named = section_key(key)
    if named not in CONFIRMED:
        raise RuleViolation("Only what was supposed to happen and the root cause are confirmed.")
    if not can_confirm(by, after_action):
        raise NotAllowed("Only the Technical Recovery Lead confirms this section.")
    lifecycle.check_instant(at, now=now)
    section = locked_section(after_action, named, now)
    if version is not None and version != section.version:
        raise _stale(after_action, section, now)
    section.confirmed_at, section.confirmed_by = at, by
    section.save(update_fields=["confirmed_at", "confirmed_by"])
    lifecycle.audit(
        f"confirmed “{named.label}”", after_action, by=by, now=now, changes={"confirmed": (False, True)}
    )
    return section
