"""From the rows to the facts that rules of deadlines ask for. Nothing else turns rows into them."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Prefetch, QuerySet

from afteractions.models import (
    AfterAction,
    Attendee,
    Change,
    EvidenceFile,
    ExternalMessage,
    ItemDisposition,
    Meeting,
    StatusNote,
    Transition,
    VendorItem,
)
from afteractions.operations.current_policy import current_policy
from afteractions.operations.vendor_facts import acting, key_of, vendor_facts
from afteractions.queries.after_actions import readers
from afteractions.rules.deadlines.calendar import BusinessCalendar
from afteractions.rules.facts import (
    ActionFacts,
    AfterActionFacts,
    DispositionFacts,
    EvidenceFacts,
    ExternalMessageFacts,
    IncidentFacts,
    MeetingFacts,
    MtmFacts,
    ReaderFacts,
    StatusNoteFacts,
    VendorFacts,
)
from afteractions.vocabulary import (
    ActionStatus,
    AttendeeRequirement,
    ChangeKind,
    Decision,
    Disposition,
    Status,
)
from incidents.models import Incident, Mtm, VendorEngagement
from incidents.vocabulary import RequirementLevel, Severity
from majorops.prepared import prepared

# Each question of this module is asked at every change of a record or a review.


@prepared
def _incident(*, incident: int) -> QuerySet[Incident]:
    return Incident.objects.select_related("mim__account").filter(pk=incident)


@prepared
def _after_actions(*, incident: int) -> QuerySet[AfterAction]:
    people = ("owner__account", "internal_liaison__account")
    # An incident has one at most: without an order the statement is written in half the time.
    return AfterAction.objects.select_related(*people).filter(incident=incident).order_by()


@prepared
def _mtm_entries(*, incident: int) -> QuerySet[Mtm]:
    return Mtm.objects.filter(incident=incident).select_related("summary")


@prepared
def _first_engagement(*, incident: int) -> QuerySet[VendorEngagement, int]:
    return VendorEngagement.objects.filter(incident=incident).order_by().values_list("pk", flat=True)[:1]


@prepared
def _engagements(*, incident: int) -> QuerySet[VendorEngagement]:
    people = ("vendor__service_manager__account", "follow_up__service_manager__account")
    return VendorEngagement.objects.filter(incident=incident).select_related(*people)


@prepared
def _included(*, after_action: int) -> QuerySet[Attendee]:
    return Attendee.objects.filter(after_action=after_action, included=True).select_related("person__account")


@prepared
def _meeting_rounds(*, after_action: int) -> QuerySet[Meeting]:
    return Meeting.objects.filter(after_action=after_action).order_by("round")


@prepared
def _transitions(*, after_action: int) -> QuerySet[Transition]:
    return Transition.objects.filter(after_action=after_action).order_by("id")


@prepared
def _evidence_files(*, after_action: int) -> QuerySet[EvidenceFile]:
    evidence_files = EvidenceFile.objects.filter(after_action=after_action, withdrawal__isnull=True)
    return evidence_files.only("by", "at").order_by("id")


@prepared
def _messages(*, after_action: int) -> QuerySet[ExternalMessage]:
    return ExternalMessage.objects.filter(after_action=after_action)


@prepared
def _items(*, after_action: int) -> QuerySet[Change]:
    items = Change.objects.filter(after_action=after_action, removed_at__isnull=True)
    return (
        items.exclude(kind=ChangeKind.CONTINUE)
        .select_related("owner__account")
        .prefetch_related(Prefetch("dispositions", ItemDisposition.objects.order_by("id")))
    )


@prepared
def _notes(*, after_action: int) -> QuerySet[StatusNote]:
    return StatusNote.objects.filter(after_action=after_action).select_related("transition")


@dataclass(frozen=True, slots=True)
class Facts:
    """All that the deadlines of one incident follow from; `after_action` is None while there is none."""

    record: IncidentFacts
    after_action: AfterActionFacts | None


def business_calendar() -> BusinessCalendar:
    """The business days of the organisation, with what they were before."""
    return current_policy().calendar


def after_action_facts(incident: Incident) -> Facts:
    """The facts of an incident and its After Action as they stand in the database, in a constant number of
    statements."""
    [locked] = _incident(incident=incident.pk)
    return facts_of(locked, after_action_of(locked))


def after_action_of(incident: Incident) -> AfterAction | None:
    """The After Action of an incident with the people that its facts name."""
    return next(iter(_after_actions(incident=incident.pk)), None)


def facts_of(incident: Incident, after_action: AfterAction | None) -> Facts:
    """The same from rows just read: the incident with its MIM's account, the After Action of `after_action_of`."""
    history = incident.history if after_action is None else is_history(after_action)
    known_from = known_since(incident, after_action)
    zone = ZoneInfo(incident.time_zone)
    mtms = _mtm_entries(incident=incident.pk)
    record = IncidentFacts(
        zone=zone,
        highest_severity=Severity(incident.highest_severity),
        mim=acting(incident.mim),
        mtms=tuple(_mtms(incident, mtms, history, known_from)),
        vendors=tuple(_vendors(incident, zone, history, known_from)),
        history=history,
    )
    if after_action is None:
        return Facts(record, None)
    actions = action_facts(after_action, zone, has_mtms=bool(mtms))
    return Facts(record, _after_action(incident, after_action, actions))


