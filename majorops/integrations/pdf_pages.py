"""The pages of somebody's PDF as pictures, made in a process that can do no harm: no environment, no more than so much
memory and time, and nothing it can write to. Run as `python -m majorops.integrations.pdf_pages`, the file on standard
input.
"""

import base64
import io
import json
import resource
import subprocess
import sys
from dataclasses import dataclass

LONGEST_SECONDS = 60
MOST_MEMORY = 1024**3
DPI = 120


class CannotBeDrawn(Exception):
    """It is no PDF that can be read without a password, or it wants more than it may have."""


@dataclass(frozen=True, slots=True)
class DrawnPage:
    """One page: a JPEG, and the words on it."""

    jpeg: bytes
    words: str


@dataclass(frozen=True, slots=True)
class Drawn:
    """How many pages the PDF has, and the first of them."""

    count: int
    pages: tuple[DrawnPage, ...]


def draw_pages(
    content: bytes, *, most: int, longest_seconds: int = LONGEST_SECONDS, most_memory: int = MOST_MEMORY
) -> Drawn:
    """The first `most` pages. Raises CannotBeDrawn, also when it takes longer or more memory than that."""
    limits = [str(most), str(longest_seconds), str(most_memory)]
    try:
        done = subprocess.run(
            [sys.executable, "-I", __file__, *limits],
            input=content,
            capture_output=True,
            env={},
            timeout=longest_seconds * 2,
        )
    except subprocess.TimeoutExpired as error:
        raise CannotBeDrawn("It takes too long to draw.") from error
    if done.returncode != 0:
        raise CannotBeDrawn("It cannot be read, or wants more than it may have.")
    told = json.loads(done.stdout)
    pages = tuple(DrawnPage(base64.b64decode(page["jpeg"]), page["words"]) for page in told["pages"])
    return Drawn(told["count"], pages)


def _draw(content: bytes, most: int) -> dict[str, object]:
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


def _main(most: int, seconds: int, memory: int) -> None:
    for limit, value in (
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(limit, (value, value))
    json.dump(_draw(sys.stdin.buffer.read(), most), sys.stdout)


if __name__ == "__main__":
    _main(*map(int, sys.argv[1:4]))
