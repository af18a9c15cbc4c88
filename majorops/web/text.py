"""Text that people typed, made into safe HTML."""

from functools import lru_cache

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.token import Token

TAGS = {
    "p", "br", "hr", "strong", "em", "s", "code", "pre", "blockquote", "ul", "ol", "li", "a",
    "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip
_markdown = MarkdownIt("commonmark", {"html": False, "breaks": True}).enable(["table", "strikethrough"])
_markdown.disable("image")


def _below_the_page(tokens: list[Token]) -> list[Token]:
    """Headings of typed text come below those of the page, so that its outline stays true."""
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(6, int(token.tag[1]) + 3)}"
    return tokens


@lru_cache(maxsize=2048)
def markdown(text: str) -> SafeString:
    """CommonMark with tables, without images and raw HTML, sanitised; links open no window and pass no referrer."""
    environment: dict[str, object] = {}
    html = _markdown.renderer.render(
        _below_the_page(_markdown.parse(text, environment)), _markdown.options, environment
    )
    return mark_safe(
        nh3.clean(
            html,
            tags=TAGS,
            attributes={"a": {"href", "title"}, "ol": {"start"}},
            url_schemes={"http", "https", "mailto"},
            link_rel="noopener noreferrer nofollow",
        )
    )
