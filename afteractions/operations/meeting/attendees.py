"""Who attends: proposed from the record, each with a reason; the MIM decides (domain.md, Attendees)."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction

from afteractions.access import answers_for, can_chair
from afteractions.documents.revision import expected_of
from afteractions.models import AfterAction, Attendee
from afteractions.operations import lifecycle
from afteractions.operations.deadlines import obligations
from afteractions.operations.deadlines.escalation_chain import EscalationChain
from afteractions.operations.meeting.invitations import invite, uninvite
from afteractions.operations.parts import WHY_ATTENDEE, let_out_whose_part_is_gone
from afteractions.operations.review.document import Review
from afteractions.operations.review.record_view import Record
from afteractions.rules.deadlines.escalation import chain
from afteractions.rules.meeting.attendance import (
    Acted,
    AttendanceFacts,
    Commander,
    EmptySeat,
    Lead,
    ServiceOwner,
    VendorRepresentative,
    empty_seats,
    proposals,
    speaks_of_communications,
)
from afteractions.vocabulary import AttendeeRequirement, InvitationResponse, SectionKey
from afteractions.wording.person_names import is_named_like_a_person
from incidents.models import Incident, RecoveryTrack, TrackMember
from incidents.operations.letting_in import let_in
from incidents.queries.incidents import incident_page
from incidents.rules.gaps.expectations import GapKind
from incidents.vocabulary import CommandRole, EventKind
from majorops.audit import trail
from majorops.errors import BadInput, NotAllowed, Problem
from majorops.notices.outbox import settled
from majorops.people.models import Person
from majorops.people.outsiders import Outsider, add_outsider, find_or_parse
from majorops.texts import typed_text

NO_LONGER_NAMED = "The record names this person no more."
LONGEST_SEAT = 250
ACTING = frozenset({EventKind.DECISION, EventKind.ACTION, EventKind.RECOVERY})
COMMUNICATION_GAPS = frozenset(
    {
        GapKind.STATUS_UPDATE_LATE,
        GapKind.NO_STATUS_UPDATE,
        GapKind.NO_PUBLIC_STATUS_UPDATE,
        GapKind.NO_STAKEHOLDER_COMMUNICATION,
    }
)


class _People:
    """Those whom the record names, by the key that rules use: a contact's linked account in its place, and nobody who
    is only called "User" or "Node". Whom a contract names is taken at its word: a desk represents a vendor too."""

    def __init__(self) -> None:
        self.known: dict[str, Person] = {}

    def key(self, person: Person | None, *, may_be_a_desk: bool = False) -> str | None:
        if person is None:
            return None
        if person.is_contact and not may_be_a_desk and not is_named_like_a_person(person.full_name):
            return None
        key = str(person.account_id or person.pk)
        self.known.setdefault(key, person)
        return key


@dataclass(frozen=True, slots=True)
class NotProposed:
    """Somebody whom the record names and who need not come: `reason` says why."""

    person: Person
    reason: str


def not_proposed(review: Review, *, now: datetime) -> list[NotProposed]:
    """Who of the record is not asked to attend, and why (domain.md: everyone else who was on the bridge)."""
    people = _People()
    found = [each for each in proposals(_facts(review, people, now)) if each.requirement is None]
    return [NotProposed(people.known[each.person], each.reason) for each in found if each.person is not None]


def _facts(review: Review, people: _People, now: datetime) -> AttendanceFacts:
    record, incident = review.record, review.incident
    acted = Counter(key for event in record.events if event.kind in ACTING and (key := people.key(event.by)))
    members = TrackMember.objects.filter(track__in=[track.pk for track in record.tracks]).select_related(
        "track", "person"
    )
    owners = [change.owner or incident.mim for change in review.rows if change.executive_reason]
    reorganising = _of_organisational_change(review)
    follow_ups = review.follow_ups if record.engagements else {}
    settled = {key: each.root_cause_related for key, each in follow_ups.items()}
    return AttendanceFacts(
        command=tuple(_commanders(incident, record, people, members=members, confirmed=incident.restricted)),
        leads=tuple(_leads(incident, record, people)),
        acted=tuple(Acted(key, entries) for key, entries in acted.items()),
        service_owners=tuple(_service_owners(incident, people)),
        vendors=tuple(_representatives(record, people, settled)),
        communications_are_a_finding=any(gap.kind in COMMUNICATION_GAPS for gap in record.gaps),
        communications_are_written_of=speaks_of_communications(_written(review)),
        regulatory_exposure=bool(incident.regulatory_exposure),
        organisational_change=bool(reorganising),
        engineering_managers=tuple(_managers(reorganising, people, now)),
        executive_action=bool(owners),
        executives=tuple(_executives(owners, people, now)),
    )


def _written(review: Review) -> Iterator[str]:
    """What people wrote as findings: what went otherwise, what would have helped, the cause, and what is changed."""
    expected, cause = expected_of(review.written(SectionKey.EXPECTED, {})), review.root_cause()
    for row in expected["deviations"]:
        yield from (str(row.get(name) or "") for name in ("expected", "actual", "assessment"))
    yield from (row["text"] for row in expected["ways"])
    yield from (cause["failure"], *cause["contributing_factors"], *cause["should_have_happened"])
    for change in review.rows:
        yield from (change.gap, change.change)


def _of_organisational_change(review: Review) -> list[Person | None]:
    """The owners of what requires a change of the organisation; the MIM's where nobody owns it yet."""
    return [change.owner or review.incident.mim for change in review.rows if change.organisational_reason]


