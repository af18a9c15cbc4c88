"""The figures derived from the milestones (Seed: The Learning Review Document, Timeline)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from incidents.rules.facts import RecordFacts
from incidents.vocabulary import MilestoneKind

STARTS = (
    MilestoneKind.IMPACT_STARTED,
    MilestoneKind.ALERT_FIRED,
    MilestoneKind.CONFIRMED,
    MilestoneKind.OPENED,
)


@dataclass(frozen=True, slots=True)
class Metric:
    """One figure in whole seconds; None when an end is not captured, and then `missing` names the ends.

    `starts` and `ends` name the milestones it runs between; `ends` is None while it runs to now.
    """

    key: str
    label: str
    seconds: int | None
    starts: MilestoneKind | None
    ends: MilestoneKind | None
    missing: tuple[MilestoneKind, ...] = ()

    @property
    def is_captured(self) -> bool:
        return self.seconds is not None


@dataclass(frozen=True, slots=True)
class Metrics:
    time_to_detect: Metric
    time_to_declare: Metric
    time_to_mitigate: Metric
    time_to_resolve: Metric
    duration: Metric

    def all(self) -> tuple[Metric, ...]:
        return (
            self.time_to_detect,
            self.time_to_declare,
            self.time_to_mitigate,
            self.time_to_resolve,
            self.duration,
        )

    def as_seconds(self) -> dict[str, int | None]:
        return {metric.key: metric.seconds for metric in self.all()}


def metrics(facts: RecordFacts, at: datetime) -> Metrics:
    """All five figures as they are at `at`. Domain: Derived metrics."""
    return Metrics(
        _between(
            facts,
            "time_to_detect",
            "Time to Detect (TTD)",
            MilestoneKind.ALERT_FIRED,
            MilestoneKind.CONFIRMED,
        ),
        _between(facts, "time_to_declare", "Time to Declare", MilestoneKind.CONFIRMED, MilestoneKind.OPENED),
        _between(
            facts,
            "time_to_mitigate",
            "Time to Mitigate (MTTM)",
            MilestoneKind.OPENED,
            MilestoneKind.MITIGATED,
        ),
        _between(
            facts, "time_to_resolve", "Time to Resolve (MTTR)", MilestoneKind.OPENED, MilestoneKind.RECOVERED
        ),
        duration(facts, at),
    )


def duration(facts: RecordFacts, at: datetime) -> Metric:
    """From the earliest start to the validated recovery, else to the mitigation, else to `at` while it runs.

    An incident that ended without a captured close has no duration, whatever else is known.
    """
    begin = start(facts)
    end = _end(facts)
    begun_at = None if begin is None else facts.milestones.at(begin)
    running_until = at if facts.is_running else None
    ended_at = running_until if end is None else facts.milestones.at(end)
    missing: list[MilestoneKind] = [] if begun_at else list(STARTS)
    if facts.ended_without_close:
        ended_at = None
        missing.append(MilestoneKind.CLOSED)
    elif ended_at is None:
        missing += [MilestoneKind.RECOVERED, MilestoneKind.MITIGATED]
    return Metric("duration", "Duration", _seconds(begun_at, ended_at), begin, end, tuple(missing))


def start(facts: RecordFacts) -> MilestoneKind | None:
    """The milestone at which the incident began: the earliest captured, the first named of two at once."""
    captured = [(facts.milestones.at(kind), order) for order, kind in enumerate(STARTS)]
    known = [(instant, order) for instant, order in captured if instant is not None]
    return STARTS[min(known)[1]] if known else None


def _end(facts: RecordFacts) -> MilestoneKind | None:
    if facts.milestones.recovered is not None:
        return MilestoneKind.RECOVERED
    if facts.milestones.mitigated is not None:
        return MilestoneKind.MITIGATED
    return None


def _between(facts: RecordFacts, key: str, label: str, starts: MilestoneKind, ends: MilestoneKind) -> Metric:
    missing = tuple(kind for kind in (starts, ends) if facts.milestones.at(kind) is None)
    seconds = _seconds(facts.milestones.at(starts), facts.milestones.at(ends))
    return Metric(key, label, seconds, starts, ends, missing)


def _seconds(begun_at: datetime | None, ended_at: datetime | None) -> int | None:
    if begun_at is None or ended_at is None:
        return None
    # Floored, so that what is out of order by less than a second still shows as negative.
    return (ended_at - begun_at) // timedelta(seconds=1)
