"""Which obligations the facts of an incident and its After Action give rise to (domain.md, Deadlines).

Every row of the table of deadlines has one function here. They answer with all obligations, met ones
included; `reconciliation` compares them with what is stored.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from afteractions.rules.deadlines.calendar import BusinessCalendar, DayEnd, after, end_of_day, local_date
from afteractions.rules.deadlines.dispositions import reviews
from afteractions.rules.facts import ActionFacts, AfterActionFacts, IncidentFacts, MeetingFacts, VendorFacts
from afteractions.rules.learning import look_again
from afteractions.vocabulary import ActionStatus, Decision, ObligationKind, ObligationState, ResponsibleGroup
from incidents.rules.response.mtm import SUMMARY_WITHIN
from incidents.vocabulary import RequirementLevel, Severity

DECIDE_WITHIN = timedelta(hours=24)
SCHEDULE_WITHIN = timedelta(hours=24)
DRAFT_OUT_BEFORE_MEETING = timedelta(hours=48)
PUBLISH_WITHIN = timedelta(hours=48)
HOLD_WITHIN_BUSINESS_DAYS = {Severity.CRITICAL: 5}
HOLD_OTHERS_WITHIN_BUSINESS_DAYS = 10
SECOND_MEETING_WITHIN_BUSINESS_DAYS = 5
STATUS_NOTE_WITHIN_BUSINESS_DAYS = 1
LAPSE_AFTER_BUSINESS_DAYS = 5

# What outlives the After Action: never the next step of it.
OUTLIVES = frozenset({ObligationKind.ACTION_ITEM, ObligationKind.EFFECT_CHECK})
# What attendees owe for themselves: beside the steps of the After Action, never the next of them.
OF_ATTENDEES = frozenset({ObligationKind.READ_DRAFT, ObligationKind.EVIDENCE})

TO_DECIDE = frozenset({RequirementLevel.RECOMMENDED, RequirementLevel.OPTIONAL})


@dataclass(frozen=True, slots=True)
class Responsible:
    """Who must meet an obligation: a person's key, or a group when there is no such person."""

    person: str | None = None
    group: ResponsibleGroup | None = None


@dataclass(frozen=True, slots=True)
class Expected:
    """An obligation that follows from the facts.

    `subject` is stable for as long as the obligation is the same one ("meeting:1", "action:ACT-7F3QK").
    `due_on` is the local day that `due_at` ends, None for a deadline within a day. `missed` says that it
    can no longer be met.
    """

    kind: ObligationKind
    subject: str
    due_at: datetime
    responsible: Responsible
    due_on: date | None = None
    met_at: datetime | None = None
    missed: bool = False
    history: bool = False

    @property
    def state(self) -> ObligationState:
        """The state these facts alone give it; met exactly at the due instant is met in time."""
        if self.history:
            return ObligationState.HISTORY
        if self.met_at is not None:
            return ObligationState.MET if self.met_at <= self.due_at else ObligationState.MET_LATE
        return ObligationState.MISSED if self.missed else ObligationState.OPEN

    @property
    def late_by(self) -> timedelta | None:
        """By how much it was met late; None when it was met in time or not at all."""
        if self.met_at is None or self.met_at <= self.due_at:
            return None
        return self.met_at - self.due_at


def hold_within_business_days(severity: Severity) -> int:
    """Business days to hold the meeting.

    5 for Critical, 10 for all others. `severity` is the highest since opening.
    """
    return HOLD_WITHIN_BUSINESS_DAYS.get(severity, HOLD_OTHERS_WITHIN_BUSINESS_DAYS)


def lapse_at(
    level: RequirementLevel, clock_from: datetime, zone: ZoneInfo, calendar: BusinessCalendar
) -> datetime | None:
    """When an undecided optional After Action lapses to skip.

    The end of the 5th business day; None for other levels.
    """
    if level != RequirementLevel.OPTIONAL:
        return None
    return _end_of_business_day(clock_from, LAPSE_AFTER_BUSINESS_DAYS, zone, calendar).at


