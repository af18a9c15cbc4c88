"""The three questions after the meeting: one click each, totals of at least three answers, never by person."""

from datetime import timedelta

import pytest

from afteractions.models import AfterAction, QuestionTally
from afteractions.operations.meeting.attendees import set_attendees
from afteractions.operations.meeting.questions import answer_question, last_held, questions_left, totals_of
from afteractions.queries.insights.filters import InsightFilters
from afteractions.queries.insights.meetings import meeting_answers
from afteractions.vocabulary import MeetingQuestion
from majorops import clock
from majorops.audit.models import AuditEntry
from majorops.errors import BadInput, NotAllowed, RuleViolation
from majorops.people.models import Person
from tests.factories.afteractions import a_distributed_review, a_reviewed_review
from tests.factories.people import a_person
from tests.web.browsing import browser_of

pytestmark = pytest.mark.django_db


def say(after_action: AfterAction, person: Person, question: str = "learned", *, yes: bool = True) -> None:
    now = clock.now()
    answer_question(after_action, question, yes=yes, by=person, at=now, now=now)


@pytest.fixture
def attendees() -> list[Person]:
    """Those who attend a meeting that was held, five of them or more."""
    after_action = a_reviewed_review()
    more = [a_person("Ada Voss"), a_person("Ben Ruiz"), a_person("Cleo Hart")]
    rows = [{"person": person, "included": True, "reason": "Knows the queue"} for person in more]
    now = clock.now()
    set_attendees(after_action, rows, by=after_action.incident.mim, at=now, now=now)
    people = [row.person for row in after_action.attendees.filter(included=True).select_related("person")]
    assert len(people) >= 5
    return people


def test_a_total_is_shown_from_three_answers_on_and_never_says_whose(attendees: list[Person]) -> None:
    after_action = AfterAction.objects.get()
    meeting = last_held(after_action)
    assert meeting is not None
    assert meeting.held_until is not None
    place = f"/after-actions/{after_action.reference}"
    for person, yes, shown in zip(attendees, (True, False, True), (0, 0, 1), strict=False):
        said = {"question": "learned", "answer": "yes" if yes else "no"}
        page = browser_of(person).post(f"{place}/meeting/questions/", said, follow=True)
        assert "your answer is counted" in page.content.decode()
        assert len(totals_of(meeting)) == shown
    # Of the next answer alone somebody could tell what it was.
    say(after_action, attendees[3], yes=False)
    (total,) = totals_of(meeting)
    assert (total.question, total.yes, total.of) == (MeetingQuestion.LEARNED, 2, 3)
    here = {row.person: row for row in after_action.attendees.select_related("person")}
    assert questions_left(meeting, here[attendees[0]]) == [
        MeetingQuestion.SPOKE_FREELY,
        MeetingQuestion.WORTH_IT,
    ]
    assert questions_left(meeting, here[attendees[4]]) == list(MeetingQuestion)
    # In the month of the meeting, for whoever may see it, and on its page.
    (month,) = meeting_answers(
        attendees[0], InsightFilters.read({"months": "12"}, at=meeting.held_until + timedelta(days=1))
    )
    assert month.counted == {MeetingQuestion.LEARNED: (2, 3)}
    assert "2 of 3 said yes" in browser_of(attendees[0]).get(f"{place}/meeting/").content.decode()
    # Neither beside the person nor in the audit.
    assert here[attendees[0]].questions_answered == here[attendees[1]].questions_answered == ["1 learned"]
    counted = AuditEntry.objects.filter(verb="counted an answer about the meeting")
    assert counted.count() == 4
    assert {(entry.by_id, str(entry.changes)) for entry in counted} == {(None, "{}")}


def test_a_question_is_answered_once_by_those_who_attend_after_the_meeting(attendees: list[Person]) -> None:
    after_action = AfterAction.objects.get()
    say(after_action, attendees[0])
    with pytest.raises(RuleViolation, match="You answered this already"):
        say(after_action, attendees[0], yes=False)
    with pytest.raises(NotAllowed):
        say(after_action, a_person("Rhea Outside"))
    with pytest.raises(BadInput):
        say(after_action, attendees[0], "who_was_it")
    assert QuestionTally.objects.values_list("question", "yes", "no").get() == ("learned", 1, 0)


def test_before_a_meeting_was_held_nobody_is_asked() -> None:
    after_action = a_distributed_review()
    with pytest.raises(RuleViolation, match="once the meeting was held"):
        say(after_action, after_action.incident.mim)
