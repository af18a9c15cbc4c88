"""The three questions after the meeting: one click each, kept as totals and never by person (domain.md, Learned means
proved; docs/decisions/questions-are-kept-as-totals.md)."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from afteractions.models import AfterAction, Attendee, Meeting, QuestionTally
from afteractions.operations import lifecycle
from afteractions.vocabulary import MeetingQuestion
from majorops.audit import trail
from majorops.errors import BadInput, NotAllowed, RuleViolation
from majorops.people.models import Person

COUNTED = "Thank you: your answer is counted, and not kept with your name."
# Of fewer answers somebody could guess whose they are; by so many at once the totals move on.
FEWEST_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Total:
    """How many answered a question with yes, of how many."""

    question: MeetingQuestion
    yes: int
    of: int


@transaction.atomic
def answer_question(
    after_action: AfterAction, question: str, *, yes: bool, by: Person, at: datetime, now: datetime
) -> None:
    """Counts the answer of an attendee to a question about the last meeting that was held, once.

    Raises BadInput (question) for one that is none of the three, NotAllowed for whoever does not attend, RuleViolation
    before a meeting was held and for a second answer.
    """
    after_action = lifecycle.locked(after_action)
    attendee = after_action.attendees.filter(person=by, included=True).first()
    if attendee is None:
        raise NotAllowed("Whoever attends the meeting answers the questions about it.")
    if not MeetingQuestion.knows(question):
        raise BadInput.of("question", f"Choose one of: {', '.join(MeetingQuestion.keys())}.")
    meeting = last_held(after_action)
    if meeting is None or meeting.held_until is None:
        raise RuleViolation("The questions are asked once the meeting was held.")
    lifecycle.check_instant(at, now=now, after=[(meeting.held_until, "the end of the meeting")])
    if MeetingQuestion(question) not in questions_left(meeting, attendee):
        raise RuleViolation("You answered this already. Answers are kept as totals: none can be changed.")
    attendee.questions_answered = [*attendee.questions_answered, _mark(meeting, question)]
    attendee.save(update_fields=["questions_answered"])
    tally, _ = QuestionTally.objects.get_or_create(meeting=meeting, question=question)
    tally.yes, tally.no = tally.yes + yes, tally.no + (not yes)
    if (tally.yes + tally.no) % FEWEST_SHOWN == 0:
        tally.shown_yes, tally.shown = tally.yes, tally.yes + tally.no
    tally.save()
    # Without who and what: the audit must not tell what the totals do not.
    scope = after_action.incident.reference
    trail.record("counted an answer about the meeting", meeting, by=None, at=now, scope=scope)


def last_held(after_action: AfterAction) -> Meeting | None:
    """The latest meeting that was held."""
    return after_action.meetings.filter(held_until__isnull=False).order_by("round").last()


def questions_left(meeting: Meeting, attendee: Attendee) -> list[MeetingQuestion]:
    """The questions about this meeting that the attendee did not answer yet, in their order."""
    answered = set(attendee.questions_answered)
    return [question for question in MeetingQuestion if _mark(meeting, question) not in answered]


def _mark(meeting: Meeting, question: str) -> str:
    return f"{meeting.round} {question}"


def totals_of(meeting: Meeting) -> list[Total]:
    """The totals of a meeting, of each question that enough people answered, as they were at the last third answer."""
    tallies = {tally.question: tally for tally in meeting.tallies.all()}
    totals = [
        Total(question, tally.shown_yes, tally.shown)
        for question in MeetingQuestion
        if (tally := tallies.get(question))
    ]
    return [total for total in totals if total.of]