def _end_of_business_day(began: datetime, count: int, zone: ZoneInfo, calendar: BusinessCalendar) -> DayEnd:
    """The end of the `count`th business day after `began`, moved by what became a closing day meanwhile."""
    return calendar.deadline(began, lambda known: known.end_of_business_day_after(began, count, zone))


def is_to_be_held(record: IncidentFacts, after_action: AfterActionFacts) -> bool:
    """Whether the deadlines of a meeting apply.

    An undecided one of the past is shown with the deadlines that it would have had.
    """
    if after_action.level == RequirementLevel.MANDATORY:
        return True
    if after_action.decision is not None:
        return after_action.decision == Decision.HOLD
    return record.history and after_action.level in TO_DECIDE


def expected_obligations(
    record: IncidentFacts, after_action: AfterActionFacts | None, calendar: BusinessCalendar
) -> list[Expected]:
    """All obligations of an incident, in the order of domain.md's table.

    Kind and subject together are unique.
    """
    obligations: list[Expected] = []
    if after_action is not None:
        if after_action.clock_from is not None:
            obligations += _decide(record, after_action, after_action.clock_from)
            if is_to_be_held(record, after_action):
                obligations += _meetings(record, after_action, after_action.clock_from, calendar)
                obligations += _readings(record, after_action)
                obligations += _evidence(record, after_action)
        obligations += _publish(record, after_action)
        obligations += _reviews(record, after_action)
        obligations += _actions(record, after_action)
        obligations += _effect_checks(record, after_action)
        obligations += _status_notes(record, after_action, calendar)
        obligations += _external_messages(record, after_action)
    obligations += _vendors(record)
    obligations += _mtms(record)
    return obligations


@dataclass(frozen=True, slots=True)
class ToCome:
    """A step whose date waits for another: `when` says for which, `expected_at` is its date if all goes as planned."""

    kind: ObligationKind
    when: str
    expected_at: datetime | None = None


def steps_to_come(*, ends_at: datetime | None, scheduled: bool, held: bool, published: bool) -> list[ToCome]:
    """The steps of an After Action that is held whose dates are not fixed yet, in order; `ends_at` is when its meeting
    is planned to end. Domain: Deadlines."""
    found = []
    if not scheduled:
        found.append(ToCome(ObligationKind.DISTRIBUTE, "48 hours before the meeting starts"))
    if not held:
        expected_at = after(ends_at, PUBLISH_WITHIN) if ends_at else None
        found.append(ToCome(ObligationKind.PUBLISH, "48 hours after the meeting ends", expected_at))
    if not published:
        found.append(ToCome(ObligationKind.REVIEW_ACTIONS, "30 days after the publication"))
    return found


def _mim(record: IncidentFacts) -> Responsible:
    return Responsible(person=record.mim) if record.mim else Responsible(group=ResponsibleGroup.MIM)


def _owner(record: IncidentFacts, after_action: AfterActionFacts) -> Responsible:
    return Responsible(person=after_action.owner) if after_action.owner else _mim(record)


def _service_manager(person: str | None) -> Responsible:
    return Responsible(person=person) if person else Responsible(group=ResponsibleGroup.SERVICE_MANAGER)


def _decide(
    record: IncidentFacts, after_action: AfterActionFacts, clock_from: datetime
) -> Iterator[Expected]:
    if after_action.level not in TO_DECIDE:
        return
    yield Expected(
        ObligationKind.DECIDE,
        "decision",
        after(clock_from, DECIDE_WITHIN),
        _mim(record),
        met_at=None if after_action.lapsed else after_action.decided_at,
        missed=after_action.lapsed,
        history=record.history,
    )


def _meetings(
    record: IncidentFacts, after_action: AfterActionFacts, clock_from: datetime, calendar: BusinessCalendar
) -> Iterator[Expected]:
    began = clock_from
    within = hold_within_business_days(record.highest_severity)
    for meeting in after_action.meetings:
        subject = f"meeting:{meeting.round}"
        yield Expected(
            ObligationKind.SCHEDULE,
            subject,
            after(began, SCHEDULE_WITHIN),
            _mim(record),
            met_at=meeting.scheduled_at or meeting.held_from,
            history=record.history,
        )
        yield from _distribute(record, after_action, meeting, subject)
        hold_by = _end_of_business_day(began, within, record.zone, calendar)
        yield Expected(
            ObligationKind.HOLD,
            subject,
            hold_by.at,
            _mim(record),
            due_on=hold_by.on,
            met_at=meeting.held_until,
            history=record.history,
        )
        if meeting.held_until is None or meeting.agreed is not False:
            return
        began = meeting.held_until
        within = SECOND_MEETING_WITHIN_BUSINESS_DAYS


