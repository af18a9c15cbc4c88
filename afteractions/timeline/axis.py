"""The time axis: instants to positions, with idle time folded, ticks at round local times, DST changes marked."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from itertools import pairwise
from math import ceil
from statistics import median
from zoneinfo import ZoneInfo

from majorops.formatting.time_words import zone_label

FOLD_WIDTH = 34.0
STRETCH_PADDING = 12.0
NARROWEST_STRETCH = 78.0
TICK_ROOM = 52.0
MOST_FOLDS = 8
LARGEST_CHANGE = timedelta(hours=24)
LONGEST_WITH_CLOCK_CHANGES = timedelta(days=3 * 365)

# A gap is idle time worth folding when it is this much of what is left, and stands out among its like.
FOLDED_SHARE = 0.15
FOLDED_AGAINST_MEDIAN = 6
SHORTEST_FOLD = timedelta(minutes=30)

_STEPS = [timedelta(seconds=n) for n in (10, 30)] + [timedelta(minutes=n) for n in (1, 2, 5, 10, 15, 30)]
_STEPS += [timedelta(hours=n) for n in (1, 2, 3, 6, 12)] + [
    timedelta(days=n) for n in (1, 2, 7, 14, 28, 91, 182, 364)
]
_DAY = timedelta(days=1)
_YEAR = timedelta(days=364)


@dataclass(frozen=True)
class Stretch:
    """A piece of time without a break, drawn from `left` to `right`."""

    starts_at: datetime
    ends_at: datetime
    left: float
    right: float

    def position(self, at: datetime) -> float:
        """Where the instant lies; the middle when the stretch is a single instant."""
        span = (self.ends_at - self.starts_at).total_seconds()
        low, high = self.left + STRETCH_PADDING, self.right - STRETCH_PADDING
        return (
            low + (high - low) * ((at - self.starts_at).total_seconds() / span) if span else (low + high) / 2
        )


@dataclass(frozen=True)
class Tick:
    """A round local time. `is_day` marks a local midnight, where the date changes."""

    at: datetime
    x: float
    text: str
    is_day: bool


@dataclass(frozen=True)
class ClockChange:
    """The clocks were moved here: `words` says how and from which to which zone."""

    x: float
    words: str


@dataclass(frozen=True)
class Axis:
    """Maps instants onto positions between `left` and `right`. All instants are kept in UTC inside."""

    zone: ZoneInfo
    stretches: tuple[Stretch, ...]

    @property
    def left(self) -> float:
        """The left edge of the drawn time."""
        return self.stretches[0].left

    @property
    def right(self) -> float:
        """The right edge of the drawn time."""
        return self.stretches[-1].right

    @property
    def folds(self) -> list[tuple[Stretch, Stretch]]:
        """Neighbouring stretches with idle time folded away between them."""
        return list(pairwise(self.stretches))

    def x(self, at: datetime) -> float:
        """The position of an instant; inside a fold it is spread over the fold's width."""
        at = at.astimezone(UTC)
        for stretch in self.stretches:
            if at <= stretch.ends_at:
                if at >= stretch.starts_at:
                    return stretch.position(at)
                return self._inside_fold(at, stretch)
        return self.right - STRETCH_PADDING

    def _inside_fold(self, at: datetime, after: Stretch) -> float:
        index = self.stretches.index(after)
        if index == 0:
            return self.left + STRETCH_PADDING
        before = self.stretches[index - 1]
        start, end = before.position(before.ends_at), after.position(after.starts_at)
        return start + (end - start) * ((at - before.ends_at) / (after.starts_at - before.ends_at))

    def ticks(self) -> list[Tick]:
        """Ticks at round local times, as dense as their labels allow; at least one in each stretch."""
        return [tick for stretch in self.stretches for tick in self._ticks_of(stretch)]

    def _step_of(self, stretch: Stretch) -> timedelta:
        room = stretch.right - stretch.left - 2 * STRETCH_PADDING
        fewest = (stretch.ends_at - stretch.starts_at) / max(1.0, room / TICK_ROOM)
        return next((step for step in _STEPS if fewest <= step), _YEAR * ceil(fewest / _YEAR))

    def _ticks_of(self, stretch: Stretch) -> list[Tick]:
        span, step = stretch.ends_at - stretch.starts_at, self._step_of(stretch)
        seconds = bool(span) and step < timedelta(minutes=1)
        ticks = [
            Tick(
                at,
                stretch.position(at),
                "" if step >= _DAY else self._clock(at, seconds),
                self._is_midnight(at),
            )
            for at in round_local_times(stretch.starts_at, stretch.ends_at, step, self.zone)
        ]
        if step < _DAY and not ticks:
            ticks = [
                Tick(
                    stretch.starts_at,
                    stretch.position(stretch.starts_at),
                    self._clock(stretch.starts_at),
                    False,
                )
            ]
        return ticks

    def _clock(self, at: datetime, seconds: bool = False) -> str:
        return at.astimezone(self.zone).strftime("%H:%M:%S" if seconds else "%H:%M")

    def _is_midnight(self, at: datetime) -> bool:
        return at.astimezone(self.zone).time() == time()

    def dates(self) -> list[tuple[float, date, bool]]:
        """Where a date is to be named: (position, date, whether it begins there), in order; as dense as the ticks."""
        named = []
        for stretch in self.stretches:
            step = max(_DAY, self._step_of(stretch))
            days = list(round_local_times(stretch.starts_at, stretch.ends_at, step, self.zone))
            named.append(
                (stretch.left + STRETCH_PADDING, stretch.starts_at.astimezone(self.zone).date(), False)
            )
            named += [(stretch.position(at), at.astimezone(self.zone).date(), True) for at in days]
        return named

    def clock_changes(self) -> list[ClockChange]:
        """Each change of the zone's offset inside the drawn time, folded or not; none where they would be too many."""
        return self._clock_changes

    @cached_property
    def _clock_changes(self) -> list[ClockChange]:
        first, last = self.stretches[0].starts_at, self.stretches[-1].ends_at
        if last - first > LONGEST_WITH_CLOCK_CHANGES:
            return []
        return [
            ClockChange(self.x(at), _change_words(before, after))
            for at, before, after in _offset_changes(first, last, self.zone)
        ]


