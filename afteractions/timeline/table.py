"""The table beside the picture: the same record, a row an instant, for those who read rather than look."""

from dataclasses import dataclass
from datetime import datetime

from afteractions.timeline.axis import zone_words
from afteractions.timeline.picture import KIND_LABELS, Picture, elapsed, numbered_marks
from majorops.formatting.durations import duration_words


@dataclass(frozen=True)
class TableRow:
    """One line: `number` is the mark's in the picture, None for what is drawn as band, line or bar.

    `day` is given where the date differs from the row above, `date` always; `clock` carries the zone's name where it
    changes.
    """

    at: datetime
    number: int | None
    day: str
    date: str
    clock: str
    kind: str
    kind_label: str
    text: str
    by: str
    after_the_fact: bool
    highlighted: bool


@dataclass(frozen=True)
class _Line:
    at: datetime
    rank: int
    kind: str
    kind_label: str
    text: str
    by: str = ""
    after_the_fact: bool = False
    highlighted: bool = False
    number: int | None = None


def table_rows(picture: Picture) -> list[TableRow]:
    """Everything in the picture that has an instant, in order of time."""
    rows: list[TableRow] = []
    day = zone = ""
    for entry in sorted(_lines(picture), key=lambda entry: (entry.at, entry.rank, entry.number or 0)):
        local = entry.at.astimezone(picture.zone)
        date, name = f"{local:%a %-d %b %Y}", zone_words(local)
        rows.append(
            TableRow(
                at=entry.at,
                number=entry.number,
                day=date if date != day else "",
                date=date,
                clock=f"{local:%H:%M:%S}".removesuffix(":00") + (f" {name}" if name != zone else ""),
                kind=entry.kind,
                kind_label=entry.kind_label,
                text=entry.text,
                by=entry.by,
                after_the_fact=entry.after_the_fact,
                highlighted=entry.highlighted,
            )
        )
        day, zone = date, name
    return rows


def _lines(picture: Picture) -> list[_Line]:
    return [
        *(
            _Line(item.at, 0, "milestone", "Milestone", item.label, "", item.after_the_fact)
            for item in picture.milestones
        ),
        *_phase_lines(picture),
        *_bar_lines(picture),
        *(
            _Line(
                mark.at,
                2,
                mark.kind,
                KIND_LABELS[mark.kind],
                mark.text,
                mark.by,
                mark.after_the_fact,
                mark.highlighted,
                mark.number,
            )
            for mark in numbered_marks(picture)
        ),
    ]


def _phase_lines(picture: Picture) -> list[_Line]:
    lines, seen = [], set[str]()
    for entry in sorted(picture.phases, key=lambda entry: entry.entered_at):
        text = f"{entry.label} (again)" if entry.label in seen else entry.label
        lines.append(_Line(entry.entered_at, 1, "phase", "Phase", text, entry.by, entry.after_the_fact))
        seen.add(entry.label)
    return lines


def _bar_lines(picture: Picture) -> list[_Line]:
    lines = []
    for track in picture.tracks:
        lines.append(_Line(track.opened_at, 1, "track", "Recovery track", f"{track.name} opened"))
        if track.lead_assigned_at:
            wait = duration_words(elapsed(track.opened_at, track.lead_assigned_at))
            lines.append(
                _Line(
                    track.lead_assigned_at, 1, "track", "Recovery track", f"{track.name}: lead after {wait}"
                )
            )
        if track.closed_at:
            outcome = f": {track.outcome}" if track.outcome else ""
            lines.append(
                _Line(track.closed_at, 1, "track", "Recovery track", f"{track.name} closed{outcome}")
            )
    for vendor in picture.vendors:
        if vendor.engaged_at:
            lines.append(_Line(vendor.engaged_at, 1, "engagement", "Vendor", f"{vendor.name} engaged"))
        if vendor.responded_at:
            lines.append(_Line(vendor.responded_at, 1, "engagement", "Vendor", f"{vendor.name} responded"))
    for mtm in picture.mtms:
        lines.append(_Line(mtm.started_at, 1, "mtm", "Meeting", f"{mtm.label} started"))
        if mtm.ended_at:
            lines.append(_Line(mtm.ended_at, 1, "mtm", "Meeting", f"{mtm.label} ended"))
    return lines
