"""The PDF of a Learning Review: valid for archive and screen reader, and complete."""

import hashlib
import io
import logging
import os
import subprocess
import sys
import time
from pathlib import Path

import pikepdf
import pypdfium2
import pytest
import weasyprint
from django.template.loader import render_to_string
from fontTools.ttLib import TTFont
from PIL import Image

from afteractions.documents.pdf import (
    Attachment,
    appendix_of,
    learning_review_pdf,
    render_pdf,
    review_context,
)
from afteractions.documents.printable import is_printable, not_printable, words_for
from tests.pdf.documents import (
    HOSTILE,
    a_document,
    a_pdf_without_embedded_fonts,
    a_picture,
    an_empty_document,
)
from tests.pdf.reading import RCA, SHA256, WRITTEN_AT, text_of, words_of
from tests.pdf.validation import broken_rules

CHART = {
    "reference": "EVI-7K",
    "name": "latency.png",
    "note": "Latency of the gateway by minute",
    "kind": "png",
    "size": 1234,
    "sha256": "1" * 64,
    "url": "",
    "by": "Tom Brandt",
    "at": "2026-03-30T10:00:00Z",
}

SCRIPTS = {
    "Japanese": "決済が失敗しました。カード",
    "Simplified Chinese": "支付失败，正在切换到备用数据库",
    "Traditional Chinese": "資料庫無法連線，請稍候",
    "Korean": "결제가 실패했습니다",
    "Hindi": "भुगतान विफल हो गया",
    "Thai": "ระบบชำระเงินล้มเหลว",
    "Arabic": "فشل الدفع في المنطقة",
    "Hebrew": "התשלום נכשל באזור",
    "Greek and Russian": "Ελληνικά и русский",
    "Vietnamese": "Tiếng Việt",
}


@pytest.fixture(scope="module")
def filled() -> bytes:
    return learning_review_pdf(a_document(), sha256=SHA256)


@pytest.fixture(scope="module")
def with_rca() -> bytes:
    """With a picture of evidence too."""
    document = {**a_document(rca_sha256=RCA.sha256), "evidence": [CHART]}
    made = io.BytesIO()
    Image.new("RGB", (640, 360), "teal").save(made, "PNG")
    return learning_review_pdf(
        document, sha256=SHA256, attachments=[RCA], pictures={"EVI-7K": made.getvalue()}
    )


@pytest.fixture(scope="module")
def damaged() -> bytes:
    file = Attachment("damaged.pdf", b"%PDF-1.7 and then nothing", "Root cause analysis")
    return learning_review_pdf(a_document(), sha256=SHA256, attachments=[file])


@pytest.fixture(scope="module")
def hostile() -> bytes:
    return learning_review_pdf(a_document(text=HOSTILE), sha256=SHA256)


@pytest.fixture(scope="module")
def in_all_scripts() -> bytes:
    return learning_review_pdf(
        a_document(text=" / ".join([*SCRIPTS.values(), "\u202egnisrever"])), sha256=SHA256
    )


@pytest.fixture(scope="module")
def broken(
    filled: bytes,
    with_rca: bytes,
    damaged: bytes,
    hostile: bytes,
    in_all_scripts: bytes,
    tmp_path_factory: pytest.TempPathFactory,
) -> dict[str, list[str]]:
    """What the validator finds in each file: starting it takes longer than reading them all."""
    with pikepdf.open(io.BytesIO(filled)) as pdf:
        del pdf.Root.StructTreeRoot
        spoilt = io.BytesIO()
        pdf.save(spoilt)
    files = {
        "filled.pdf": filled,
        "with-rca.pdf": with_rca,
        "damaged.pdf": damaged,
        "hostile.pdf": hostile,
        "in-all-scripts.pdf": in_all_scripts,
        "long.pdf": learning_review_pdf(a_document(a_picture(300)), sha256=SHA256),
        "empty.pdf": learning_review_pdf(an_empty_document(), sha256=SHA256),
        "spoilt.pdf": spoilt.getvalue(),
    }
    return broken_rules(files, tmp_path_factory.mktemp("validated"))


