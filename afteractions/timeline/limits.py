"""How much of a record one drawing takes: rows beyond that are left to the table, and the drawing says so."""

from collections import Counter
from dataclasses import dataclass, replace
from typing import Any

from afteractions.timeline.picture import Picture

# Events and updates are never left out: where they stand close they are drawn as one mark with their count.
MOST = {"phases": 60, "tracks": 24, "milestones": 40, "vendors": 24, "mtms": 24}
NAMES = {
    "phases": "phases",
    "tracks": "recovery tracks",
    "milestones": "milestones",
    "vendors": "vendors",
    "mtms": "meetings",
}


@dataclass(frozen=True)
class Drawable:
    """The part of a record that is drawn, and in words what is not; empty where all of it is."""

    picture: Picture
    left_out: str


def drawable(picture: Picture) -> Drawable:
    """The record cut to what a drawing has room for: the earliest of each, single milestones before others."""
    kept: dict[str, Any] = {}
    parts: list[str] = []
    labels = Counter(milestone.label for milestone in picture.milestones)
    orders = {
        "phases": lambda entry: entry.entered_at,
        "milestones": lambda entry: (labels[entry.label] > 1, entry.at),
    }
    for part, most in MOST.items():
        entries = getattr(picture, part)
        if len(entries) > most:
            order = orders.get(part)
            kept[part] = tuple((sorted(entries, key=order) if order else entries)[:most])
            parts.append(f"{len(entries) - most:,} more {NAMES[part]}")
    if not parts:
        return Drawable(picture, "")
    return Drawable(replace(picture, **kept), f"not drawn, but in the table: {', '.join(parts)}")
