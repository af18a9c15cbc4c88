"""The head of the wide picture and what lies behind its rows: milestones, dates, times, the grid, folded time."""

from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise

from afteractions.timeline.axis import zone_words
from afteractions.timeline.picture import Picture, elapsed
from afteractions.timeline.sheet import EDGE, GUTTER, LABEL_ROW, Strip, WideSheet
from afteractions.timeline.stacking import Placed, stacked
from afteractions.timeline.svg import Palette, box, fitted, hint, label, line, tag, text_width
from majorops.formatting.durations import duration_words


def head_rows(sheet: WideSheet) -> list[Strip]:
    rows = [*_milestone_rows(sheet), Strip(LABEL_ROW + 2, lambda y: _dates(sheet, y))]
    if sheet.axis.clock_changes():
        rows.append(Strip(LABEL_ROW, lambda y: _clock_changes(sheet, y)))
    return [*rows, Strip(LABEL_ROW + 4, lambda y: _times(sheet, y))]


def _milestone_labels(sheet: WideSheet) -> list[Placed]:
    together: dict[datetime, list[str]] = {}
    for milestone in sorted(sheet.picture.milestones, key=lambda entry: entry.at):
        late = " (after the fact)" if milestone.after_the_fact else ""
        together.setdefault(milestone.at, []).append(milestone.label + late)
    items = [(sheet.x(at), f"{' · '.join(names)} {sheet.clock(at)}") for at, names in together.items()]
    return stacked(items, left=0, right=sheet.width - EDGE, size=11)


def _milestone_rows(sheet: WideSheet) -> list[Strip]:
    placed = _milestone_labels(sheet)
    if not placed:
        return [Strip(6, lambda y: "")]
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
                    fitted(item.text, sheet.width - 2 * EDGE, 11),
                    size=11,
                    fill=sheet.palette["ink"],
                    text_anchor=item.anchor,
                    font_weight=600,
                )
            )
        return "".join(drawn)

    return [Strip(rows * LABEL_ROW + 4, draw)]


def _dates(sheet: WideSheet, y: float) -> str:
    named = sheet.axis.dates()
    years = {day.year for _, day, _ in named}
    long, short = ("%a %-d %b %Y", "%-d %b %Y") if len(years) > 1 else ("%a %-d %b", "%-d %b")
    drawn = [
        label(
            EDGE,
            y + 12,
            _years_and_zone(sheet.picture, years),
            size=11,
            fill=sheet.palette["muted"],
            font_weight=600,
        )
    ]
    form = long if _fit_apart([x for x, _, _ in named], text_width("Wed 30 Nov", 11)) else short
    end, before = -1.0, None
    for index, (x, day, begins) in enumerate(named):
        text = day.strftime(form)
        wide = text_width(text, 11) + 5
        follower = next((other for other, _, starts in named[index + 1 :] if starts), None)
        hidden = not begins and index and follower is not None and follower < x + wide
        if hidden or x < end or day == before:
            continue
        x = min(x, sheet.width - wide)
        drawn.append(sheet.backing(x, y + 2, wide))
        drawn.append(label(x, y + 12, text, size=11, fill=sheet.palette["ink"], font_weight=600))
        end, before = x + wide, day
    return "".join(drawn)


def _fit_apart(positions: Sequence[float], room: float) -> bool:
    return all(later - earlier > room + 5 for earlier, later in pairwise(positions))


def _clock_changes(sheet: WideSheet, y: float) -> str:
    items = [(change.x, change.words) for change in sheet.axis.clock_changes()]
    return "".join(
        label(
            item.x + (4 if item.anchor == "start" else -4),
            y + 10,
            item.text,
            size=11,
            fill=sheet.palette["danger"],
            text_anchor=item.anchor,
        )
        for item in stacked(items, left=GUTTER, right=sheet.width - EDGE, size=11)
        if item.row == 0
    )


def _times(sheet: WideSheet, y: float) -> str:
    zone = fitted(sheet.picture.time_zone, GUTTER - EDGE - 4, 11)
    drawn = [label(EDGE, y + 11, zone, size=11, fill=sheet.palette["muted"])]
    end = 0.0
    for tick in sheet.axis.ticks():
        half = text_width(tick.text, 11) / 2 + 3
        if tick.text and tick.x - half >= end:
            drawn.append(
                label(tick.x, y + 11, tick.text, size=11, fill=sheet.palette["muted"], text_anchor="middle")
            )
            end = tick.x + half
    return "".join(drawn)


def _years_and_zone(picture: Picture, years: set[int]) -> str:
    names = list(dict.fromkeys(zone_words(at.astimezone(picture.zone)) for at in picture.instants()))
    written = str(min(years)) if len(years) == 1 else f"{min(years)}–{max(years)}"
    return written if names == [picture.time_zone] else f"{written} · {', '.join(names)}"


def background(sheet: WideSheet, top: float, bottom: float) -> str:
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
        parts.append(label(x - 3, bottom - 3, "now", size=11, fill=palette["danger"], text_anchor="end"))
    return "".join(parts)


def folds(sheet: WideSheet, top: float, bottom: float) -> str:
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
                    size=11,
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
    # Step by step from the one before: the same few signs again and again, of which a compressed page keeps one.
    teeth = "".join(f"l{-4 if n % 2 else 4} {tall:.3f}" for n in range(steps))
    return tag("path", d=f"M{x - 2:.1f} {top:.1f}{teeth}", fill="none", stroke=palette["fold"])