def _distribute(
    record: IncidentFacts, after_action: AfterActionFacts, meeting: MeetingFacts, subject: str
) -> Iterator[Expected]:
    starts_at = meeting.starts_at or meeting.held_from
    if starts_at is None:
        return
    yield Expected(
        ObligationKind.DISTRIBUTE,
        subject,
        after(starts_at, -DRAFT_OUT_BEFORE_MEETING),
        _owner(record, after_action),
        met_at=meeting.distributed_at,
        missed=meeting.held_from is not None,
        history=record.history,
    )


def _readings(record: IncidentFacts, after_action: AfterActionFacts) -> Iterator[Expected]:
    """Of a draft that is out, each required attendee owes its reading until the meeting. Seed: "Attendees read it
    before arriving"."""
    for meeting in after_action.meetings:
        if meeting.starts_at is None or meeting.distributed_at is None or meeting.held_until is not None:
            continue
        for reader in meeting.readers:
            yield Expected(
                ObligationKind.READ_DRAFT,
                f"reading:{meeting.round}:{reader.person}",
                meeting.starts_at,
                Responsible(person=reader.person),
                met_at=reader.read_at,
                history=record.history,
            )


def _evidence(record: IncidentFacts, after_action: AfterActionFacts) -> Iterator[Expected]:
    """What attendees were asked to bring, until the meeting that agreed. Seed: "Teams arrive without evidence"."""
    if any(meeting.agreed for meeting in after_action.meetings):
        return
    for row in after_action.evidence:
        yield Expected(
            ObligationKind.EVIDENCE,
            f"attendee:{row.key}",
            end_of_day(row.due_on, row.zone),
            Responsible(person=row.person),
            due_on=row.due_on,
            met_at=row.brought_at,
            history=record.history,
        )


def _publish(record: IncidentFacts, after_action: AfterActionFacts) -> Iterator[Expected]:
    for meeting in after_action.meetings:
        if meeting.held_until is not None and meeting.agreed is not False:
            yield Expected(
                ObligationKind.PUBLISH,
                "learning_review",
                after(meeting.held_until, PUBLISH_WITHIN),
                _owner(record, after_action),
                met_at=after_action.published_at,
                history=record.history,
            )
            return


def _reviews(record: IncidentFacts, after_action: AfterActionFacts) -> Iterator[Expected]:
    if after_action.published_at is None:
        return
    for review in reviews(after_action.published_at, after_action.actions):
        yield Expected(
            ObligationKind.REVIEW_ACTIONS,
            f"review:{review.number}",
            review.due_at,
            _mim(record),
            met_at=review.met_at,
            history=record.history,
        )


def _actions(record: IncidentFacts, after_action: AfterActionFacts) -> Iterator[Expected]:
    for action in after_action.actions:
        if action.due_on is not None:
            yield Expected(
                ObligationKind.ACTION_ITEM,
                f"action:{action.reference}",
                end_of_day(action.due_on, action.owner_zone),
                _action_owner(record, after_action, action),
                due_on=action.due_on,
                met_at=action.resolved_at,
                history=record.history,
            )


def _effect_checks(record: IncidentFacts, after_action: AfterActionFacts) -> Iterator[Expected]:
    """Domain: Learned means proved. What came back is asked anew, 30 days after the repeat was confirmed."""
    for action in after_action.actions:
        subject, look_on = f"effect:{action.reference}", action.look_on
        if action.came_back_at is not None:
            subject = f"{subject}:{action.came_back_with}"
            look_on = look_again(local_date(action.came_back_at, record.zone))
        if look_on is not None and action.status is not ActionStatus.CANCELLED:
            yield Expected(
                ObligationKind.EFFECT_CHECK,
                subject,
                end_of_day(look_on, record.zone),
                _owner(record, after_action),
                due_on=look_on,
                met_at=action.effect_checked_at,
                history=record.history,
            )


