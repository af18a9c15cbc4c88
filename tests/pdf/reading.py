"""What the tests of the PDF share: the revision that they print, and the text that is read from a PDF."""

from datetime import UTC, datetime

import pypdfium2

from afteractions.documents.pdf import Attachment
from tests.pdf.documents import a_pdf_without_embedded_fonts

SHA256 = "0123456789abcdef" * 4
WRITTEN_AT = datetime(2026, 4, 3, tzinfo=UTC)
RCA = Attachment(
    "northwind-rca.pdf", a_pdf_without_embedded_fonts(), "Root cause analysis of Northwind Networks"
)


def text_of(content: bytes) -> str:
    document = pypdfium2.PdfDocument(content)
    return "\n".join(page.get_textpage().get_text_range() for page in document)


def words_of(content: bytes) -> str:
    return " ".join(text_of(content).split())
