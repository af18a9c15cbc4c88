"""The picture with time running downwards, for a phone: as much text as fits, in the order of the table."""

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby, pairwise
from math import ceil

from django.utils.safestring import SafeString, mark_safe

from afteractions.timeline.axis import folded_gaps
from afteractions.timeline.description import empty_words, told
from afteractions.timeline.limits import drawable
from afteractions.timeline.marks import shape
from afteractions.timeline.picture import KIND_LABELS, DrawnMetric, Picture, phase_tints
from afteractions.timeline.svg import (
    PAGE,
    Palette,
    beginning,
    box,
    fitted,
    frame,
    hint,
    label,
    line,
    tag,
    text_width,
)
from afteractions.timeline.table import TableRow, table_rows
from majorops.formatting.durations import duration_words

EDGE = 6.0
STRIPE = 8.0
LANE = 7.0
MOST_LANES = 6
CLOCK_ROOM = 38.0
MARK_ROOM = 22.0
TEXT = 12.0
LINE = 15.0
MOST_LINES = 2
MOST_MARK_ROWS = 60


@dataclass(frozen=True)
class TallRow:
    """One row going down: its height, the instant it stands for, and what draws it."""

    height: float
    at: datetime | None
    draw: Callable[[float], str]


@dataclass(frozen=True)
class TallSheet:
    """What every row needs to know."""

    picture: Picture
    palette: Palette
    width: float
    lanes: int
    left_out: str

    @property
    def clock_x(self) -> float:
        """Where the times begin, right of the phases' stripe and the tracks' lanes."""
        return EDGE + STRIPE + 6 + self.lanes * LANE

    @property
    def text_x(self) -> float:
        """Where the texts begin."""
        return self.clock_x + CLOCK_ROOM + MARK_ROOM

    @property
    def text_room(self) -> float:
        """How wide a line of text may be."""
        return self.width - EDGE - self.text_x


def draw_tall(
    picture: Picture, *, palette: Palette = PAGE, width: float = 340, name: str = "timeline-tall"
) -> SafeString:
    """The picture as one SVG element for narrow screens; `name` is the prefix of its ids, unique in the page."""
    title = f"Timeline of {picture.title}"
    if not picture.instants():
        parts, height, says = _nothing(palette, width), 70.0, empty_words()
    else:
        cut = drawable(picture)
        sheet = TallSheet(cut.picture, palette, width, min(len(cut.picture.tracks), MOST_LANES), cut.left_out)
        parts, height = _drawn(sheet)
        says = told(picture)
    return mark_safe(
        frame(
            *parts,
            width=width,
            height=height,
            name=name,
            kind="tall",
            title=title,
            description=says,
            font=palette["font"],
        )
    )


def _nothing(palette: Palette, width: float) -> list[str]:
    lines = wrapped(empty_words(), width - 24, TEXT, most=3)
    parts = [box(0.5, 0.5, width - 1, 69, rx=6, fill=palette["shade"], stroke=palette["line"])]
    return parts + [
        label(12, 22 + n * LINE, text, size=TEXT, fill=palette["muted"]) for n, text in enumerate(lines)
    ]


def _drawn(sheet: TallSheet) -> tuple[list[str], float]:
    rows = table_rows(sheet.picture)
    key, metrics = list(_track_key(sheet)), list(_metric_steps(sheet))
    steps = [*key, *_steps(sheet, rows), *_left_out(sheet), *metrics]
    y, parts, anchors = 4.0, [], []
    for step in steps:
        parts.append(step.draw(y))
        if step.at:
            anchors.append((step.at.astimezone(UTC), y + 10))
        y += step.height
    if anchors:
        bottom, where = anchors[-1][1] + 14, _descending(anchors)
        parts = [*_phase_stripe(sheet, where, bottom), *_track_lanes(sheet, where, bottom), *parts]
    return parts, y + 4