def _action_owner(record: IncidentFacts, after_action: AfterActionFacts, action: ActionFacts) -> Responsible:
    """An action that lost its owner falls to the owner of the After Action, never to nobody."""
    return Responsible(person=action.owner) if action.owner else _owner(record, after_action)


def _status_notes(
    record: IncidentFacts, after_action: AfterActionFacts, calendar: BusinessCalendar
) -> Iterator[Expected]:
    # The Internal Liaison coordinates the communication of the status, where one is named.
    liaison = after_action.internal_liaison
    responsible = Responsible(person=liaison) if liaison else _owner(record, after_action)
    for note in after_action.status_notes:
        yield Expected(
            ObligationKind.STATUS_NOTE,
            f"transition:{note.key}",
            _business_day_later(note.transition_at, record.zone, calendar),
            responsible,
            met_at=note.sent_at,
            history=record.history,
        )


def _business_day_later(began: datetime, zone: ZoneInfo, calendar: BusinessCalendar) -> datetime:
    def due(known: BusinessCalendar) -> DayEnd:
        at = known.add_business_days(began, STATUS_NOTE_WITHIN_BUSINESS_DAYS, zone)
        return DayEnd(at, local_date(at, zone))

    return calendar.deadline(began, due).at


def _external_messages(record: IncidentFacts, after_action: AfterActionFacts) -> Iterator[Expected]:
    for message in after_action.external_messages:
        yield Expected(
            ObligationKind.EXTERNAL_MESSAGE,
            f"message:{message.key}",
            message.due_at,
            Responsible(group=ResponsibleGroup.COMMUNICATIONS),
            met_at=message.settled_at,
            history=record.history,
        )


def rca_due(vendor: VendorFacts, zone: ZoneInfo) -> DayEnd | None:
    """When a vendor's RCA is due, with the local day: the end of the committed day, else the contract's term after the
    engagement. None where none is expected, or nobody can say a date."""
    if not vendor.rca_expected:
        return None
    if vendor.rca_committed_on is not None:
        return DayEnd(end_of_day(vendor.rca_committed_on, zone), vendor.rca_committed_on)
    if vendor.rca_term is None or vendor.engaged_at is None:
        return None
    at = after(vendor.engaged_at, vendor.rca_term)
    return DayEnd(at, local_date(at, zone))


def _vendors(record: IncidentFacts) -> Iterator[Expected]:
    for vendor in record.vendors:
        responsible = _service_manager(vendor.service_manager)
        if (due := rca_due(vendor, record.zone)) is not None:
            yield Expected(
                ObligationKind.VENDOR_RCA,
                f"vendor:{vendor.key}",
                due.at,
                responsible,
                due_on=vendor.rca_committed_on,
                met_at=vendor.rca_attached_at,
                history=record.history,
            )
        for item in vendor.items:
            due_on = item.committed_on or item.follow_up_on
            if due_on is not None:
                yield Expected(
                    ObligationKind.VENDOR_ITEM,
                    f"vendor_item:{item.key}",
                    end_of_day(due_on, record.zone),
                    responsible,
                    due_on=due_on,
                    met_at=item.closed_at,
                    history=record.history,
                )


def _mtms(record: IncidentFacts) -> Iterator[Expected]:
    """Obligations that run in minutes, while the incident does. Seed: The Major Technical Meeting."""
    for mtm in record.mtms:
        subject = f"mtm:{mtm.number}"
        if mtm.ended_at is not None:
            yield Expected(
                ObligationKind.MTM_SUMMARY,
                subject,
                after(mtm.ended_at, SUMMARY_WITHIN),
                _mim(record),
                met_at=mtm.summary_published_at,
                history=record.history,
            )
        if mtm.next_at is not None:
            yield Expected(
                ObligationKind.NEXT_MTM,
                subject,
                mtm.next_at,
                _mim(record),
                met_at=mtm.next_started_at,
                history=record.history,
            )
