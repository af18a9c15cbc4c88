"""docs/process.md names nothing that is not there: modules, pages, calls and tests. What is open says so and what for,
and how much is open only falls."""

import importlib
import re
from dataclasses import dataclass

import pytest
from django.urls import Resolver404, get_resolver, resolve

from majorops.embedded.state import CHECKOUT
from tests.named_places import is_there

DOCUMENT = (CHECKOUT / "docs/process.md").read_text()
# Of all that the process promises, so much is still to be built. Never raise it.
OPEN_AT_MOST = 0
# The headings of both texts that promise something, in their order.
SECTIONS = """
The question
Why We Changed the Name
What an After Action Produces
The Problem with How Most Organizations Do This
When an After Action Is Required
Timeline
Who Attends
The Learning Review Document
1. Incident Summary
2. Timeline
3. Root Cause
4. What Went Well
5. What We Are Changing
6. Learning Statements
7. Action Items
The Major Technical Meeting (MTM)
Vendor After Actions
Anti-Patterns
Data Available Before the After Action
Schedule and prepare
Conduct the AAR Meeting
Communicate AAR Status and Results
""".strip().splitlines()
NAMED = re.compile(r"`([^`]+)`")
NONE = "—"


@dataclass(frozen=True)
class Row:
    promise: str
    rule: str
    pages: str
    calls: str
    tests: str

    @property
    def is_open(self) -> bool:
        return self.rule.startswith("**open**: ")


def rows() -> list[Row]:
    lines = [line for line in DOCUMENT.splitlines() if line.startswith("| “")]
    return [Row(*(cell.strip() for cell in line.strip("|").split("|"))) for line in lines]


def kept() -> list[Row]:
    return [row for row in rows() if not row.is_open]


def is_page(name: str) -> bool:
    namespace, _, name = name.rpartition(":")
    resolver = get_resolver()
    if namespace:
        if namespace not in resolver.namespace_dict:
            return False
        resolver = resolver.namespace_dict[namespace][1]
    return name in resolver.reverse_dict


def is_call(named: str) -> bool:
    """Whether the API answers this method at this path; a name in braces stands for any number."""
    method, path = named.split(" ")
    try:
        match = resolve("/api/v1/" + re.sub(r"\{\w+\}", "7", path))
    except Resolver404:
        return False
    return method.lower() in getattr(match.func, "actions", {})


def test_every_section_of_both_texts_has_its_rows() -> None:
    sections = re.split(r"^### ", DOCUMENT, flags=re.M)[1:]
    assert [section.partition("\n")[0] for section in sections] == SECTIONS
    for section in sections:
        assert "\n| “" in section, section.partition("\n")[0]
    assert len(rows()) > 100


def test_no_row_is_empty() -> None:
    for row in rows():
        if row.is_open:
            assert len(row.rule) > len("**open**: ") + 20, row.promise
            assert row.pages == row.calls == row.tests == "", row.promise
        else:
            assert NAMED.search(row.rule), row.promise
            assert row.pages == NONE or NAMED.search(row.pages), row.promise
            assert row.calls == NONE or NAMED.search(row.calls), row.promise
            assert NAMED.search(row.tests), row.promise


def test_no_more_is_open_than_was() -> None:
    said = re.search(r"^Open rows: (\d+)$", DOCUMENT, re.M)
    assert said is not None
    assert int(said[1]) == sum(row.is_open for row in rows()) <= OPEN_AT_MOST


def test_every_module_that_is_named_can_be_imported() -> None:
    for name in {name for row in kept() for name in NAMED.findall(row.rule)}:
        importlib.import_module(name)


@pytest.mark.parametrize(("there", "cell"), [(is_page, "pages"), (is_call, "calls"), (is_there, "tests")])
def test_every_page_call_and_test_that_is_named_is_there(there: object, cell: str) -> None:
    assert callable(there)
    named = {name for row in kept() for name in NAMED.findall(getattr(row, cell))}
    assert len(named) > 20
    assert sorted(name for name in named if not there(name)) == []


def test_what_is_not_there_is_noticed() -> None:
    assert not is_page("afteractions:nothing")
    assert not is_page("nowhere:decide")
    assert not is_call("PATCH after-actions/{reference}/decide/")
    assert not is_call("POST after-actions/{reference}/nothing/")
    assert not is_there("tests/test_process_document.py::test_nothing")
