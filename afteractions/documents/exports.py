"""A frozen revision as a file beside its PDF: the JSON that was frozen; what the PDF prints as one page of HTML that
needs nothing beside it; the same as Markdown."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string

from afteractions.documents.markdown import markdown_from
from afteractions.documents.pdf import review_context
from afteractions.documents.revision import canonical_bytes
from afteractions.models import Revision
from afteractions.queries.after_actions import pictures_of


def html_of(document: Mapping[str, Any], *, sha256: str, pictures: Mapping[str, bytes] | None = None) -> str:
    """The revision as one page with its style and its pictures inside; it loads nothing and runs nothing."""
    style = "".join(
        (settings.BASE_DIR / "templates/pdf" / name).read_text(encoding="utf-8")
        for name in ("learning_review.css", "screen.css")
    )
    return _page({**review_context(document, sha256, pictures=pictures), "style": style})


def markdown_of(document: Mapping[str, Any], *, sha256: str) -> str:
    """The revision as Markdown with tables, the picture by its text alternative; a sign of Markdown or HTML that
    somebody typed stays the letter that it is."""
    return markdown_from(_page(review_context(document, sha256)))


@dataclass(frozen=True, slots=True)
class Export:
    """A file: its bytes, its media type, the name under which it is kept, and a strong tag of what it holds."""

    content: bytes
    media_type: str
    name: str
    tag: str


FORMATS = {"markdown": "Markdown", "html": "HTML", "json": "JSON"}
"""The formats beside the PDF, and what they are called."""


def export_of(revision: Revision, reference: str, wanted: str) -> Export:
    """The revision in one of FORMATS. `reference` is the After Action's, for the name of the file."""
    name = f"{reference}-revision-{revision.number}"
    if wanted == "json":
        content = canonical_bytes(revision.content)
        return Export(content, "application/json", f"{name}.json", revision.sha256)
    if wanted == "html":
        text = html_of(revision.content, sha256=revision.sha256, pictures=pictures_of(revision))
    else:
        text = markdown_of(revision.content, sha256=revision.sha256)
    ending = {"html": "html", "markdown": "md"}[wanted]
    return Export(
        text.encode(), f"text/{wanted}; charset=utf-8", f"{name}.{ending}", f"{revision.sha256}-{wanted}"
    )


def _page(context: Mapping[str, Any]) -> str:
    return render_to_string("pdf/learning_review.html", dict(context))
