"""The picture with time running to the right: for screens from a tablet up, for print and for the PDF."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from django.utils.safestring import SafeString, mark_safe

from afteractions.timeline.axis import Axis, axis_of, zone_words
from afteractions.timeline.marks import SIZE, Cluster, clustered, draw_cluster, shape
from afteractions.timeline.picture import (
    KIND_LABELS,
    Mark,
    Metric,
    Picture,
    Track,
    elapsed,
    numbered_marks,
)
from afteractions.timeline.svg import PAGE, Palette, box, fitted, frame, hint, label, line, tag, text_width
from afteractions.timeline.told import empty_words, told
from majorops.durations import NOT_CAPTURED, duration_words

GUTTER = 138.0
EDGE = 10.0
MARK_ROW = 31.0
BAR_ROW = 22.0
LABEL_ROW = 14.0
NARROWEST_TEXT = 64.0


@dataclass(frozen=True)
class Row:
    """One horizontal strip: its height, and what draws it when told where its top is."""

    height: float
    draw: Callable[[float], str]


@dataclass(frozen=True)
class Sheet:
    """What every row needs to know: the picture, its axis, its colours and its width."""

    picture: Picture
    axis: Axis
    palette: Palette
    width: float

    def x(self, at: datetime) -> float:
        """The position of an instant."""
        return self.axis.x(at)

    def clock(self, at: datetime) -> str:
        """The local time of an instant."""
        return at.astimezone(self.picture.zone).strftime("%H:%M")

    def pieces(self, left: float, right: float) -> list[tuple[float, float]]:
        """A bar from left to right, interrupted where time is folded."""
        kept, start = [], left
        for before, after in self.axis.folds:
            hole_left, hole_right = before.right + 4, after.left - 4
            if start < hole_left and right > hole_left:
                kept.append((start, hole_left))
            if start < hole_right and right > hole_left:
                start = hole_right
        return [*kept, (start, right)] if start < right or not kept else kept

    def backing(self, x: float, y: float, width: float) -> str:
        """A ground behind words, so that lines don't run through them."""
        closed = self.picture.closed_at
        fill = "shade" if closed and x > self.x(closed) else "surface"
        return box(x, y, width, 12, fill=self.palette[fill], fill_opacity=0.88)

    def gutter(self, y: float, text: str, *, indent: float = 0.0) -> str:
        """A row's name at the left."""
        return label(EDGE + indent, y, fitted(text, GUTTER - EDGE - indent - 6, 11), fill=self.palette["ink"])


def draw_wide(
    picture: Picture, *, palette: Palette = PAGE, width: float = 1040, name: str = "timeline"
) -> SafeString:
    """The picture as one SVG element; `name` is the prefix of its ids, unique in the page."""
    instants = picture.instants()
    if not instants:
        return _nothing(picture, palette, width, name)
    axis = axis_of(instants, zone=picture.zone, left=GUTTER, right=width - EDGE)
    sheet = Sheet(picture, axis, palette, width)
    head, body = _head_rows(sheet), _body_rows(sheet)
    head_height = sum(row.height for row in head)
    height = head_height + sum(row.height for row in body) + EDGE
    bottom = height - _KEY_HEIGHT - EDGE
    parts, y = [_background(sheet, head_height, bottom), _folds(sheet, head_height - LABEL_ROW, bottom)], 0.0
    for row in head + body:
        parts.append(row.draw(y))
        y += row.height
    return mark_safe(
        frame(
            *parts,
            width=width,
            height=height,
            name=name,
            kind="wide",
            title=f"Timeline of {picture.title}",
            told=told(picture),
            font=palette["font"],
        )
    )


def _nothing(picture: Picture, palette: Palette, width: float, name: str) -> SafeString:
    drawn = box(0.5, 0.5, width - 1, 79, rx=6, fill=palette["shade"], stroke=palette["line"])
    says = label(width / 2, 45, empty_words(), size=13, fill=palette["muted"], text_anchor="middle")
    title = f"Timeline of {picture.title}"
    return mark_safe(
        frame(
            *[drawn, says],
            width=width,
            height=80,
            name=name,
            kind="wide",
            title=title,
            told=empty_words(),
            font=palette["font"],
        )
    )


# The head: milestones by name, dates, times.


