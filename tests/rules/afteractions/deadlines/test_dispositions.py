"""What counts as evidence that an action item is done."""

import pytest

from afteractions.rules.deadlines.dispositions import says_where_to_look


@pytest.mark.parametrize("text", ["x", "Done.", "done done", "A link", "123", "…"])
def test_what_shows_nothing_is_no_evidence(text: str) -> None:
    assert not says_where_to_look(text)


@pytest.mark.parametrize(
    "text",
    [
        "Drill 812",
        "PR#12",
        "report.pdf",
        "https://ci.example/42",
        "They restored it",
        "月曜日の訓練は成功した",
    ],
)
def test_a_link_a_file_a_number_or_a_few_words_say_where_to_look(text: str) -> None:
    assert says_where_to_look(text)
