"""The picture with time running to the right: for screens from a tablet up, for print and for the PDF."""

from django.utils.safestring import SafeString, mark_safe

from afteractions.timeline.axis import axis_of
from afteractions.timeline.body import body_rows
from afteractions.timeline.description import empty_words, told
from afteractions.timeline.head import background, folds, head_rows
from afteractions.timeline.limits import drawable
from afteractions.timeline.picture import Picture
from afteractions.timeline.sheet import EDGE, GUTTER, KEY_HEIGHT, LABEL_ROW, WideSheet
from afteractions.timeline.svg import PAGE, Palette, box, frame, label


def draw_wide(
    picture: Picture, *, palette: Palette = PAGE, width: float = 1040, name: str = "timeline"
) -> SafeString:
    """The picture as one SVG element; `name` is the prefix of its ids, unique in the page."""
    instants = picture.instants()
    if not instants:
        return _nothing(picture, palette, width, name)
    cut = drawable(picture)
    axis = axis_of(cut.picture.instants(), zone=picture.zone, left=GUTTER, right=width - EDGE)
    sheet = WideSheet(cut.picture, axis, palette, width, cut.left_out)
    head, body = head_rows(sheet), body_rows(sheet)
    head_height = sum(row.height for row in head)
    height = head_height + sum(row.height for row in body) + EDGE
    bottom = height - KEY_HEIGHT - EDGE
    parts, y = [background(sheet, head_height, bottom), folds(sheet, head_height - LABEL_ROW, bottom)], 0.0
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
            description=told(picture),
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
            description=empty_words(),
            font=palette["font"],
        )
    )