def axis_of(instants: Sequence[datetime], *, zone: ZoneInfo, left: float, right: float) -> Axis:
    """An axis over the instants (at least one, in order), folding idle time.

    A stretch's width follows half its length and half the number of instants in it, so that a busy hour inside three
    weeks stays readable; each break says how much time it hides.
    """
    points = sorted({at.astimezone(UTC) for at in instants})
    groups = _unfolded(points)
    room = right - left - FOLD_WIDTH * (len(groups) - 1)
    narrowest = min(NARROWEST_STRETCH, room / len(groups))
    spare = room - narrowest * len(groups)
    span = sum((group[-1] - group[0]).total_seconds() for group in groups)
    stretches, x = [], left
    for group in groups:
        length = (group[-1] - group[0]).total_seconds() / span if span else 1 / len(groups)
        width = narrowest + spare * (length + len(group) / len(points)) / 2
        stretches.append(Stretch(group[0], group[-1], x, x + width))
        x += width + FOLD_WIDTH
    return Axis(zone, tuple(stretches))


def _unfolded(points: list[datetime]) -> list[list[datetime]]:
    breaks = folded_gaps(points)
    groups: list[list[datetime]] = []
    for at in points:
        if not groups or at in breaks:
            groups.append([])
        groups[-1].append(at)
    return groups


