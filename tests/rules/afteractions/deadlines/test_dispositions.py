"""What counts as evidence that an action item is done, and what a review has dealt with."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from afteractions.rules.deadlines.dispositions import reviews, says_where_to_look, without_disposition
from afteractions.rules.facts import ActionFacts, DispositionFacts
from afteractions.vocabulary import ActionStatus, Disposition

PUBLISHED = datetime(2026, 3, 2, 9, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    "text", ["x", "Done.", "done done", "A link", "123", "…", "Finished", "FINISHED", "月曜日実施"]
)
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
        "月曜日に実施",
    ],
)
def test_a_link_a_file_a_number_or_a_few_words_say_where_to_look(text: str) -> None:
    assert says_where_to_look(text)


def item(status: ActionStatus = ActionStatus.OPEN, **more) -> ActionFacts:
    return ActionFacts("ACT-7F3QK", "ann", date(2026, 4, 20), ZoneInfo("UTC"), status, **more)


def extended(at: datetime) -> tuple[DispositionFacts, ...]:
    return (DispositionFacts(Disposition.EXTENDED, at),)


def test_a_review_has_dealt_with_what_was_resolved_or_got_a_disposition_since_it_began():
    """domain.md, 30-day review: each open item gets a disposition by the MIM."""
    is_open, dealt_with = item(), item(dispositions=extended(PUBLISHED))
    done = item(ActionStatus.DONE, resolved_at=PUBLISHED - DAY)
    of_before = item(dispositions=extended(PUBLISHED - DAY))
    [review] = reviews(PUBLISHED, [is_open])
    assert without_disposition([is_open, dealt_with, done, of_before], review) == [is_open, of_before]


@pytest.mark.parametrize(("settled_on", "due_on"), [(29, 60), (30, 60), (59, 60), (60, 90), (61, 90)])
def test_what_was_extended_comes_back_on_the_next_multiple_of_30_days(settled_on: int, due_on: int) -> None:
    """domain.md, 30-day review: everything else, extended included, comes back every 30 days until resolved."""
    first, second = reviews(PUBLISHED, [item(dispositions=extended(PUBLISHED + settled_on * DAY))])
    assert (first.due_at, first.met_at) == (PUBLISHED + 30 * DAY, PUBLISHED + settled_on * DAY)
    assert (second.due_at, second.met_at) == (PUBLISHED + due_on * DAY, None)


def test_a_review_is_done_with_the_last_of_its_items():
    late, early = (item(ActionStatus.DONE, resolved_at=PUBLISHED + days * DAY) for days in (9, 4))
    [review] = reviews(PUBLISHED, [late, early])
    assert review.met_at == PUBLISHED + 9 * DAY
    # What was resolved before the publication leaves nothing to review.
    [review] = reviews(PUBLISHED, [item(ActionStatus.CANCELLED, resolved_at=PUBLISHED - DAY)])
    assert review.met_at == PUBLISHED
