"""The sweep: what is due for a warning, a breach or an escalation is told, and the next step set.

Safe to run twice, late, or from two beats: rows are claimed with SKIP LOCKED, and what is written stands under unique
keys. Its cost depends on what is due, not on what exists.
"""

import logging
import time
from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import OperationalError, connection, transaction
from django.db.models import QuerySet

from afteractions.models import Escalation, Obligation
from afteractions.operations import intake
from afteractions.operations.current_policy import CurrentPolicy, current_policy
from afteractions.operations.deadlines import reminders
from afteractions.operations.deadlines.escalation_chain import EscalationChain, responsible_of
from afteractions.operations.deadlines.obligations import LAPSE, pending, steps_of
from afteractions.operations.deadlines.unresolved_actions import escalate_unresolved
from afteractions.operations.enforcement.policy import follow_settings
from afteractions.operations.enforcement.quarantine import set_aside
from afteractions.operations.enforcement.recalculation import recalculate
from afteractions.rules.deadlines.deadlines import lapse_at
from afteractions.rules.deadlines.escalation import EscalationMoment, StepKind
from afteractions.vocabulary import ObligationKind, ObligationState
from incidents.models import CommandAssignment
from incidents.vocabulary import CommandRole, RequirementLevel
from majorops.audit import trail
from majorops.bulk import store_new
from majorops.notices import outbox
from majorops.notices.models import Heartbeat, Notice
from majorops.people.models import Person

log = logging.getLogger(__name__)

BATCH = 500
RUN_SECONDS = 20
# Beat goes round every ten seconds; what comes later than this had to wait for something broken.
LATE_AFTER = timedelta(minutes=5)

SET_NEXT_STEPS = """
    UPDATE afteractions_obligation SET next_step = coming.step, next_step_at = coming.at
    FROM unnest(%s::bigint[], %s::text[], %s::timestamptz[]) AS coming(id, step, at)
    WHERE afteractions_obligation.id = coming.id
"""


def sweep(*, now: datetime, limit: int = 20_000, run_seconds: float = RUN_SECONDS) -> int:
    """Takes every step that is due at `now`, at most `limit` obligations and for about `run_seconds`; what is left
    waits for the next call. Returns how many obligations were handled."""
    started = time.monotonic()
    handled = 0
    while handled < limit and time.monotonic() - started < run_seconds:
        count = _sweep_batch(min(BATCH, limit - handled), now)
        if not count:
            break
        handled += count
    handled += _lapse_due(now)
    # What is due goes first; what is left of the time brings the others under the policy that holds now.
    follow_settings(now=now)
    recalculate(now=now, run_seconds=max(run_seconds - (time.monotonic() - started), run_seconds / 4))
    Heartbeat.keep("sweep", now=now, note=f"{handled} handled")
    return handled


def due_for_a_step(*, now: datetime) -> QuerySet[Obligation]:
    """The obligations whose next step is due at `now`, the longest due first: one index scan."""
    return Obligation.objects.filter(
        state=ObligationState.OPEN, next_step_at__lte=now, set_aside_at__isnull=True
    ).order_by("next_step_at", "id")


@transaction.atomic
def take_up_again(obligations: Iterable[Obligation], *, by: Person, now: datetime) -> int:
    """An administrator has seen to the cause: what was set aside is enforced again. Returns how many deadlines."""
    rows = Obligation.objects.filter(pk__in=[row.pk for row in obligations], set_aside_at__isnull=False)
    taken = list(rows.select_for_update(of=("self",)).select_related("incident"))
    Obligation.objects.filter(pk__in=[row.pk for row in taken]).update(set_aside_at=None, last_error="")
    for row in taken:
        changes = {"set_aside_at": (row.set_aside_at, None)}
        scope = row.incident.reference
        trail.record("enforced again", row, by=by, at=now, scope=scope, changes=changes)
    return len(taken)


