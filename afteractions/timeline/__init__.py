"""The timeline picture and the table beside it: one drawing for page, print and PDF.

The record comes in as plain frozen dataclasses (`picture`), so that a live incident and a frozen revision draw alike.
Nothing here reads the database or the clock. Seed: Timeline; "drawn as a picture with phases, tracks and events".
"""

from afteractions.timeline.picture import (
    DrawnEngagement,
    DrawnEvent,
    DrawnMetric,
    DrawnMilestone,
    DrawnMtm,
    DrawnPhase,
    DrawnTrack,
    DrawnUpdate,
    Picture,
    picture_as_document,
    picture_from_document,
)
from afteractions.timeline.svg import PAGE, PRINT
from afteractions.timeline.table import TableRow, table_rows
from afteractions.timeline.tall import draw_tall
from afteractions.timeline.wide import draw_wide

__all__ = [
    "PAGE",
    "PRINT",
    "DrawnEngagement",
    "DrawnEvent",
    "DrawnMetric",
    "DrawnMilestone",
    "DrawnMtm",
    "DrawnPhase",
    "DrawnTrack",
    "DrawnUpdate",
    "Picture",
    "TableRow",
    "draw_tall",
    "draw_wide",
    "picture_as_document",
    "picture_from_document",
    "table_rows",
]