def _head_rows(sheet: Sheet) -> list[Row]:
    rows = [*_milestone_rows(sheet), Row(LABEL_ROW + 2, lambda y: _dates(sheet, y))]
    if sheet.axis.clock_changes():
        rows.append(Row(LABEL_ROW, lambda y: _clock_changes(sheet, y)))
    return [*rows, Row(LABEL_ROW + 4, lambda y: _times(sheet, y))]


@dataclass(frozen=True)
class Placed:
    """A label put beside its position, in a row where it meets no other."""

    x: float
    row: int
    text: str
    anchor: str


def stacked(
    items: Sequence[tuple[float, str]], *, left: float, right: float, size: float, hanging: bool = False
) -> list[Placed]:
    """Labels beside their positions, where they meet neither each other nor the line that leads to another one.

    The lines lead down from the labels; with `hanging` they come from above.
    """
    placed: list[tuple[Placed, float, float]] = []
    for x, text in items:
        wide = text_width(text, size) + 6
        anchor = "start" if x + wide <= right or x - wide < left else "end"
        low, high = (x, x + wide) if anchor == "start" else (x - wide, x)
        row = next(
            row
            for row in range(len(placed) + 1)
            if row == len(placed) or not any(_clash(x, low, high, row, *other, hanging) for other in placed)
        )
        placed.append((Placed(x, row, text, anchor), low, high))
    return [item for item, _, _ in placed]


def _clash(
    x: float,
    low: float,
    high: float,
    row: int,
    other: Placed,
    other_low: float,
    other_high: float,
    hanging: bool,
) -> bool:
    if row == other.row:
        return low < other_high and other_low < high
    mine_leads_through = (row > other.row) if hanging else (row < other.row)
    return other_low < x < other_high if mine_leads_through else low < other.x < high


def _milestone_labels(sheet: Sheet) -> list[Placed]:
    together: dict[datetime, list[str]] = {}
    for milestone in sorted(sheet.picture.milestones, key=lambda entry: entry.at):
        late = " (after the fact)" if milestone.after_the_fact else ""
        together.setdefault(milestone.at, []).append(milestone.label + late)
    items = [(sheet.x(at), f"{' · '.join(names)} {sheet.clock(at)}") for at, names in together.items()]
    return stacked(items, left=0, right=sheet.width - EDGE, size=10.5)


def _milestone_rows(sheet: Sheet) -> list[Row]:
    placed = _milestone_labels(sheet)
    if not placed:
        return [Row(6, lambda y: "")]
    rows = max(item.row for item in placed) + 1

    def draw(y: float) -> str:
        drawn = []
        for item in placed:
            base = y + 12 + item.row * LABEL_ROW
            shift = 4 if item.anchor == "start" else -4
            drawn.append(
                line(item.x, base - 8, item.x, y + rows * LABEL_ROW + 4, sheet.palette["milestone-line"])
            )
            drawn.append(
                label(
                    item.x + shift,
                    base,
                    fitted(item.text, sheet.width - 2 * EDGE, 10.5),
                    size=10.5,
                    fill=sheet.palette["ink"],
                    text_anchor=item.anchor,
                    font_weight=600,
                )
            )
        return "".join(drawn)

    return [Row(rows * LABEL_ROW + 4, draw)]


def _dates(sheet: Sheet, y: float) -> str:
    named = sheet.axis.dates()
    years = {day.year for _, day, _ in named}
    long, short = ("%a %-d %b %Y", "%-d %b %Y") if len(years) > 1 else ("%a %-d %b", "%-d %b")
    drawn = [
        label(
            EDGE,
            y + 12,
            _years_and_zone(sheet.picture, years),
            size=10.5,
            fill=sheet.palette["muted"],
            font_weight=600,
        )
    ]
    form = long if _fit_apart([x for x, _, _ in named], text_width("Wed 30 Nov", 10.5)) else short
    end, before = -1.0, None
    for index, (x, day, begins) in enumerate(named):
        text = day.strftime(form)
        wide = text_width(text, 10.5) + 5
        follower = next((other for other, _, starts in named[index + 1 :] if starts), None)
        hidden = not begins and index and follower is not None and follower < x + wide
        if hidden or x < end or day == before:
            continue
        drawn.append(label(x, y + 12, text, size=10.5, fill=sheet.palette["ink"], font_weight=600))
        end, before = x + wide, day
    return "".join(drawn)


def _fit_apart(positions: Sequence[float], room: float) -> bool:
    return all(later - earlier > room + 5 for earlier, later in pairwise(positions))


