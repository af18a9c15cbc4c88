"""The five anti-patterns, found from facts with their evidence (domain.md, Anti-patterns.

Seed: Anti-Patterns).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from afteractions.rules.deadlines.calendar import after
from afteractions.rules.deadlines.deadlines import DRAFT_OUT_BEFORE_MEETING
from afteractions.vocabulary import AntiPattern

RESCHEDULES_TOLERATED = 1


@dataclass(frozen=True, slots=True)
class Reschedule:
    """A move of the meeting.

    One for an unready draft that stays inside the deadline to hold is not counted.
    """

    at: datetime
    draft_unready: bool
    inside_deadline: bool


@dataclass(frozen=True, slots=True)
class ItemFacts:
    """An action item; `disposed` once a review gave it a disposition."""

    title: str
    has_owner: bool
    has_date: bool
    resolved: bool = False
    disposed: bool = False


@dataclass(frozen=True, slots=True)
class VendorInvolved:
    """`rca_overdue`: the date passed, nothing arrived and nobody escalated."""

    name: str
    has_service_manager: bool
    rca_date_known: bool
    rca_overdue: bool = False


@dataclass(frozen=True, slots=True)
class AntiPatternFacts:
    """`refused_for_names`: the words for which a distribution was refused; `blaming_words`: those in the
    root cause of the latest distributed revision. `meeting_ended` and `review_due_at` are None until they
    are known.
    """

    mandatory: bool
    refused_for_names: tuple[str, ...] = ()
    blaming_words: tuple[str, ...] = ()
    first_distributed_at: datetime | None = None
    started_at: datetime | None = None
    required: int = 0
    required_who_had_read: int = 0
    meeting_ended_at: datetime | None = None
    items_at_end: tuple[ItemFacts, ...] = ()
    review_due_at: datetime | None = None
    items: tuple[ItemFacts, ...] = ()
    vendors: tuple[VendorInvolved, ...] = ()
    vendors_settled_by: datetime | None = None
    reschedules: tuple[Reschedule, ...] = ()
    hold_by: datetime | None = None


@dataclass(frozen=True, slots=True)
class Occurrence:
    """An anti-pattern that occurred; `key` is stable, so that each occurrence is kept once."""

    kind: AntiPattern
    key: str
    evidence: str


def occurrences(facts: AntiPatternFacts, at: datetime) -> list[Occurrence]:
    """Everything the facts show at the instant `at`."""
    return [
        *_blame_session(facts),
        *_retell(facts),
        *_vanishing_tasks(facts, at),
        *_missing_vendor(facts, at),
        *_pre_scheduled_cancel(facts, at),
    ]


def _blame_session(facts: AntiPatternFacts) -> Iterator[Occurrence]:
    if facts.refused_for_names:
        yield Occurrence(
            AntiPattern.BLAME_SESSION,
            "names",
            f"A distribution was refused for names in the root cause ({len(facts.refused_for_names)}).",
        )
    if facts.blaming_words:
        words = ", ".join(f"“{word}”" for word in facts.blaming_words)
        yield Occurrence(AntiPattern.BLAME_SESSION, "words", f"The root cause was distributed with {words}.")


def _retell(facts: AntiPatternFacts) -> Iterator[Occurrence]:
    if facts.started_at is None:
        return
    if facts.first_distributed_at is None:
        yield Occurrence(AntiPattern.RETELL, "late_draft", "The meeting started without a draft.")
    elif after(facts.first_distributed_at, DRAFT_OUT_BEFORE_MEETING) > facts.started_at:
        yield Occurrence(
            AntiPattern.RETELL, "late_draft", "The draft went out less than 48 h before the meeting started."
        )
    if 3 * facts.required_who_had_read < 2 * facts.required:
        yield Occurrence(
            AntiPattern.RETELL,
            "unread",
            f"{facts.required_who_had_read} of {facts.required} required attendees had read the draft at the "
            "start, fewer than two thirds.",
        )


def _vanishing_tasks(facts: AntiPatternFacts, at: datetime) -> Iterator[Occurrence]:
    if facts.meeting_ended_at is not None:
        loose = [item.title for item in facts.items_at_end if not (item.has_owner and item.has_date)]
        if loose:
            yield Occurrence(
                AntiPattern.VANISHING_TASKS,
                "loose",
                f"Without owner or date at the end of the meeting: {_listed(loose)}.",
            )
    if facts.review_due_at is not None and facts.review_due_at <= at:
        forgotten = [item.title for item in facts.items if not (item.resolved or item.disposed)]
        if forgotten:
            yield Occurrence(
                AntiPattern.VANISHING_TASKS,
                f"review:{facts.review_due_at:%Y-%m-%d}",
                f"Unresolved and without disposition at the review: {_listed(forgotten)}.",
            )


def _missing_vendor(facts: AntiPatternFacts, at: datetime) -> Iterator[Occurrence]:
    for vendor in facts.vendors:
        if vendor.rca_overdue:
            yield Occurrence(
                AntiPattern.MISSING_VENDOR,
                f"overdue:{vendor.name}",
                f"The date of the RCA of {vendor.name} passed without delivery or escalation.",
            )
        if facts.vendors_settled_by is None or at < facts.vendors_settled_by:
            continue
        lacking = [
            word
            for word, there in (
                ("Service Manager", vendor.has_service_manager),
                ("date for its RCA", vendor.rca_date_known),
            )
            if not there
        ]
        if lacking:
            yield Occurrence(
                AntiPattern.MISSING_VENDOR,
                f"unplanned:{vendor.name}",
                f"{vendor.name} was involved and has no {' and no '.join(lacking)}.",
            )


def _pre_scheduled_cancel(facts: AntiPatternFacts, at: datetime) -> Iterator[Occurrence]:
    counted = [
        reschedule
        for reschedule in facts.reschedules
        if not (reschedule.draft_unready and reschedule.inside_deadline)
    ]
    if len(counted) > RESCHEDULES_TOLERATED:
        yield Occurrence(
            AntiPattern.PRE_SCHEDULED_CANCEL, "reschedules", f"The meeting was moved {len(counted)} times."
        )
    not_held = facts.meeting_ended_at is None or (
        facts.hold_by is not None and facts.meeting_ended_at > facts.hold_by
    )
    if facts.mandatory and facts.hold_by is not None and facts.hold_by <= at and not_held:
        yield Occurrence(
            AntiPattern.PRE_SCHEDULED_CANCEL,
            "not_held",
            "A mandatory After Action was not held by its deadline.",
        )


def _listed(titles: list[str]) -> str:
    return ", ".join(f"“{title}”" for title in titles)