def test_every_kind_of_review_is_valid_pdf_a_3a_and_pdf_ua_1(broken: dict[str, list[str]]) -> None:
    assert [name for name, rules in broken.items() if not rules] == [
        "filled.pdf",
        "with-rca.pdf",
        "damaged.pdf",
        "hostile.pdf",
        "in-all-scripts.pdf",
        "long.pdf",
        "empty.pdf",
    ], broken


def test_the_validator_finds_a_file_that_claims_too_much(broken: dict[str, list[str]]) -> None:
    assert broken["spoilt.pdf"]


def test_every_section_is_there_in_order_under_the_question(filled: bytes) -> None:
    words = words_of(filled)
    headings = [
        "What did we learn, and what do we change?",
        "Incident summary",
        "Timeline",
        "What was supposed to happen",
        "Root cause",
        "What went well",
        "What the meeting decided",
        "What we are changing",
        "Learning statements",
        "Action items",
        "Vendors",
        "Findings of the record",
    ]
    after_the_contents = words.index("Incident summary Incident ")
    places = [words.index(heading, after_the_contents) for heading in headings[1:]]
    assert places == sorted(places)
    assert words.startswith(
        "MajorOps After Actions · Learning Review What did we learn, and what do we change?"
    )


def test_the_first_page_says_at_a_glance_what_an_executive_asks(filled: bytes) -> None:
    page = " ".join(pypdfium2.PdfDocument(filled)[0].get_textpage().get_text_range().split())
    said = (
        "At a glance",
        "Card payments declined for 4 h; shops fell back to cash.",
        "The incident was caused by a firmware",
        "Start: Alert on replication lag over 60 s (Tom Brandt, Thu 30 Apr 2026)",
        "1 change. None says how its effect will be seen.",
        "2 in the record: the first finding",
        "Severity",
    )
    places = [page.index(each) for each in said]
    assert places == sorted(places)


def test_contents_name_the_page_on_which_each_section_begins(filled: bytes) -> None:
    document = pypdfium2.PdfDocument(filled)
    contents = " ".join(document[0].get_textpage().get_text_range().split())
    for heading in ("Timeline", "Root cause", "Action items"):
        named = int(contents.rpartition(heading)[2].replace(".", " ").split()[0])
        assert heading in document[named - 1].get_textpage().get_text_range()


def test_every_page_says_which_of_how_many_it_is(filled: bytes) -> None:
    document = pypdfium2.PdfDocument(filled)
    for number, page in enumerate(document, start=1):
        assert f"page {number} of {len(document)}" in page.get_textpage().get_text_range()


def test_the_head_names_revision_status_severity_and_hash(filled: bytes) -> None:
    first = " ".join(pypdfium2.PdfDocument(filled)[0].get_textpage().get_text_range().split())
    for said in (
        "AA-7KQ4M",
        "INC-K7Q4M",
        "High (P2) (highest: Critical (P1))",
        "Reviewed",
        "3, Published",
        "Restricted",
    ):
        assert said in first
    assert SHA256 in first.replace(" ", "")


def test_times_are_shown_in_the_zone_of_the_incident_with_its_name(filled: bytes) -> None:
    assert "Thu 2 Apr 2026 14:00 CEST" in words_of(filled)


def test_missing_data_reads_not_captured_and_a_negative_metric_out_of_order(filled: bytes) -> None:
    words = words_of(filled)
    assert "SLA status not captured" in words
    assert "−5 min (out of order)" in words
    assert "No status update for 61 min" in words


def test_a_change_that_needs_executive_action_says_why_beside_it_and_no_other_does(filled: bytes) -> None:
    words = words_of(filled)
    said = "Needs executive action: A second site costs more than the team may decide on"
    assert f"Alert on replication lag over 60 s {said} Replication lag has no alert" in words
    assert words.count("Needs executive action") == 1


