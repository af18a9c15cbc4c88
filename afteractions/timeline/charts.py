"""Small charts as SVG, drawn alike for a screen and for paper; the numbers stand in the table beside each.

One chart is as wide as a phone, and several stand side by side. Colours are those of the page by their custom
properties: they follow light, dark and print.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.safestring import SafeString

from afteractions.timeline.svg import box, fitted, hint, label, line, tag, words
from majorops.formatting.durations import duration_words
from majorops.formatting.formats import MONTHS

WIDTH = 320.0
HEIGHT = 132.0
TOP, BASE = 22.0, 100.0
INK, SOFT, GRID = "var(--ink)", "var(--ink-soft)", "var(--line)"
STEPS = (60, 300, 600, 1800, 3600, 7200, 14400, 28800, 43200, 86400)


@dataclass(frozen=True, slots=True)
class Bar:
    """One month: its height (None where there is nothing to show), and what stands above it and in its tooltip."""

    month: date
    height: float | None
    shown: str
    told: str


@dataclass(frozen=True, slots=True)
class Dot:
    """One month of a spread, in seconds: the middle half as a bar, the median as a dot, nine of ten as a tick."""

    month: date
    low: int | None
    median: int | None
    high: int | None
    p90: int | None
    told: str


@dataclass(frozen=True, slots=True)
class Rank:
    """One row of a ranking: how long its bar is, and its number in words."""

    label: str
    length: float
    shown: str


def month_bars(name: str, title: str, bars: Sequence[Bar], *, most: float, tone: str = "blue") -> SafeString:
    """A bar a month; `most` is the height of the frame, such as 100 for shares."""
    slot = WIDTH / max(len(bars), 1)
    width = min(slot * 0.62, 34)
    drawn = [line(0, BASE, WIDTH, BASE, GRID)]
    for place, bar in enumerate(bars):
        middle = slot * (place + 0.5)
        parts = [hint(f"{bar.told}")]
        if bar.height is None:
            parts.append(line(middle - 4, BASE - 4, middle + 4, BASE - 4, SOFT, stroke_width=1.5))
        else:
            tall = max((BASE - TOP) * min(bar.height / (most or 1), 1), 1.5)
            parts.append(
                box(middle - width / 2, BASE - tall, width, tall, fill=f"var(--{tone}-line)", rx=1.5)
            )
            if slot >= 24:
                parts.append(_centred(middle, BASE - tall - 5, bar.shown, fill=INK))
        drawn.append(tag("g", *parts))
    drawn += _months([bar.month for bar in bars], 0, slot)
    return _drawing(name, title, " ".join(bar.told for bar in bars), drawn, HEIGHT)


def month_dots(name: str, title: str, dots: Sequence[Dot]) -> SafeString:
    """A median with its spread for each month, on one scale from zero."""
    left = 52.0
    slot = (WIDTH - left) / max(len(dots), 1)
    most = max((dot.p90 or 0 for dot in dots), default=0)
    step = next((row for row in STEPS if most <= 3 * row), 86400 * (most // 86400 // 3 + 1))
    ceiling = max(step * -(-most // step), step)
    drawn = []
    for value in range(0, ceiling + 1, step):
        y = BASE - (BASE - TOP) * value / ceiling
        drawn.append(line(left, y, WIDTH, y, GRID))
        text = duration_words(value) if value else "0"
        drawn.append(label(left - 6, y + 3.5, text, size=10, fill=SOFT, text_anchor="end"))

    def height(seconds: int) -> float:
        return BASE - (BASE - TOP) * min(seconds / ceiling, 1)

    for place, dot in enumerate(dots):
        middle = left + slot * (place + 0.5)
        parts = [hint(dot.told)]
        if dot.median is not None and dot.low is not None and dot.high is not None and dot.p90 is not None:
            wide = min(slot * 0.36, 12)
            start, end = middle - wide / 2, middle + wide / 2
            parts += [
                line(middle, height(dot.high), middle, height(dot.p90), "var(--blue-line)", stroke_width=1.5),
                line(start, height(dot.p90), end, height(dot.p90), "var(--blue-line)", stroke_width=2),
                box(start, height(dot.high), wide, max(height(dot.low) - height(dot.high), 2),
                    fill="var(--blue-wash)", stroke="var(--blue-line)", rx=2),
                tag("circle", cx=middle, cy=height(dot.median), r=3.5, fill="var(--blue)"),
            ]  # fmt: skip
        else:
            parts.append(line(middle - 4, BASE - 4, middle + 4, BASE - 4, SOFT, stroke_width=1.5))
        drawn.append(tag("g", *parts))
    drawn += _months([dot.month for dot in dots], left, slot)
    return _drawing(name, title, " ".join(dot.told for dot in dots), drawn, HEIGHT)


def ranking(name: str, title: str, ranks: Sequence[Rank], *, most: float, tone: str = "amber") -> SafeString:
    """A bar a row, under its words."""
    drawn = []
    for place, rank in enumerate(ranks):
        y = 34.0 * place
        drawn += [
            label(0, y + 13, fitted(rank.label, WIDTH - 70, 12), size=12, fill=INK),
            label(WIDTH, y + 13, rank.shown, size=12, fill=INK, text_anchor="end"),
            box(0, y + 19, WIDTH, 7, fill="var(--sunken)", rx=2),
            box(0, y + 19, WIDTH * min(rank.length / (most or 1), 1), 7, fill=f"var(--{tone}-line)", rx=2),
        ]
    description = ". ".join(f"{rank.label}: {rank.shown}" for rank in ranks)
    return _drawing(name, title, description, drawn, max(34.0 * len(ranks), 1))


def month_name(month: date) -> str:
    """As in “May 2026”."""
    return f"{MONTHS[month.month - 1]} {month.year}"


def _months(months: Sequence[date], left: float, slot: float) -> list[str]:
    """The names under the frame: as many as there is room for, the year under the first and each January."""
    every = next(step for step in (1, 2, 3, 6, 12, 24, 60, 120) if step * slot >= 26 or step == 120)
    drawn = []
    for place, month in enumerate(months):
        middle = left + slot * (place + 0.5)
        # Counted from the end, so that the present month always has its name.
        if (len(months) - 1 - place) % every == 0:
            drawn.append(_centred(middle, BASE + 14, MONTHS[month.month - 1], fill=SOFT))
            if place < every or month.month == 1 or every >= 12:
                drawn.append(_centred(middle, BASE + 27, str(month.year), fill=SOFT))
    return drawn


def _centred(x: float, y: float, text: str, *, fill: str) -> str:
    return label(x, y, text, size=10.5, fill=fill, text_anchor="middle")


def _drawing(name: str, title: str, description: str, drawn: Sequence[str], height: float) -> SafeString:
    return SafeString(
        tag(
            "svg",
            tag("title", words(title), id=f"{name}-title"),
            tag("desc", words(description), id=f"{name}-desc"),
            *drawn,
            xmlns="http://www.w3.org/2000/svg",
            class_="chart",
            viewBox=f"0 0 {WIDTH:g} {height:g}",
            role="img",
            aria_labelledby=f"{name}-title {name}-desc",
        )
    )
