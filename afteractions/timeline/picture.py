"""What the timeline picture is drawn from: the record of one incident as plain frozen dataclasses.

Every instant is an aware datetime; `None` means *not captured*. Labels are the words a
person reads ("Mitigating", "Alert fired"); only `DrawnEvent.kind` and `DrawnUpdate.audience` are the vocabulary's
keys, because shape and colour hang on them.
"""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

KIND_LABELS = {
    "impact": "Impact",
    "detection": "Detection",
    "investigation": "Investigation",
    "decision": "Decision",
    "action": "Action",
    "communication": "Communication",
    "recovery": "Recovery",
    "vendor": "Vendor",
    "milestone": "DrawnMilestone",
    "other": "Other",
    "public": "Public update",
    "internal": "Internal update",
}
"""Kinds of numbered marks, in the order of their rows, with the words that are shown."""


@dataclass(frozen=True)
class DrawnPhase:
    """A phase was entered; it lasts until the next entry. The same label twice is a relapse."""

    label: str
    entered_at: datetime
    by: str = ""
    after_the_fact: bool = False


@dataclass(frozen=True)
class DrawnTrack:
    """A recovery track; without a lead until `lead_assigned_at`, still open while `closed_at` is None."""

    name: str
    opened_at: datetime
    lead_assigned_at: datetime | None = None
    closed_at: datetime | None = None
    outcome: str = ""


@dataclass(frozen=True)
class DrawnEvent:
    """A logged timeline event. `kind` is a key of the vocabulary; an unknown one is drawn as "Other"."""

    at: datetime
    kind: str
    text: str
    by: str = ""
    highlighted: bool = False
    after_the_fact: bool = False


@dataclass(frozen=True)
class DrawnUpdate:
    """A status update that was sent. `audience` is "public" or "internal"."""

    at: datetime
    audience: str
    channel: str
    text: str
    by: str = ""
    after_the_fact: bool = False


@dataclass(frozen=True)
class DrawnMetric:
    """A derived metric with its ends. `seconds` None is *not captured*; negative is a finding, shown as such."""

    label: str
    starts_at: datetime | None
    ends_at: datetime | None
    seconds: int | None


@dataclass(frozen=True)
class DrawnMilestone:
    """A milestone of the record, drawn as a line through the whole picture."""

    label: str
    at: datetime
    after_the_fact: bool = False


@dataclass(frozen=True)
class DrawnEngagement:
    """A vendor was engaged; `responded_at` None is a response that was not captured."""

    name: str
    engaged_at: datetime | None
    responded_at: datetime | None = None


@dataclass(frozen=True)
class DrawnMtm:
    """A Major Technical Meeting."""

    label: str
    started_at: datetime
    ended_at: datetime | None = None


@dataclass(frozen=True)
class Picture:
    """All that one picture shows, in the incident's time zone (an IANA name).

    `closed_at` is the close of the incident: what lies after it is shaded. `now` is given only while the incident runs
    and becomes the right edge.
    """

    title: str
    time_zone: str
    phases: tuple[DrawnPhase, ...] = ()
    tracks: tuple[DrawnTrack, ...] = ()
    events: tuple[DrawnEvent, ...] = ()
    updates: tuple[DrawnUpdate, ...] = ()
    metrics: tuple[DrawnMetric, ...] = ()
    milestones: tuple[DrawnMilestone, ...] = ()
    vendors: tuple[DrawnEngagement, ...] = ()
    mtms: tuple[DrawnMtm, ...] = ()
    closed_at: datetime | None = None
    now: datetime | None = None

    @property
    def zone(self) -> ZoneInfo:
        """The zone that the picture's times are shown in."""
        return ZoneInfo(self.time_zone)

    def instants(self) -> list[datetime]:
        """Every captured instant once, in order."""
        return self._ordered

    @cached_property
    def _ordered(self) -> list[datetime]:
        return sorted(set(self._instants()))

    @cached_property
    def marks(self) -> list["Mark"]:
        """Events and updates together, in order of time, numbered from 1."""
        return _numbered(self)

    def _instants(self) -> Iterator[datetime]:
        for entry in (
            self.phases,
            self.tracks,
            self.events,
            self.updates,
            self.milestones,
            self.vendors,
            self.mtms,
        ):
            for item in entry:
                for field in fields(item):
                    value = getattr(item, field.name)
                    if isinstance(value, datetime):
                        yield value
        for metric in self.metrics:
            # A metric that was captured has both ends in the milestones; a lone end would only stretch the axis.
            if metric.seconds is not None and metric.starts_at and metric.ends_at:
                yield metric.starts_at
                yield metric.ends_at
        if self.closed_at:
            yield self.closed_at
        if self.now:
            yield self.now


