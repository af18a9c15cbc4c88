"""Changing the policy and the calendar: each change is a row of its own, audited, and applied to what is open."""

import logging
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction

from afteractions.models import ClosingDay, PolicyVersion
from afteractions.operations.current_policy import CurrentPolicy, change_alone, current_policy
from afteractions.operations.enforcement.recalculation import recalculate_few
from afteractions.rules.deadlines.calendar import BusinessCalendar, UnknownCalendar
from afteractions.rules.deadlines.policy import BadPolicy, Policy, differences, document, read_document
from afteractions.vocabulary import PolicyChange
from incidents.operations.response.cadence import keep_cadence_of_running
from majorops.audit import trail
from majorops.errors import BadInput, NotAllowed, Problem, RuleViolation, VersionConflict
from majorops.formatting import formats
from majorops.people.models import Person

log = logging.getLogger(__name__)

LONGEST_NAME = 120
# Far enough for any plan, near enough that a slip of the year is noticed.
AHEAD = timedelta(days=3 * 366)
BACK = timedelta(days=31)


@transaction.atomic
def change_policy(
    data: Any, *, reason: str, by: Person | None, now: datetime, version: int | None = None
) -> int:
    """Puts the policy of `data` (a document; what it leaves out stays) in force and returns its number; incidents that
    run follow its cadence of status updates. Said again without a difference it changes nothing.

    Raises NotAllowed for anybody but administrators, BadInput naming the fields, VersionConflict when another version
    than `version` is in force by now. domain.md, Deadlines: "One policy, editable by an administrator."
    """
    by = _administrator(by)
    current = _locked()
    _raise_stale(current, version)
    try:
        policy = read_document(data, current.policy)
    except BadPolicy as bad:
        raise BadInput([Problem(problem.path, problem.message) for problem in bad.problems]) from bad
    changed = differences(current.policy, policy)
    if not changed:
        return current.number
    reason = reason.strip()
    if not reason:
        raise BadInput.of("reason", "Say why the policy changes.")
    row = _next(
        current,
        kind=PolicyChange.POLICY,
        what="the policy of warnings and escalation changed",
        policy=policy,
        changes=[[item.field, item.before, item.now] for item in changed],
        reason=reason,
        by=by,
        now=now,
    )
    trail.record(
        "changed the policy",
        row,
        by=by,
        at=now,
        changes={item.field: (item.before, item.now) for item in changed},
        reason=reason,
    )
    if policy.updates != current.policy.updates:
        keep_cadence_of_running(policy.updates)
    recalculate_few(now=now)
    return row.number


@transaction.atomic
def close_day(day: date, *, name: str, by: Person | None, now: datetime) -> ClosingDay:
    """Makes `day` a closing day of the organisation. Deadlines in business days that had not passed move with it.

    Raises NotAllowed, and BadInput for a day that is free already, far away, or has no name.
    """
    by = _administrator(by)
    policy = _locked()
    name = " ".join(name.split())
    text = _day_words(day, now)
    if not name:
        raise BadInput.of("name", "Say what the day is, such as “Christmas Eve”.")
    if len(name) > LONGEST_NAME:
        raise BadInput.of("name", f"Name it in at most {LONGEST_NAME} characters.")
    if not now.date() - BACK <= day <= now.date() + AHEAD:
        raise BadInput.of("day", "Choose a day between a month ago and three years from now.")
    if not policy.calendar.is_business_day(day):
        raise BadInput.of("day", f"{text} is a free day already.")
    return _mark(policy, day, name, f"{text} became a closing day ({name})", True, by=by, now=now)


@transaction.atomic
def open_day(day: date, *, by: Person | None, now: datetime) -> ClosingDay:
    """Takes a closing day back. Deadlines that had not passed move with it, never to before now.

    Raises NotAllowed, and RuleViolation for a day that is none.
    """
    by = _administrator(by)
    policy = _locked()
    text = _day_words(day, now)
    closed = ClosingDay.objects.filter(day=day).order_by("-version__number").first()
    if closed is None or not closed.is_closed:
        raise RuleViolation(f"{text} is no closing day of the organisation.")
    return _mark(policy, day, closed.name, f"{text} is no longer a closing day", False, by=by, now=now)


def closing_days() -> list[ClosingDay]:
    """The days on which the organisation is closed, by date, with who said so and when."""
    latest = (
        ClosingDay.objects.order_by("day", "-version__number").distinct("day").select_related("version__by")
    )
    return [row for row in latest if row.is_closed]


