"""Joining two texts that come from the same one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from afteractions.rules.review.merging import merged

TEXTS = st.text(max_size=4)
LISTS = st.lists(TEXTS, max_size=4, unique=True)


def row(key: str, change: str, gap: str = "") -> dict[str, str]:
    return {"id": key, "change": change, "gap": gap}


def test_fields_that_only_one_of_them_changed_are_taken_from_each() -> None:
    base = {"failure": "a", "certainty": "provisional"}
    theirs, mine = {"failure": "b", "certainty": "provisional"}, {"failure": "a", "certainty": "known"}
    assert merged(base, theirs, mine) == {"failure": "b", "certainty": "known"}


def test_where_both_changed_a_field_the_second_writers_own_text_stays() -> None:
    assert merged({"failure": "a"}, {"failure": "b"}, {"failure": "c"}) == {"failure": "c"}


def test_an_empty_field_is_the_same_as_one_that_is_not_there() -> None:
    for before, mine in ((None, ""), ("", None)):
        joined = merged({"due_on": before}, {"due_on": "2026-04-01"}, {"due_on": mine})
        assert joined == {"due_on": "2026-04-01"}


def test_lines_that_each_of_them_added_are_all_there() -> None:
    assert merged(["a"], ["a", "b"], ["a", "c"]) == ["a", "c", "b"]


def test_rows_are_known_by_their_identity_and_joined_field_by_field() -> None:
    base = [row("1", "one"), row("2", "two")]
    theirs = [row("1", "ONE"), row("2", "two"), row("3", "three")]
    mine = [row("1", "one", "a gap"), row("2", "two"), row("", "four")]
    assert merged(base, theirs, mine) == [
        row("1", "ONE", "a gap"), row("2", "two"), row("", "four"), row("3", "three"),
    ]  # fmt: skip


def test_a_row_that_they_removed_stays_only_where_it_was_rewritten_here() -> None:
    base = [row("1", "one"), row("2", "two")]
    assert merged(base, [row("2", "two")], [row("1", "one"), row("2", "zwei")]) == [row("2", "zwei")]
    assert merged(base, [row("2", "two")], [row("1", "eins"), row("2", "zwei")])[0] == row("", "eins")


def test_a_row_that_was_removed_here_stays_gone_unless_they_rewrote_it() -> None:
    base = [row("1", "one"), row("2", "two")]
    assert merged(base, [row("1", "one"), row("2", "two"), row("3", "new")], [row("2", "two")]) == [
        row("2", "two"), row("3", "new"),
    ]  # fmt: skip
    assert row("1", "uno") in merged(base, [row("1", "uno"), row("2", "two")], [row("2", "zwei")])


@pytest.mark.parametrize(
    ("base", "theirs", "mine", "joined"),
    [
        # What was of another kind before is followed, the second writer first.
        ({"failure": "a"}, None, {"failure": "b"}, {"failure": "b"}),
        ("a", {"failure": "b"}, "a", {"failure": "b"}),
        ("a", {"failure": "b"}, "c", "c"),
        ({"failure": "a"}, "b", {"failure": "a"}, "b"),
        (["a"], None, ["b"], ["b"]),
        ("a", ["b"], "a", ["b"]),
        ("a", ["b"], "c", "c"),
        (["a"], "b", ["a"], "b"),
        # Lines and rows without an identity are known by what they say.
        (["a"], ["a", "valid id"], ["a", "c"], ["a", "c", "valid id"]),
        (
            [{"text": "a"}],
            [{"text": "a"}, {"text": "b"}],
            [{"text": "a"}, {"text": "c"}],
            [{"text": "a"}, {"text": "c"}, {"text": "b"}],
        ),
        # What one of them took out stays out, and what both added is there once.
        (["a", "b"], ["a", "b", "c"], ["a"], ["a", "c"]),
        (["a"], ["a", "b"], ["b", "c"], ["b", "c"]),
        ([], [row("9", "new")], [row("9", "new too")], [row("9", "new too")]),
    ],
)
def test_neither_writers_text_is_lost_and_none_comes_twice(base, theirs, mine, joined) -> None:
    """domain.md, The Learning Review: nobody's text is ever lost to a second writer."""
    assert merged(base, theirs, mine) == joined


@pytest.mark.parametrize(("before", "now"), [(None, ""), ("", None)])
def test_a_row_whose_empty_fields_came_empty_was_not_rewritten(before, now) -> None:
    base = [{"id": "1", "due_on": before}, {"id": "2", "due_on": before}]
    mine = [{"id": "1", "due_on": now}, {"id": "2", "due_on": "2026-04-01"}]
    assert merged(base, base[1:], mine) == mine[1:]
    theirs = [{"id": "1", "due_on": now}, {"id": "2", "due_on": "2026-04-01"}]
    assert merged(base, theirs, [{"id": "2", "due_on": "2026-05-01"}]) == [
        {"id": "2", "due_on": "2026-05-01"}
    ]


@given(LISTS, LISTS, LISTS)
def test_no_line_that_either_of_them_added_is_lost(
    base: list[str], theirs: list[str], mine: list[str]
) -> None:
    joined = merged(base, theirs, mine)
    added = [line for line in (*theirs, *mine) if line not in base]
    assert all(line in joined for line in added)


@given(LISTS, LISTS)
def test_whoever_changed_alone_is_followed(base: list[str], other: list[str]) -> None:
    assert merged(base, other, base) == other
    assert merged(base, base, other) == other
