"""The Learning Review as an archival PDF: PDF/A-3a and PDF/UA-1 in one file, fetching nothing.

Made from one frozen revision document, outside the web process (Celery). The vendor's RCA is embedded as it came and
its pages are shown as pictures: pages of a stranger's PDF would break the archive's rules where a font is not embedded.
"""

import base64
import hashlib
import io
import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

import weasyprint
from django.conf import settings
from django.template.loader import render_to_string
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from afteractions.documents.printable import NEVER_SHOWN, STAND_IN, large_fonts, not_printable, words_for
from afteractions.documents.revision import meetings_of, parts_of, sections_of
from afteractions.rules.review.at_a_glance import at_a_glance
from afteractions.rules.review.files import TYPES
from afteractions.timeline import PRINT, Picture, TableRow, draw_wide, picture_from_document, table_rows
from afteractions.timeline.description import empty_words, told
from afteractions.vocabulary import FileKind
from majorops.formatting.directions import isolated
from majorops.integrations.safe_drawing import CannotBeDrawn, DrawnPage, draw_pages

VARIANT = "pdf/a-3a"
PICTURE_WIDTH = 1000
"""The drawing's width in CSS pixels: that of a landscape page, so that its 11 pixel words print at 8 points."""

PAPER_ASPECT = 269 / 158
"""Width to height of the room for the drawing on that page, in millimetres (learning_review.css)."""

SHOWN_PAGES = 40
"""Of an attached PDF at most so many pages are shown; the rest is in the embedded original."""

PRINTED_ROWS = 1_000
"""Of the timeline's table at most so many rows are printed; the record and its export have the rest."""

_LONGEST_ALTERNATIVE = 1500


@dataclass(frozen=True)
class Attachment:
    """A file embedded in the PDF as it is. `description` is a sentence; a PDF's pages are shown in the appendix too."""

    name: str
    content: bytes
    description: str

    @property
    def sha256(self) -> str:
        """The hash that a revision document refers to it by."""
        return hashlib.sha256(self.content).hexdigest()


@dataclass(frozen=True)
class PagePicture:
    """One page of an attached PDF: a picture as a `data:` URL, and what it says for those who don't see it."""

    number: int
    address: str
    alternative: str


@dataclass(frozen=True)
class Appendix:
    """An attached file with the pages that could be shown; `pages_in_all` None where it could not be read."""

    attachment: Attachment
    pages: tuple[PagePicture, ...]
    pages_in_all: int | None


class FetchRefused(FatalURLFetchingError):  # type: ignore[misc]
    """The document asked for something outside itself. Nothing was fetched, and no PDF was made."""


class DataOnly(URLFetcher):  # type: ignore[misc]
    """Opens `data:` URLs; anything else stops the rendering with FetchRefused.

    WeasyPrint swallows every exception inside an SVG image, so what was refused is kept to be raised at the end.
    """

    refused: FetchRefused | None = None

    def fetch(self, url: str, headers: Any = None) -> URLFetcherResponse:
        """Return what the `data:` URL holds."""
        if not url.lower().startswith("data:"):
            self.refused = FetchRefused(f"The PDF may not fetch {url[:200]}")
            raise self.refused
        return super().fetch(url, headers)


class _VendoredFonts(URLFetcher):  # type: ignore[misc]
    """Opens `font:NAME`, a file below static/vendor/fonts, for the one stylesheet that is ours."""

    def fetch(self, url: str, headers: Any = None) -> URLFetcherResponse:
        name = url.removeprefix("font:")
        return URLFetcherResponse(url, (settings.BASE_DIR / "static/vendor/fonts" / name).read_bytes())


_FONTS = [
    *(
        (
            family,
            f"atkinson-hyperlegible/atkinson-hyperlegible-next-{subset}-{weight}-{style}.woff2",
            weight,
            style,
        )
        for family, subset in (("Atkinson", "latin"), ("Atkinson Ext", "latin-ext"))
        for weight, style in ((400, "normal"), (400, "italic"), (600, "normal"), (700, "normal"))
    ),
    ("DejaVu Sans", "dejavu/DejaVuSans.ttf", 400, "normal"),
    ("DejaVu Sans", "dejavu/DejaVuSans-Bold.ttf", 700, "normal"),
    ("Noto Emoji", "noto-emoji/noto-emoji-emoji-400-normal.woff2", 400, "normal"),
    *(
        (
            f"Noto {script}",
            f"noto-sans-{folder}/noto-sans-{folder}-{folder}-{weight}-normal.woff2",
            weight,
            "normal",
        )
        for script, folder in (
            ("Arabic", "arabic"),
            ("Devanagari", "devanagari"),
            ("Hebrew", "hebrew"),
            ("Thai", "thai"),
        )
        for weight in (400, 700)
    ),
]
_LARGE_FONTS = {
    "JP": ("Noto JP", "noto-sans-jp/noto-sans-jp-japanese-400-normal.woff2", 400, "normal"),
    "SC": ("Noto SC", "noto-sans-sc/noto-sans-sc-chinese-simplified-400-normal.woff2", 400, "normal"),
    "TC": ("Noto TC", "noto-sans-tc/noto-sans-tc-chinese-traditional-400-normal.woff2", 400, "normal"),
    "KR": ("Noto KR", "noto-sans-kr/noto-sans-kr-korean-400-normal.woff2", 400, "normal"),
}


