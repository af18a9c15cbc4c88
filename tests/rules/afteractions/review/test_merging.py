"""Joining two texts that come from the same one."""

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