def test_what_the_meeting_decided_is_there_with_who_was_and_how_it_was_agreed(filled: bytes) -> None:
    words = words_of(filled)
    for sentence in (
        "The content was agreed in the meeting of Thu 2 Apr 2026 14:00 CEST.",
        "The second site is tested before the summer (Thu 2 Apr 2026 14:40 CEST)",
        "Present Mira Sand, Ida Voss, Tom Brandt (had not read the draft)",
        "Absent Ines Falk",
    ):
        assert sentence in words


def test_a_review_that_was_frozen_before_meetings_were_kept_in_it_is_made_as_it_was() -> None:
    document = a_document()
    for key in ("attendance", "decisions", "agreement"):
        del document[key]
    assert review_context(document, SHA256)["meetings"] == []


def test_an_empty_review_says_so_and_invents_nothing() -> None:
    words = words_of(learning_review_pdf(an_empty_document(), sha256=SHA256))
    assert "Duration not captured" in words
    assert "Customers affected not captured" in words
    assert "Nothing written yet." in words
    assert "None" not in words


def test_title_language_and_bookmarks_are_set(filled: bytes) -> None:
    with pikepdf.open(io.BytesIO(filled)) as pdf:
        assert str(pdf.Root.Lang) == "en"
        assert pdf.Root.ViewerPreferences.DisplayDocTitle
        assert "Card payments fail in two regions" in str(pdf.docinfo["/Title"])
        with pdf.open_outline() as outline:
            titles = [entry.title for entry in outline.root[0].children]
    assert "Timeline" in titles
    assert "Root cause" in titles


def test_the_vendors_rca_is_embedded_as_it_came_and_its_pages_are_shown(with_rca: bytes) -> None:
    with pikepdf.open(io.BytesIO(with_rca)) as pdf:
        embedded = pdf.attachments["northwind-rca.pdf"]
        assert hashlib.sha256(embedded.get_file().read_bytes()).hexdigest() == RCA.sha256
        assert str(embedded.obj.AFRelationship) == "/Supplement"
        told = [
            str(entry.Alt)
            for entry in pdf.objects
            if isinstance(entry, pikepdf.Dictionary) and "/Alt" in entry
        ]
    assert any(
        "Page 2 of 2 of northwind-rca.pdf: Root cause analysis, page 2" in alternative for alternative in told
    )
    assert "Appendix 1: northwind-rca.pdf" in words_of(with_rca)
    assert "EVI-7K: Latency of the gateway by minute" in words_of(with_rca)


def test_a_file_that_cannot_be_read_is_embedded_and_said_not_to_be_shown(damaged: bytes) -> None:
    assert "Its pages could not be shown" in words_of(damaged)


def test_of_a_very_long_attachment_only_the_first_pages_are_shown() -> None:
    appendix = appendix_of(Attachment("long.pdf", a_pdf_without_embedded_fonts(60), "Long"))
    assert (len(appendix.pages), appendix.pages_in_all) == (40, 60)


def test_hostile_text_is_shown_as_text(hostile: bytes) -> None:
    words = words_of(hostile)
    assert "<script>alert(1)</script>" in words
    assert "Zoë O'Brien-Łukasz" in words.replace("’", "'")
    assert "漢字" in words
    # What no font has is said in words, and a sign stands in its place.
    assert "Not shown here 2 control characters, 1 private character" in words
    assert "[U+" not in words


NOT_DRAWN = {
    *range(0x180B, 0x180F),
    *range(0x2000, 0x2070),
    *range(0xFE00, 0xFE10),
    0x9,
    0xA,
    0xD,
    0x20,
    0xAD,
    0x34F,
    0x61C,
}


def test_all_scripts_are_printed_in_letters(in_all_scripts: bytes) -> None:
    assert not_printable(list(SCRIPTS.values())) == frozenset()
    assert "Not shown here" not in words_of(in_all_scripts)
    assert "決済が失敗しました" in text_of(in_all_scripts)