@lru_cache(maxsize=4)
def _fonts(large: tuple[str, ...] = ()) -> tuple[FontConfiguration, weasyprint.CSS]:
    """The vendored fonts, unpacked once a process; of the large ones those named: each takes seconds."""
    configuration = FontConfiguration()
    faces = "".join(
        f'@font-face {{ font-family: "{family}"; src: url("font:{file}"); font-weight: {weight};'
        f" font-style: {style} }}"
        for family, file, weight, style in [*_FONTS, *(_LARGE_FONTS[name] for name in large)]
    )
    sheet = weasyprint.CSS(string=faces, font_config=configuration, url_fetcher=_VendoredFonts())
    return configuration, sheet


@dataclass(frozen=True)
class Rendered:
    """A PDF, and the characters in it that no font has: with any, it is neither PDF/A nor PDF/UA."""

    content: bytes
    missing: frozenset[str]


def render_pdf(
    html: str, *, attachments: Sequence[Attachment] = (), created_at: datetime, stylesheet: str = ""
) -> Rendered:
    """The document as PDF/A-3a and PDF/UA-1, with the attachments embedded.

    `html` brings its own `lang` and `<title>`. Raises FetchRefused when it refers to anything but `data:`.
    """
    with _missing_characters() as missing:
        content = _written(html, attachments, created_at, stylesheet)
    return Rendered(content, frozenset(missing))


def _written(html: str, attachments: Sequence[Attachment], created_at: datetime, stylesheet: str) -> bytes:
    configuration, fonts = _fonts(large_fonts(html))
    sheets = [fonts]
    if stylesheet:
        sheets.append(weasyprint.CSS(string=stylesheet, font_config=configuration, url_fetcher=DataOnly()))
    fetcher = DataOnly()
    document = weasyprint.HTML(string=html, url_fetcher=fetcher).render(
        font_config=configuration, stylesheets=sheets
    )
    document.metadata.created = document.metadata.modified = created_at.strftime("%Y-%m-%dT%H:%M:%SZ")
    embedded = [
        weasyprint.Attachment(
            string=item.content,
            name=item.name,
            description=item.description,
            created=created_at,
            modified=created_at,
            relationship="Supplement",
            url_fetcher=DataOnly(),
        )
        for item in attachments
    ]
    target = io.BytesIO()
    document.write_pdf(target, finisher=_claim_accessibility, pdf_variant=VARIANT, attachments=embedded)
    if fetcher.refused:
        raise fetcher.refused
    return target.getvalue()


