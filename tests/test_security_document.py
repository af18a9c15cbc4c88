"""docs/security.md names nothing that is not there, and leaves no section of the checklist out."""

import re

from majorops.embedded.state import CHECKOUT
from tests.named_places import is_there

DOCUMENT = (CHECKOUT / "docs/security.md").read_text()
ANSWERS = ("**Held**", "**Gap**", "**Not applicable**")
# How many sections each chapter of the checklist has, V1 first; of V6 the seventh and of V11 the seventh are level 3.
SECTIONS = (5, 4, 7, 4, 4, 8, 6, 4, 2, 7, 7, 3, 4, 3, 4, 5, 3)
LEVEL_3 = {"6.7", "11.7"}
NAMED = re.compile(r"`([\w./-]+\.(?:py|md|lock|toml)|Dockerfile|script/\w+|tests/[\w/.]+\.py(?:::\w+)+)`")


def items() -> list[str]:
    return [" ".join(item.split()) for item in re.findall(r"^- (.+?)(?=^- |^#|\Z)", DOCUMENT, re.M | re.S)]


def test_every_section_of_the_checklist_is_answered() -> None:
    wanted = {
        f"{chapter}.{section}"
        for chapter, sections in enumerate(SECTIONS, 1)
        for section in range(1, sections + 1)
    }
    assert {item.partition(" ")[0] for item in items()} == wanted - LEVEL_3
    for item in items():
        assert sum(answer in item for answer in ANSWERS) == 1, item


def test_what_is_held_says_which_test_fails_when_it_is_not() -> None:
    for item in items():
        assert "**Held**" not in item or any(each.startswith("tests/") for each in NAMED.findall(item)), item


def test_every_test_and_file_that_is_named_is_there() -> None:
    named = NAMED.findall(DOCUMENT)
    assert len(named) > 100
    assert [each for each in named if not is_there(each)] == []
    assert DOCUMENT.count("`tests/") == len([each for each in named if each.startswith("tests/")])
    assert not is_there("tests/web/test_security.py::TestHeaders::test_nothing")