def test_what_the_pdf_cannot_show_is_what_its_fonts_have_no_letter_for() -> None:
    folder = Path(__file__).parents[2] / "static/vendor/fonts"
    regular = [*folder.glob("*/*-400-normal.woff2"), folder / "dejavu/DejaVuSans.ttf"]
    letters = set().union(*(TTFont(path).getBestCmap() for path in regular))
    assert {point for point in range(0x20000) if is_printable(chr(point))} - letters <= NOT_DRAWN
    assert not_printable({"a": ["ok", {"b": "\U00020bb7\U00020bb8"}], "c": "\x07"}) == frozenset(
        "\U00020bb7\U00020bb8\x07"
    )
    assert words_for(frozenset("\U00020bb7\U00020bb8\x07")) == "1 control character, 2 Chinese characters"


def test_making_a_pdf_leaves_the_log_level_as_it_was(filled: bytes) -> None:
    logger = logging.getLogger("weasyprint")
    before = (logger.level, logger.propagate, list(logger.handlers))
    render_pdf('<html lang="en"><title>t</title><p>漢</p></html>', created_at=WRITTEN_AT)
    assert (logger.level, logger.propagate, list(logger.handlers)) == before


def test_the_same_revision_gives_the_same_text_whoever_makes_it_and_when(filled: bytes) -> None:
    assert text_of(learning_review_pdf(a_document(), sha256=SHA256)) == text_of(filled)


def test_the_archive_costs_no_multiple_of_plain_weasyprint(filled: bytes) -> None:
    document = a_document(a_picture(60))
    html = render_to_string("pdf/learning_review.html", review_context(document, SHA256))
    sheet = (Path(__file__).parents[2] / "templates/pdf/learning_review.css").read_text(encoding="utf-8")

    def plain() -> None:
        weasyprint.HTML(string=html).write_pdf(stylesheets=[weasyprint.CSS(string=sheet)])

    def ours() -> None:
        learning_review_pdf(document, sha256=SHA256)

    # The shorter of several runs, taken in turn: other work on the machine only ever adds time.
    best = {plain: float("inf"), ours: float("inf")}
    for _ in range(2):
        for make in best:
            start = time.process_time()
            make()
            best[make] = min(best[make], time.process_time() - start)
    # The goal is 1.5; other tests at work beside this one blur the figure, and a multiple would still show.
    assert best[ours] <= 3 * best[plain]


MAKE_ONE = """
import pathlib, re, django
django.setup()
from fontTools.ttLib import TTFont

from afteractions.documents.pdf import learning_review_pdf
from tests.pdf.documents import a_document, a_picture
learning_review_pdf(a_document(a_picture(200)), sha256="0" * 64)
print(int(re.search(r"VmHWM:\\s+(\\d+)", pathlib.Path("/proc/self/status").read_text())[1]) // 1024)
"""


def test_a_long_review_needs_at_most_250_megabytes() -> None:
    folder = Path(__file__).parents[2]
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "majorops.settings", "PYTHONPATH": str(folder)}
    done = subprocess.run(
        [sys.executable, "-c", MAKE_ONE],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    assert int(done.stdout.split()[-1]) <= 250


def test_the_fonts_of_the_pdf_are_unmodified_and_licensed() -> None:
    folder = Path(__file__).parents[2] / "static/vendor/fonts"
    lines = [line.split() for line in (folder / "README.md").read_text(encoding="utf-8").splitlines()]
    listed = {line[1]: line[0] for line in lines if len(line) == 2 and len(line[0]) == 64}
    found = {str(path.relative_to(folder)): path for path in folder.glob("*/*.*")}
    assert {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in found.items()} == listed
    assert all((path.parent / "LICENSE").stat().st_size > 200 for path in found.values())


def test_only_vendored_fonts_are_embedded(filled: bytes) -> None:
    with pikepdf.open(io.BytesIO(filled)) as pdf:
        names = {
            str(entry.BaseFont).rpartition("+")[2]
            for entry in pdf.objects
            if isinstance(entry, pikepdf.Dictionary) and entry.get("/Type") == "/Font"
        }
    assert names
    assert all(name.startswith(("Atkinson", "DejaVu", "Noto")) for name in names), names