def _clock_changes(sheet: Sheet, y: float) -> str:
    items = [(change.x, change.words) for change in sheet.axis.clock_changes()]
    return "".join(
        label(
            item.x + (4 if item.anchor == "start" else -4),
            y + 10,
            item.text,
            size=10,
            fill=sheet.palette["danger"],
            text_anchor=item.anchor,
        )
        for item in stacked(items, left=GUTTER, right=sheet.width - EDGE, size=10)
        if item.row == 0
    )


def _times(sheet: Sheet, y: float) -> str:
    zone = fitted(sheet.picture.time_zone, GUTTER - EDGE - 4, 10)
    drawn = [label(EDGE, y + 11, zone, size=10, fill=sheet.palette["muted"])]
    end = 0.0
    for tick in sheet.axis.ticks():
        half = text_width(tick.text, 10) / 2 + 3
        if tick.text and tick.x - half >= end:
            drawn.append(
                label(tick.x, y + 11, tick.text, size=10, fill=sheet.palette["muted"], text_anchor="middle")
            )
            end = tick.x + half
    return "".join(drawn)


def _years_and_zone(picture: Picture, years: set[int]) -> str:
    names = list(dict.fromkeys(zone_words(at.astimezone(picture.zone)) for at in picture.instants()))
    written = str(min(years)) if len(years) == 1 else f"{min(years)}–{max(years)}"
    return written if names == [picture.time_zone] else f"{written} · {', '.join(names)}"


# What lies behind all rows: the close, the grid, milestones, folded time.


def _background(sheet: Sheet, top: float, bottom: float) -> str:
    palette = sheet.palette
    parts = []
    closed = sheet.picture.closed_at
    if closed and closed < sheet.picture.instants()[-1]:
        x = sheet.x(closed)
        parts.append(box(x, top, sheet.axis.right - x, bottom - top, fill=palette["shade"]))
    for tick in sheet.axis.ticks():
        stroke = palette["line"] if tick.is_day else palette["grid"]
        parts.append(line(tick.x, top, tick.x, bottom, stroke, stroke_width=1.6 if tick.is_day else 1))
    for x, _, begins in sheet.axis.dates():
        if begins:
            parts.append(line(x, top - 2 * LABEL_ROW, x, bottom, palette["line"], stroke_width=1.6))
    for change in sheet.axis.clock_changes():
        parts.append(
            line(change.x, top - LABEL_ROW, change.x, bottom, palette["danger"], stroke_dasharray="1 3")
        )
    for at in {milestone.at for milestone in sheet.picture.milestones}:
        x = sheet.x(at)
        parts.append(
            line(x, top - 2 * LABEL_ROW, x, bottom, palette["milestone-line"], stroke_dasharray="4 3")
        )
    if sheet.picture.now:
        x = sheet.x(sheet.picture.now)
        parts.append(line(x, top, x, bottom, palette["danger"], stroke_width=1.5))
        parts.append(label(x - 3, bottom - 3, "now", size=10, fill=palette["danger"], text_anchor="end"))
    return "".join(parts)


def _folds(sheet: Sheet, top: float, bottom: float) -> str:
    parts = []
    for before, after in sheet.axis.folds:
        left, right = before.right + 4, after.left - 4
        hidden = duration_words(elapsed(before.ends_at, after.starts_at))
        middle, tall = (left + right) / 2, bottom - top
        parts.append(
            tag(
                "g",
                hint(f"{hidden} without an entry, folded"),
                box(left, top, right - left, tall, fill=sheet.palette["surface"]),
                _zigzag(left, top, bottom, sheet.palette),
                _zigzag(right, top, bottom, sheet.palette),
                label(
                    middle,
                    top + tall / 2,
                    f"{hidden} folded",
                    size=10,
                    fill=sheet.palette["muted"],
                    text_anchor="middle",
                    transform=f"rotate(-90 {middle + 3:.1f} {top + tall / 2:.1f})",
                ),
            )
        )
    return "".join(parts)


