"""Names beside positions, stacked so that neither names nor the lines leading to them meet."""

from collections.abc import Sequence
from dataclasses import dataclass

from afteractions.timeline.svg import text_width


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
    # A line from above passes what stands to its right only if that has been put higher before.
    for x, text in reversed(items) if hanging else items:
        wide = text_width(text, size) + 6
        anchor = "start" if x + wide <= right or x - wide < left else "end"
        low, high = (x, x + wide) if anchor == "start" else (x - wide, x)
        depth = max((other.row for other, _, _ in placed), default=-1) + 1
        row = next(
            (
                n
                for n in range(depth)
                if not any(_clash(x, low, high, n, *other, hanging) for other in placed)
            ),
            depth,
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
