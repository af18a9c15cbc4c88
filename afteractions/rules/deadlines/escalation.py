"""Who is told what, and when, around a deadline, as the policy of warnings and of the ladder of managers wants it.

domain.md, Deadlines: each obligation warns before it falls due, tells its owner at the breach, and
escalates to the owner's manager at the breach and one manager higher each further business day, until it is
met.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from afteractions.rules.deadlines.calendar import BusinessCalendar, after, local_date
from afteractions.rules.deadlines.deadlines import Responsible
from afteractions.rules.deadlines.policy import (
    DEFAULT,
    MINUTE,
    BusinessDays,
    Enforced,
    Lead,
    Policy,
    lead_length,
)
from afteractions.vocabulary import ObligationKind, ResponsibleGroup
from majorops.words import Word

SECOND = timedelta(seconds=1)


class StepKind(Word):
    WARNING = "warning", "Warning"
    BREACH = "breach", "Overdue"
    ESCALATION = "escalation", "Escalation"
    REMINDER = "reminder", "Reminder"


@dataclass(frozen=True, slots=True)
class EscalationMoment:
    """One moment at which people are told.

    `name` is stable for the obligation ("warning:24h", "breach", "escalation:2", "reminder:2026-03-16").
    `managers_up` is how far above the responsible person the recipient stands, 0 for that person.
    """

    name: str
    kind: StepKind
    at: datetime
    managers_up: int = 0
    with_scribe: bool = False


def steps(
    kind: ObligationKind,
    due_at: datetime,
    zone: ZoneInfo,
    calendar: BusinessCalendar,
    opened_at: datetime | None = None,
    policy: Policy = DEFAULT,
    at: datetime | None = None,
) -> list[EscalationMoment]:
    """Every step around `due_at`, in order of time; `zone` is the time zone of the responsible person.

    A warning that would come before the obligation opened comes when it opens; of warnings that fall
    together the nearest to the deadline remains. Reminders go on for as long as the policy has some: they are
    answered up to the first one after `at`, or after the last rung of the ladder when that comes later.
    """
    rule = policy.of(kind)
    answer = _warnings(rule, due_at, zone, calendar, opened_at)
    answer.append(EscalationMoment("breach", StepKind.BREACH, due_at, with_scribe=rule.with_scribe))
    ladder_steps = [
        EscalationMoment(
            f"escalation:{level}",
            StepKind.ESCALATION,
            calendar.add_business_days(due_at, (level - 1) * policy.stride, zone),
            managers_up=level,
        )
        for level in range(1, rule.managers + 1)
    ]
    # The MTM's deadlines run in minutes: days later nothing is left to be reminded of.
    if policy.remind_every and not rule.around_the_clock:
        until = max([due_at, *(step.at for step in ladder_steps), *([at] if at is not None else [])])
        ladder_steps += _reminders(policy.remind_every, due_at, zone, calendar, until)
        ladder_steps.sort(key=lambda step: (step.at, step.kind != StepKind.REMINDER, step.managers_up))
    return answer + ladder_steps


def _reminders(
    every: int, due_at: datetime, zone: ZoneInfo, calendar: BusinessCalendar, until: datetime
) -> Iterator[EscalationMoment]:
    at = due_at
    while at <= until:
        at = calendar.add_business_days(at, every, zone)
        # Named by its day: counted, another cadence would give a name that was used already to a later one.
        yield EscalationMoment(f"reminder:{local_date(at - SECOND, zone)}", StepKind.REMINDER, at)


def rank(name: str) -> int:
    """How far enforcement has come with the step of this name: the breach is 0, a rung its number, anything that
    comes before the breach, or says nothing of the ladder, -1."""
    kind, _, number = name.partition(":")
    if kind == StepKind.BREACH.value:
        return 0
    return int(number) if kind == StepKind.ESCALATION.value else -1


def left_to_take(
    answer: Sequence[EscalationMoment], taken: Collection[str], at: datetime
) -> list[EscalationMoment]:
    """The steps of a new policy that are still to be taken, when those named `taken` were taken already for the
    same due instant.

    Nothing is said a second time, and nothing that lies behind: once a warning was given, those whose time has
    passed are left out; once the breach was told, all are; a rung below one that was climbed is not climbed again;
    reminders begin with the next one.
    """
    highest = max(map(rank, taken), default=-1)

    def is_left(step: EscalationMoment) -> bool:
        match step.kind:
            case StepKind.WARNING:
                return highest < 0 and step.name not in taken and (step.at > at or not taken)
            case StepKind.REMINDER:
                return step.at > at and step.name not in taken
            case _ if step.name in taken:
                return False
            case _:
                # A decision that lapses is no rung: it comes whatever was climbed.
                return rank(step.name) < 0 or rank(step.name) > highest

    return [step for step in answer if is_left(step)]


def _warnings(
    rule: Enforced, due_at: datetime, zone: ZoneInfo, calendar: BusinessCalendar, opened_at: datetime | None
) -> list[EscalationMoment]:
    warnings: dict[datetime, EscalationMoment] = {}
    for lead in sorted(rule.warnings, key=lead_length, reverse=True):
        at = _ahead(due_at, lead, zone, calendar)
        if not rule.around_the_clock:
            at = calendar.working_moment_before(at, zone)
        if opened_at is not None:
            at = max(at, opened_at)
        if at < due_at:
            warnings[at] = EscalationMoment(
                f"warning:{_named(lead)}", StepKind.WARNING, at, with_scribe=rule.with_scribe
            )
    return [warnings[at] for at in sorted(warnings)]


def _ahead(due_at: datetime, lead: Lead, zone: ZoneInfo, calendar: BusinessCalendar) -> datetime:
    if isinstance(lead, BusinessDays):
        return calendar.add_business_days(due_at, -lead.count, zone)
    return after(due_at, -lead)


def _named(lead: Lead) -> str:
    if isinstance(lead, BusinessDays):
        return f"{lead.count}bd"
    minutes = lead // MINUTE
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
    if responsible.person not in inactive:
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
    managers = [Responsible(person=manager) for manager in above if manager not in inactive][:rungs]
    return managers + [_ADMINISTRATORS] * (rungs - len(managers))