def _zigzag(x: float, top: float, bottom: float, palette: Palette) -> str:
    steps = max(2, int((bottom - top) // 6))
    tall = (bottom - top) / steps
    points = [f"{x + (2 if n % 2 else -2):.1f} {top + n * tall:.1f}" for n in range(steps + 1)]
    return tag("path", d="M" + "L".join(points), fill="none", stroke=palette["fold"])


# The body: phases, marks by kind, tracks, vendors, meetings, metrics, the key.


def _body_rows(sheet: Sheet) -> list[Row]:
    groups = [
        _phase_rows(sheet),
        _mark_rows(sheet),
        [_track_row(sheet, track) for track in sheet.picture.tracks],
        _vendor_rows(sheet),
        _mtm_rows(sheet),
        [_metric_row(sheet, metric) for metric in sheet.picture.metrics],
    ]
    rows: list[Row] = []
    for group in filter(None, groups):
        rows += [_rule(sheet), *group]
    return [*rows, Row(_KEY_HEIGHT, lambda y: _key(sheet, y))]


def _rule(sheet: Sheet) -> Row:
    def draw(y: float) -> str:
        return line(EDGE, y + 2, sheet.width - EDGE, y + 2, sheet.palette["line"])

    return Row(6, draw)


def _phase_rows(sheet: Sheet) -> list[Row]:
    phases = sorted(sheet.picture.phases, key=lambda entry: entry.entered_at)
    if not phases:
        return []
    order = list(dict.fromkeys(entry.label for entry in phases))
    ends = [entry.entered_at for entry in phases[1:]] + [sheet.picture.instants()[-1]]
    bars, outside, seen = [], [], set[str]()
    for entry, end in zip(phases, ends, strict=True):
        text = f"{entry.label} again" if entry.label in seen else entry.label
        relapse = entry.label in seen
        seen.add(entry.label)
        left = sheet.x(entry.entered_at)
        wide = max(sheet.x(end) - left, 3.0)
        pieces = sheet.pieces(left, left + wide)
        inside = text_width(text, 10.5) + 8 <= max(high - low for low, high in pieces)
        bars.append((entry, text, pieces, inside, relapse))
        if not inside:
            outside.append((left, text))
    below = stacked(outside, left=GUTTER, right=sheet.width - EDGE, size=10, hanging=True)
    depth = max((item.row for item in below), default=-1) + 1

    def draw(y: float) -> str:
        parts = [sheet.gutter(y + 15, "Phases")]
        for entry, text, pieces, inside, relapse in bars:
            parts.append(_phase(sheet, y, order.index(entry.label), text, pieces, inside, relapse))
        for item in below:
            base = y + 34 + item.row * LABEL_ROW
            shift = 3 if item.anchor == "start" else -3
            parts.append(line(item.x, y + 22, item.x, base, sheet.palette["fold"]))
            parts.append(
                label(
                    item.x + shift,
                    base,
                    item.text,
                    size=10,
                    fill=sheet.palette["ink"],
                    text_anchor=item.anchor,
                )
            )
        return "".join(parts)

    return [Row(26 + depth * LABEL_ROW, draw)]


def _phase(
    sheet: Sheet,
    y: float,
    tint: int,
    text: str,
    pieces: list[tuple[float, float]],
    inside: bool,
    relapse: bool,
) -> str:
    palette = sheet.palette
    paint = {"fill": palette[f"phase-{tint % 8}"], "stroke": palette["danger" if relapse else "fold"]}
    bars = [
        box(low, y + 2, high - low, 20, stroke_width=1.6 if relapse else 0.8, **paint) for low, high in pieces
    ]
    low, _ = max(pieces, key=lambda piece: piece[1] - piece[0])
    written = (
        label(low + 5, y + 15.5, text, size=10.5, fill=palette["phase-ink"], font_weight=600)
        if inside
        else ""
    )
    return tag("g", hint(text), *bars, written)


def _mark_rows(sheet: Sheet) -> list[Row]:
    by_kind: dict[str, list[Mark]] = {}
    for mark in numbered_marks(sheet.picture):
        by_kind.setdefault(mark.kind, []).append(mark)
    return [_mark_row(sheet, kind, by_kind[kind]) for kind in KIND_LABELS if kind in by_kind]


def _mark_row(sheet: Sheet, kind: str, marks: list[Mark]) -> Row:
    clusters = clustered(marks, lambda mark: sheet.x(mark.at))

    def draw(y: float) -> str:
        middle = y + 11
        parts = [
            shape(kind, EDGE + 7, middle, sheet.palette),
            sheet.gutter(middle + 4, KIND_LABELS[kind], indent=20),
            line(GUTTER, middle, sheet.width - EDGE, middle, sheet.palette["grid"]),
        ]
        for cluster, follower in zip(clusters, [*clusters[1:], None], strict=True):
            parts += [_beside(sheet, cluster, follower, middle), draw_cluster(cluster, middle, sheet.palette)]
        return "".join(parts)

    return Row(MARK_ROW, draw)


def _beside(sheet: Sheet, cluster: Cluster, follower: Cluster | None, middle: float) -> str:
    """The text of a single mark, where the row is free up to the next one or to the next break."""
    if len(cluster.marks) > 1:
        return ""
    start = cluster.x + SIZE + 6
    limit = follower.x - follower.half_width - 4 if follower else sheet.width - EDGE
    limit = min([limit, *(before.right for before, _ in sheet.axis.folds if before.right > cluster.x)])
    mark = cluster.marks[0]
    text = fitted(mark.text, limit - start, 10) if limit - start >= NARROWEST_TEXT else ""
    if not text:
        return ""
    backing = sheet.backing(start - 2, middle - 6, text_width(text, 10))
    weight = 700 if mark.highlighted else None
    return backing + label(start, middle + 3.5, text, size=10, fill=sheet.palette["ink"], font_weight=weight)


def _track_row(sheet: Sheet, track: Track) -> Row:
    def draw(y: float) -> str:
        palette, edge = sheet.palette, sheet.picture.now or sheet.picture.instants()[-1]
        left, right = sheet.x(track.opened_at), sheet.x(track.closed_at or edge)
        led = min(max(sheet.x(track.lead_assigned_at), left), right) if track.lead_assigned_at else right
        says = _track_words(track)
        return tag(
            "g",
            hint(f"{track.name}: {says}"),
            sheet.gutter(y + 14, track.name),
            *_bars(sheet, left, led, y + 4, fill=palette["surface"], stroke_dasharray="3 2"),
            *_bars(sheet, led, right, y + 4, fill=palette["track"]),
            "" if track.closed_at else _open_end(right, y + 11, palette),
            _bar_words(sheet, says, *_widest(sheet, led if led < right else left, right), y + 14.5),
        )

    return Row(BAR_ROW, draw)


def _bars(sheet: Sheet, left: float, right: float, y: float, **paint: object) -> list[str]:
    pieces = sheet.pieces(left, right) if right > left else []
    return [box(low, y, high - low, 14, stroke=sheet.palette["track-edge"], **paint) for low, high in pieces]


def _widest(sheet: Sheet, left: float, right: float) -> tuple[float, float]:
    return max(sheet.pieces(left, right), key=lambda piece: piece[1] - piece[0])


def _track_words(track: Track) -> str:
    said = []
    if track.lead_assigned_at is None:
        said.append("lead not captured")
    elif wait := int(elapsed(track.opened_at, track.lead_assigned_at)):
        said.append(f"lead after {duration_words(wait)}")
    if track.closed_at is None:
        said.append("not closed")
    else:
        said.append(f"open {duration_words(elapsed(track.opened_at, track.closed_at))}")
    return ", ".join([*said, track.outcome] if track.outcome else said)


def _open_end(x: float, y: float, palette: Palette) -> str:
    return tag(
        "path", d=f"M{x:.1f} {y - 7:.1f}l7 7l-7 7", fill=palette["track"], stroke=palette["track-edge"]
    )


def _bar_words(sheet: Sheet, text: str, left: float, right: float, base: float) -> str:
    """Words inside a bar where they fit, else at the side that has more room."""
    ink = sheet.palette["ink"]
    if text_width(text, 10) + 10 <= right - left:
        return label(left + 5, base, text, size=10, fill=ink)
    after, before = sheet.width - EDGE - right - 12, left - GUTTER - 6
    if after >= before or text_width(text, 10) <= after:
        text = fitted(text, after, 10)
        return sheet.backing(right + 9, base - 9, text_width(text, 10)) + label(
            right + 11, base, text, size=10, fill=ink
        )
    text = fitted(text, before, 10)
    wide = text_width(text, 10)
    return sheet.backing(left - 6 - wide, base - 9, wide) + label(
        left - 6, base, text, size=10, fill=ink, text_anchor="end"
    )


def _vendor_rows(sheet: Sheet) -> list[Row]:
    return [
        _span_row(
            sheet,
            f"Vendor {vendor.name}",
            vendor.engaged_at,
            vendor.responded_at,
            _vendor_words(vendor),
            "vendor",
        )
        for vendor in sheet.picture.vendors
    ]


def _vendor_words(vendor: object) -> str:
    engaged, responded = getattr(vendor, "engaged_at", None), getattr(vendor, "responded_at", None)
    if engaged is None:
        return "engagement not captured"
    if responded is None:
        return "response not captured"
    return f"responded after {duration_words(elapsed(engaged, responded))}"


def _mtm_rows(sheet: Sheet) -> list[Row]:
    return [
        _span_row(
            sheet,
            mtm.label,
            mtm.started_at,
            mtm.ended_at,
            duration_words(elapsed(mtm.started_at, mtm.ended_at)) if mtm.ended_at else "end not captured",
            "decision",
        )
        for mtm in sheet.picture.mtms
    ]


def _span_row(
    sheet: Sheet, name: str, start: datetime | None, end: datetime | None, says: str, role: str
) -> Row:
    def draw(y: float) -> str:
        known = [sheet.x(at) for at in (start, end) if at]
        if not known:
            return sheet.gutter(y + 14, name) + _not_captured(sheet, y, says)
        left, right = min(known), max(known)
        bar = line(left, y + 11, right, y + 11, sheet.palette[role], stroke_width=4)
        ends = "".join(
            shape(role, sheet.x(at), y + 11, sheet.palette, hollow=hollow, size=5)
            for at, hollow in ((start, False), (end, True))
            if at
        )
        words = _bar_words(sheet, says, right + 2, right + 2, y + 14.5)
        return tag("g", hint(f"{name}: {says}"), sheet.gutter(y + 14, name), bar, ends, words)

    return Row(BAR_ROW, draw)


def _not_captured(sheet: Sheet, y: float, text: str = NOT_CAPTURED) -> str:
    backing = sheet.backing(GUTTER + 10, y + 5, text_width(text, 10) + 4)
    return backing + label(
        GUTTER + 12, y + 14, text, size=10, fill=sheet.palette["muted"], font_style="italic"
    )


def _metric_row(sheet: Sheet, metric: Metric) -> Row:
    def draw(y: float) -> str:
        name = sheet.gutter(y + 14, metric.label)
        if metric.seconds is None or not (metric.starts_at and metric.ends_at):
            return name + _not_captured(sheet, y)
        negative = metric.seconds < 0
        stroke = sheet.palette["danger" if negative else "bracket"]
        left, right = sorted((sheet.x(metric.starts_at), sheet.x(metric.ends_at)))
        says = duration_words(metric.seconds) + (" (its end comes before its start)" if negative else "")
        dashes = "4 3" if negative else None
        middle = y + 10
        return tag(
            "g",
            hint(f"{metric.label}: {says}"),
            name,
            tag(
                "path",
                d=f"M{left:.1f} {middle - 5}V{middle + 5}M{right:.1f} {middle - 5}V{middle + 5}",
                stroke=stroke,
            ),
            line(left, middle, right, middle, stroke, stroke_width=1.5, stroke_dasharray=dashes),
            _metric_words(sheet, says, left, right, y + 14, stroke),
        )

    return Row(BAR_ROW, draw)


def _metric_words(sheet: Sheet, says: str, left: float, right: float, base: float, fill: str) -> str:
    wide = text_width(says, 11)
    if wide + 16 <= right - left:
        middle = (left + right) / 2
        backing = box(middle - wide / 2 - 3, base - 10, wide + 6, 12, fill=sheet.palette["surface"])
        return backing + label(middle, base, says, fill=fill, text_anchor="middle", font_weight=600)
    if right + 6 + wide <= sheet.width - EDGE:
        return label(right + 6, base, says, fill=fill, font_weight=600)
    return label(left - 6, base, says, fill=fill, text_anchor="end", font_weight=600)


_KEY_HEIGHT = 24.0


def _key(sheet: Sheet, y: float) -> str:
    """What the drawing's signs mean, as far as they occur in it."""
    marks = numbered_marks(sheet.picture)
    says = ["Numbers refer to the table"] if marks else []
    if sheet.axis.folds:
        says.append("at each break idle time is folded and the scale changes")
    if any(mark.after_the_fact for mark in marks):
        says.append("hollow and dashed: recorded after the fact")
    if any(mark.highlighted for mark in marks):
        says.append("ringed: highlighted")
    if sheet.picture.closed_at and sheet.picture.closed_at < sheet.picture.instants()[-1]:
        says.append("shaded: after the close")
    text = fitted("; ".join(says), sheet.width - 2 * EDGE, 10)
    return label(EDGE, y + 17, text, size=10, fill=sheet.palette["muted"])
