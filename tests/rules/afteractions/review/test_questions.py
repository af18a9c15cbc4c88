"""The questions beside the writing, and the agenda of the meeting."""

import itertools
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from afteractions.rules.review.questions import AGENDA, ASK_INSTEAD, PROMPTS, agenda
from afteractions.vocabulary import AntiPattern, SectionKey


def test_every_section_has_its_questions_and_its_place_on_the_agenda():
    assert set(PROMPTS) == set(SectionKey)
    assert sorted(key for item in AGENDA for key in item.sections) == sorted(SectionKey)


def test_every_anti_pattern_has_the_question_to_ask_instead():
    assert set(ASK_INSTEAD) == set(AntiPattern)
    assert all(question.endswith("?") for question in ASK_INSTEAD.values())


@given(st.integers(1, 600))
def test_the_time_boxes_fill_the_meeting_without_gaps(minutes):
    boxes = agenda(timedelta(minutes=minutes))
    assert sum((box.lasts for box in boxes), timedelta()) == timedelta(minutes=minutes)
    for box, following in itertools.pairwise(boxes):
        assert box.begins + box.lasts == following.begins
