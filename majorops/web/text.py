"""Text that people typed, made into safe HTML."""

import re
from collections.abc import Iterator
from functools import lru_cache

import nh3
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

TAGS = {
    "p", "br", "hr", "strong", "em", "s", "code", "pre", "blockquote", "ul", "ol", "li", "a",
    "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td",
}  # fmt: skip
_markdown = MarkdownIt("commonmark", {"html": False, "breaks": True}).enable(["table", "strikethrough"])
_markdown.disable("image")
# In the letters that a browser copies, without an account before the host, and not with the end of the sentence.
ADDRESS = re.compile(
    r"\bhttps?://[a-z0-9.-]+[a-z0-9](?::\d+)?(?:[/?#](?:[!#-;=?-~]*[\w/=&%+-])?)?", re.ASCII | re.IGNORECASE
)


def _link_addresses(state: StateCore) -> None:
    """Makes an address that was pasted as it is a link, which shows where it leads."""
    for block in state.tokens:
        if block.type == "inline":
            block.children = list(_linked(block.children or []))


def _linked(tokens: list[Token]) -> Iterator[Token]:
    depth = 0
    for token in tokens:
        depth += token.nesting if token.type in ("link_open", "link_close") else 0
        if token.type != "text" or depth:
            yield token
            continue
        done = 0
        for found in ADDRESS.finditer(token.content):
            yield Token("text", "", 0, content=token.content[done : found.start()])
            yield Token("link_open", "a", 1, attrs={"href": found[0]})
            yield Token("text", "", 0, content=found[0])
            yield Token("link_close", "a", -1)
            done = found.end()
        yield Token("text", "", 0, content=token.content[done:])


_markdown.core.ruler.push("link_addresses", _link_addresses)


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