def _managers(owners: Iterable[Person | None], people: _People, now: datetime) -> list[str]:
    """The first manager above each owner who can come."""
    found = []
    below = [owner.account_id or owner.pk for owner in owners if owner is not None]
    ladder = EscalationChain.above(below, now=now) if below else None
    for person in dict.fromkeys(below):
        assert ladder is not None
        above = [each for each in chain(str(person), ladder.managers) if each not in ladder.unreachable]
        if above and (key := people.key(ladder.people[above[0]])):
            found.append(key)
    return list(dict.fromkeys(found))


def _executives(owners: Iterable[Person | None], people: _People, now: datetime) -> list[str]:
    """Who stands at the top of the manager tree above the owners of what needs executive action."""
    below = [owner.account_id or owner.pk for owner in owners if owner is not None]
    if not below:
        return []
    ladder = EscalationChain.above(below, now=now)
    above = [chain(str(person), ladder.managers) for person in below]
    tops = {managers[-1] for managers in above if managers} - ladder.unreachable
    return [key for top in sorted(tops, key=int) if (key := people.key(ladder.people[top]))]


def _leads(incident: Incident, record: Record, people: _People) -> Iterator[Lead]:
    """Who led a track. Attending lets somebody into a restricted incident: whoever writes an entry after the close
    does not do that by naming a lead."""
    counted = None
    if incident.restricted:
        rights = RecoveryTrack.objects.carrying_rights().filter(incident=incident)
        counted = set(rights.values_list("pk", flat=True))
    for track in record.tracks:
        if (counted is None or track.pk in counted) and (key := people.key(track.lead)):
            yield Lead(key, track.name)


def _commanders(
    incident: Incident,
    record: Record,
    people: _People,
    *,
    members: Iterable[TrackMember],
    confirmed: bool = False,
) -> list[Commander]:
    """Who held a role. `confirmed`: without those recorded after the close whom nobody has confirmed."""
    found = []
    if mim := people.key(incident.mim):
        found.append(Commander(mim, CommandRole.MIM))
    for assignment in record.command:
        if confirmed and assignment.awaits_confirmation:
            continue
        # Who handed command over is no longer the chair, and was there all the same.
        role = CommandRole(assignment.role)
        former = role is CommandRole.MIM and assignment.person_id != incident.mim_id
        if key := people.key(assignment.person):
            found.append(Commander(key, role, handed_over=former))
    for member in members:
        if key := people.key(member.person):
            found.append(Commander(key, CommandRole.SME, member.track.name))
    return found


def empty_seats_of(
    review: Review, *, listed: Iterable[int], filled: Collection[str], related: Mapping[int, bool | None]
) -> list[EmptySeat]:
    """The seats that nobody has, from what is at hand: `listed` are the people of the list, on it or taken off by the
    MIM, `filled` the seats that they take, and `related` says of an engagement whether the follow-up settled it as part
    of the root cause. Rule: attendance."""
    people, record = _People(), review.record
    incident = record.incident
    reorganising = _of_organisational_change(review)
    facts = AttendanceFacts(
        command=tuple(_commanders(incident, record, people, members=())),
        leads=tuple(Lead(key, track.name) for track in record.tracks if (key := people.key(track.lead))),
        service_owners=tuple(_service_owners(incident, people)),
        vendors=tuple(_representatives(record, people, related)),
        regulatory_exposure=bool(incident.regulatory_exposure),
        organisational_change=bool(reorganising),
        engineering_managers=tuple(str(each.manager_id) for each in reorganising if each and each.manager_id),
        communications_are_written_of=speaks_of_communications(_written(review)),
    )
    names = {key: person.full_name for key, person in people.known.items()}
    return empty_seats(facts, filled, listed=set(map(str, listed)), names=names)


def read_empty_seats(after_action: AfterAction, *, now: datetime) -> list[EmptySeat]:
    """The same, read from the database."""
    attendees = list(after_action.attendees.select_related("person"))
    return empty_seats_of(
        Review(after_action, at=now),
        listed=[each.person.account_id or each.person_id for each in attendees],
        filled={each.fills for each in attendees if each.included},
        related=_settled(after_action),
    )


def _settled(after_action: AfterAction) -> dict[int, bool | None]:
    follow_ups = after_action.vendor_follow_ups.values_list("engagement", "root_cause_related")
    return dict(follow_ups)