@transaction.atomic
def change_holidays(code: str, *, by: Person | None, now: datetime) -> bool:
    """The public holidays are those of this country or region from now on: whether that is a change. Deadlines in
    business days that had not passed move with it.

    Raises NotAllowed, and BadInput for an unknown one and where MAJOROPS_HOLIDAYS sets another.
    """
    by = _administrator(by)
    policy = _locked()
    code = code.strip().upper()
    if code == policy.calendar.code:
        return False
    if settings.HOLIDAYS_ARE_SET:
        raise BadInput.of("holidays", f"MAJOROPS_HOLIDAYS sets {settings.HOLIDAYS}, and is changed there.")
    if not is_known_calendar(code):
        raise BadInput.of(
            "holidays",
            f"No public holidays are known for “{code[:20]}”. Write a country or region, such as US or DE-BY.",
        )
    _follow_holidays(policy, code, by=by, now=now)
    recalculate_few(now=now)
    return True


def is_known_calendar(code: str) -> bool:
    """Whether public holidays are known for this country or region."""
    try:
        BusinessCalendar(code)
    except UnknownCalendar:
        return False
    return True


def follow_settings(*, now: datetime) -> bool:
    """Whether the organisation's public holidays are set to others than those in force, which then hold from now."""
    newest = PolicyVersion.objects.order_by("-number").values_list("holidays", flat=True).first()
    if newest is None or not settings.HOLIDAYS_ARE_SET or newest == settings.HOLIDAYS:
        return False
    if not is_known_calendar(settings.HOLIDAYS):
        log.error("MAJOROPS_HOLIDAYS: no public holidays are known for %r", settings.HOLIDAYS)
        return False
    with transaction.atomic():
        policy = _locked()
        if policy.calendar.code == settings.HOLIDAYS:
            return False
        _follow_holidays(policy, settings.HOLIDAYS, by=None, now=now)
    return True


def _follow_holidays(policy: CurrentPolicy, code: str, *, by: Person | None, now: datetime) -> None:
    before = policy.calendar.code
    row = _next(
        policy,
        kind=PolicyChange.HOLIDAYS,
        what=f"the public holidays are those of {code}, no longer of {before}",
        policy=policy.policy,
        holidays=code,
        changes=[["Public holidays", before, code]],
        by=by,
        now=now,
    )
    changes = {"public holidays": (before, code)}
    trail.record("changed the calendar", row, by=by, at=now, changes=changes)


def _administrator(by: Person | None) -> Person:
    if by is None or not by.is_active or not by.is_administrator:
        raise NotAllowed("Only an administrator changes the policy and the calendar.")
    return by


def _locked() -> CurrentPolicy:
    """What is in force, while nobody else can change it: numbers follow one another."""
    change_alone()
    return current_policy()


def _raise_stale(current_policy: CurrentPolicy, version: int | None) -> None:
    if version is not None and version != current_policy.number:
        raise VersionConflict(
            "Somebody changed the policy since you read it. Look at what holds now, and change it again.",
            current={**document(current_policy.policy), "version": current_policy.number},
        )


def _day_words(day: date, now: datetime) -> str:
    return formats.day(day, today=now.date())


def _mark(
    current_policy: CurrentPolicy,
    day: date,
    name: str,
    what: str,
    is_closed: bool,
    *,
    by: Person,
    now: datetime,
) -> ClosingDay:
    words = ("open", "closed") if is_closed else ("closed", "open")
    row = _next(
        current_policy,
        kind=PolicyChange.CLOSING_DAY,
        what=what,
        policy=current_policy.policy,
        changes=[[f"{_day_words(day, now)}: {name}", *words]],
        by=by,
        now=now,
    )
    closing_day = ClosingDay.objects.create(version=row, day=day, name=name, is_closed=is_closed)
    trail.record(
        "changed the calendar",
        closing_day,
        by=by,
        at=now,
        changes={day.isoformat(): words},
        reason=name,
    )
    recalculate_few(now=now)
    return closing_day


def _next(
    current_policy: CurrentPolicy,
    *,
    kind: PolicyChange,
    what: str,
    policy: Policy,
    changes: list[list[str]],
    by: Person | None,
    now: datetime,
    holidays: str = "",
    reason: str = "",
) -> PolicyVersion:
    return PolicyVersion.objects.create(
        number=current_policy.number + 1,
        # Versions follow one another in time too, whatever a clock that was set back says.
        at=max(now, current_policy.at or now),
        by=by,
        kind=kind,
        what=what,
        reason=reason,
        changes=changes,
        rules=document(policy),
        holidays=holidays or current_policy.calendar.code,
    )
