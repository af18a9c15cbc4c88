"""What changed since the revision that somebody read."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from afteractions.rules.review.changes_between import (
    Op,
    TextRun,
    changes_between,
    difference,
    restarts_the_count,
)
from afteractions.vocabulary import SectionKey

texts = st.text(alphabet="ab c,.\n", max_size=60)
documents = st.dictionaries(st.sampled_from(list(SectionKey)), texts)


def test_a_changed_word_is_shown_as_removed_and_added():
    assert difference("an expired certificate", "an expired token") == (
        TextRun(Op.EQUAL, "an expired "),
        TextRun(Op.DELETE, "certificate"),
        TextRun(Op.INSERT, "token"),
    )


EQUAL, DELETE, INSERT = Op.EQUAL, Op.DELETE, Op.INSERT


@pytest.mark.parametrize(
    ("older", "newer", "runs"),
    [
        ("", "new", [(INSERT, "new")]),
        ("old", "", [(DELETE, "old")]),
        ("same", "same", [(EQUAL, "same")]),
        ("a b c", "a b", [(EQUAL, "a b"), (DELETE, " c")]),
        # Of two lines that share less than six tenths nobody could read the words one by one.
        (
            "a b c",
            "a x y",
            [(EQUAL, "a "), (DELETE, "b"), (INSERT, "x"), (EQUAL, " "), (DELETE, "c"), (INSERT, "y")],
        ),
        ("a b c d", "w x y z", [(DELETE, "a b c d"), (INSERT, "w x y z")]),
        ("one\ntwo\n", "one\ntwo\nthree\n", [(EQUAL, "one\ntwo\n"), (INSERT, "three\n")]),
        ("one\ntwo\nthree\n", "one\nthree\n", [(EQUAL, "one\n"), (DELETE, "two\n"), (EQUAL, "three\n")]),
    ],
)
def test_what_was_taken_out_comes_before_what_took_its_place(older, newer, runs):
    assert [(run.op, run.text) for run in difference(older, newer)] == runs


def test_a_long_line_is_compared_by_its_sentences_and_the_words_of_those():
    line = "".join(f"In minute {number} nobody knew of it. " for number in range(100))
    newer = line.replace("minute 10 nobody", "minute 10 somebody").replace("minute 90", "second 90")
    found = difference(line, newer)
    assert [(run.op, run.text) for run in found if run.op is not EQUAL] == [
        (DELETE, "nobody"), (INSERT, "somebody"), (DELETE, "minute"), (INSERT, "second"),
    ]  # fmt: skip
    assert "".join(run.text for run in found if run.op is not INSERT) == line
    assert "".join(run.text for run in found if run.op is not DELETE) == newer


def test_what_repeats_itself_too_often_is_shown_whole():
    """The work must not grow with the square of what was typed."""
    older, newer = ("x" + "a, " * 300 + "y", "z" + "a, " * 301 + "w")
    assert [(run.op, run.text) for run in difference(older, newer)] == [(DELETE, older), (INSERT, newer)]


def test_only_sections_that_differ_are_listed_in_the_order_of_the_review():
    older = {SectionKey.WENT_WELL: "a", SectionKey.SUMMARY: "b", SectionKey.EXPECTED: "c"}
    newer = {SectionKey.WENT_WELL: "x", SectionKey.SUMMARY: "y", SectionKey.EXPECTED: "c"}
    assert [each.section for each in changes_between(older, newer)] == [
        SectionKey.SUMMARY,
        SectionKey.WENT_WELL,
    ]


def test_only_the_root_cause_and_the_changes_start_the_48_hours_again():
    assert restarts_the_count({SectionKey.ROOT_CAUSE: "a"}, {SectionKey.ROOT_CAUSE: "b"})
    assert restarts_the_count({}, {SectionKey.CHANGES: "b"})
    assert not restarts_the_count({SectionKey.WENT_WELL: "a"}, {SectionKey.WENT_WELL: "b"})


def test_an_excerpt_has_the_words_beside_what_changed_and_no_more():
    before, after = "one two " * 20, " three four" * 20
    between = "five six " * 20
    (change,) = changes_between(
        {SectionKey.SUMMARY: f"{before}old {between}old{after}"},
        {SectionKey.SUMMARY: f"{before}new {between}new{after}"},
    )
    first, _, _, middle, _, _, last = change.excerpt()
    assert first.text.startswith(" … one two ")
    assert last.text.endswith(" three four … ")
    assert middle.text.count("…") == 1
    assert {len(run.text) <= 125 for run in (first, middle, last)} == {True}
    assert [run.text for run in change.excerpt() if run.op != Op.EQUAL] == ["old", "new", "old", "new"]
    (short,) = changes_between({SectionKey.SUMMARY: "the old one"}, {SectionKey.SUMMARY: "the new one"})
    assert short.excerpt() == short.runs
    for length, is_cut in ((116, False), (117, True)):
        beside = "a" * (length - 1) + " "
        (change,) = changes_between(
            {SectionKey.SUMMARY: f"{beside}and old"}, {SectionKey.SUMMARY: f"{beside}and new"}
        )
        assert ("…" in change.excerpt()[0].text) is is_cut


@given(texts, texts)
def test_the_runs_give_back_both_texts(older, newer):
    runs = difference(older, newer)
    assert "".join(run.text for run in runs if run.op != Op.INSERT) == older
    assert "".join(run.text for run in runs if run.op != Op.DELETE) == newer


@given(documents, documents)
def test_a_section_is_listed_exactly_when_its_text_differs(older, newer):
    listed = {each.section for each in changes_between(older, newer)}
    assert listed == {key for key in SectionKey if older.get(key, "") != newer.get(key, "")}
