"""A Learning Review of twelve pages as PDF, beside WeasyPrint's own time for the same HTML.

`python -m tests.load.paper` prints one JSON object. It is a process of its own, so that the peak of its memory is that
of the worker that makes one PDF.
"""

import json
import re
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import django
import pypdfium2
import weasyprint

EVENTS = 160
SHA256 = "0" * 64
RUNS = 5


def peak_megabytes() -> int:
    """The most memory that this process ever held."""
    status = Path("/proc/self/status").read_text()
    found = re.search(r"VmHWM:\s+(\d+)", status)
    assert found is not None
    return int(found[1]) // 1024


def measured() -> dict[str, float]:
    """Pages, peak memory in megabytes, seconds of ours and of plain WeasyPrint, medians of runs in turn."""
    from django.conf import settings
    from django.template.loader import render_to_string

    from afteractions.documents.pdf import learning_review_pdf, review_context
    from tests.pdf.documents import a_document, a_picture

    document = a_document(a_picture(EVENTS))
    pages = len(pypdfium2.PdfDocument(learning_review_pdf(document, sha256=SHA256)))
    peak = peak_megabytes()
    html = render_to_string("pdf/learning_review.html", review_context(document, SHA256))
    sheet = (settings.BASE_DIR / "templates/pdf/learning_review.css").read_text(encoding="utf-8")

    def ours() -> None:
        learning_review_pdf(document, sha256=SHA256)

    def plain() -> None:
        weasyprint.HTML(string=html).write_pdf(stylesheets=[weasyprint.CSS(string=sheet)])

    taken: dict[Callable[[], None], list[float]] = {ours: [], plain: []}
    for _ in range(RUNS):
        for make, seconds in taken.items():
            started = time.perf_counter()
            make()
            seconds.append(time.perf_counter() - started)
    return {
        "pages": pages,
        "megabytes": peak,
        "seconds": statistics.median(taken[ours]),
        "plain": statistics.median(taken[plain]),
    }


if __name__ == "__main__":
    django.setup()
    print(json.dumps(measured()))
