"""The timeline drawn for a page. What was drawn once is kept for a while: a frozen revision never changes, and a draft
changes its picture only with what is in it."""

from dataclasses import dataclass
from functools import lru_cache

from django.utils.safestring import SafeString

from afteractions.timeline import Picture, draw_tall, draw_wide


@dataclass(frozen=True, slots=True)
class TimelinePictures:
    """The same picture for a wide screen and for a narrow one."""

    wide: SafeString
    tall: SafeString


@lru_cache(maxsize=64)
def drawn(picture: Picture) -> TimelinePictures:
    """The picture for a wide screen and for a narrow one."""
    return TimelinePictures(draw_wide(picture), draw_tall(picture, name="timeline-tall"))
