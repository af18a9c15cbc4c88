"""What somebody sent is drawn apart, and can neither take all memory nor all time."""

import io
import zlib
from datetime import UTC, datetime, timedelta

import pypdfium2
import pytest
from PIL import Image

from afteractions.operations.pace import MOST_OF_A_GUEST, check_tries
from majorops.errors import TooMany
from majorops.integrations import safe_drawing
from majorops.integrations.safe_drawing import LONGEST_SIDE, Busy, CannotBeDrawn, draw_pages, redraw_picture
from majorops.people.models import Person


def a_pdf(pages: int = 2) -> bytes:
    document = pypdfium2.PdfDocument.new()
    for _ in range(pages):
        document.new_page(595, 842)
    made = io.BytesIO()
    document.save(made)
    return made.getvalue()


def a_bomb(megabytes: int) -> bytes:
    """A page whose content is so many megabytes of lines to draw, packed into a thousandth of that."""
    packer = zlib.compressobj(1)
    lines = b"0 0 m 9 9 l S\n" * (1024 * 1024 // 14)
    content = b"".join(packer.compress(lines) for _ in range(megabytes)) + packer.flush()
    parts = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 4 0 R >>",
        b"<< /Length %d /Filter /FlateDecode >>\nstream\n%s\nendstream" % (len(content), content),
    ]
    body = b"%PDF-1.4\n"
    for number, part in enumerate(parts, 1):
        body += b"%d 0 obj\n%s\nendobj\n" % (number, part)
    return body + b"trailer << /Root 1 0 R /Size 5 >>\n%%EOF\n"


def test_the_first_pages_are_drawn_and_all_are_counted() -> None:
    drawn = draw_pages(a_pdf(3), most=2)
    assert drawn.count == 3
    assert [page.jpeg[:2] for page in drawn.pages] == [b"\xff\xd8"] * 2


@pytest.mark.parametrize("content", [b"", b"%PDF-1.7 nothing", b"GIF89a"])
def test_what_is_no_pdf_is_said_to_be_none(content: bytes) -> None:
    with pytest.raises(CannotBeDrawn):
        draw_pages(content, most=2)


def test_a_pdf_that_wants_all_time_or_all_memory_gets_neither() -> None:
    with pytest.raises(CannotBeDrawn):
        draw_pages(a_bomb(80), most=1, longest_seconds=1)
    with pytest.raises(CannotBeDrawn):
        draw_pages(a_bomb(250), most=1, longest_seconds=20, most_memory=320 * 1024**2)
    # What is drawn within them: it is the limits that refuse the others.
    assert draw_pages(a_pdf(), most=1, longest_seconds=20, most_memory=320 * 1024**2).count == 2


def a_photo(*, kind: str = "JPEG", size: tuple[int, int] = (300, 200)) -> bytes:
    """A picture that lies on its side, with where and by whom it was taken in its file."""
    picture, made = Image.new("RGB", size, "teal"), io.BytesIO()
    facts = Image.Exif()
    facts[0x0112] = 6
    facts[0x013B] = "Somebody of the bridge"
    picture.save(made, kind, exif=facts)
    return made.getvalue()


@pytest.mark.parametrize(("kind", "made"), [("JPEG", "JPEG"), ("PNG", "PNG"), ("WEBP", "PNG")])
def test_a_picture_is_drawn_anew_upright_and_without_its_metadata(kind: str, made: str) -> None:
    photo = a_photo(kind=kind)
    assert b"Somebody of the bridge" in photo
    drawn = redraw_picture(photo)
    picture = Image.open(io.BytesIO(drawn))
    assert (picture.format, picture.size) == (made, (200, 300))
    assert b"Somebody" not in drawn
    assert not picture.getexif()
    assert redraw_picture(photo) == drawn


def test_a_large_picture_is_made_smaller_and_a_bomb_is_not_drawn() -> None:
    assert max(Image.open(io.BytesIO(redraw_picture(a_photo(size=(4000, 1000))))).size) == LONGEST_SIDE
    bomb = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(bomb, "PNG")
    for content in (bomb.getvalue(), b"", a_photo()[:200], b"<svg xmlns='http://www.w3.org/2000/svg'/>"):
        with pytest.raises(CannotBeDrawn):
            redraw_picture(content)


def test_a_picture_waits_for_no_other_and_each_try_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(safe_drawing, "WAITS_SECONDS", 0)
    with safe_drawing._drawing, pytest.raises(Busy):
        redraw_picture(a_photo())
    guest = Person(pk=77, contact_key="noc", contact_scope="INC-K7Q4M")
    now = datetime(2026, 3, 2, 12, 30, tzinfo=UTC)
    for _ in range(MOST_OF_A_GUEST):
        check_tries("pictures", by=guest, now=now)
    with pytest.raises(TooMany) as refused:
        check_tries("pictures", by=guest, now=now)
    assert refused.value.wait == 1800
    check_tries("pictures", by=guest, now=now + timedelta(minutes=30))