def is_history(after_action: AfterAction) -> bool:
    """Whether its deadlines are only shown: it came as history and nobody has started its process."""
    return after_action.history and after_action.started_at is None


def known_since(incident: Incident, after_action: AfterAction | None) -> datetime:
    """Since when anybody here can know of the record: a deadline that had run before binds nobody."""
    started_at = after_action.started_at if after_action is not None else None
    return max(incident.recorded_at, started_at or incident.recorded_at)


def _latest_entries(entries: Iterable[Any]) -> list[tuple[int, Any]]:
    """Each entry that no later one corrects, with the key of the entry that its corrections go back to."""
    first_of: dict[int, int] = {}
    corrected: set[int] = set()
    ordered = sorted(entries, key=lambda entry: entry.pk)
    for entry in ordered:
        first_of[entry.pk] = first_of.get(entry.corrects_id, entry.pk)
        if entry.corrects_id is not None:
            corrected.add(entry.corrects_id)
    return [(first_of[entry.pk], entry) for entry in ordered if entry.pk not in corrected]


def _mtms(incident: Incident, entries: list[Mtm], history: bool, known_from: datetime) -> list[MtmFacts]:
    # A summary stays with the meeting as it was when it was published; a correction inherits it.
    published = {
        mtm.number: mtm.summary.published_at for mtm in entries if getattr(mtm, "summary", None) is not None
    }
    meetings = [mtm for _, mtm in _latest_entries(entries)]
    started = {mtm.number: mtm.started_at for mtm in meetings if mtm.started_at}
    mtm_facts = []
    for mtm in sorted(meetings, key=lambda mtm: mtm.number):
        if not history and mtm.ended_at is not None and mtm.ended_at < known_from:
            continue
        next_started = started.get(mtm.number + 1)
        # Nobody needs the next one of what was stood down or is over: it was neither held nor missed.
        is_needed = next_started is not None or not (mtm.stood_down or incident.closed_at)
        mtm_facts.append(
            MtmFacts(
                number=mtm.number,
                ended_at=mtm.ended_at,
                summary_published_at=published.get(mtm.number),
                next_at=mtm.next_at if is_needed else None,
                next_started_at=next_started,
            )
        )
    return mtm_facts


def _vendors(incident: Incident, zone: ZoneInfo, history: bool, known_from: datetime) -> list[VendorFacts]:
    # Most incidents have none, and the whole question is the longest statement of all.
    if not _first_engagement(incident=incident.pk):
        return []
    entries = _engagements(incident=incident.pk)
    # The follow-up hangs on the engagement as first entered; a correction inherits it.
    follow_ups = {entry.pk: getattr(entry, "follow_up", None) for entry in entries}
    items: dict[int, list[VendorItem]] = defaultdict(list)
    if any(follow_ups.values()):
        for item in VendorItem.objects.filter(follow_up__engagement__incident=incident):
            items[item.follow_up_id].append(item)
    return [
        vendor_facts(
            first,
            engagement,
            follow_ups[first],
            items,
            zone=zone,
            known_from=None if history else known_from,
        )
        for first, engagement in _latest_entries(entries)
    ]


def _after_action(
    incident: Incident, after_action: AfterAction, actions: list[ActionFacts]
) -> AfterActionFacts:
    attendees = _attendees(after_action)
    return AfterActionFacts(
        level=RequirementLevel(incident.requirement_level or RequirementLevel.NOT_REQUIRED),
        clock_from=after_action.clock_from,
        decision=Decision(after_action.decision) if after_action.decision else None,
        decided_at=after_action.decided_at,
        lapsed=after_action.lapsed,
        owner=acting(after_action.owner),
        internal_liaison=acting(after_action.internal_liaison),
        meetings=tuple(_meetings(after_action, attendees)),
        published_at=after_action.published_at,
        evidence=tuple(_evidence(after_action, attendees)),
        actions=tuple(actions),
        status_notes=tuple(_status_notes(after_action)),
        external_messages=tuple(
            ExternalMessageFacts(str(message.pk), message.due_at, message.settled_at)
            for message in _messages(after_action=after_action.pk)
        ),
    )


