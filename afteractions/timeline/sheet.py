"""The sheet that the wide picture is drawn on: its measures, and what every row of it needs."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from afteractions.timeline.axis import Axis
from afteractions.timeline.picture import Picture
from afteractions.timeline.svg import Palette, box, fitted, label

GUTTER = 138.0
EDGE = 10.0
MARK_ROW = 31.0
BAR_ROW = 22.0
LABEL_ROW = 14.0
NARROWEST_TEXT = 64.0
KEY_HEIGHT = 24.0


@dataclass(frozen=True)
class Strip:
    """One horizontal strip: its height, and what draws it when told where its top is."""

    height: float
    draw: Callable[[float], str]


@dataclass(frozen=True)
class WideSheet:
    """What every row needs to know: the picture, its axis, its colours and its width."""

    picture: Picture
    axis: Axis
    palette: Palette
    width: float
    left_out: str = ""

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