@dataclass(frozen=True)
class Mark:
    """One numbered mark: an event or a status update. The number is the one in the table beside the picture."""

    number: int
    at: datetime
    kind: str
    text: str
    by: str
    highlighted: bool
    after_the_fact: bool


def numbered_marks(picture: Picture) -> list[Mark]:
    """Events and updates together, in order of time, numbered from 1."""
    return picture.marks


def _numbered(picture: Picture) -> list[Mark]:
    events = [
        (event.at, _known(event.kind), event.text, event.by, event.highlighted, event.after_the_fact)
        for event in picture.events
    ]
    updates = [
        (
            update.at,
            "public" if update.audience == "public" else "internal",
            f"{update.channel}: {update.text}" if update.channel else update.text,
            update.by,
            False,
            update.after_the_fact,
        )
        for update in picture.updates
    ]
    ordered = sorted(events + updates, key=lambda entry: entry[0])
    return [Mark(number, *entry) for number, entry in enumerate(ordered, start=1)]


_PHASES = (
    "Detected",
    "Declared",
    "Investigating",
    "Mitigating",
    "Recovering",
    "Validating",
    "Resolved",
    "Closed",
)


def phase_tints(picture: Picture) -> dict[str, int]:
    """Which of the eight tints each phase has: always the same for a phase of the vocabulary."""
    labels = dict.fromkeys(
        entry.label for entry in sorted(picture.phases, key=lambda entry: entry.entered_at)
    )
    return {
        label: _PHASES.index(label) if label in _PHASES else number % len(_PHASES)
        for number, label in enumerate(labels)
    }


def _known(kind: str) -> str:
    return kind if kind in KIND_LABELS else "other"


def picture_as_document(picture: Picture) -> dict[str, Any]:
    """The picture as plain JSON: instants in ISO 8601 in UTC, the dataclasses' names as keys."""
    document: dict[str, Any] = _as_json(asdict(picture))
    return document


def _as_json(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, dict):
        return {key: _as_json(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_as_json(item) for item in value]
    return value


_ENTRIES: Mapping[str, type[Any]] = {
    "phases": DrawnPhase,
    "tracks": DrawnTrack,
    "events": DrawnEvent,
    "updates": DrawnUpdate,
    "metrics": DrawnMetric,
    "milestones": DrawnMilestone,
    "vendors": DrawnEngagement,
    "mtms": DrawnMtm,
}


def picture_from_document(document: Mapping[str, Any]) -> Picture:
    """The inverse of `picture_as_document`. Raises KeyError, TypeError or ValueError for anything else."""
    entries = {
        name: tuple(kind(**_with_instants(item)) for item in document.get(name, ()))
        for name, kind in _ENTRIES.items()
    }
    return Picture(
        title=document["title"],
        time_zone=document["time_zone"],
        closed_at=_instant(document.get("closed_at")),
        now=_instant(document.get("now")),
        **entries,
    )


def _with_instants(item: Mapping[str, Any]) -> dict[str, Any]:
    return {
        key: _instant(value) if key == "at" or key.endswith("_at") else value for key, value in item.items()
    }


def _instant(value: str | None) -> datetime | None:
    return datetime.fromisoformat(value) if value else None


def elapsed(earlier: datetime, later: datetime) -> int:
    """The seconds that really passed, also where the clocks changed in between."""
    return int((later.astimezone(UTC) - earlier.astimezone(UTC)).total_seconds())
