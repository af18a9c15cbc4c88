"""The bridge close-out: at the close each responder is asked for one line "worked" and one line "slowed us"; the
answers wait in the draft as raw material (domain.md, The incident record)."""

from datetime import datetime

from django.db import transaction

from afteractions.access import can_close_out, responders
from afteractions.models import AfterAction, CloseOutAnswer
from afteractions.operations import lifecycle
from afteractions.operations.announcements import notify
from afteractions.operations.review.section_editing import add_change, add_went_well
from afteractions.rules.review.close_out import change_for
from afteractions.vocabulary import ChangeKind, CloseOutLine, SectionKey, Status, WentWellKind
from majorops.audit import trail
from majorops.errors import BadInput, NotAllowed, NotFound, Problem, RuleViolation
from majorops.notices.outbox import NoticeWords, settled
from majorops.people.models import Person
from majorops.texts import too_long, unstorable

LONGEST_LINE = 500
RESPONDERS_ONLY = "Those who responded say how it went: whoever held a role or worked on a recovery track."


def ask_responders(after_action: AfterAction, *, now: datetime) -> None:
    """Asks each responder for the two lines, once. Of the past nobody is asked."""
    incident = after_action.incident
    notify(
        responders(after_action),
        after_action,
        about=after_action,
        step="close-out",
        words=NoticeWords(
            f"Say in two lines what worked and what slowed us in {incident.reference}, while it is fresh",
            f"{incident.reference} “{incident.title}” is closed, and you were part of the response.\n\n"
            "One line on what worked, one line on what slowed us: they wait in the draft of the Learning Review, with "
            "your name beside them. You can change them until the draft is distributed.",
            masked="Two lines are asked of you about an incident that you responded to.",
        ),
        url=f"{after_action.get_absolute_url()}close-out/",
        now=now,
    )


@transaction.atomic
def close_out(
    after_action: AfterAction, *, worked: str, slowed: str, by: Person, at: datetime, now: datetime
) -> CloseOutAnswer:
    """Keeps what one responder says; saying it again takes the place of what was said before, which is kept.

    Raises NotAllowed, RuleViolation once the draft is out, BadInput for nothing at all or more than a line.
    """
    after_action = lifecycle.locked(after_action)
    if not can_close_out(by, after_action):
        raise NotAllowed(RESPONDERS_ONLY)
    if after_action.status != Status.DRAFT:
        raise RuleViolation("The draft is out: add it as a comment on the draft, or in the meeting.")
    lifecycle.check_instant(
        at, now=now, after=[(after_action.incident.closed_at, "the close of the incident")]
    )
    data = {CloseOutLine.WORKED: worked, CloseOutLine.SLOWED: slowed}
    lines = {line.value: " ".join(text.split()) for line, text in data.items()}
    if problems := [problem for name, text in lines.items() for problem in _problems(name, text)]:
        raise BadInput(problems)
    if not any(lines.values()):
        raise BadInput.of("worked", "Say at least one of the two.")
    before = CloseOutAnswer.objects.filter(after_action=after_action, person=by).last()
    if before is not None and (before.worked, before.slowed) == (lines["worked"], lines["slowed"]):
        return before
    answer = CloseOutAnswer.objects.create(after_action=after_action, person=by, at=at, **lines)
    trail.record(
        "said what worked and what slowed the response",
        after_action,
        by=by,
        at=now,
        scope=after_action.incident.reference,
        changes={
            name: (getattr(before, name) if before else None, text) for name, text in lines.items() if text
        },
    )
    settled([after_action], step="close-out", now=now, person=by)
    return answer


def _problems(name: str, text: str) -> list[Problem]:
    problem = too_long(text, LONGEST_LINE) or unstorable(text)
    return [Problem(name, problem)] if problem else []


def latest_answers(after_action: AfterAction) -> list[CloseOutAnswer]:
    """What stands of what was said: the latest answer of each person, the first who spoke first."""
    close_out_answers = CloseOutAnswer.objects.filter(after_action=after_action).select_related("person")
    latest = {answer.person_id: answer for answer in close_out_answers}
    return list(latest.values())


def take_over(
    after_action: AfterAction,
    answer_id: int,
    line: str,
    *,
    by: Person | None,
    at: datetime,
    now: datetime,
) -> SectionKey:
    """Takes one line over into the draft: what worked as a row of what went well, what slowed us as a change to be
    given an owner and a date. Returns the section. Raises NotFound for a line that does not stand (any more)."""
    answer = next((row for row in latest_answers(after_action) if row.pk == answer_id), None)
    text = getattr(answer, line, "") if CloseOutLine.knows(line) else ""
    if not text:
        raise NotFound("This line was changed meanwhile: reload the page to see what stands.")
    if line == CloseOutLine.WORKED:
        add_went_well(after_action, text=text, kind=WentWellKind.ACTION.value, by=by, at=at, now=now)
        return SectionKey.WENT_WELL
    add_change(
        after_action,
        kind=ChangeKind.START.value,
        change=change_for(text),
        gap=text,
        by=by,
        at=at,
        now=now,
    )
    return SectionKey.CHANGES
