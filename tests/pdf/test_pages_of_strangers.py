"""A PDF that somebody sent is drawn apart, and can neither take all memory nor all time."""

import io
import zlib

import pypdfium2
import pytest

from majorops.integrations.pdf_pages import CannotBeDrawn, draw_pages


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