@contextmanager
def _missing_characters() -> Iterator[set[str]]:
    """Collects the characters that WeasyPrint reports as having no glyph in any font."""
    missing: set[str] = set()

    class Collector(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            if str(record.msg).startswith(".notdef glyph") and isinstance(record.args, tuple):
                missing.add(str(record.args[0]))

    collector, logger = Collector(), logging.getLogger("weasyprint")
    level, propagate = logger.level, logger.propagate
    logger.addHandler(collector)
    logger.setLevel(logging.WARNING)
    logger.propagate = False
    try:
        yield missing
    finally:
        logger.removeHandler(collector)
        logger.setLevel(level)
        logger.propagate = propagate


_ACCESSIBILITY_CLAIM = b"""
<rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/" pdfuaid:part="1"/>
<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"
  xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>PDF/UA identification</pdfaSchema:schema>
<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>
<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">
<pdfaProperty:name>part</pdfaProperty:name>
<pdfaProperty:valueType>Integer</pdfaProperty:valueType>
<pdfaProperty:category>internal</pdfaProperty:category>
<pdfaProperty:description>Part of ISO 14289 that the file conforms to</pdfaProperty:description>
</rdf:li></rdf:Seq></pdfaSchema:property>
</rdf:li></rdf:Bag></pdfaExtension:schemas>
</rdf:Description>
</rdf:RDF>"""


def _claim_accessibility(document: weasyprint.Document, pdf: Any) -> None:
    """Add the PDF/UA identifier to the metadata, and the schema that lets a PDF/A know it."""
    metadata = pdf.objects[int(pdf.catalog["Metadata"].split()[0])]
    metadata.stream = [part.replace(b"</rdf:RDF>", _ACCESSIBILITY_CLAIM.strip()) for part in metadata.stream]


def learning_review_pdf(
    document: Mapping[str, Any],
    *,
    sha256: str,
    attachments: Sequence[Attachment] = (),
    pictures: Mapping[str, bytes] | None = None,
) -> bytes:
    """The PDF of one frozen revision (`afteractions.documents.revision`), with the vendors' RCAs that came and the
    `pictures` of its evidence by their references.

    `sha256` is the revision's content hash, printed on the first page. Slow (seconds): call it in the worker.
    """
    created_at = datetime.fromisoformat(document["revision"]["created_at"])
    sheet = (settings.BASE_DIR / "templates/pdf/learning_review.css").read_text(encoding="utf-8")

    missing = not_printable([document, [item.name for item in attachments]])

    def rendered(missing: frozenset[str]) -> Rendered:
        printable = [replace(item, name=_with_stand_ins(item.name, missing)) for item in attachments]
        context = review_context(
            _with_stand_ins(document, missing),
            sha256,
            printable,
            pictures=pictures,
            unprintable=words_for(missing),
        )
        html = render_to_string("pdf/learning_review.html", context)
        return render_pdf(html, attachments=attachments, created_at=created_at, stylesheet=sheet)

    first = rendered(missing)
    # A letter that no font has by itself or joined to its neighbours: the archive forbids an empty box.
    return rendered(missing | first.missing).content if first.missing - {STAND_IN} else first.content


def _with_stand_ins(value: Any, missing: frozenset[str]) -> Any:
    """The document as it is printed: a sign for each letter that no font has, each text turning only itself."""
    if isinstance(value, str):
        return isolated("".join(STAND_IN if letter in missing else letter for letter in value))
    if isinstance(value, Mapping):
        return {key: _with_stand_ins(item, missing) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_with_stand_ins(item, missing) for item in value]
    return value


def review_context(
    document: Mapping[str, Any],
    sha256: str,
    attachments: Sequence[Attachment] = (),
    *,
    pictures: Mapping[str, bytes] | None = None,
    unprintable: str = "",
) -> dict[str, Any]:
    """What the template shows: the document, the picture with its table, the evidence with its pictures, the
    appendices."""
    picture = picture_from_document(document["sections"]["timeline"]["picture"])
    drawing = _drawn_for_paper(picture)
    rows = table_rows(picture)
    printed = _printed_rows(rows)
    sections = sections_of(document)
    return {
        "document": document,
        "sections": sections,
        "glance": at_a_glance(sections),
        "parts": parts_of(document),
        "sha256": sha256,
        "unprintable": unprintable,
        "language": document["language"],
        "zone": ZoneInfo(document["sections"]["summary"]["time_zone"]),
        "picture": f"data:image/svg+xml;base64,{base64.b64encode(drawing.encode()).decode()}",
        "picture_told": told(picture) if picture.instants() else empty_words(),
        "rows": printed,
        "rows_left_out": len(rows) - len(printed),
        "evidence": [
            {**file, "address": _address_of(file, pictures or {})} for file in document.get("evidence", ())
        ],
        "meetings": meetings_of(document),
        "appendices": [appendix_of(item) for item in attachments],
    }


def _address_of(file: Mapping[str, Any], pictures: Mapping[str, bytes]) -> str:
    """The picture as a `data:` URL; empty for what is none."""
    content = pictures.get(file["reference"])
    if content is None:
        return ""
    media_type, _ = TYPES[FileKind(file["kind"])]
    return f"data:{media_type};base64,{base64.b64encode(content).decode()}"


def _printed_rows(rows: list[TableRow]) -> list[TableRow]:
    """The rows that fit a paper: all of them, else what was highlighted and the first of the others."""
    if len(rows) <= PRINTED_ROWS:
        return rows
    wanted = sorted(range(len(rows)), key=lambda place: (not rows[place].highlighted, place))[:PRINTED_ROWS]
    return [rows[place] for place in sorted(wanted)]


def _drawn_for_paper(picture: Picture) -> str:
    """The drawing for a landscape page; a high one is drawn wider, so that it fills the page once it is scaled."""
    drawing = draw_wide(picture, palette=PRINT, width=PICTURE_WIDTH)
    _, _, wide, high = (
        float(number) for number in drawing.partition('viewBox="')[2].partition('"')[0].split()
    )
    fitting = high * PAPER_ASPECT
    return draw_wide(picture, palette=PRINT, width=round(fitting)) if fitting > wide else drawing


def appendix_of(attachment: Attachment) -> Appendix:
    """The attached file with its pages as pictures, where it is a PDF that can be read without a password."""
    try:
        drawn = draw_pages(attachment.content, most=SHOWN_PAGES)
    except CannotBeDrawn:
        return Appendix(attachment, (), None)
    pages = tuple(
        _page_picture(page, number, drawn.count, attachment) for number, page in enumerate(drawn.pages, 1)
    )
    return Appendix(attachment, pages, drawn.count)


def _page_picture(page: DrawnPage, number: int, count: int, attachment: Attachment) -> PagePicture:
    words = " ".join(page.words.split())[:_LONGEST_ALTERNATIVE]
    alternative = f"Page {number} of {count} of {attachment.name}" + (f": {words}" if words else "")
    encoded = base64.b64encode(page.jpeg).decode()
    return PagePicture(number, f"data:image/jpeg;base64,{encoded}", NEVER_SHOWN.sub(" ", alternative))