def _descending(anchors: Sequence[tuple[datetime, float]]) -> Callable[[datetime], float]:
    instants = [at for at, _ in anchors]

    def where(at: datetime) -> float:
        at = at.astimezone(UTC)
        index = bisect_right(instants, at)
        if index == 0:
            return anchors[0][1]
        if index == len(anchors) or instants[index - 1] == at:
            return next(y for instant, y in anchors if instant == instants[index - 1])
        (early, above), (late, below) = anchors[index - 1], anchors[index]
        return above + (below - above) * ((at - early) / (late - early))

    return where


def _steps(sheet: TallSheet, rows: list[TableRow]) -> Iterator[TallRow]:
    folds = folded_gaps([row.at for row in rows])
    size = ceil(sum(row.number is not None for row in rows) / MOST_MARK_ROWS) or 1
    previous: datetime | None = None
    for bundle in _bundles(rows, size, set(folds)):
        first = bundle[0]
        if previous and (hidden := folds.get(first.at.astimezone(UTC))) and first.at != previous:
            yield _idle_step(sheet, duration_words(int(hidden.total_seconds())))
        if first.day:
            yield _day_step(sheet, first)
        yield _step_of(sheet, bundle)
        previous = first.at


def _bundles(rows: list[TableRow], size: int, breaks: set[datetime]) -> Iterator[list[TableRow]]:
    """Rows one by one; where there are too many marks, up to `size` neighbouring plain ones together."""
    waiting: list[TableRow] = []
    for row in rows:
        plain = row.number is not None and not row.highlighted
        if waiting and (not plain or len(waiting) == size or row.day or row.at.astimezone(UTC) in breaks):
            yield waiting
            waiting = []
        if plain:
            waiting.append(row)
        else:
            yield [row]
    if waiting:
        yield waiting


def _step_of(sheet: TallSheet, bundle: list[TableRow]) -> TallRow:
    row = bundle[0]
    if len(bundle) > 1:
        return _bundle_step(sheet, bundle)
    if row.number is not None:
        return _mark_step(sheet, row)
    if row.kind == "phase":
        return _phase_step(sheet, row)
    return _milestone_step(sheet, row) if row.kind == "milestone" else _note_step(sheet, row)


def _clock(sheet: TallSheet, y: float, row: TableRow) -> str:
    return label(sheet.clock_x, y + 14, row.clock.split(" ")[0][:5], size=11, fill=sheet.palette["muted"])


def _lines(sheet: TallSheet, y: float, lines: Sequence[str], **attributes: object) -> str:
    return "".join(
        label(sheet.text_x, y + 14 + n * LINE, text, size=TEXT, fill=sheet.palette["ink"], **attributes)
        for n, text in enumerate(lines)
    )


def _mark_step(sheet: TallSheet, row: TableRow) -> TallRow:
    lines = wrapped(f"{row.number} {row.text}", sheet.text_room, TEXT, most=MOST_LINES)
    middle = sheet.clock_x + CLOCK_ROOM + 8

    def draw(y: float) -> str:
        ring = box(
            middle - 9, y + 1, 18, 18, rx=9, fill="none", stroke=sheet.palette["ink"], stroke_width=1.5
        )
        return tag(
            "g",
            hint(f"{row.kind_label}: {row.text}" + (" (after the fact)" if row.after_the_fact else "")),
            _clock(sheet, y, row),
            shape(row.kind, middle, y + 10, sheet.palette, hollow=row.after_the_fact),
            ring if row.highlighted else "",
            _lines(sheet, y, lines, font_weight=700 if row.highlighted else None),
        )

    return TallRow(6 + LINE * len(lines), row.at, draw)


def _bundle_step(sheet: TallSheet, bundle: list[TableRow]) -> TallRow:
    first, last = bundle[0], bundle[-1]
    until = (
        f" to {last.clock.split(' ')[0][:5]}" if last.clock.split(" ")[0] != first.clock.split(" ")[0] else ""
    )
    says = f"{first.number}…{last.number} ({len(bundle)} entries{until})"
    kinds = sorted((row.kind for row in bundle), key=list(KIND_LABELS).index)

    def draw(y: float) -> str:
        x, parts = sheet.text_x + 6, []
        for kind, members in groupby(kinds):
            count = f"×{len(list(members))}"
            parts.append(shape(kind, x, y + 26, sheet.palette, size=5))
            parts.append(label(x + 8, y + 29.5, count, size=11, fill=sheet.palette["muted"]))
            x += 14 + text_width(count, 11)
        return tag("g", hint(says), _clock(sheet, y, first), _lines(sheet, y, [says]), *parts)

    return TallRow(38, first.at, draw)


