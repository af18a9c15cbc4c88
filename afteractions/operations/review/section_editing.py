"""Writing the Learning Review, section by section. Nobody's text is ever lost: every saved version is kept, and a save
of an older version is refused with both texts."""

import re
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
from afteractions.operations.review.document import Review, instant
from afteractions.operations.review.sections import (
    WRITTEN,
    SentChange,
    check_content,
    keep_assessed,
    section_key,
)
from afteractions.rules.review import effects
from afteractions.vocabulary import ChangeKind, SectionKey
from majorops.errors import BadInput, NotAllowed, Problem, RuleViolation, VersionConflict
from majorops.formatting.due_dates import DAY_HAS_PASSED, has_passed
from majorops.people.models import Person

LOOK_AFTER_DUE = "Its effect is seen once it is made: choose its due date or a later day."
ROW_OF_A_CHANGE = re.compile(r"changes\[(\d+)\]\.")


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
        raise NotAllowed(
            "Only the owner, the MIM, the Technical Recovery Lead and those let in write the draft."
        )
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
        return _save_changes(after_action, section, cleaned, by=by, at=at, now=now)
    return keep_text(after_action, section, cleaned, by=by, at=at, now=now)


@dataclass(frozen=True, slots=True)
class Kept:
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
) -> Kept:
    """Saves a section while it is typed: a change that cannot be kept yet holds up no other. One that is there stays
    as it was, a new one waits. Raises as `save_section` does, BadInput for what is wrong beside the changes' rows."""

    def save(rows: Any) -> Section:
        return save_section(after_action, key, rows, version=version, by=by, at=at, now=now)

    try:
        return Kept(save(content))
    except BadInput as wrong:
        places = [ROW_OF_A_CHANGE.match(problem.path) for problem in wrong.problems]
        if not all(places):
            raise
        held_back = {int(place[1]) for place in places if place}
        problems = tuple(wrong.problems)
    stored = {row["id"]: row for row in section_content(after_action, key, now=now)}
    rows = [
        stored[row["id"]] if number in held_back else row
        for number, row in enumerate(content)
        if number not in held_back or row.get("id") in stored
    ]
    return Kept(save(rows), problems)


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
    nothing; what was confirmed was the text before, and its confirmation is asked for again."""
    if content == section.content:
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


def _save_changes(
    after_action: AfterAction,
    section: Section,
    sent: list[SentChange],
    *,
    by: Person | None,
    at: datetime,
    now: datetime,
) -> Section:
    called_for = _calls_for_people(after_action)
    _check_days(after_action, sent, by=by, now=now)
    _write_rows(after_action, sent, by=by, at=at)
    if _calls_for_people(after_action) - called_for:
        propose_attendees(after_action, now=now)
    section = keep_changes(after_action, section, by=by, at=at, now=now)
    obligations.reconcile(after_action.incident, by=by, now=now)
    return section


def _calls_for_people(after_action: AfterAction) -> set[tuple[str, str]]:
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


def _write_rows(
    after_action: AfterAction, sent: list[SentChange], *, by: Person | None, at: datetime
) -> None:
    rows = {
        row.reference: row
        for row in Change.objects.select_for_update(of=("self",)).filter(
            after_action=after_action, mtm_action__isnull=True
        )
    }
    unknown = [
        Problem(f"{each.path}.id", f"This After Action has no change {each.reference}.")
        for each in sent
        if each.reference and each.reference not in rows
    ]
    if unknown:
        raise BadInput(unknown)
    kept = {each.reference for each in sent if each.reference}
    for reference, row in rows.items():
        if reference in kept or row.removed_at is not None:
            continue
        _check_removal(after_action, row)
        row.removed_at = at
        row.version += 1
        row.save(update_fields=["removed_at", "version"])
    for position, each in enumerate(sent):
        if each.reference:
            _check_rewriting(after_action, rows[each.reference], each)
            _rewrite(rows[each.reference], each, position, is_published=after_action.published_at is not None)
        else:
            Change.objects.create(
                after_action=after_action,
                kind=each.kind,
                gap=each.gap,
                change=each.change,
                owner=each.owner,
                owner_words=each.owner_text or "",
                due_on=each.due_on,
                executive_reason=each.executive_reason or "",
                organisational_reason=each.organisational_reason or "",
                **_promised(each),
                position=position,
                created_at=at,
                created_by=by,
            )


def _promised(sent: SentChange) -> dict[str, Any]:
    """How the effect of a new change will be seen, when to look, and how strong it is. Rule: effects."""
    kind = ChangeKind(sent.kind)
    goes_on = kind is ChangeKind.CONTINUE
    return {
        "effect": sent.effect or "",
        "look_on": None if goes_on else sent.look_on or effects.look_again(sent.due_on),
        "strength": effects.strength_of(kind, sent.change, sent.strength),
    }


def _promised_of(row: Change, sent: SentChange, *, is_published: bool) -> dict[str, Any]:
    """The same of a change that is there: what nothing is said of stays."""
    kind = ChangeKind(sent.kind)
    look_on = sent.look_on
    if is_published and (row.look_on is not None or look_on is None):
        # A day that was published moves with the action item; a review of before there were effects is asked for none.
        look_on = row.look_on
    elif look_on is None and sent.looks_by_default:
        look_on = effects.look_again(sent.due_on)
    elif look_on in (None, row.look_on):
        look_on = effects.moved_look(row.look_on, row.due_on, sent.due_on)
    return {
        "effect": row.effect if sent.effect is None else sent.effect,
        "look_on": None if kind is ChangeKind.CONTINUE else look_on,
        "strength": effects.strength_of(kind, sent.change, sent.strength, before=(row.change, row.strength)),
    }


def _check_days(
    after_action: AfterAction, sent: list[SentChange], *, by: Person | None, now: datetime
) -> None:
    """A date is given to be kept. One that stood there may have passed meanwhile: publishing asks for another."""
    zone = by.time_zone if by else after_action.incident.time_zone
    stands, looks = {}, {}
    for reference, due_on, look_on in after_action.changes.values_list("reference", "due_on", "look_on"):
        stands[reference], looks[reference] = due_on, look_on
    passed = [
        Problem(f"{each.path}.due_on", DAY_HAS_PASSED)
        for each in sent
        if each.kind != ChangeKind.CONTINUE
        and has_passed(each.due_on, now=now, time_zone=zone)
        and (not each.reference or each.due_on != stands.get(each.reference, each.due_on))
    ]
    new_looks = [
        each
        for each in sent
        if each.look_on is not None
        and each.kind != ChangeKind.CONTINUE
        and (not each.reference or each.look_on != looks.get(each.reference))
    ]
    for each in new_looks:
        if has_passed(each.look_on, now=now, time_zone=zone):
            passed.append(Problem(f"{each.path}.look_on", DAY_HAS_PASSED))
        elif each.due_on is not None and each.look_on is not None and each.look_on < each.due_on:
            passed.append(Problem(f"{each.path}.look_on", LOOK_AFTER_DUE))
    if passed:
        raise BadInput(passed)


def _check_removal(after_action: AfterAction, row: Change) -> None:
    """Seed: The Vanishing Tasks. What was agreed is owed, and what was published stays as it was published."""
    if after_action.published_at is not None:
        raise RuleViolation(
            f"{row.reference} was published: it cannot be taken out. Cancel the action item, with a reason."
            if row.kind != ChangeKind.CONTINUE
            else f"{row.reference} was published: it cannot be taken out."
        )
    if after_action.reviewed_at is not None and row.kind != ChangeKind.CONTINUE:
        raise RuleViolation(
            f"The meeting agreed on {row.reference}: it cannot be taken out. Cancel the action item, with a reason."
        )


def _check_rewriting(after_action: AfterAction, row: Change, sent: SentChange) -> None:
    """An action item leaves the list by a decision with its reason, never by an edit of the draft."""
    if after_action.reviewed_at is None or row.kind == ChangeKind.CONTINUE or row.removed_at is not None:
        return
    if sent.kind == ChangeKind.CONTINUE:
        raise RuleViolation(
            f"{row.reference} is an action item that was agreed: turned into Continue it would vanish. Cancel the "
            "action item, with a reason, and add what continues as another change."
        )
    if after_action.published_at is None:
        return
    if (row.due_on, row.owner_id) != (sent.due_on, sent.owner.pk if sent.owner else None):
        raise RuleViolation(
            f"{row.reference} was published with its owner and date: extend or hand on the action item, with a reason."
        )
    if row.look_on is not None and sent.look_on not in (None, row.look_on):
        raise RuleViolation(
            f"{row.reference} was published with the day to look again: extend the action item, with a reason, and "
            "that day moves along."
        )
    if (row.kind, row.gap, row.change) != (sent.kind, sent.gap, sent.change):
        raise RuleViolation(
            f"{row.reference} was published with these words: its action item says what was published. Cancel the "
            "action item, with a reason, and add the change that is meant."
        )


def _rewrite(row: Change, sent: SentChange, position: int, *, is_published: bool) -> None:
    owner_id = sent.owner.pk if sent.owner else None
    said = {
        "kind": sent.kind,
        "gap": sent.gap,
        "change": sent.change,
        "owner_id": owner_id,
        "owner_words": row.owner_words if sent.owner_text is None else sent.owner_text,
        "due_on": sent.due_on,
        **{
            name: getattr(row, name) if getattr(sent, name) is None else getattr(sent, name)
            for name in ("executive_reason", "organisational_reason")
        },
        **_promised_of(row, sent, is_published=is_published),
        "position": position,
        "removed_at": None,
    }
    if all(getattr(row, field) == value for field, value in said.items()):
        return
    for field, value in said.items():
        setattr(row, field, value)
    row.version += 1
    row.save(update_fields=[*said, "version"])


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
        raise NotAllowed(
            "Only the owner, the MIM, the Technical Recovery Lead and those let in add a change."
        )
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
    _check_days(after_action, [sent], by=by, now=now)
    created = Change.objects.create(
        after_action=after_action,
        kind=sent.kind,
        gap=sent.gap,
        change=sent.change,
        owner=sent.owner,
        due_on=sent.due_on,
        **_promised(sent),
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
        raise NotAllowed(
            "Only the owner, the MIM, the Technical Recovery Lead and those let in write the draft."
        )
    section = locked_section(after_action, SectionKey.WENT_WELL, now)
    rows = [*(section.content or []), {"text": text, "kind": kind}]
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
    section = locked_section(after_action, named, now)
    if version is not None and version != section.version:
        raise _stale(after_action, section, now)
    section.confirmed_at, section.confirmed_by = at, by
    section.save(update_fields=["confirmed_at", "confirmed_by"])
    lifecycle.audit(
        f"confirmed “{named.label}”", after_action, by=by, now=now, changes={"confirmed": (False, True)}
    )
    return section
