"""The timeline drawn for a page. What was drawn once is kept for a while: a frozen revision never changes, and a draft
changes its picture only with what is in it."""

from dataclasses import dataclass
from hashlib import sha256

from django.core.cache import cache
from django.utils.safestring import SafeString, mark_safe

from afteractions.timeline import Picture, draw_tall, draw_wide

KEPT_SECONDS = 3600


@dataclass(frozen=True, slots=True)
class Drawn:
    """The same picture for a wide screen and for a narrow one."""

    wide: SafeString
    tall: SafeString


def drawn(picture: Picture) -> Drawn:
    """The picture for a wide screen and for a narrow one."""
    key = f"timeline:{sha256(repr(picture).encode()).hexdigest()}"
    found = cache.get(key)
    if found is None:
        found = (str(draw_wide(picture)), str(draw_tall(picture, name="timeline-tall")))
        cache.set(key, found, KEPT_SECONDS)
    # Drawn by us, and escaped there.
    return Drawn(*(mark_safe(drawing) for drawing in found))
