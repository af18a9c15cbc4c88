"""Who attends: proposed from the record, each with a reason; the MIM decides (domain.md, Attendees)."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction

from afteractions.access import answers_for, can_chair
from afteractions.models import AfterAction, Attendee
from afteractions.operations import lifecycle
from afteractions.operations.deadlines import obligations
from afteractions.operations.meeting.invitations import invite, uninvite
from afteractions.operations.meeting.named_by_record import proposals_of
from afteractions.operations.parts import WHY_ATTENDEE, revoke_access_of_former_parts
from afteractions.operations.review.document import Review
from afteractions.vocabulary import AttendeeRequirement, InvitationResponse
from incidents.operations.letting_in import let_in
from majorops.audit import trail
from majorops.errors import BadInput, NotAllowed, Problem
from majorops.formatting.due_dates import DAY_HAS_PASSED, has_passed
from majorops.formatting.instants import read_day
from majorops.notices.outbox import settled
from majorops.people.models import Person
from majorops.people.outsiders import Outsider, add_outsider, find_or_parse
from majorops.texts import typed_text

NO_LONGER_NAMED = "The record names this person no more."
LONGEST_SEAT = 250


@transaction.atomic(savepoint=False)
def propose_attendees(
    after_action: AfterAction, *, by: Person | None = None, now: datetime, drops: bool = False
) -> list[Attendee]:
    """Adds whoever the record proposes and is not listed yet, and says the reasons anew; whoever is added to a meeting
    that is scheduled is invited. What the MIM decided stays; doing it again changes nothing.

    `drops`: whoever stood on the list by the record alone, and is named by it no more, is taken off.
    """
    proposed = proposals_of(Review(after_action, at=now), now=now)
    accounts = Person.objects.in_bulk([int(row.person or 0) for row in proposed])
    listed = {attendee.person_id: attendee for attendee in after_action.attendees.select_related("person")}
    added: list[Attendee] = []
    wanted = set()
    for row in proposed:
        if row.requirement is None:
            continue
        person = accounts[int(row.person or 0)]
        wanted.add(person.pk)
        attendee = listed.get(person.pk)
        if attendee is None:
            attendee = Attendee.objects.create(
                after_action=after_action,
                person=person,
                requirement=row.requirement,
                roles=list(row.roles),
                reason=row.reason,
                added_at=now,
            )
            let_in(after_action.incident, person, WHY_ATTENDEE, now)
            added.append(attendee)
            continue
        stood = _state_of(attendee)
        if attendee.reason == NO_LONGER_NAMED and not attendee.included and not attendee.decided_reason:
            attendee.included = True
            let_in(after_action.incident, person, WHY_ATTENDEE, now)
            added.append(attendee)
        attendee.roles, attendee.reason = list(row.roles), row.reason
        if not attendee.decided_reason and row.requirement == AttendeeRequirement.REQUIRED:
            attendee.requirement = AttendeeRequirement.REQUIRED.value
        if _state_of(attendee) != stood:
            attendee.save(update_fields=["roles", "reason", "requirement", "included"])
    dropped = _drop(after_action, [row for key, row in listed.items() if key not in wanted]) if drops else []
    _call_in(after_action, added, dropped, by=by, now=now)
    return list(after_action.attendees.select_related("person"))


def _state_of(attendee: Attendee) -> dict[str, Any]:
    """What the record says of somebody on the list, and whether they are to come."""
    return {
        "included": attendee.included,
        "requirement": attendee.requirement,
        "roles": attendee.roles,
        "reason": attendee.reason,
    }


def _drop(after_action: AfterAction, unnamed: Sequence[Attendee]) -> list[Attendee]:
    """Takes off the list who was on it by the record alone: added by nobody, and decided on by nobody."""
    dropped = [row for row in unnamed if row.included and row.roles and not row.decided_reason]
    for attendee in dropped:
        attendee.included, attendee.roles, attendee.reason = False, [], NO_LONGER_NAMED
        attendee.requirement = AttendeeRequirement.SITUATIONAL.value
        attendee.save(update_fields=["included", "roles", "reason", "requirement"])
    if dropped:
        revoke_access_of_former_parts(after_action)
    return dropped


def _call_in(
    after_action: AfterAction,
    invited: Sequence[Attendee],
    removed: Sequence[Attendee],
    *,
    by: Person | None = None,
    now: datetime,
) -> None:
    """Tells the calendars of those who came onto the list of a meeting that is scheduled, and of those who left it."""
    meeting = lifecycle.present_meeting(after_action)
    if meeting is None or meeting.held_until is not None or not (invited or removed):
        return
    meeting.after_action = after_action
    meeting.sequence += 1
    meeting.save(update_fields=["sequence"])
    uninvite(meeting, removed, now=now)
    invite(meeting, only=invited, by=by, now=now)


@transaction.atomic
def look_again(after_action: AfterAction, *, by: Person | None, now: datetime) -> list[Attendee]:
    """Proposes anew what the record says by now, as the MIM asks: who is new is invited, who was named by an entry that
    was corrected since is taken off. Raises NotAllowed."""
    after_action = lifecycle.locked(after_action)
    if not can_chair(by, after_action):
        raise NotAllowed("The MIM decides who attends.")
    before = {
        attendee.person.identifier: _state_of(attendee)
        for attendee in after_action.attendees.select_related("person")
    }
    listed = propose_attendees(after_action, by=by, now=now, drops=True)
    changes: dict[str, tuple[Any, Any]] = {}
    for row in sorted(listed, key=lambda item: item.person.identifier):
        name, stands = row.person.identifier, _state_of(row)
        stood = before.get(name, {"included": False})
        if stood["included"] != stands["included"]:
            changes[name] = (stood["included"], stands["included"])
        else:
            changes |= {
                f"{name}, {word}": (stood.get(word), words)
                for word, words in stands.items()
                if stood.get(word) != words
            }
    if changes:
        lifecycle.audit("looked at the record again", after_action, by=by, now=now, changes=changes)
    obligations.reconcile(after_action.incident, by=by, now=now)
    return listed


@transaction.atomic
def set_attendees(
    after_action: AfterAction,
    rows: Sequence[Mapping[str, Any]],
    *,
    by: Person | None,
    at: datetime,
    now: datetime,
) -> list[Attendee]:
    """Takes the MIM's decisions: rows of `person` (a row or an identifier), `included`, and if wished
    `requirement`, `reason`, `fills` (a required seat that nobody has), `bring`, `bring_by`. Whoever is not in the list
    stays as decided before.

    Those newly included in a scheduled meeting are invited, those removed receive a cancellation. Raises BadInput with
    the path of every problem, NotAllowed.
    """
    after_action = lifecycle.locked(after_action)
    if not can_chair(by, after_action):
        raise NotAllowed("The MIM decides who attends.")
    lifecycle.check_instant(at, now=now)
    listed = {
        attendee.person_id: attendee
        for attendee in after_action.attendees.select_related("person").select_for_update(of=("self",))
    }
    problems: list[Problem] = []
    invited: list[Attendee] = []
    removed: list[Attendee] = []
    for number, row in enumerate(rows):
        path = f"[{number}]"
        try:
            attendee, was_included = _decided(after_action, listed, row, path, by=by, at=at, now=now)
        except BadInput as wrong:
            problems += wrong.problems
            continue
        if attendee.included and not was_included:
            invited.append(attendee)
        if was_included and not attendee.included:
            removed.append(attendee)
    if problems:
        raise BadInput(problems)
    for attendee in invited:
        let_in(after_action.incident, attendee.person, WHY_ATTENDEE, now)
    if removed:
        revoke_access_of_former_parts(after_action)
    _call_in(after_action, invited, removed, by=by, now=now)
    changes = {
        attendee.person.identifier: (attendee in removed, attendee in invited)
        for attendee in [*invited, *removed]
    }
    lifecycle.audit("decided who attends", after_action, by=by, now=now, changes=changes)
    # Who is to read the draft, and who to bring what by when.
    obligations.reconcile(after_action.incident, by=by, now=now)
    return list(after_action.attendees.select_related("person"))


def _decided(
    after_action: AfterAction,
    listed: dict[int, Attendee],
    row: Mapping[str, Any],
    path: str,
    *,
    by: Person | None,
    at: datetime,
    now: datetime,
) -> tuple[Attendee, bool]:
    """The attendee that one row decides on, saved, and whether he or she was included before."""
    scope = after_action.incident.reference
    named = row.get("person")
    if not isinstance(named, Person | Outsider):
        named = find_or_parse(str(named or ""), scope=scope, path=f"{path}.person")
    person = add_outsider(named, scope=scope, by=by, now=now)
    person = person.account or person
    attendee = listed.get(person.pk)
    was_included = attendee is not None and attendee.included
    if attendee is None:
        attendee = Attendee(
            after_action=after_action,
            person=person,
            requirement=AttendeeRequirement.SITUATIONAL.value,
            reason="Added by the MIM.",
            added_at=at,
        )
    requirement = row.get("requirement") or attendee.requirement
    if not AttendeeRequirement.knows(requirement):
        raise BadInput.of(f"{path}.requirement", "Choose required or situational.")
    reason = typed_text(str(row.get("reason") or ""), f"{path}.reason")
    included = bool(row.get("included", True))
    required = AttendeeRequirement.REQUIRED in (attendee.requirement, requirement)
    # Why somebody was added is no reason to remove them.
    if required and not included and (was_included or not attendee.decided_reason) and not reason:
        raise BadInput.of(f"{path}.reason", f"{person} is required: say why this person is not to attend.")
    attendee.included, attendee.requirement = included, requirement
    attendee.decided_reason = reason or attendee.decided_reason
    if "fills" in row:
        attendee.fills = str(row["fills"] or "")[:LONGEST_SEAT]
    attendee.bring = str(row.get("bring", attendee.bring) or "")
    bring_by = _day(row["bring_by"], f"{path}.bring_by") if "bring_by" in row else attendee.bring_by
    zone = by.time_zone if by else after_action.incident.time_zone
    if bring_by != attendee.bring_by and has_passed(bring_by, now=now, time_zone=zone):
        raise BadInput.of(f"{path}.bring_by", DAY_HAS_PASSED)
    attendee.bring_by = bring_by
    attendee.save()
    listed[person.pk] = attendee
    return attendee, was_included


def _day(value: Any, path: str) -> date | None:
    if value in (None, "") or isinstance(value, date):
        return value or None
    try:
        return read_day(value)
    except ValueError:
        raise BadInput.of(path, "Write a date as 2026-03-31.") from None


@transaction.atomic
def respond(attendee: Attendee, response: str, *, by: Person | None, at: datetime, now: datetime) -> Attendee:
    """An answer to the invitation: by the person, or entered by the chair for somebody who answered elsewhere."""
    after_action = attendee.after_action
    attendee = Attendee.objects.select_for_update(of=("self",)).select_related("person").get(pk=attendee.pk)
    if not (by is not None and answers_for(by, attendee.person)) and not can_chair(by, after_action):
        raise NotAllowed("Only the person invited answers, or the MIM for them.")
    if not InvitationResponse.knows(response):
        raise BadInput.of("response", f"Choose one of: {', '.join(InvitationResponse.keys())}.")
    lifecycle.check_instant(at, now=now)
    before = attendee.response
    attendee.response, attendee.responded_at = response, at
    attendee.save(update_fields=["response", "responded_at"])
    trail.record(
        "answered the invitation of",
        attendee,
        by=by,
        at=now,
        scope=after_action.incident.reference,
        changes={"response": (before, response)},
    )
    settled(after_action.meetings.all(), step="invite", now=now, person=attendee.person)
    return attendee
