"""When the meeting can be: what speaks against a time, three times that fit, and the Retell guard.

domain.md, Deadlines: a new time must leave 48 h for the draft unless it is out already; one past the
deadline to hold is accepted with a reason and is then a known breach. Both are said at the moment of
choosing.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from afteractions.rules.deadlines.calendar import WORK_ENDS, BusinessCalendar, after, local_date
from afteractions.rules.deadlines.deadlines import DRAFT_OUT_BEFORE_MEETING
from majorops.formatting.time_words import day_words, zone_label
from majorops.words import Word

SLOTS_OFFERED = 3
GRID = timedelta(minutes=30)
# How far past the deadline to hold a time is looked for when none fits before it.
LOOK_BEYOND = timedelta(days=21)


class ConcernKind(Word):
    ENDS_BEFORE_IT_STARTS = "ends_before_it_starts", "Ends before it starts"
    IN_THE_PAST = "in_the_past", "In the past"
    TOO_SOON_FOR_THE_DRAFT = "too_soon_for_the_draft", "Too soon for the draft"
    DRAFT_OUT_TOO_LATE = "draft_out_too_late", "The draft will not have been out for 48 h"
    PAST_THE_DEADLINE = "past_the_deadline", "Past the deadline to hold"
    OUTSIDE_WORKING_HOURS = "outside_working_hours", "Outside working hours"
    SOMEBODY_CANNOT_COME = "somebody_cannot_come", "Somebody who is required cannot come"
    RESCHEDULE = "reschedule", "A reschedule needs a reason"


@dataclass(frozen=True, slots=True)
class Concern:
    """What speaks against a time. `refused`: no reason helps; `needs_reason`: accepted with one."""

    kind: ConcernKind
    text: str
    refused: bool = False
    needs_reason: bool = False
    first_time_that_fits: datetime | None = None


@dataclass(frozen=True, slots=True)
class Busy:
    """A span in which somebody who is required cannot come, and `why`, as the end of a sentence."""

    starts_at: datetime
    ends_at: datetime
    who: str = ""
    why: str = "is not free"


@dataclass(frozen=True, slots=True)
class SchedulingFacts:
    """`hold_by`: the deadline to hold, None when there is none. `distributed_at`: since when the draft is
    out.

    `zones` are those of the required attendees, `names` who lives in each; without any, working hours are those of
    `zone`, the incident's.
    """

    zone: ZoneInfo
    calendar: BusinessCalendar
    hold_by: datetime | None = None
    distributed_at: datetime | None = None
    is_reschedule: bool = False
    zones: tuple[ZoneInfo, ...] = ()
    names: Mapping[ZoneInfo, tuple[str, ...]] = field(default_factory=dict)
    busy: tuple[Busy, ...] = ()


@dataclass(frozen=True, slots=True)
class Slot:
    """A time to offer; `is_breach`: it lies past the deadline to hold. `draft_due_at`: None once the draft is out."""

    starts_at: datetime
    ends_at: datetime
    is_breach: bool = False
    draft_due_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Slots:
    """The times on offer and a sentence that says how many there are, and why when there are fewer than three."""

    offered: tuple[Slot, ...]
    sentence: str


def check_time(starts_at: datetime, ends_at: datetime, facts: SchedulingFacts, at: datetime) -> list[Concern]:
    """All that speaks against a meeting at this time, seen at the instant `at`; empty when nothing does."""
    if ends_at <= starts_at:
        return [
            Concern(
                ConcernKind.ENDS_BEFORE_IT_STARTS,
                "The meeting ends before it starts: choose an end after the start.",
                refused=True,
            )
        ]
    fits = first_time_that_fits(ends_at - starts_at, facts, at)
    concerns: list[Concern] = []
    if starts_at < at:
        concerns.append(
            Concern(
                ConcernKind.IN_THE_PAST,
                f"This time has passed already. {_first(fits, facts)}",
                refused=True,
                first_time_that_fits=fits,
            )
        )
    elif facts.distributed_at is None and after(at, DRAFT_OUT_BEFORE_MEETING) > starts_at:
        concerns.append(
            Concern(
                ConcernKind.TOO_SOON_FOR_THE_DRAFT,
                f"The draft goes out 48 h before the meeting, and this time leaves less. {_first(fits, facts)}",
                refused=True,
                first_time_that_fits=fits,
            )
        )
    elif (
        facts.distributed_at is not None and after(facts.distributed_at, DRAFT_OUT_BEFORE_MEETING) > starts_at
    ):
        concerns.append(
            Concern(
                ConcernKind.DRAFT_OUT_TOO_LATE,
                "The draft will have been out for less than 48 h, so the meeting will not start without a reason. "
                + _first(fits, facts),
                first_time_that_fits=fits,
            )
        )
    if facts.hold_by is not None and ends_at > facts.hold_by:
        concerns.append(
            Concern(
                ConcernKind.PAST_THE_DEADLINE,
                "This time is past the deadline to hold the After Action. With a reason it is accepted, and is then "
                f"a known breach. {_first(fits, facts)}",
                needs_reason=True,
                first_time_that_fits=fits,
            )
        )
    concerns += _unsuitable(Slot(starts_at, ends_at), facts)
    if facts.is_reschedule:
        concerns.append(Concern(ConcernKind.RESCHEDULE, "Say why the meeting moves.", needs_reason=True))
    return concerns


def _unsuitable(slot: Slot, facts: SchedulingFacts) -> Iterator[Concern]:
    """What makes a time hard to keep for those who are required; it is said, and accepted."""
    asleep = [
        zone for zone in facts.zones or (facts.zone,) if not _is_working_time_in(zone, slot, facts.calendar)
    ]
    if asleep:
        there = [(zone, slot.starts_at.astimezone(zone)) for zone in asleep]
        where = "; ".join(
            f"{', '.join(facts.names.get(zone, ())) or zone.key} ({local:%a %H:%M} {zone_label(local)})"
            for zone, local in there
        )
        yield Concern(ConcernKind.OUTSIDE_WORKING_HOURS, f"This time is outside working hours: {where}.")
    for row in facts.busy:
        if _is_busy(slot, [row]):
            yield Concern(
                ConcernKind.SOMEBODY_CANNOT_COME, f"{row.who or 'Somebody who is required'} {row.why} then."
            )


def first_time_that_fits(duration: timedelta, facts: SchedulingFacts, at: datetime) -> datetime | None:
    """The earliest start that meets every rule, None when there is none before the deadline to hold."""
    return next((slot.starts_at for slot in _fitting(duration, facts, at, facts.hold_by)), None)


def three_slots(duration: timedelta, facts: SchedulingFacts, at: datetime) -> Slots:
    """Three times that meet every rule, on different days where there are enough, and what to know about
    them.

    Within the working hours of all required attendees, clear of `facts.busy`, 48 h ahead for the draft and
    with a working day to write it (domain.md, Deadlines). When none leaves that before the deadline to
    hold, times that leave less are offered; when none fits at all, the first ones past it as known breaches.
    """
    fitting = list(_fitting(duration, facts, at, facts.hold_by))
    writable = [slot for slot in fitting if _leaves_a_working_day(slot, facts, at)]
    offered = _spread(writable, facts.zone)
    if len(offered) == SLOTS_OFFERED:
        return Slots(offered, f"Three times meet every rule{_to_write(facts)}.")
    if offered:
        times = "One time meets" if len(offered) == 1 else "Two times meet"
        return Slots(
            offered, f"Only {times.lower()} every rule{_to_write(facts)} before the deadline to hold."
        )
    if fitting:
        return Slots(
            _spread(fitting, facts.zone),
            "No time before the deadline to hold leaves a working day to write the draft: these leave less.",
        )
    until = after(max(facts.hold_by or at, at), LOOK_BEYOND)
    late = [replace(slot, is_breach=True) for slot in _fitting(duration, facts, at, until)]
    late = [slot for slot in late if _leaves_a_working_day(slot, facts, at)] or late
    if late:
        return Slots(
            _spread(late, facts.zone),
            "No time meets every rule before the deadline to hold. These are the first ones past it: each is a "
            "known breach and needs a reason.",
        )
    if not _zones_meet(duration, facts, at):
        return Slots(
            (), "The required attendees share no working hours: choose a time that suits most of them."
        )
    return Slots((), "The required attendees have no common free time in the next weeks.")


def _to_write(facts: SchedulingFacts) -> str:
    """What these times leave besides: a meeting may begin sooner, with less time to write."""
    return ", with a working day to write the draft" if facts.distributed_at is None else ""


def _leaves_a_working_day(slot: Slot, facts: SchedulingFacts, at: datetime) -> bool:
    """Whether the draft is due no sooner than a working day after `at`: at the same time of the next business day, or
    at its end where `at` lies outside working hours."""
    if slot.draft_due_at is None:
        return True
    local = at.astimezone(facts.zone)
    day = facts.calendar.business_day_after(local.date(), 1, facts.zone)
    until = local.time() if facts.calendar.is_working_moment(at, facts.zone) else WORK_ENDS
    return slot.draft_due_at >= datetime.combine(day, until, facts.zone)


def may_start(first_distributed_at: datetime | None, changed_at: datetime | None, at: datetime) -> str | None:
    """The Retell guard: why the meeting cannot start at `at`, None when it can. domain.md, Deadlines.

    The 48 h count from the first distribution; `changed_at` is the latest amendment of the root cause or of
    the changes, which starts the count again.
    """
    if first_distributed_at is None:
        return "The draft has not been distributed."
    since = max(first_distributed_at, changed_at or first_distributed_at)
    if after(since, DRAFT_OUT_BEFORE_MEETING) <= at:
        return None
    hours, minutes = divmod(max(at - since, timedelta()) // timedelta(minutes=1), 60)
    ago = (
        " ".join(f"{count} {unit}" for count, unit in ((hours, "h"), (minutes, "min")) if count) or "a moment"
    )
    what = "root cause or the changes were amended" if since != first_distributed_at else "draft went out"
    return f"The {what} only {ago} ago, less than the 48 h that reading takes."


def _first(fits: datetime | None, facts: SchedulingFacts) -> str:
    if fits is None:
        return "No time fits before the deadline to hold."
    local = fits.astimezone(facts.zone)
    return f"The first time that fits is {day_words(local.date())} {local:%H:%M} {zone_label(local)}."


def _fitting(
    duration: timedelta, facts: SchedulingFacts, at: datetime, until: datetime | None
) -> Iterator[Slot]:
    earliest = after(at, DRAFT_OUT_BEFORE_MEETING)
    if facts.distributed_at is not None:
        earliest = max(after(facts.distributed_at, DRAFT_OUT_BEFORE_MEETING), after(at, timedelta()))
    until = after(at, LOOK_BEYOND) if until is None else until
    starts_at = _on_the_grid(earliest)
    while starts_at + duration <= until:
        due_at = None if facts.distributed_at is not None else starts_at - DRAFT_OUT_BEFORE_MEETING
        slot = Slot(starts_at, starts_at + duration, draft_due_at=due_at)
        if _is_working_time(slot, facts) and not _is_busy(slot, facts.busy):
            yield slot
        starts_at += GRID


def _on_the_grid(at: datetime) -> datetime:
    epoch = datetime.min.replace(tzinfo=UTC)
    return epoch + -((epoch - at) // GRID) * GRID


def _is_working_time(slot: Slot, facts: SchedulingFacts) -> bool:
    return all(_is_working_time_in(zone, slot, facts.calendar) for zone in facts.zones or (facts.zone,))


def _is_working_time_in(zone: ZoneInfo, slot: Slot, calendar: BusinessCalendar) -> bool:
    last_minute = slot.ends_at - timedelta(minutes=1)
    is_one_day = local_date(slot.starts_at, zone) == local_date(last_minute, zone)
    return is_one_day and all(
        calendar.is_working_moment(moment, zone) for moment in (slot.starts_at, last_minute)
    )


def _is_busy(slot: Slot, busy: Iterable[Busy]) -> bool:
    return any(row.starts_at < slot.ends_at and slot.starts_at < row.ends_at for row in busy)


def _spread(fitting: Sequence[Slot], zone: ZoneInfo) -> tuple[Slot, ...]:
    first_of_day: dict[date, Slot] = {}
    for slot in fitting:
        first_of_day.setdefault(local_date(slot.starts_at, zone), slot)
    chosen = list(first_of_day.values())[:SLOTS_OFFERED]
    for slot in fitting:
        if len(chosen) == SLOTS_OFFERED:
            break
        if not _is_busy(slot, [Busy(row.starts_at, row.ends_at) for row in chosen]):
            chosen.append(slot)
    return tuple(sorted(chosen, key=lambda slot: slot.starts_at))


def _zones_meet(duration: timedelta, facts: SchedulingFacts, at: datetime) -> bool:
    free = SchedulingFacts(facts.zone, facts.calendar, zones=facts.zones, distributed_at=at)
    return next(_fitting(duration, free, at, None), None) is not None
