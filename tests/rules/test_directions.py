"""Typed text turns nothing but itself, whatever directions it opens and leaves open."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from majorops.formatting.directions import isolated, isolated_html, isolated_quotations

OPENS = dict.fromkeys("\u202a\u202b\u202d\u202e", "\u202c") | dict.fromkeys("\u2066\u2067\u2068", "\u2069")
typed = st.text(st.sampled_from([*OPENS, "\u202c", "\u2069", "a", "ب", "\n", "1"]))


def left_open(line: str) -> list[str]:
    """What is still open at the end of a line; raises for an end of what was never begun."""
    waiting: list[str] = []
    for character in line:
        if character in OPENS:
            waiting.append(OPENS[character])
        elif character in OPENS.values():
            assert waiting.pop() == character
    return waiting


@given(typed)
def test_every_line_of_an_isolated_text_closes_what_it_opens(text: str) -> None:
    for line in isolated(text).split("\n"):
        assert left_open(line) == []


@given(typed)
def test_isolating_loses_no_letter_and_once_is_enough(text: str) -> None:
    controls = {*OPENS, *OPENS.values()}
    once = isolated(text)
    assert isolated(once) == once
    assert [c for c in once if c not in controls] == [c for c in text if c not in controls]


@pytest.mark.parametrize("text", ["", "plain", "Zoë – 決済 “quoted”", "\n"])
def test_text_that_turns_nothing_stays_as_it_is(text: str) -> None:
    assert isolated(text) == isolated_html(text) == isolated_quotations(text) == text


def test_a_sentence_goes_on_after_what_it_quotes() -> None:
    sentence = "INC-1 “\u202etxet” is due on 3 March.\nSee you"
    first, second = isolated_quotations(sentence).split("\n")
    assert first == "INC-1 “\u2068\u202etxet\u202c\u2069” is due on 3 March."
    assert second == "See you"


def test_a_page_keeps_its_marks_and_what_is_typed_into_again() -> None:
    page = '<p title="\u202ex">\u202eone<b>two</b></p><textarea>\u202ethree</textarea>'
    assert isolated_html(page) == (
        '<p title="\u202ex">\u2068\u202eone\u202c\u2069<b>two</b></p><textarea>\u202ethree</textarea>'
    )
