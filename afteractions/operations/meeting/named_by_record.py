"""Whom the record names for the meeting: the facts that the rule of attendance asks for, and what follows of them."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from afteractions.documents.revision import expected_of
from afteractions.models import AfterAction
from afteractions.operations.deadlines.escalation_chain import EscalationChain
from afteractions.operations.review.document import Review
from afteractions.operations.review.record_view import Record
from afteractions.rules.deadlines.escalation import chain
from afteractions.rules.meeting.attendance import (
    Acted,
    AttendanceFacts,
    AttendeeProposal,
    Commander,
    EmptySeat,
    Lead,
    ServiceOwner,
    VendorRepresentative,
    empty_seats,
    proposals,
    speaks_of_communications,
)
from afteractions.rules.review.root_cause import texts_of
from afteractions.vocabulary import SectionKey
from afteractions.wording.person_names import is_named_like_a_person
from incidents.models import Incident, RecoveryTrack, TrackMember
from incidents.queries.incidents import incident_page
from incidents.rules.gaps.expectations import GapKind
from incidents.vocabulary import CommandRole, EventKind
from majorops.people.models import Person

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


def proposals_of(review: Review, *, now: datetime) -> list[AttendeeProposal]:
    """Everybody whom the record names, with what speaks for asking them or for not asking them. Rule: attendance."""
    return [proposal for proposal in proposals(_facts(review, _People(), now)) if proposal.person]


def not_proposed(review: Review, *, now: datetime) -> list[NotProposed]:
    """Who of the record is not asked to attend, and why (domain.md: everyone else who was on the bridge)."""
    people = _People()
    proposed = [
        proposal for proposal in proposals(_facts(review, people, now)) if proposal.requirement is None
    ]
    return [
        NotProposed(people.known[result.person], result.reason)
        for result in proposed
        if result.person is not None
    ]


def proposed_besides(review: Review, listed: Collection[int], *, now: datetime) -> list[Person]:
    """Whom scheduling would put on the list besides those who are `listed` by the keys of their accounts."""
    people = _People()
    found = [each for each in proposals(_facts(review, people, now)) if each.requirement is not None]
    return [
        people.known[each.person]
        for each in found
        if each.person is not None and int(each.person) not in listed
    ]


def _facts(review: Review, people: _People, now: datetime) -> AttendanceFacts:
    record, incident = review.record, review.incident
    acted = Counter(key for event in record.events if event.kind in ACTING and (key := people.key(event.by)))
    members = TrackMember.objects.filter(track__in=[track.pk for track in record.tracks]).select_related(
        "track", "person"
    )
    owners = [change.owner or incident.mim for change in review.rows if change.executive_reason]
    reorganising = _of_organisational_change(review)
    follow_ups = review.follow_ups if record.engagements else {}
    settled = {key: follow_up.root_cause_related for key, follow_up in follow_ups.items()}
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
    yield from texts_of(cause)
    for change in review.rows:
        yield from (change.gap, change.change)


def _of_organisational_change(review: Review) -> list[Person | None]:
    """The owners of what requires a change of the organisation; the MIM's where nobody owns it yet."""
    return [change.owner or review.incident.mim for change in review.rows if change.organisational_reason]


def _managers(owners: Iterable[Person | None], people: _People, now: datetime) -> list[str]:
    """The first manager above each owner who can come."""
    managers = []
    below = [owner.account_id or owner.pk for owner in owners if owner is not None]
    ladder = EscalationChain.above(below, now=now) if below else None
    for person in dict.fromkeys(below):
        assert ladder is not None
        above = [row for row in chain(str(person), ladder.managers) if row not in ladder.unreachable]
        if above and (key := people.key(ladder.people[above[0]])):
            managers.append(key)
    return list(dict.fromkeys(managers))


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
    commanders = []
    if mim := people.key(incident.mim):
        commanders.append(Commander(mim, CommandRole.MIM))
    for assignment in record.command:
        if confirmed and assignment.awaits_confirmation:
            continue
        # Who handed command over is no longer the chair, and was there all the same.
        role = CommandRole(assignment.role)
        former = role is CommandRole.MIM and assignment.person_id != incident.mim_id
        if key := people.key(assignment.person):
            commanders.append(Commander(key, role, handed_over=former))
    for member in members:
        if key := people.key(member.person):
            commanders.append(Commander(key, CommandRole.SME, member.track.name))
    return commanders


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
        engineering_managers=tuple(str(row.manager_id) for row in reorganising if row and row.manager_id),
        communications_are_written_of=speaks_of_communications(_written(review)),
    )
    names = {key: person.full_name for key, person in people.known.items()}
    return empty_seats(facts, filled=filled, listed=set(map(str, listed)), names=names)


def read_empty_seats(after_action: AfterAction, *, now: datetime) -> list[EmptySeat]:
    """The same, read from the database."""
    attendees = list(after_action.attendees.select_related("person"))
    return empty_seats_of(
        Review(after_action, at=now),
        listed=[attendee.person.account_id or attendee.person_id for attendee in attendees],
        filled={attendee.fills for attendee in attendees if attendee.included},
        related=_settled(after_action),
    )


def _settled(after_action: AfterAction) -> dict[int, bool | None]:
    follow_ups = after_action.vendor_follow_ups.values_list("engagement", "root_cause_related")
    return dict(follow_ups)


def _service_owners(incident: Incident, people: _People) -> Iterator[ServiceOwner]:
    for service in incident_page(incident).affected_services.all():
        yield ServiceOwner(people.key(service.owner or service.service.owner), service.service.name)


def _representatives(
    record: Record, people: _People, related: Mapping[int, bool | None]
) -> Iterator[VendorRepresentative]:
    for engagement in record.engagements:
        settled = related.get(record.first_engagements[engagement.pk])
        yield VendorRepresentative(
            people.key(engagement.vendor.representative, may_be_a_desk=True),
            engagement.vendor.name,
            engagement.root_cause_related if settled is None else settled,
        )
