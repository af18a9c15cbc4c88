"""Marks by kind: a shape and a colour for each, and clusters with a count where they would overlap."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import cos, pi, sin

from afteractions.timeline.picture import KIND_LABELS, Mark, elapsed
from afteractions.timeline.svg import Palette, box, hint, label, tag, text_width
from majorops.formatting.durations import duration_words

SIZE = 6.0
NUMBER_SIZE = 11.0
CLUSTER_ROOM = 44.0
MOST_NUMBERED = 60

Point = tuple[float, float]


def _polygon(*points: Point) -> Callable[[float, float, float], str]:
    def path(x: float, y: float, r: float) -> str:
        return "M" + "L".join(f"{x + r * dx:.1f} {y + r * dy:.1f}" for dx, dy in points) + "Z"

    return path


def _circle(x: float, y: float, r: float) -> str:
    return f"M{x - r:.1f} {y:.1f}a{r:.1f} {r:.1f} 0 1 0 {2 * r:.1f} 0a{r:.1f} {r:.1f} 0 1 0 {-2 * r:.1f} 0Z"


def _star(points: int, inner: float, turned: float) -> list[Point]:
    radii = [1.15, inner] * points
    return [
        (radius * sin(turned + pi * index / points), -radius * cos(turned + pi * index / points))
        for index, radius in enumerate(radii)
    ]


_SPEECH = _polygon((-1, -0.85), (1, -0.85), (1, 0.45), (0, 0.45), (-0.5, 1.05), (-0.5, 0.45), (-1, 0.45))
_FLAG = _polygon((-0.8, -1.05), (0.95, -0.45), (-0.5, 0.2), (-0.5, 1.1), (-0.8, 1.1))
_CROSS = _polygon(
    *[(-0.4, -1), (0.4, -1), (0.4, -0.4), (1, -0.4), (1, 0.4), (0.4, 0.4)],
    *[(0.4, 1), (-0.4, 1), (-0.4, 0.4), (-1, 0.4), (-1, -0.4), (-0.4, -0.4)],
)
_ENVELOPE = _polygon((-1.1, -0.8), (0, 0.1), (1.1, -0.8), (1.1, 0.8), (-1.1, 0.8))

_SHAPES: dict[str, Callable[[float, float, float], str]] = {
    "impact": _polygon((-1.1, -0.9), (1.1, -0.9), (0, 1.05)),
    "detection": _polygon((0, -1.2), (1.2, 0), (0, 1.2), (-1.2, 0)),
    "investigation": _circle,
    "decision": _polygon((-0.9, -0.9), (0.9, -0.9), (0.9, 0.9), (-0.9, 0.9)),
    "action": _polygon((-0.85, -1.05), (1.1, 0), (-0.85, 1.05)),
    "communication": _SPEECH,
    "recovery": _polygon((0, -1.05), (1.1, 0.9), (-1.1, 0.9)),
    "vendor": _polygon(*[(1.1 * sin(pi * side / 3), -1.1 * cos(pi * side / 3)) for side in range(6)]),
    "milestone": _FLAG,
    "other": _CROSS,
    "public": _polygon(*_star(5, 0.5, 0.0)),
    "internal": _ENVELOPE,
}


def shape(
    kind: str, x: float, y: float, palette: Palette, *, hollow: bool = False, size: float = SIZE
) -> str:
    """The mark of a kind, centred. Hollow and dashed: recorded after the fact."""
    paint = (
        {"fill": palette["surface"], "stroke_width": 1.3, "stroke_dasharray": "2 1.4"}
        if hollow
        else {"fill": palette[kind], "stroke_width": 1.0}
    )
    return tag("path", d=_SHAPES[kind](x, y, size), stroke=palette[kind], stroke_linejoin="round", **paint)


@dataclass(frozen=True)
class Cluster:
    """Marks of one row that stand together at `x`; most often just one."""

    x: float
    marks: tuple[Mark, ...]

    @property
    def numbers(self) -> str:
        """The numbers of its marks as they stand in the table: `7`, `7, 9` or `7…19`."""
        few = ", ".join(str(mark.number) for mark in self.marks[:3])
        if len(self.marks) <= 2 and len(few) <= 7:
            return few
        return f"{self.marks[0].number}…{self.marks[-1].number}"

    @property
    def half_width(self) -> float:
        """Half of the room that the mark and its number take."""
        mark = SIZE + 3 if len(self.marks) == 1 else 15.0
        return max(mark, text_width(self.numbers, NUMBER_SIZE) / 2 + 2)

    def joined(self, other: "Cluster") -> "Cluster":
        """Both as one, in the middle of their spread."""
        return Cluster((self.x + other.x) / 2, self.marks + other.marks)


def clustered(marks: Sequence[Mark], position: Callable[[Mark], float]) -> list[Cluster]:
    """The marks in order, those that would overlap joined, so that nothing is drawn on top of anything.

    A long run of neighbours becomes several clusters side by side, not one: where it was busy stays visible.
    """
    placed: list[Cluster] = []
    for run in _runs([Cluster(position(mark), (mark,)) for mark in marks]):
        for cluster in _split(run):
            newest = cluster
            while placed and newest.x - newest.half_width < placed[-1].x + placed[-1].half_width:
                newest = placed.pop().joined(newest)
            placed.append(newest)
    return placed


def _runs(singles: Sequence[Cluster]) -> list[list[Cluster]]:
    runs: list[list[Cluster]] = []
    for single in singles:
        if runs and single.x - single.half_width < runs[-1][-1].x + runs[-1][-1].half_width:
            runs[-1].append(single)
        else:
            runs.append([single])
    return runs


def _split(run: list[Cluster]) -> list[Cluster]:
    """The run cut into equal pieces, each wide enough for one cluster with its numbers."""
    left, right = run[0].x, run[-1].x
    pieces = max(1, int((right - left) // CLUSTER_ROOM))
    wide = (right - left) / pieces
    filled: dict[int, list[Cluster]] = {}
    for single in run:
        filled.setdefault(min(int((single.x - left) / wide) if wide else 0, pieces - 1), []).append(single)
    clusters = []
    for piece, members in filled.items():
        marks = tuple(mark for member in members for mark in member.marks)
        low, high = left + piece * wide, left + (piece + 1) * wide
        half = Cluster(0, marks).half_width
        # Only inside a crowded run is a mark moved, and by less than its own width, to stand clear of its neighbours.
        x = (members[0].x + members[-1].x) / 2
        clusters.append(Cluster(min(max(x, low + half), high - half) if pieces > 1 else x, marks))
    return clusters


def draw_cluster(cluster: Cluster, y: float, palette: Palette) -> str:
    """A mark with its number below; a cluster as a pill with its count, its numbers below."""
    first = cluster.marks[0]
    highlighted = any(mark.highlighted for mark in cluster.marks)
    if len(cluster.marks) == 1:
        drawn = shape(first.kind, cluster.x, y, palette, hollow=first.after_the_fact)
    else:
        drawn = _pill(cluster, y, palette)
    ring = _ring(cluster, y, palette) if highlighted else ""
    number = label(
        cluster.x,
        y + SIZE + 11,
        cluster.numbers,
        size=NUMBER_SIZE,
        fill=palette["ink"] if highlighted else palette["muted"],
        text_anchor="middle",
        font_weight=700 if highlighted else None,
    )
    wide = text_width(cluster.numbers, NUMBER_SIZE) - 2
    ground = box(
        cluster.x - wide / 2, y + SIZE + 3, wide, NUMBER_SIZE, fill=palette["surface"], fill_opacity=0.7
    )
    return tag("g", hint(_description(cluster)), ring, drawn, ground, number)


def _pill(cluster: Cluster, y: float, palette: Palette) -> str:
    kind, count = cluster.marks[0].kind, len(cluster.marks)
    late = all(mark.after_the_fact for mark in cluster.marks)
    return box(
        cluster.x - 13,
        y - 7.5,
        26,
        15,
        rx=7.5,
        fill=palette["surface"],
        stroke=palette[kind],
        stroke_width=1.5,
        stroke_dasharray="2 1.4" if late else None,
    ) + label(
        cluster.x, y + 3.5, f"×{count}", size=11, fill=palette[kind], text_anchor="middle", font_weight=700
    )


def _ring(cluster: Cluster, y: float, palette: Palette) -> str:
    reach = 10 if len(cluster.marks) == 1 else 16
    return box(
        cluster.x - reach, y - 10, 2 * reach, 20, rx=10, fill="none", stroke=palette["ink"], stroke_width=1.6
    )


def _description(cluster: Cluster) -> str:
    kind = KIND_LABELS[cluster.marks[0].kind]
    if len(cluster.marks) == 1:
        mark = cluster.marks[0]
        return f"{mark.number} · {kind}: {mark.text}" + (" (after the fact)" if mark.after_the_fact else "")
    span = elapsed(cluster.marks[0].at, cluster.marks[-1].at)
    numbers = ", ".join(str(mark.number) for mark in cluster.marks[:MOST_NUMBERED])
    if len(cluster.marks) > MOST_NUMBERED:
        numbers += f", … {cluster.marks[-1].number}"
    return f"{len(cluster.marks)} × {kind} within {duration_words(span)}: {numbers}"
