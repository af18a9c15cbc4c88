"""Who is told what, and when, around a deadline: the one policy of warnings and of the ladder of managers.

domain.md, Deadlines: each obligation warns before it falls due, tells its owner at the breach, and
escalates to the owner's manager at the breach and one manager higher each further business day, until it is
met.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from afteractions.rules.calendar import BusinessCalendar, after
from afteractions.rules.deadlines import Responsible
from afteractions.vocabulary import ObligationKind, ResponsibleGroup
from majorops.words import Word


class StepKind(Word):
    WARNING = "warning", "Warning"
    BREACH = "breach", "Overdue"
    ESCALATION = "escalation", "Escalation"


@dataclass(frozen=True, slots=True)
class BusinessDays:
    """A lead counted in business days instead of elapsed hours."""

    count: int


Lead = timedelta | BusinessDays


@dataclass(frozen=True, slots=True)
class Policy:
    """How one kind of obligation is enforced.

    `warnings` come that long before the due instant, at working hours unless `around_the_clock`. The ladder
    climbs `managers` managers. `with_scribe`: the Scribe is told whatever the responsible person is told.
    """

    warnings: tuple[Lead, ...]
    managers: int = 3
    with_scribe: bool = False
    around_the_clock: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """One moment at which people are told.

    `name` is stable for the obligation ("warning:24h", "breach", "escalation:2"). `managers_up` is how far
    above the responsible person the recipient stands, 0 for that person.
    """

    name: str
    kind: StepKind
    at: datetime
    managers_up: int = 0
    with_scribe: bool = False


def _hours(*counts: int) -> tuple[Lead, ...]:
    return tuple(timedelta(hours=count) for count in counts)


def _days(*counts: int) -> tuple[Lead, ...]:
    return tuple(timedelta(days=count) for count in counts)


def _in_the_incident(minutes: int) -> Policy:
    return Policy((timedelta(minutes=minutes),), managers=0, with_scribe=True, around_the_clock=True)


# domain.md names the warnings of all but decide, status note, external message and the MTM's: decide is
# warned like schedule, a message like a draft, a note on its own day, and an MTM within its own short time.
POLICY: dict[ObligationKind, Policy] = {
    ObligationKind.DECIDE: Policy(_hours(12, 4)),
    ObligationKind.SCHEDULE: Policy(_hours(12, 4)),
    ObligationKind.DISTRIBUTE: Policy(_hours(24, 6)),
    ObligationKind.HOLD: Policy((BusinessDays(2), BusinessDays(1))),
    ObligationKind.PUBLISH: Policy(_hours(24, 6)),
    ObligationKind.STATUS_NOTE: Policy(_hours(4)),
    ObligationKind.REVIEW_ACTIONS: Policy(_days(7, 1)),
    ObligationKind.ACTION_ITEM: Policy(_days(3), managers=1),
    ObligationKind.EXTERNAL_MESSAGE: Policy(_hours(24, 6)),
    ObligationKind.VENDOR_RCA: Policy(_days(2)),
    ObligationKind.VENDOR_ITEM: Policy(_days(2)),
    ObligationKind.MTM_SUMMARY: _in_the_incident(minutes=5),
    ObligationKind.NEXT_MTM: _in_the_incident(minutes=10),
}


def steps(
    kind: ObligationKind,
    due_at: datetime,
    zone: ZoneInfo,
    calendar: BusinessCalendar,
    opened_at: datetime | None = None,
    policy: Mapping[ObligationKind, Policy] = POLICY,
) -> list[Step]:
    """Every step around `due_at`, in order of time; `zone` is the time zone of the responsible person.

    A warning that would come before the obligation opened comes when it opens; of warnings that fall
    together the nearest to the deadline remains.
    """
    rule = policy[kind]
    answer = _warnings(rule, due_at, zone, calendar, opened_at)
    answer.append(Step("breach", StepKind.BREACH, due_at, with_scribe=rule.with_scribe))
    answer += [
        Step(
            f"escalation:{level}",
            StepKind.ESCALATION,
            calendar.add_business_days(due_at, level - 1, zone) if level > 1 else due_at,
            managers_up=level,
        )
        for level in range(1, rule.managers + 1)
    ]
    return answer


def next_step_after(answer: Iterable[Step], at: datetime) -> Step | None:
    """The first step strictly after `at`, None when all have passed."""
    return min((step for step in answer if step.at > at), key=lambda step: step.at, default=None)


def _warnings(
    rule: Policy, due_at: datetime, zone: ZoneInfo, calendar: BusinessCalendar, opened_at: datetime | None
) -> list[Step]:
    found: dict[datetime, Step] = {}
    for lead in sorted(rule.warnings, key=_lead_length, reverse=True):
        at = _ahead(due_at, lead, zone, calendar)
        if not rule.around_the_clock:
            at = calendar.working_moment_before(at, zone)
        if opened_at is not None:
            at = max(at, opened_at)
        if at < due_at:
            found[at] = Step(f"warning:{_named(lead)}", StepKind.WARNING, at, with_scribe=rule.with_scribe)
    return [found[at] for at in sorted(found)]


def _ahead(due_at: datetime, lead: Lead, zone: ZoneInfo, calendar: BusinessCalendar) -> datetime:
    if isinstance(lead, BusinessDays):
        return calendar.add_business_days(due_at, -lead.count, zone)
    return after(due_at, -lead)


def _lead_length(lead: Lead) -> timedelta:
    return timedelta(days=lead.count) if isinstance(lead, BusinessDays) else lead


def _named(lead: Lead) -> str:
    if isinstance(lead, BusinessDays):
        return f"{lead.count}bd"
    minutes = lead // timedelta(minutes=1)
    if minutes % 60:
        return f"{minutes}min"
    return f"{minutes // 60}h" if minutes % 1440 or minutes == 1440 else f"{minutes // 1440}d"


_ADMINISTRATORS = Responsible(group=ResponsibleGroup.ADMINISTRATOR)


def chain(person: str, manager_of: Mapping[str, str | None]) -> list[str]:
    """The managers above `person`, nearest first; a loop ends the chain where it would begin again."""
    answer: list[str] = []
    seen = {person}
    manager = manager_of.get(person)
    while manager is not None and manager not in seen:
        seen.add(manager)
        answer.append(manager)
        manager = manager_of.get(manager)
    return answer


def told(
    responsible: Responsible, manager_of: Mapping[str, str | None], inactive: Collection[str]
) -> Responsible:
    """Who hears of it instead of an inactive person.

    The first active manager above, else the administrators.
    """
    if responsible.person is None or responsible.person not in inactive:
        return responsible
    return ladder(responsible, manager_of, inactive, 1)[0]


def ladder(
    responsible: Responsible, manager_of: Mapping[str, str | None], inactive: Collection[str], rungs: int
) -> list[Responsible]:
    """Who is told on each rung above the responsible person: never nobody.

    Inactive managers are skipped upward. Where the tree ends, loops or has a gap, and above a group, the
    administrators stand on every rung that is left.
    """
    above = chain(responsible.person, manager_of) if responsible.person is not None else []
    found = [Responsible(person=manager) for manager in above if manager not in inactive][:rungs]
    return found + [_ADMINISTRATORS] * (rungs - len(found))
