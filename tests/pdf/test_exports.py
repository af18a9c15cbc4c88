"""A revision as a page of HTML and as Markdown: what people typed is text in both, and neither loads anything."""

import re
import time

import pytest
from lxml import html
from markdown_it import MarkdownIt

from afteractions.documents.exports import html_of, markdown_of
from afteractions.documents.markdown import markdown_from
from majorops.web.text import markdown as text_markdown
from tests.pdf.documents import a_document

SHA256 = "0" * 64
LINK = "https://elsewhere.example/z.png"
TYPED = f"A <script>alert(1)</script> | [x](javascript:alert) ![y]({LINK}) ``` `q` \\ 日本語"


@pytest.fixture(scope="module")
def exported() -> str:
    return html_of(a_document(text=TYPED), sha256=SHA256)


@pytest.fixture(scope="module")
def markdown() -> str:
    return markdown_of(a_document(text=TYPED), sha256=SHA256)


def test_the_page_needs_nothing_beside_it_and_runs_nothing(exported: str) -> None:
    tree = html.fromstring(exported)
    assert not tree.xpath("//script | //link | //iframe | //object | //form")
    addresses = [*tree.xpath("//@src"), *re.findall(r"url\(\s*[\"']?([^)\"']+)", exported)]
    assert addresses
    assert all(address.startswith("data:") for address in addresses)
    assert set(tree.xpath("//a/@href[not(starts-with(., '#'))]")) == {LINK}
    assert tree.xpath("//style")
    assert tree.xpath("//h2[text()='What we are changing']")


def test_what_was_typed_stands_in_the_markdown_as_text(markdown: str) -> None:
    made = html.fromstring(MarkdownIt("commonmark", {"html": True}).enable("table").render(markdown))
    assert not made.xpath("//script | //img")
    assert set(made.xpath("//a/@href")) <= {LINK}
    assert "alert(1)</script>" in made.text_content()
    assert "日本語" in made.text_content()


def test_the_markdown_has_the_sections_and_tables_of_the_pdf(markdown: str) -> None:
    made = html.fromstring(MarkdownIt("commonmark").enable("table").render(markdown))
    sections = [each.text_content() for each in made.xpath("//h2")]
    for section in ("Incident summary", "Timeline", "Root cause", "What we are changing", "Action items"):
        assert section in sections
    assert "Contents" not in sections
    heads = [[cell.text_content() for cell in row] for row in made.xpath("//thead/tr")]
    assert ["Reference", "Item", "Owner", "Due date", "Status"] in heads


ATTACKS = (
    f"~~~\n```\n![p]({LINK})\n<script>alert(1)</script>\n~~~",
    f'[details](https://x.example "t&#10;&#10;![t]({LINK})&#10;&#10;<script>alert(1)</script>")',
    f"``` ``` ![p]({LINK}) | <b>x</b>",
    f"Wow![p]({LINK}) and !**[p]({LINK})**",
    "&lt;script&gt;alert(1)&lt;/script&gt; &#33;[p](https://x.example) &amp;lt;b&gt;",
    "# A\n===\n- b\n---\n1. c\n> d\n| e | f |\n|---|---|\n| `g|h` | i |",
)


@pytest.mark.parametrize("typed", ATTACKS)
def test_nothing_that_was_typed_does_anything_in_the_markdown(typed: str) -> None:
    text = markdown_of(a_document(text=typed), sha256=SHA256)
    made = html.fromstring(MarkdownIt("commonmark", {"html": True}).enable("table").render(text))
    assert not made.xpath("//script | //img | //b")
    assert all(address.startswith("https://") for address in made.xpath("//a/@href"))
    assert {"Root cause", "Action items"} <= {each.text_content() for each in made.xpath("//h2")}


@pytest.mark.parametrize("unit", ["1. a\n", "| a | b |\n", "a" + " " * 40, "`a", "**a", "[a](", "- a\n\n"])
def test_a_text_twice_as_long_takes_about_twice_as_long(unit: str) -> None:
    seconds = []
    for size in (20_000, 80_000):
        page = f"<p>{text_markdown((unit * size)[:size])}</p>"
        began = time.process_time()
        markdown_from(page)
        seconds.append(time.process_time() - began)
    assert seconds[1] < 9 * seconds[0] + 0.2
    assert seconds[1] < 3