def _phase_step(sheet: TallSheet, row: TableRow) -> TallRow:
    tint = phase_tints(sheet.picture)[row.text.removesuffix(" (again)")]

    def draw(y: float) -> str:
        left = sheet.text_x - MARK_ROOM + 2
        edge = sheet.palette["danger" if row.text.endswith(" (again)") else "fold"]
        band = box(
            left,
            y + 1,
            sheet.width - EDGE - left,
            18,
            rx=3,
            fill=sheet.palette[f"phase-{tint}"],
            stroke=edge,
        )
        name = label(
            left + 8, y + 14.5, row.text, size=TEXT, fill=sheet.palette["phase-ink"], font_weight=600
        )
        return _clock(sheet, y, row) + band + name

    return TallRow(23, row.at, draw)


def _milestone_step(sheet: TallSheet, row: TableRow) -> TallRow:
    late = " (after the fact)" if row.after_the_fact else ""
    lines = wrapped(row.text + late, sheet.text_room, TEXT, most=MOST_LINES)

    def draw(y: float) -> str:
        rule = line(
            sheet.clock_x,
            y + 1,
            sheet.width - EDGE,
            y + 1,
            sheet.palette["milestone-line"],
            stroke_dasharray="4 3",
        )
        mark = shape("milestone", sheet.clock_x + CLOCK_ROOM + 8, y + 11, sheet.palette)
        return rule + _clock(sheet, y + 1, row) + mark + _lines(sheet, y + 1, lines, font_weight=700)

    return TallRow(8 + LINE * len(lines), row.at, draw)


def _note_step(sheet: TallSheet, row: TableRow) -> TallRow:
    lines = wrapped(row.text, sheet.text_room, TEXT, most=MOST_LINES)

    def draw(y: float) -> str:
        x = sheet.clock_x + CLOCK_ROOM + 8
        bar = line(x - 6, y + 10, x + 6, y + 10, sheet.palette["track-edge"], stroke_width=4)
        return _clock(sheet, y, row) + bar + _lines(sheet, y, lines)

    return TallRow(6 + LINE * len(lines), row.at, draw)


def _day_step(sheet: TallSheet, row: TableRow) -> TallRow:
    words = row.clock.split(" ")
    zone = f" · {sheet.picture.time_zone}" + (f" ({words[1]})" if len(words) > 1 else "")

    def draw(y: float) -> str:
        text = fitted(row.day + zone, sheet.width - EDGE - sheet.clock_x, 11)
        return label(sheet.clock_x, y + 16, text, size=11, fill=sheet.palette["ink"], font_weight=700)

    return TallRow(24, None, draw)


def _idle_step(sheet: TallSheet, hidden: str) -> TallRow:
    def draw(y: float) -> str:
        left = sheet.clock_x
        points = [f"{left + n * 5:.1f} {y + (9 if n % 2 else 13):.1f}" for n in range(7)]
        wave = tag("path", d="M" + "L".join(points), fill="none", stroke=sheet.palette["fold"])
        return wave + label(left + 40, y + 15, f"{hidden} later", size=11, fill=sheet.palette["muted"])

    return TallRow(24, None, draw)


def _phase_stripe(sheet: TallSheet, where: Callable[[datetime], float], bottom: float) -> Iterator[str]:
    phases, tints = (
        sorted(sheet.picture.phases, key=lambda entry: entry.entered_at),
        phase_tints(sheet.picture),
    )
    tops = [*(where(entry.entered_at) for entry in phases), bottom]
    for entry, (top, end) in zip(phases, pairwise(tops), strict=True):
        fill = sheet.palette[f"phase-{tints[entry.label]}"]
        yield box(
            EDGE,
            top - 9,
            STRIPE,
            max(end - top, 2),
            fill=fill,
            stroke=sheet.palette["fold"],
            stroke_width=0.6,
        )


