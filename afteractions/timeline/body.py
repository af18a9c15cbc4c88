"""The rows of the wide picture: phases, marks by kind, tracks, vendors, meetings, metrics, the key."""

from datetime import datetime

from afteractions.timeline.marks import SIZE, Cluster, clustered, draw_cluster, shape
from afteractions.timeline.picture import (
    KIND_LABELS,
    DrawnEngagement,
    DrawnMetric,
    DrawnTrack,
    Mark,
    elapsed,
    numbered_marks,
    phase_tints,
)
from afteractions.timeline.sheet import (
    BAR_ROW,
    EDGE,
    GUTTER,
    KEY_HEIGHT,
    LABEL_ROW,
    MARK_ROW,
    NARROWEST_TEXT,
    Strip,
    WideSheet,
)
from afteractions.timeline.stacking import stacked
from afteractions.timeline.svg import Palette, box, fitted, hint, label, line, tag, text_width
from majorops.formatting.durations import NOT_CAPTURED, duration_words


def body_rows(sheet: WideSheet) -> list[Strip]:
    groups = [
        _phase_rows(sheet),
        _mark_rows(sheet),
        [_track_row(sheet, track) for track in sheet.picture.tracks],
        _vendor_rows(sheet),
        _mtm_rows(sheet),
        [_metric_row(sheet, metric) for metric in sheet.picture.metrics],
    ]
    rows: list[Strip] = []
    for group in filter(None, groups):
        rows += [_rule(sheet), *group]
    return [*rows, Strip(KEY_HEIGHT, lambda y: _key(sheet, y))]


def _rule(sheet: WideSheet) -> Strip:
    def draw(y: float) -> str:
        return line(EDGE, y + 2, sheet.width - EDGE, y + 2, sheet.palette["line"])

    return Strip(6, draw)


def _phase_rows(sheet: WideSheet) -> list[Strip]:
    phases = sorted(sheet.picture.phases, key=lambda entry: entry.entered_at)
    if not phases:
        return []
    tints = phase_tints(sheet.picture)
    ends = [entry.entered_at for entry in phases[1:]] + [sheet.picture.instants()[-1]]
    bars, outside, seen = [], [], set[str]()
    for entry, end in zip(phases, ends, strict=True):
        text = f"{entry.label} again" if entry.label in seen else entry.label
        relapse = entry.label in seen
        seen.add(entry.label)
        left = sheet.x(entry.entered_at)
        wide = max(sheet.x(end) - left, 3.0)
        pieces = sheet.pieces(left, left + wide)
        inside = text_width(text, 11) + 8 <= max(high - low for low, high in pieces)
        bars.append((entry, text, pieces, inside, relapse))
        if not inside:
            outside.append((left, text))
    below = stacked(outside, left=GUTTER, right=sheet.width - EDGE, size=11, hanging=True)
    depth = max((item.row for item in below), default=-1) + 1

    def draw(y: float) -> str:
        parts = [sheet.gutter(y + 15, "Phases")]
        for entry, text, pieces, inside, relapse in bars:
            parts.append(_phase(sheet, y, tints[entry.label], text, pieces, inside, relapse))
        for item in below:
            base = y + 34 + item.row * LABEL_ROW
            shift = 3 if item.anchor == "start" else -3
            parts.append(line(item.x, y + 22, item.x, base, sheet.palette["fold"]))
            parts.append(
                label(
                    item.x + shift,
                    base,
                    item.text,
                    size=11,
                    fill=sheet.palette["ink"],
                    text_anchor=item.anchor,
                )
            )
        return "".join(parts)

    return [Strip(26 + depth * LABEL_ROW, draw)]


def _phase(
    sheet: WideSheet,
    y: float,
    tint: int,
    text: str,
    pieces: list[tuple[float, float]],
    inside: bool,
    relapse: bool,
) -> str:
    palette = sheet.palette
    paint = {"fill": palette[f"phase-{tint}"], "stroke": palette["danger" if relapse else "fold"]}
    bars = [
        box(low, y + 2, high - low, 20, stroke_width=1.6 if relapse else 0.8, **paint) for low, high in pieces
    ]
    low, _ = max(pieces, key=lambda piece: piece[1] - piece[0])
    written = (
        label(low + 5, y + 15.5, text, size=11, fill=palette["phase-ink"], font_weight=600) if inside else ""
    )
    return tag("g", hint(text), *bars, written)


def _mark_rows(sheet: WideSheet) -> list[Strip]:
    by_kind: dict[str, list[Mark]] = {}
    for mark in numbered_marks(sheet.picture):
        by_kind.setdefault(mark.kind, []).append(mark)
    return [_mark_row(sheet, kind, by_kind[kind]) for kind in KIND_LABELS if kind in by_kind]


def _mark_row(sheet: WideSheet, kind: str, marks: list[Mark]) -> Strip:
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

    return Strip(MARK_ROW, draw)


def _beside(sheet: WideSheet, cluster: Cluster, follower: Cluster | None, middle: float) -> str:
    """The text of a single mark, where the row is free up to the next one or to the next break."""
    if len(cluster.marks) > 1:
        return ""
    start = cluster.x + SIZE + 6
    limit = follower.x - follower.half_width - 4 if follower else sheet.width - EDGE
    limit = min([limit, *(before.right for before, _ in sheet.axis.folds if before.right > cluster.x)])
    mark = cluster.marks[0]
    text = fitted(mark.text, limit - start, 11) if limit - start >= NARROWEST_TEXT else ""
    if not text:
        return ""
    backing = sheet.backing(start - 2, middle - 6, text_width(text, 11))
    weight = 700 if mark.highlighted else None
    return backing + label(start, middle + 3.5, text, size=11, fill=sheet.palette["ink"], font_weight=weight)