def _sweep_batch(size: int, now: datetime) -> int:
    with transaction.atomic():
        rows = list(
            due_for_a_step(now=now)
            .exclude(next_step=LAPSE)
            .select_for_update(skip_locked=True, of=("self",))
            .select_related("incident__mim", "after_action", "responsible")
            .defer("incident__search", "incident__summary", "incident__imported_review")[:size]
        )
        for row, error in _take_steps_of(rows, now):
            set_aside(row, error, now)
    return len(rows)


def _take_steps_of(rows: list[Obligation], now: datetime) -> list[tuple[Obligation, Exception]]:
    """Handles a batch at once; when that fails, row by row, so that one bad row holds up no other. Returns the bad
    ones. A database that went away is no row's fault."""
    if not rows:
        return []
    try:
        with transaction.atomic():
            _take_steps(rows, now)
    except OperationalError:
        raise
    except Exception as error:
        if len(rows) == 1:
            return [(rows[0], error)]
        log.exception("A batch of %s obligations failed; trying each by itself", len(rows))
        return [bad for row in rows for bad in _take_steps_of([row], now)]
    return []


def _take_steps(rows: list[Obligation], now: datetime) -> None:
    policy = current_policy()
    batch = _Batch(rows, now, policy)
    ids: list[int] = []
    names: list[str] = []
    instants: list[datetime | None] = []
    for row in rows:
        due, following = _due_steps(row, policy, now)
        batch.take(row, due)
        ids.append(row.pk)
        names.append(following.name if following else "")
        instants.append(following.at if following else None)
    batch.write()
    with connection.cursor() as cursor:
        cursor.execute(SET_NEXT_STEPS, [ids, names, instants])


def steps_around(row: Obligation, policy: CurrentPolicy, now: datetime) -> list[EscalationMoment]:
    """Every step of enforcement that belongs to a stored row, in order."""
    incident, after_action = row.incident, row.after_action
    lapses_at = None
    if row.kind == ObligationKind.DECIDE and after_action is not None and after_action.clock_from is not None:
        lapses_at = lapse_at(
            RequirementLevel(incident.requirement_level),
            after_action.clock_from,
            ZoneInfo(incident.time_zone),
            policy.calendar,
        )
    return steps_of(
        ObligationKind(row.kind),
        due_at=row.due_at,
        created_at=row.created_at,
        zone=ZoneInfo(row.responsible.time_zone if row.responsible else incident.time_zone),
        calendar=policy.calendar,
        policy=policy.policy,
        now=now,
        lapses_at=lapses_at,
    )


def tell_again(taken: Iterable[Escalation], *, now: datetime) -> None:
    """Writes the notices of steps that were taken; those that are there already stay as they are."""
    taken = list(taken)
    batch = _Batch([escalation.obligation for escalation in taken], now, current_policy())
    for escalation in taken:
        assert escalation.to is not None
        kind, _, number = escalation.step.partition(":")
        up = int(number) if kind == StepKind.ESCALATION.value else 0
        step = EscalationMoment(escalation.step, StepKind(kind), escalation.due_at, managers_up=up)
        batch.tell(escalation.obligation, step, escalation.to)
    outbox.write(batch.notices)


def _due_steps(
    row: Obligation, policy: CurrentPolicy, now: datetime
) -> tuple[list[EscalationMoment], EscalationMoment | None]:
    """The steps to take now, those that a later one has overtaken aside, and the one that follows."""
    steps = steps_around(row, policy, now)
    names = [step.name for step in steps]
    if row.next_step in names:
        remaining = steps[names.index(row.next_step) :]
    else:  # the policy changed since the row was written
        assert row.next_step_at is not None
        remaining = [step for step in steps if step.at >= row.next_step_at]
    remaining = pending(remaining, now)
    # The lapse takes other locks and comes by itself.
    due = [step for step in remaining if step.at <= now and step.name != LAPSE]
    return due, next((step for step in remaining if step not in due), None)


