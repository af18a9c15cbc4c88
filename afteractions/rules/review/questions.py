"""The questions that stand beside the writing, and the agenda of the meeting. Sources: both seed texts."""

from dataclasses import dataclass
from datetime import timedelta

from afteractions.vocabulary import AntiPattern, SectionKey

HEADLINE = "What did we learn, and what do we change?"

PROMPTS: dict[SectionKey, tuple[str, ...]] = {
    SectionKey.SUMMARY: (
        "Which users and which business were affected, and how much revenue was exposed?",
        "Was an SLA broken?",
    ),
    SectionKey.RECORD_FINDINGS: (
        "What was not captured while the incident ran, and how do we capture it next time?",
        "What did this incident repeat that an earlier review had wanted to change?",
    ),
    SectionKey.TIMELINE: ("Which entries tell the turning points? Highlight them; the record itself stays.",),
    SectionKey.EXPECTED: (
        "What was supposed to happen?",
        "Where did we deviate from process, procedure or best practice, and what does the expert say?",
        "How could the incident have been detected sooner, or answered more effectively?",
    ),
    SectionKey.ROOT_CAUSE: (
        "What specific failure caused the incident, and what contributed to it?",
        "What should have happened and did not, and why?",
        "If a person made an error: what system allowed that error to occur?",
    ),
    SectionKey.WENT_WELL: (
        "What decision made a difference in this incident?",
        "What worked faster or better than expected?",
        "What process held up under pressure?",
    ),
    SectionKey.CHANGES: (
        "What slowed us down that a process change would fix?",
        "What information did we not have that we should have had?",
        "What would have changed the outcome if we had caught it earlier?",
        "What should we stop doing? What should we start? What should we keep doing?",
    ),
    SectionKey.LEARNING_STATEMENTS: ("Is it specific, named and actionable? Who changes what, by when?",),
    SectionKey.ACTION_ITEMS: ("Does each item have exactly one owner and a date that the owner agreed to?",),
    SectionKey.VENDORS: (
        "When was the vendor engaged, and how does its response compare with its stated SLA?",
        "How did the failure of the vendor's system change the timeline?",
        "Which items are open, and to which date did the vendor commit?",
    ),
}

# What the chair asks when naming an anti-pattern.
ASK_INSTEAD: dict[AntiPattern, str] = {
    AntiPattern.BLAME_SESSION: "What system allowed that error to occur?",
    AntiPattern.RETELL: "We have all read the draft: which part of it is wrong or missing?",
    AntiPattern.VANISHING_TASKS: "Who owns this, and by which date will it be done?",
    AntiPattern.MISSING_VENDOR: "By which date do we have the vendor's RCA, and which Service Manager follows it up?",
    AntiPattern.PRE_SCHEDULED_CANCEL: "What has to be true for us to hold the meeting at this time?",
}


@dataclass(frozen=True, slots=True)
class AgendaItem:
    """A point of the meeting: `share` of the time in parts of a hundred, and the sections it goes through."""

    title: str
    share: int
    sections: tuple[SectionKey, ...]
    purpose: str


@dataclass(frozen=True, slots=True)
class TimeBox:
    """An agenda item with its place in a meeting, counted from the start."""

    item: AgendaItem
    begins: timedelta
    lasts: timedelta


# Little time for what everyone has read, most of it for what is decided.
AGENDA: tuple[AgendaItem, ...] = (
    AgendaItem(
        "Opening",
        5,
        (SectionKey.SUMMARY,),
        "Attendance, who has read the draft, and the question of the meeting.",
    ),
    AgendaItem(
        "Findings of the record and timeline",
        10,
        (SectionKey.RECORD_FINDINGS, SectionKey.TIMELINE),
        "Only what is wrong or missing: no retelling.",
    ),
    AgendaItem(
        "What was supposed to happen",
        15,
        (SectionKey.EXPECTED,),
        "Deviations, and ways to have detected sooner or responded better.",
    ),
    AgendaItem("Root cause", 20, (SectionKey.ROOT_CAUSE, SectionKey.VENDORS), "Systems and processes only."),
    AgendaItem("What went well", 10, (SectionKey.WENT_WELL,), "What must continue."),
    AgendaItem(
        "What we are changing",
        30,
        (SectionKey.CHANGES, SectionKey.LEARNING_STATEMENTS, SectionKey.ACTION_ITEMS),
        "Stop, start, continue: each with an owner and a date.",
    ),
    AgendaItem("Agreement", 10, (), "Is the content agreed? Which External Messages, by when?"),
)


def agenda(length: timedelta) -> list[TimeBox]:
    """The agenda laid out over a meeting of this length, in whole minutes that add up to it."""
    minutes = length // timedelta(minutes=1)
    boxes: list[TimeBox] = []
    begun = passed = 0
    for item in AGENDA:
        passed += item.share
        ends = round(minutes * passed / 100)
        boxes.append(TimeBox(item, timedelta(minutes=begun), timedelta(minutes=ends - begun)))
        begun = ends
    return boxes
