"""What strangers' files look like, drawn in a process that can do no harm: no environment, no more than so much memory
and time, and nothing it can write to. The pages of a PDF as pictures; a picture drawn anew, without whatever else came
in its file (place, device, author). Run as a script, with what to do and its limits, the file on standard input.
"""

import base64
import io
import json
import resource
import subprocess
import sys
import threading
from dataclasses import dataclass
from typing import Any

LONGEST_SECONDS = 60
MOST_MEMORY = 1024**3
DPI = 120
LONGEST_SIDE = 2400
"""Pixels: a picture that is larger is made smaller."""
MOST_PIXELS = 25_000_000
"""A picture that unpacks to more is not drawn: what a telephone takes is less."""
LONGEST_SECONDS_OF_A_PICTURE = 10
WAITS_SECONDS = 3
PICTURES_AT_ONCE = 1
"""In a process that serves pages: whoever brings pictures keeps nobody from an incident."""
_drawing = threading.BoundedSemaphore(PICTURES_AT_ONCE)


class CannotBeDrawn(Exception):
    """It is nothing that can be read without a password, or it wants more than it may have."""


class Busy(Exception):
    """Another picture is being drawn here: a moment later this one can be."""


@dataclass(frozen=True, slots=True)
class DrawnPage:
    """One page: a JPEG, and the words on it."""

    jpeg: bytes
    words: str


@dataclass(frozen=True, slots=True)
class DrawnPages:
    """How many pages the PDF has, and the first of them."""

    count: int
    pages: tuple[DrawnPage, ...]


def draw_pages(
    content: bytes, *, most: int, longest_seconds: int = LONGEST_SECONDS, most_memory: int = MOST_MEMORY
) -> DrawnPages:
    """The first `most` pages. Raises CannotBeDrawn, also when it takes longer or more memory than that."""
    drawn = _drawn_apart("pages", content, most, longest_seconds, most_memory)
    pages = tuple(DrawnPage(base64.b64decode(page["jpeg"]), page["words"]) for page in drawn["pages"])
    return DrawnPages(drawn["count"], pages)


def redraw_picture(
    content: bytes, *, longest_seconds: int = LONGEST_SECONDS_OF_A_PICTURE, most_memory: int = MOST_MEMORY
) -> bytes:
    """The picture as it is seen, upright, on white and at most LONGEST_SIDE wide or high, with nothing else in the
    file: a JPEG of a JPEG, else a PNG. The same content gives the same bytes. Raises CannotBeDrawn, and Busy where
    another one is being drawn."""
    if not _drawing.acquire(timeout=WAITS_SECONDS):
        raise Busy
    try:
        drawn = _drawn_apart("picture", content, LONGEST_SIDE, longest_seconds, most_memory)
    finally:
        _drawing.release()
    return base64.b64decode(drawn["picture"])


def _drawn_apart(what: str, content: bytes, most: int, longest_seconds: int, most_memory: int) -> Any:
    limits = [str(most), str(longest_seconds), str(most_memory)]
    try:
        done = subprocess.run(
            [sys.executable, "-I", __file__, what, *limits],
            input=content,
            capture_output=True,
            env={},
            timeout=longest_seconds * 2,
        )
    except subprocess.TimeoutExpired as error:
        raise CannotBeDrawn("It takes too long to draw.") from error
    if done.returncode != 0:
        raise CannotBeDrawn("It cannot be read, or wants more than it may have.")
    return json.loads(done.stdout)


def _pages(content: bytes, most: int) -> dict[str, object]:
    import pypdfium2

    source = pypdfium2.PdfDocument(content)
    pages = []
    for index in range(min(len(source), most)):
        page = source[index]
        # A page as large as a wall must not take all memory: no side gets more pixels than A4 at the usual resolution.
        scale = min(DPI / 72, 1400 / max(page.get_size()))
        picture = io.BytesIO()
        page.render(scale=scale).to_pil().convert("RGB").save(picture, "JPEG", quality=82)
        words = page.get_textpage().get_text_range()
        pages.append({"jpeg": base64.b64encode(picture.getvalue()).decode(), "words": words})
        page.close()
    return {"count": len(source), "pages": pages}


def _picture(content: bytes, longest_side: int) -> dict[str, object]:
    from PIL import Image, ImageOps

    source = Image.open(io.BytesIO(content), formats=("PNG", "JPEG", "GIF", "WEBP"))
    if source.width * source.height > MOST_PIXELS:
        raise CannotBeDrawn("It has too many pixels.")
    kind = source.format
    upright = ImageOps.exif_transpose(source).convert("RGBA")
    seen = Image.new("RGB", upright.size, "white")
    seen.paste(upright, mask=upright.getchannel("A"))
    seen.thumbnail((longest_side, longest_side))
    made = io.BytesIO()
    if kind == "JPEG":
        seen.save(made, "JPEG", quality=88)
    else:
        seen.save(made, "PNG", optimize=True)
    return {"picture": base64.b64encode(made.getvalue()).decode()}


def _main(what: str, most: int, seconds: int, memory: int) -> None:
    for limit, value in (
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(limit, (value, value))
    draw = {"pages": _pages, "picture": _picture}[what]
    json.dump(draw(sys.stdin.buffer.read(), most), sys.stdout)


if __name__ == "__main__":
    _main(sys.argv[1], *map(int, sys.argv[2:5]))
