"""A revision as a page of HTML and as Markdown: what people typed is text in both, and neither loads anything."""

import re

import pytest
from lxml import html
from markdown_it import MarkdownIt

from afteractions.documents.exports import html_of, markdown_of
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