def _attendees(after_action: AfterAction) -> list[Attendee]:
    """Those on the list who can be told."""
    included = _included(after_action=after_action.pk)
    return [attendee for attendee in included if acting(attendee.person) is not None]


def _readers(after_action: AfterAction, attendees: Iterable[Attendee]) -> Iterator[ReaderFacts]:
    read = readers(after_action)
    for attendee in attendees:
        if attendee.requirement == AttendeeRequirement.REQUIRED:
            person = attendee.person.account or attendee.person
            yield ReaderFacts(str(person.pk), read.get(person.pk) or read.get(attendee.person_id))


def _evidence(after_action: AfterAction, attendees: Iterable[Attendee]) -> Iterator[EvidenceFacts]:
    bringing = [attendee for attendee in attendees if attendee.bring and attendee.bring_by]
    if not bringing:
        return
    brought: dict[int, datetime] = {}
    for file in _evidence_files(after_action=after_action.pk):
        brought.setdefault(file.by_id, file.at)
    for attendee in bringing:
        person = attendee.person.account or attendee.person
        assert attendee.bring_by is not None
        yield EvidenceFacts(
            str(attendee.pk),
            str(person.pk),
            attendee.bring_by,
            ZoneInfo(person.time_zone),
            brought.get(person.pk),
        )


def _meetings(after_action: AfterAction, attendees: Iterable[Attendee]) -> list[MeetingFacts]:
    rounds = _meeting_rounds(after_action=after_action.pk)
    transitions = _transitions(after_action=after_action.pk)
    meetings: list[MeetingFacts] = []
    since: datetime | None = None
    for meeting in rounds:
        meetings.append(
            MeetingFacts(
                round=meeting.round,
                scheduled_at=meeting.scheduled_at,
                starts_at=meeting.starts_at,
                ends_at=meeting.ends_at,
                distributed_at=_distributed_at(transitions, since, meeting.held_from),
                held_from=meeting.held_from,
                held_until=meeting.held_until,
                agreed=meeting.agreed,
            )
        )
        since = meeting.held_until
    if not rounds or rounds[-1].agreed is False:
        meetings.append(
            MeetingFacts(
                round=len(rounds) + 1, distributed_at=_distributed_at(transitions, since, held_from=None)
            )
        )
    if meetings[-1].distributed_at is not None and meetings[-1].held_until is None:
        meetings[-1] = replace(meetings[-1], readers=tuple(_readers(after_action, attendees)))
    return meetings


def _distributed_at(
    transitions: Iterable[Transition], since: datetime | None, held_from: datetime | None
) -> datetime | None:
    """The distribution that stood in the round that began at `since`: the last one not withdrawn before the meeting.
    What follows the start of the meeting belongs to the next round."""
    distributed_at: datetime | None = None
    for transition in transitions:
        if since is not None and transition.at < since:
            continue
        if held_from is not None and transition.at > held_from:
            break
        if transition.to_status == Status.IN_REVIEW:
            distributed_at = transition.at
        elif transition.to_status == Status.DRAFT:
            distributed_at = None
    return distributed_at


def action_facts(after_action: AfterAction, zone: ZoneInfo, *, has_mtms: bool = True) -> list[ActionFacts]:
    """The action items that are owed, with their dispositions. `zone` is the incident's, for owners who have none."""
    # What is still being drafted binds nobody: an item is owed once the meeting has agreed on it, what an MTM agreed
    # from the moment that it was captured.
    agreed = after_action.reviewed_at is not None
    if not agreed and not has_mtms:
        return []
    return [
        ActionFacts(
            reference=change.reference,
            owner=key_of(change.owner),
            due_on=change.due_on,
            owner_zone=ZoneInfo(change.owner.time_zone) if change.owner and key_of(change.owner) else zone,
            status=ActionStatus(change.status),
            resolved_at=change.resolved_at,
            look_on=change.look_on,
            effect_checked_at=change.effect_checked_at,
            came_back_at=change.came_back_at,
            came_back_with=str(change.came_back_with_id),
            dispositions=tuple(
                DispositionFacts(Disposition(disposition.disposition), disposition.at)
                for disposition in change.dispositions.all()
            ),
        )
        for change in _items(after_action=after_action.pk)
        if agreed or change.mtm_action_id is not None
    ]


def _status_notes(after_action: AfterAction) -> list[StatusNoteFacts]:
    notes = _notes(after_action=after_action.pk)
    return [
        StatusNoteFacts(
            str(note.transition_id), note.transition.at, note.sent_at, Status(note.transition.to_status)
        )
        for note in notes
    ]