def _track_row(sheet: WideSheet, track: DrawnTrack) -> Strip:
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

    return Strip(BAR_ROW, draw)


def _bars(sheet: WideSheet, left: float, right: float, y: float, **paint: object) -> list[str]:
    pieces = sheet.pieces(left, right) if right > left else []
    return [box(low, y, high - low, 14, stroke=sheet.palette["track-edge"], **paint) for low, high in pieces]


def _widest(sheet: WideSheet, left: float, right: float) -> tuple[float, float]:
    return max(sheet.pieces(left, right), key=lambda piece: piece[1] - piece[0])


def _track_words(track: DrawnTrack) -> str:
    parts = []
    if track.lead_assigned_at is None:
        parts.append("lead not captured")
    elif wait := int(elapsed(track.opened_at, track.lead_assigned_at)):
        parts.append(f"lead after {duration_words(wait)}")
    if track.closed_at is None:
        parts.append("not closed")
    else:
        parts.append(f"open {duration_words(elapsed(track.opened_at, track.closed_at))}")
    return ", ".join([*parts, track.outcome] if track.outcome else parts)


def _open_end(x: float, y: float, palette: Palette) -> str:
    return tag(
        "path", d=f"M{x:.1f} {y - 7:.1f}l7 7l-7 7", fill=palette["track"], stroke=palette["track-edge"]
    )


def _bar_words(sheet: WideSheet, text: str, left: float, right: float, base: float) -> str:
    """Words inside a bar where they fit, else at the side that has more room."""
    ink = sheet.palette["ink"]
    if text_width(text, 11) + 10 <= right - left:
        return label(left + 5, base, text, size=11, fill=ink)
    after, before = sheet.width - EDGE - right - 12, left - GUTTER - 6
    if after >= before or text_width(text, 11) <= after:
        text = fitted(text, after, 11)
        return sheet.backing(right + 9, base - 9, text_width(text, 11)) + label(
            right + 11, base, text, size=11, fill=ink
        )
    text = fitted(text, before, 11)
    wide = text_width(text, 11)
    return sheet.backing(left - 6 - wide, base - 9, wide) + label(
        left - 6, base, text, size=11, fill=ink, text_anchor="end"
    )


def _vendor_rows(sheet: WideSheet) -> list[Strip]:
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


def _vendor_words(vendor: DrawnEngagement) -> str:
    if vendor.engaged_at is None:
        return "engagement not captured"
    if vendor.responded_at is None:
        return "response not captured"
    return f"responded after {duration_words(elapsed(vendor.engaged_at, vendor.responded_at))}"


def _mtm_rows(sheet: WideSheet) -> list[Strip]:
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
    sheet: WideSheet, name: str, start: datetime | None, end: datetime | None, says: str, role: str
) -> Strip:
    def draw(y: float) -> str:
        known = [sheet.x(at) for at in (start, end) if at]
        if not known:
            return sheet.gutter(y + 14, name) + _not_captured(sheet, y, says)
        left, right = min(known), max(known)
        bar = line(left, y + 11, right, y + 11, sheet.palette[role], stroke_width=4)
        begin = shape(role, sheet.x(start), y + 11, sheet.palette, size=5) if start else ""
        finish = line(right, y + 5, right, y + 17, sheet.palette[role], stroke_width=2) if end else ""
        words = _bar_words(sheet, says, right + 2, right + 2, y + 14.5)
        return tag("g", hint(f"{name}: {says}"), sheet.gutter(y + 14, name), bar, begin, finish, words)

    return Strip(BAR_ROW, draw)


def _not_captured(sheet: WideSheet, y: float, text: str = NOT_CAPTURED) -> str:
    backing = sheet.backing(GUTTER + 10, y + 5, text_width(text, 11) + 4)
    return backing + label(GUTTER + 12, y + 14, text, size=11, fill=sheet.palette["muted"])


def _metric_row(sheet: WideSheet, metric: DrawnMetric) -> Strip:
    def draw(y: float) -> str:
        # The abbreviation is left to the hint and the table: cut off it says nothing.
        name = sheet.gutter(y + 14, metric.label.partition(" (")[0])
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

    return Strip(BAR_ROW, draw)


def _metric_words(sheet: WideSheet, says: str, left: float, right: float, base: float, fill: str) -> str:
    wide = text_width(says, 11)
    if wide + 16 <= right - left:
        middle = (left + right) / 2
        backing = box(middle - wide / 2 - 3, base - 10, wide + 6, 12, fill=sheet.palette["surface"])
        return backing + label(middle, base, says, fill=fill, text_anchor="middle", font_weight=600)
    if right + 6 + wide <= sheet.width - EDGE:
        return label(right + 6, base, says, fill=fill, font_weight=600)
    return label(left - 6, base, says, fill=fill, text_anchor="end", font_weight=600)


def _key(sheet: WideSheet, y: float) -> str:
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
    if sheet.left_out:
        says.insert(0, sheet.left_out)
    text = fitted("; ".join(says), sheet.width - 2 * EDGE, 11)
    return label(EDGE, y + 17, text, size=11, fill=sheet.palette["muted"])