class _Batch:
    """What a batch of rows gives rise to: escalations and notices, written at once."""

    def __init__(self, rows: list[Obligation], now: datetime, policy: CurrentPolicy) -> None:
        self.now = now
        self.policy = policy
        self.ladder = EscalationChain.above(
            (row.responsible_id for row in rows if row.responsible_id is not None), now=now
        )
        self.scribes = _scribes(rows)
        self.escalations: list[Escalation] = []
        self.notices: list[Notice] = []
        self.reviews: dict[bool, list[Obligation]] = {True: [], False: []}

    def take(self, row: Obligation, due: list[EscalationMoment]) -> None:
        responsible = responsible_of(row)
        # Somebody reached by several steps at once, after a stop, hears only the gravest.
        step_for: dict[int, tuple[Person, EscalationMoment]] = {}
        for step in due:
            if step.managers_up:
                people = self.ladder.rung(responsible, step.managers_up)
            else:
                people = self.ladder.told(responsible)
            if step.with_scribe:
                people = people + self.scribes[row.incident_id]
            if not people:
                self._note(row, step, None)
            for person in people:
                step_for[person.pk] = (person, step)
            if row.kind == ObligationKind.REVIEW_ACTIONS and step.kind is StepKind.BREACH:
                self.reviews[self._is_late(row, step)].append(row)
        for person, step in step_for.values():
            self._note(row, step, person)
            self.tell(row, step, person)

    def _is_late(self, row: Obligation, step: EscalationMoment) -> bool:
        # A policy that was not there yet could not be followed.
        known_at = max(row.created_at, self.policy.at or row.created_at)
        return self.now - max(step.at, known_at) > LATE_AFTER

    def _note(self, row: Obligation, step: EscalationMoment, person: Person | None) -> None:
        self.escalations.append(
            Escalation(
                obligation_id=row.pk,
                due_at=row.due_at,
                step=step.name,
                to_id=person.pk if person else None,
                at=self.now,
                late=self._is_late(row, step),
            )
        )

    def tell(self, row: Obligation, step: EscalationMoment, person: Person) -> None:
        late = self._is_late(row, step)
        is_theirs = row.responsible_id is None or row.responsible_id == person.pk
        zone = outbox.zone_of(person)
        reference = row.incident.reference
        self.notices += outbox.notices_for(
            person,
            about_type="obligation",
            about_id=row.pk,
            due_at=row.due_at,
            step=step.name,
            words=reminders.words_of(
                row,
                step,
                policy=self.policy.policy,
                zone=zone,
                now=self.now,
                is_theirs=is_theirs,
                late=late,
            ),
            url=reminders.place(row),
            scope=reference,
            thread=row.after_action.reference if row.after_action else reference,
            now=self.now,
            muteable=step.kind is not StepKind.ESCALATION,
            late=late,
        )

    def write(self) -> None:
        store_new(self.escalations)
        outbox.write(self.notices)
        for late, reviews in self.reviews.items():
            if reviews:
                escalate_unresolved(reviews, now=self.now, late=late)


def _scribes(rows: list[Obligation]) -> dict[int, list[Person]]:
    """The Scribes of the incidents whose MTM is spoken of."""
    people: dict[int, list[Person]] = defaultdict(list)
    incidents = {
        row.incident_id for row in rows if row.kind in (ObligationKind.MTM_SUMMARY, ObligationKind.NEXT_MTM)
    }
    if incidents:
        assigned = CommandAssignment.objects.carrying_rights().filter(
            incident__in=incidents, role=CommandRole.SCRIBE, until_at__isnull=True
        )
        for assignment in assigned.select_related("person__account"):
            scribe = outbox.account_of(assignment.person)
            if scribe.email and scribe.is_active:
                people[assignment.incident_id].append(scribe)
    return people


def _lapse_due(now: datetime) -> int:
    """Skips the optional After Actions whose time to decide has run out; each in a transaction of its own, because
    it locks the incident first."""
    lapsed = 0
    for row in due_for_a_step(now=now).filter(next_step=LAPSE)[:BATCH]:
        try:
            lapsed += intake.lapse(row, now=now)
        except OperationalError:
            raise
        except Exception as error:
            with transaction.atomic():
                set_aside(row, error, now)
    return lapsed