def _service_owners(incident: Incident, people: _People) -> Iterator[ServiceOwner]:
    for each in incident_page(incident).affected_services.all():
        yield ServiceOwner(people.key(each.owner or each.service.owner), each.service.name)


def _representatives(
    record: Record, people: _People, related: Mapping[int, bool | None]
) -> Iterator[VendorRepresentative]:
    for each in record.engagements:
        settled = related.get(record.first_engagements[each.pk])
        yield VendorRepresentative(
            people.key(each.vendor.representative, may_be_a_desk=True),
            each.vendor.name,
            each.root_cause_related if settled is None else settled,
        )


@transaction.atomic(savepoint=False)
def propose_attendees(
    after_action: AfterAction, *, by: Person | None = None, now: datetime, drops: bool = False
) -> list[Attendee]:
    """Adds whoever the record proposes and is not listed yet, and says the reasons anew; whoever is added to a meeting
    that is scheduled is invited. What the MIM decided stays; doing it again changes nothing.

    `drops`: whoever stood on the list by the record alone, and is named by it no more, is taken off.
    """
    people = _People()
    proposed = [each for each in proposals(_facts(Review(after_action, at=now), people, now)) if each.person]
    accounts = Person.objects.in_bulk([int(each.person or 0) for each in proposed])
    listed = {attendee.person_id: attendee for attendee in after_action.attendees.select_related("person")}
    added: list[Attendee] = []
    wanted = set()
    for each in proposed:
        if each.requirement is None:
            continue
        person = accounts[int(each.person or 0)]
        wanted.add(person.pk)
        attendee = listed.get(person.pk)
        if attendee is None:
            attendee = Attendee.objects.create(
                after_action=after_action,
                person=person,
                requirement=each.requirement,
                roles=list(each.roles),
                reason=each.reason,
                added_at=now,
            )
            let_in(after_action.incident, person, WHY_ATTENDEE, now)
            added.append(attendee)
            continue
        stood = _standing(attendee)
        if attendee.reason == NO_LONGER_NAMED and not attendee.included and not attendee.decided_reason:
            attendee.included = True
            let_in(after_action.incident, person, WHY_ATTENDEE, now)
            added.append(attendee)
        attendee.roles, attendee.reason = list(each.roles), each.reason
        if not attendee.decided_reason and each.requirement == AttendeeRequirement.REQUIRED:
            attendee.requirement = AttendeeRequirement.REQUIRED.value
        if _standing(attendee) != stood:
            attendee.save(update_fields=["roles", "reason", "requirement", "included"])
    dropped = (
        _drop(after_action, [each for key, each in listed.items() if key not in wanted]) if drops else []
    )
    _call_in(after_action, added, dropped, by=by, now=now)
    return list(after_action.attendees.select_related("person"))


def _standing(attendee: Attendee) -> dict[str, Any]:
    """What the record says of somebody on the list, and whether they are to come."""
    return {
        "included": attendee.included,
        "requirement": attendee.requirement,
        "roles": attendee.roles,
        "reason": attendee.reason,
    }


def _drop(after_action: AfterAction, unnamed: Sequence[Attendee]) -> list[Attendee]:
    """Takes off the list who was on it by the record alone: added by nobody, and decided on by nobody."""
    dropped = [each for each in unnamed if each.included and each.roles and not each.decided_reason]
    for attendee in dropped:
        attendee.included, attendee.roles, attendee.reason = False, [], NO_LONGER_NAMED
        attendee.requirement = AttendeeRequirement.SITUATIONAL.value
        attendee.save(update_fields=["included", "roles", "reason", "requirement"])
    if dropped:
        let_out_whose_part_is_gone(after_action)
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
        each.person.identifier: _standing(each) for each in after_action.attendees.select_related("person")
    }
    listed = propose_attendees(after_action, by=by, now=now, drops=True)
    changes: dict[str, tuple[Any, Any]] = {}
    for each in sorted(listed, key=lambda each: each.person.identifier):
        name, stands = each.person.identifier, _standing(each)
        stood = before.get(name, {"included": False})
        if stood["included"] != stands["included"]:
            changes[name] = (stood["included"], stands["included"])
        else:
            changes |= {
                f"{name}, {word}": (stood.get(word), said)
                for word, said in stands.items()
                if stood.get(word) != said
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
        let_out_whose_part_is_gone(after_action)
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
    attendee.bring_by = _day(row["bring_by"], f"{path}.bring_by") if "bring_by" in row else attendee.bring_by
    attendee.save()
    listed[person.pk] = attendee
    return attendee, was_included


def _day(value: Any, path: str) -> date | None:
    if value in (None, "") or isinstance(value, date):
        return value or None
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
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
        "answered the invitation",
        attendee,
        by=by,
        at=now,
        scope=after_action.incident.reference,
        changes={"response": (before, response)},
    )
    settled(after_action.meetings.all(), step="invite", now=now, person=attendee.person)
    return attendee