def _track_lanes(sheet: TallSheet, where: Callable[[datetime], float], bottom: float) -> Iterator[str]:
    for lane, track in enumerate(sheet.picture.tracks[: sheet.lanes]):
        top, end = where(track.opened_at), where(track.closed_at) if track.closed_at else bottom
        led = where(track.lead_assigned_at) if track.lead_assigned_at else end
        x, edge = EDGE + STRIPE + 4 + lane * LANE, sheet.palette["track-edge"]
        yield box(x, top, 4, led - top, fill=sheet.palette["surface"], stroke=edge, stroke_dasharray="2 2")
        yield box(x, led, 4, max(end - led, 1), fill=edge)


def _track_key(sheet: TallSheet) -> Iterator[TallRow]:
    if not sheet.lanes:
        return
    names = ", ".join(track.name[:80] for track in sheet.picture.tracks[: sheet.lanes])
    says = f"Bars at the left, from left to right: phases, then the tracks {names}"
    lines = wrapped(says, sheet.width - 2 * EDGE, 11, most=3)

    def draw(y: float) -> str:
        return "".join(
            label(EDGE, y + 11 + n * LINE, text, size=11, fill=sheet.palette["muted"])
            for n, text in enumerate(lines)
        )

    yield TallRow(4 + LINE * len(lines), None, draw)


def _left_out(sheet: TallSheet) -> Iterator[TallRow]:
    if sheet.left_out:
        lines = wrapped(sheet.left_out.capitalize(), sheet.width - 2 * EDGE, 11, most=4)

        def draw(y: float) -> str:
            return "".join(
                label(EDGE, y + 11 + n * LINE, text, size=11, fill=sheet.palette["muted"])
                for n, text in enumerate(lines)
            )

        yield TallRow(6 + LINE * len(lines), None, draw)


def _metric_steps(sheet: TallSheet) -> Iterator[TallRow]:
    captured = [abs(metric.seconds) for metric in sheet.picture.metrics if metric.seconds is not None]
    longest = max([*captured, 1])
    if sheet.picture.metrics:
        yield TallRow(12, None, lambda y: line(EDGE, y + 8, sheet.width - EDGE, y + 8, sheet.palette["line"]))
    for metric in sheet.picture.metrics:
        yield _metric_step(sheet, metric, longest)


def _metric_step(sheet: TallSheet, metric: DrawnMetric, longest: int) -> TallRow:
    def draw(y: float) -> str:
        palette, missing = sheet.palette, metric.seconds is None
        seconds = metric.seconds or 0
        stroke = palette["danger"] if seconds < 0 else palette["bracket"]
        says = duration_words(metric.seconds) + (" (out of order)" if seconds < 0 else "")
        reach = (sheet.width - 2 * EDGE) * abs(seconds) / longest
        bar = box(EDGE, y + 19, max(reach, 2), 5, fill=stroke) if not missing else ""
        return (
            label(EDGE, y + 14, metric.label, size=TEXT, fill=palette["ink"])
            + label(
                sheet.width - EDGE,
                y + 14,
                says,
                size=TEXT,
                fill=palette["muted"] if missing else stroke,
                text_anchor="end",
                font_weight=None if missing else 600,
            )
            + bar
        )

    return TallRow(30, None, draw)


def wrapped(text: str, room: float, size: float, *, most: int) -> list[str]:
    """The text in at most `most` lines of the given width, the last one cut where it must be."""
    lines: list[str] = []
    rest = beginning(text, room * most, size)
    while rest and len(lines) < most - 1 and text_width(rest, size) > room:
        head = rest
        while text_width(head, size) > room and " " in head:
            head = head.rsplit(" ", 1)[0]
        if text_width(head, size) > room:
            break
        lines.append(head)
        rest = rest[len(head) :].lstrip()
    return [*lines, fitted(rest, room, size)] if rest else lines