def folded_gaps(instants: Sequence[datetime]) -> dict[datetime, timedelta]:
    """The idle times worth folding: the instant after each one, in UTC, and how long it was.

    The longest gaps are folded one after another while they are large against what is then left and against the usual
    gap; evenly spread entries fold nothing.
    """
    points = sorted({at.astimezone(UTC) for at in instants})
    gaps = sorted(((later - earlier, later) for earlier, later in pairwise(points)), reverse=True)
    if not gaps:
        return {}
    remaining = points[-1] - points[0]
    usual = timedelta(seconds=median(gap.total_seconds() for gap, _ in gaps))
    folded = {}
    for gap, later in gaps[:MOST_FOLDS]:
        if gap < max(SHORTEST_FOLD, FOLDED_SHARE * remaining, FOLDED_AGAINST_MEDIAN * usual):
            break
        folded[later] = gap
        remaining -= gap
    return folded


def round_local_times(first: datetime, last: datetime, step: timedelta, zone: ZoneInfo) -> Iterator[datetime]:
    """Instants in [first, last] whose local clock shows a multiple of `step` since midnight; days count from an epoch.

    Hours that the zone skips are left out, hours that it repeats come twice.
    """
    if step >= _DAY:
        yield from local_midnights(first, last, zone, every=step.days)
        return
    early, late = first.astimezone(zone), last.astimezone(zone)
    # Where the clocks move in between, local times before the first or after the last one may lie inside.
    moved = early.utcoffset() != late.utcoffset()
    margin = LARGEST_CHANGE if moved else timedelta()
    earliest, latest = early.replace(tzinfo=None) - margin, late.replace(tzinfo=None) + margin
    day = early.date()
    while day <= late.date():
        midnight = datetime.combine(day, time())
        clock = midnight + step * max(0, -((midnight - earliest) // step))
        instants = set()
        while clock.date() == day and clock <= latest:
            instants |= {at for at in _instants_of(clock, zone) if first <= at <= last}
            clock += step
        yield from sorted(instants)
        day += _DAY


def local_midnights(first: datetime, last: datetime, zone: ZoneInfo, *, every: int = 1) -> Iterator[datetime]:
    """The beginning of each local day in (first, last]; where the zone skips midnight, the first instant after it.

    Of `every` so many days one, counted from an epoch.
    """
    day = first.astimezone(zone).date().toordinal() + 1
    day += -day % every
    while day <= last.astimezone(zone).date().toordinal():
        at = datetime.combine(date.fromordinal(day), time(), tzinfo=zone).astimezone(UTC)
        if first < at <= last:
            yield at
        day += every


def _instants_of(clock: datetime, zone: ZoneInfo) -> Iterator[datetime]:
    for fold in (0, 1):
        at = clock.replace(tzinfo=zone, fold=fold).astimezone(UTC)
        if at.astimezone(zone).replace(tzinfo=None) == clock:
            yield at


def _offset_changes(
    first: datetime, last: datetime, zone: ZoneInfo
) -> Iterator[tuple[datetime, datetime, datetime]]:
    low = first
    while low < last:
        high = min(low + _DAY, last)
        if low.astimezone(zone).utcoffset() != high.astimezone(zone).utcoffset():
            early, late = low, high
            while late - early > timedelta(seconds=1):
                middle = early + (late - early) / 2
                same = middle.astimezone(zone).utcoffset() == low.astimezone(zone).utcoffset()
                early, late = (middle, late) if same else (early, middle)
            yield late, early.astimezone(zone), late.astimezone(zone)
        low = high


def _change_words(before: datetime, after: datetime) -> str:
    moved = (after.utcoffset() or timedelta()) - (before.utcoffset() or timedelta())
    minutes = int(abs(moved).total_seconds() // 60)
    by = f"{minutes // 60} h" if minutes % 60 == 0 else f"{minutes} min"
    return f"clocks {'forward' if moved > timedelta() else 'back'} {by}: {zone_words(before)} → {zone_words(after)}"


def zone_words(at: datetime) -> str:
    """The name of the zone in force at an aware local instant: "CET", or "UTC−03:00" where it has no letters."""
    return zone_label(at)
