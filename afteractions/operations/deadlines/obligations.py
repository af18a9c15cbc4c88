"""The stored obligations of an incident, brought into agreement with its facts in the transaction that changes them."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import QuerySet

from afteractions.models import (
    AfterAction,
    Attendee,
    Change,
    Escalation,
    ExternalMessage,
    Obligation,
    VendorItem,
)
from afteractions.models.obligation import ITEM_OF_VENDOR
from afteractions.operations.current_policy import CurrentPolicy, current_policy
from afteractions.operations.deadlines.escalation_chain import group_of, responsible_of
from afteractions.operations.deadlines.unresolved_actions import escalate_unresolved
from afteractions.operations.facts import Facts, after_action_of, facts_of
from afteractions.rules.deadlines import deadlines, escalation, reconciliation
from afteractions.rules.deadlines.calendar import BusinessCalendar, local_date
from afteractions.rules.deadlines.deadlines import Expected, Responsible
from afteractions.rules.deadlines.escalation import EscalationMoment, StepKind
from afteractions.rules.deadlines.policy import Policy
from afteractions.rules.deadlines.reconciliation import (
    End,
    KeptObligation,
    Meet,
    Move,
    Open,
    Reassign,
    Reopen,
)
from afteractions.vocabulary import ObligationKind, ObligationState
from incidents.models import Incident
from incidents.vocabulary import RequirementLevel
from majorops.audit import trail
from majorops.formatting import formats
from majorops.formatting.time_words import day_words
from majorops.notices.outbox import withdraw
from majorops.people.models import Person
from majorops.prepared import prepared

DOCUMENTS = ("search", "imported_review", "summary", "tags")
"""What may be long in an incident, and no deadline follows from."""

LAPSE = "lapse"
"""The step at which an optional After Action that nobody decided on is skipped."""

CHANGING = [
    "responsible",
    "responsible_group",
    "state",
    "met_at",
    "ended_at",
    "ended_reason",
    "ended_by",
    "next_step",
    "next_step_at",
    "computed_under",
    "failures",
    "set_aside_at",
    "last_error",
]
LONGEST_LABEL = 300
RUNNING = (ObligationState.OPEN, ObligationState.HISTORY)


@prepared
def _locked_incident(*, incident: int) -> QuerySet[Incident]:
    incidents = Incident.objects.select_for_update(of=("self",)).select_related("mim__account")
    return incidents.defer(*DOCUMENTS).filter(pk=incident)


@prepared
def _locked_obligations(*, incident: int) -> QuerySet[Obligation]:
    return Obligation.objects.select_for_update().filter(incident=incident).order_by("id")


@transaction.atomic(savepoint=False)
def reconcile(incident: Incident, *, by: Person | None, now: datetime) -> None:
    """Creates, moves, meets and ends the obligations of `incident` as its facts want it, in a constant number of
    statements. Every operation that changes a fact ends with this call; the incident is locked here if it is not yet.
    """
    [policy] = _locked_incident(incident=incident.pk)
    after_action = after_action_of(policy)
    facts = facts_of(policy, after_action)
    standing_policy = current_policy()
    calendar = standing_policy.calendar
    rows = _locked_obligations(incident=incident.pk)
    _belong_to(after_action, rows)
    wanted = reconciliation.reconcile(
        [_kept_obligation(row, level=policy.requirement_level) for row in rows],
        deadlines.expected_obligations(facts.record, facts.after_action, calendar),
        now,
    )
    lapses_at = _lapses_at(facts, calendar)
    store = _Store(
        policy, after_action, facts, rows, by=by, now=now, policy=standing_policy, lapses_at=lapses_at
    )
    if wanted or store.lapse_moved() or store.computed_earlier():
        store.apply(wanted)
    store.keep_next_deadline()


def _belong_to(after_action: AfterAction | None, rows: Iterable[Obligation]) -> None:
    """What came due while the incident ran belongs to its After Action once there is one."""
    earlier = [row for row in rows if row.after_action_id is None]
    if after_action is None or not earlier:
        return
    Obligation.objects.filter(pk__in=[row.pk for row in earlier]).update(after_action=after_action)
    for row in earlier:
        row.after_action = after_action


def steps_of(
    kind: ObligationKind,
    *,
    due_at: datetime,
    created_at: datetime,
    zone: ZoneInfo,
    calendar: BusinessCalendar,
    policy: Policy,
    now: datetime,
    lapses_at: datetime | None = None,
) -> list[EscalationMoment]:
    """Every step of enforcement around a deadline, in order; `zone` is that of the responsible person. Of reminders,
    those up to the first one after `now`.

    An optional decision is nobody's breach: its ladder gives way to the lapse (domain.md, When an After Action is
    required).
    """
    steps = escalation.steps(kind, due_at, zone, calendar, opened_at=created_at, policy=policy, at=now)
    if kind is ObligationKind.DECIDE and lapses_at is not None:
        kept_steps = [step for step in steps if step.kind is not StepKind.ESCALATION and step.at < lapses_at]
        return [*kept_steps, EscalationMoment(LAPSE, StepKind.BREACH, lapses_at)]
    return steps


def pending(steps: Sequence[EscalationMoment], now: datetime) -> list[EscalationMoment]:
    """The steps still to be taken at `now`: a warning that a later step has overtaken is not among them."""
    past = [step for step in steps if step.at <= now]
    overtaken = {step.name for step in past[:-1] if step.kind is StepKind.WARNING}
    return [step for step in steps if step.name not in overtaken]


class _Store:
    """The rows of one incident while a reconciliation is applied to them."""

    def __init__(
        self,
        incident: Incident,
        after_action: AfterAction | None,
        facts: Facts,
        rows: Iterable[Obligation],
        *,
        by: Person | None,
        now: datetime,
        policy: CurrentPolicy,
        lapses_at: datetime | None,
    ) -> None:
        self.incident = incident
        self.facts = facts
        self.by = by
        self.now = now
        self.policy = policy
        self.lapses_at = lapses_at
        self.after_action = after_action
        self.rows = {row.pk: row for row in rows}
        self.changed: dict[int, Obligation] = {}
        self.ended: list[int] = []
        self.made: list[Obligation] = []
        self.zones: dict[int, ZoneInfo] = {}
        self.due_before: dict[int, dict[tuple[str, str], datetime]] = {}

    def computed_earlier(self) -> bool:
        """Whether an open row was computed under a policy that another has taken the place of."""
        return any(self._is_stale(row) for row in self.rows.values())

    def _is_stale(self, row: Obligation) -> bool:
        return row.state == ObligationState.OPEN and row.computed_under < self.policy.number

    def lapse_moved(self) -> bool:
        """Whether the end of an open decision is no longer where the row says: the level changed under it."""
        return any(self._lapse_is_stale(row) for row in self.rows.values())

    def _lapse_is_stale(self, row: Obligation) -> bool:
        if row.kind != ObligationKind.DECIDE or row.state != ObligationState.OPEN or row.due_at > self.now:
            return False
        return row.next_step != "breach" and (row.next_step == LAPSE) != (self.lapses_at is not None)

    def apply(self, changes: Iterable[reconciliation.ObligationChange]) -> None:
        changes = list(changes)
        self._read_zones(changes)
        met_reviews: list[Obligation] = []
        for change in changes:
            match change:
                case Open(expected):
                    self._open(expected)
                case Move(row, expected, ends_as):
                    self._move(self._row(row), expected, ends_as)
                case Meet(row, expected, _):
                    met = self._meet(self._row(row), expected)
                    if met.kind == ObligationKind.REVIEW_ACTIONS and met.state != ObligationState.HISTORY:
                        met_reviews.append(met)
                case End(row, ends_as):
                    self._end(self._row(row), ends_as)
                case Reopen(row, expected):
                    self._reopen(self._row(row), expected)
                case Reassign(row, responsible):
                    self._reassign(self._row(row), responsible)
        for stored in self.rows.values():
            if stored.pk not in self.changed and self._lapse_is_stale(stored):
                self._schedule(self._touch(stored))
        self._follow_the_policy()
        # Ended rows first: of a kind and subject only one may be open.
        if self.changed:
            Obligation.objects.bulk_update(self.changed.values(), CHANGING)
        if self.made:
            self._say_what_they_are_about()
            Obligation.objects.bulk_create(self.made)
        if self.ended:
            withdraw("obligation", self.ended, now=self.now)
        if met_reviews:
            escalate_unresolved(met_reviews, now=self.now)

    def keep_next_deadline(self) -> None:
        """The earliest open obligation stands on the After Action itself, so that a board of thousands is one index
        scan. Items and effect checks outlive it and what attendees owe is
        theirs: all of them are left out."""
        if self.after_action is None:
            return
        ahead = (
            row.due_at
            for row in (*self.rows.values(), *self.made)
            if row.state == ObligationState.OPEN
            and row.after_action_id == self.after_action.pk
            and row.kind not in (*deadlines.OUTLIVES, *deadlines.OF_ATTENDEES)
        )
        earliest = min(ahead, default=None)
        if earliest != self.after_action.next_due_at:
            AfterAction.objects.filter(pk=self.after_action.pk).update(next_due_at=earliest)

    def _row(self, item: KeptObligation) -> Obligation:
        row = self.rows[item.id]  # type: ignore[index]
        return self._touch(row)

    def _touch(self, row: Obligation) -> Obligation:
        self.changed[row.pk] = row
        return row

    def _read_zones(self, changes: Iterable[reconciliation.ObligationChange]) -> None:
        """The zones of all who are or become responsible, in one statement."""
        keys = {row.responsible_id for row in self.rows.values() if row.responsible_id is not None}
        for change in changes:
            named = change.responsible if isinstance(change, Reassign) else None
            if isinstance(change, (Open, Move, Reopen)):
                named = change.expected.responsible
            if named is not None and named.person is not None:
                keys.add(int(named.person))
        people = Person.objects.filter(pk__in=keys).values_list("pk", "time_zone")
        self.zones = {pk: ZoneInfo(zone) for pk, zone in people}

    def _open(self, expected: Expected) -> None:
        row = Obligation(
            kind=expected.kind,
            incident=self.incident,
            after_action=self.after_action,
            subject_key=expected.subject,
            due_at=expected.due_at,
            due_on=expected.due_on,
            created_at=self.now,
        )
        self._assign(row, expected.responsible)
        self._set_state(row, expected)
        self.made.append(row)

    def _move(self, row: Obligation, expected: Expected, ends_as: ObligationState) -> None:
        because = self._moved_by_the_calendar(row, expected)
        self._end(row, ends_as)
        row.ended_reason = because
        self._open(expected)
        self.made[-1].moved_because = because
        if because:
            trail.record(
                "moved",
                row,
                by=None,
                at=self.now,
                scope=self.incident.reference,
                changes={"due_at": (row.due_at, expected.due_at)},
                reason=because,
            )

    def _moved_by_the_calendar(self, row: Obligation, expected: Expected) -> str:
        """From where to where and why, when the calendar alone moves the row; empty when facts do."""
        changes = self.policy.calendar_changes_since(row.computed_under) if self._is_stale(row) else ()
        if not changes or self._due_under(row) == expected.due_at:
            return ""
        return (
            f"Moved from {self._when(row.due_at, row.due_on)} to {self._when(expected.due_at, expected.due_on)} "
            f"because {' and '.join(changes)}."
        )

    def _due_under(self, row: Obligation) -> datetime | None:
        """Where the same facts put the row under the calendar that it was computed under."""
        number = row.computed_under
        if number not in self.due_before:
            expected = deadlines.expected_obligations(
                self.facts.record, self.facts.after_action, self.policy.calendar_of(number)
            )
            self.due_before[number] = {(item.kind, item.subject): item.due_at for item in expected}
        return self.due_before[number].get((row.kind, row.subject_key))

    def _when(self, due_at: datetime, due_on: date | None) -> str:
        zone = ZoneInfo(self.incident.time_zone)
        if due_on is not None:
            return f"the end of {formats.day(due_on, today=self.now.astimezone(zone).date())}"
        return formats.absolute(due_at, zone=zone, at=self.now)

    def _follow_the_policy(self) -> None:
        """The next steps of open rows that nothing else changed, under the policy that holds now. What was said of
        the same due instant is not said again."""
        left = [row for row in self.rows.values() if self._is_stale(row)]
        if not left:
            return
        taken: dict[tuple[int, datetime], set[str]] = defaultdict(set)
        for pk, due_at, step in Escalation.objects.filter(obligation__in=left).values_list(
            "obligation_id", "due_at", "step"
        ):
            taken[pk, due_at].add(step)
        for row in left:
            self._continue(self._touch(row), taken[row.pk, row.due_at])

    def _continue(self, row: Obligation, taken: set[str]) -> None:
        if escalation.rank(row.next_step) >= 0 and escalation.rank(row.next_step) <= max(
            map(escalation.rank, taken), default=-1
        ):
            # Somebody new was about to hear from the beginning; to the others nothing is said again.
            taken = set()
        left = pending(escalation.left_to_take(self._steps(row), taken, self.now), self.now)
        row.next_step, row.next_step_at = (left[0].name, left[0].at) if left else ("", None)
        row.computed_under = self.policy.number

    def _meet(self, row: Obligation, expected: Expected) -> Obligation:
        self._set_state(row, expected)
        if row.state not in RUNNING:
            self.ended.append(row.pk)
        return row

    def _end(self, row: Obligation, ends_as: ObligationState) -> None:
        row.state = ends_as
        row.met_at = None
        row.ended_at = self.now
        row.ended_by = self.by
        self._stop(row)
        self.ended.append(row.pk)

    def _reopen(self, row: Obligation, expected: Expected) -> None:
        self._set_state(row, expected)

    def _reassign(self, row: Obligation, responsible: Responsible) -> None:
        self._assign(row, responsible)
        if row.state == ObligationState.OPEN:
            self._schedule(row)
            self.ended.append(row.pk)

    def _assign(self, row: Obligation, responsible: Responsible) -> None:
        row.responsible_id = int(responsible.person) if responsible.person is not None else None
        row.responsible_group = group_of(responsible.group).value if responsible.group is not None else ""

    def _set_state(self, row: Obligation, expected: Expected) -> None:
        """What the facts alone say of the row: open, met, met late, missed, or shown as history."""
        row.state = expected.state
        row.met_at = expected.met_at
        if expected.state in RUNNING:
            row.ended_at = row.ended_by = None
            row.ended_reason = ""
        else:
            row.ended_at = self.now
            row.ended_by = self.by
        if expected.state == ObligationState.OPEN:
            self._schedule(row)
        else:
            self._stop(row)

    def _schedule(self, row: Obligation) -> None:
        """Sets what enforcement does next with an open row, as if nothing had been said of it yet: what was said to
        the same person is not said again."""
        first = pending(self._steps(row), self.now)[0]
        row.next_step, row.next_step_at = first.name, first.at
        row.failures, row.set_aside_at, row.last_error = 0, None, ""
        row.computed_under = self.policy.number

    def _steps(self, row: Obligation) -> list[EscalationMoment]:
        zone = self.zones.get(row.responsible_id or 0) or ZoneInfo(self.incident.time_zone)
        return steps_of(
            ObligationKind(row.kind),
            due_at=row.due_at,
            created_at=row.created_at,
            zone=zone,
            calendar=self.policy.calendar,
            policy=self.policy.policy,
            now=self.now,
            lapses_at=self.lapses_at,
        )

    def _stop(self, row: Obligation) -> None:
        row.next_step, row.next_step_at = "", None

    def _note_words(self, key: str) -> str:
        """Which transition a note announces."""
        assert self.facts.after_action is not None
        note = next(each for each in self.facts.after_action.status_notes if each.key == key)
        assert note.status is not None
        return (
            f"{note.status.label} since {day_words(local_date(note.transition_at, self.facts.record.zone))}"
        )

    def _say_what_they_are_about(self) -> None:
        """The words that tell a new row from others of its kind, as a person would name it."""
        vendors = {vendor.key: vendor for vendor in self.facts.record.vendors}
        vendor_of_item = {item.key: vendor for vendor in vendors.values() for item in vendor.items}
        changes = self._rows_by_key(deadlines.OUTLIVES, Change.objects.all(), "reference")
        messages = self._rows_by_key({ObligationKind.EXTERNAL_MESSAGE}, ExternalMessage.objects.all(), "pk")
        attendees = self._rows_by_key({ObligationKind.EVIDENCE}, Attendee.objects.all(), "pk")
        items = self._rows_by_key({ObligationKind.VENDOR_ITEM}, VendorItem.objects.all(), "pk")
        for row in self.made:
            key = _key(row)
            label = ""
            match row.kind:
                case ObligationKind.ACTION_ITEM:
                    row.change = changes[key]
                    label = row.change.sentence
                case ObligationKind.EFFECT_CHECK:
                    label = changes[key].sentence
                case ObligationKind.EXTERNAL_MESSAGE:
                    label = messages[key].audience
                case ObligationKind.EVIDENCE:
                    label = attendees[key].bring
                case ObligationKind.STATUS_NOTE:
                    label = self._note_words(key)
                case ObligationKind.VENDOR_RCA:
                    label = vendors[key].name
                case ObligationKind.VENDOR_ITEM:
                    label = f"{vendor_of_item[key].name}{ITEM_OF_VENDOR}{items[key].text}"
            row.subject_label = label[:LONGEST_LABEL]

    def _rows_by_key(
        self, kinds: Collection[ObligationKind], rows: QuerySet[Any], field: str
    ) -> dict[str, Any]:
        keys = {_key(row) for row in self.made if row.kind in kinds}
        if not keys:
            return {}
        return {str(getattr(item, field)): item for item in rows.filter(**{f"{field}__in": keys})}


def _key(row: Obligation) -> str:
    """What comes after the first colon of a subject: a reference or an id."""
    return row.subject_key.split(":")[1] if ":" in row.subject_key else ""


def _kept_obligation(row: Obligation, *, level: str) -> KeptObligation:
    """The row as the rules take it. What was waived is owed once the After Action is mandatory."""
    state = ObligationState(row.state)
    if state is ObligationState.WAIVED and level == RequirementLevel.MANDATORY:
        state = ObligationState.SUPERSEDED
    return KeptObligation(
        id=row.pk,
        kind=ObligationKind(row.kind),
        subject=row.subject_key,
        due_at=row.due_at,
        due_on=row.due_on,
        responsible=responsible_of(row),
        state=state,
        met_at=row.met_at,
    )


def _lapses_at(facts: Facts, calendar: BusinessCalendar) -> datetime | None:
    after_action = facts.after_action
    if after_action is None or after_action.clock_from is None:
        return None
    return deadlines.lapse_at(
        RequirementLevel(after_action.level), after_action.clock_from, facts.record.zone, calendar
    )
