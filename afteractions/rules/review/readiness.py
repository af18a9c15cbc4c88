"""What is missing before the draft goes out, before the meeting, and before publication (domain.md, The
After Action).

Sections that come from the record (findings, timeline) are always there: what the record lacks is itself a
finding.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from afteractions.vocabulary import Certainty, ChangeKind, InvitationResponse, SectionKey, Strength
from majorops.formatting.time_words import day_words


@dataclass(frozen=True, slots=True)
class Missing:
    """What is missing and in which section, else on which `page`; `blocks` is False for what is shown and holds nothing
    up."""

    section: SectionKey | None
    text: str
    blocks: bool = True
    page: str = "people"


@dataclass(frozen=True, slots=True)
class Deviation:
    expected: str
    actual: str


@dataclass(frozen=True, slots=True)
class DraftChange:
    """A change as it is written: a draft may lack owner and date. `owner_text` is an owner whom nobody is known by;
    `is_settled`: its action item was done or cancelled already."""

    kind: ChangeKind
    change: str
    gap: str = ""
    owner: str | None = None
    due_on: date | None = None
    owner_text: str = ""
    is_settled: bool = False
    effect: str = ""
    strength: Strength | None = None


@dataclass(frozen=True, slots=True)
class VendorPart:
    """A vendor's part: `rca_date_known` by a committed date, by contract, or because the RCA is here."""

    name: str
    root_cause_related: bool | None
    has_service_manager: bool
    rca_date_known: bool


@dataclass(frozen=True, slots=True)
class Draft:
    """What the Learning Review says so far.

    `summary` holds the texts on impact, from the record or written; `names_in_root_cause` are the texts of
    the findings that block, `doubtful_in_root_cause` of what only looks like a name. `today` is the day of the
    incident's zone that due dates are looked at on, None once the review is published: what is overdue stays so.
    """

    summary: tuple[str, ...] = ()
    expected: tuple[Deviation, ...] = ()
    failure: str = ""
    certainty: Certainty = Certainty.KNOWN
    names_in_root_cause: tuple[str, ...] = ()
    doubtful_in_root_cause: tuple[str, ...] = ()
    went_well: tuple[str, ...] = ()
    changes: tuple[DraftChange, ...] = ()
    vendors: tuple[VendorPart, ...] = ()
    confirmed: frozenset[SectionKey] = frozenset()
    today: date | None = None


@dataclass(frozen=True, slots=True)
class Invited:
    """A required attendee; `name` as people read it. `is_owner`: whose draft it is."""

    name: str
    response: InvitationResponse
    has_read: bool
    is_owner: bool = False


def before_distributing(draft: Draft) -> list[Missing]:
    """What keeps the draft from being distributed, and what is only said (`blocks` False)."""
    return [*_prose(draft), *_names(draft), *_passed_dates(draft, blocks=False), *_unconfirmed(draft)]


def before_meeting(distributed: bool, invited: tuple[Invited, ...]) -> list[Missing]:
    """What the chair should know before starting; only a draft that is not out blocks.

    Reading is the reader's own click (domain.md), the owner's too, and counts for the Retell like everybody's; but
    nobody has to see to it that owners read what they wrote, so that they are not among those who have not read.
    """
    lacking: list[Missing] = []
    if not distributed:
        lacking.append(Missing(None, "The draft is not distributed: a meeting without a draft is a retell."))
    lacking += [
        Missing(None, f"{person.name} is required and has declined.", blocks=False)
        for person in invited
        if person.response == InvitationResponse.DECLINED
    ]
    asked = [person for person in invited if not person.is_owner]
    unread = [person for person in asked if not person.has_read]
    if distributed and unread:
        names = ", ".join(person.name for person in unread)
        lacking.append(
            Missing(
                None,
                f"{len(unread)} of {len(asked)} required attendees have not read the draft: {names}.",
                blocks=False,
            )
        )
    return lacking


def before_publishing(draft: Draft) -> list[Missing]:
    """What keeps the Learning Review from being published."""
    return [
        *_prose(draft),
        *_names(draft),
        *_changes(draft),
        *_passed_dates(draft, blocks=True),
        *_effects(draft),
        *_vendors(draft),
        *_unconfirmed(draft),
    ]


def sentences(missing: list[Missing]) -> tuple[str, ...]:
    """The sentences of what blocks, as `lifecycle` takes them."""
    return tuple(row.text for row in missing if row.blocks)


def open_comments(count: int) -> list[Missing]:
    """Comments that nobody resolved: a note, whatever goes out with them."""
    if not count:
        return []
    text = f"{count} comment{'' if count == 1 else 's'} on the draft {'is' if count == 1 else 'are'} not resolved yet."
    return [Missing(None, text, blocks=False, page="read")]


def _filled(*texts: str) -> bool:
    return all(text.strip() for text in texts)


def _prose(draft: Draft) -> Iterator[Missing]:
    if not any(_filled(text) for text in draft.summary):
        yield Missing(SectionKey.SUMMARY, "Say in the summary what the business and customer impact was.")
    if not any(_filled(row.expected, row.actual) for row in draft.expected):
        yield Missing(
            SectionKey.EXPECTED, "Say what was supposed to happen and what happened instead, at least once."
        )
    if not _filled(draft.failure) and draft.certainty != Certainty.UNKNOWN:
        yield Missing(
            SectionKey.ROOT_CAUSE, "State the failure in the root cause, or mark it as not yet known."
        )
    if not any(_filled(text) for text in draft.went_well):
        yield Missing(SectionKey.WENT_WELL, "Name at least one thing that went well.")


def _names(draft: Draft) -> Iterator[Missing]:
    if draft.names_in_root_cause:
        names = ", ".join(f"“{name}”" for name in draft.names_in_root_cause)
        yield Missing(
            SectionKey.ROOT_CAUSE,
            f"Take {names} out of the root cause: systems and processes only. What system allowed that error to "
            "occur?",
        )
    if draft.doubtful_in_root_cause:
        names = ", ".join(f"“{name}”" for name in draft.doubtful_in_root_cause)
        yield Missing(
            SectionKey.ROOT_CAUSE,
            f"In the root cause {names} may be the name of a person: take it out, or say in the draft that it is none.",
            blocks=False,
        )


def _changes(draft: Draft) -> Iterator[Missing]:
    if not draft.changes:
        yield Missing(SectionKey.CHANGES, "Name at least one change: what do we stop, start or continue?")
    for number, change in enumerate(draft.changes, start=1):
        if not _filled(change.change):
            yield Missing(SectionKey.CHANGES, f"Change {number} does not say what changes.")
        if change.kind == ChangeKind.CONTINUE or change.is_settled:
            continue
        lacking = [
            word
            for word, there in (
                ("an owner", _filled(change.owner or change.owner_text)),
                ("a date", change.due_on is not None),
            )
            if not there
        ]
        if lacking:
            yield Missing(SectionKey.CHANGES, f"Change {number} lacks {' and '.join(lacking)}.")
        elif not change.owner:
            yield Missing(
                SectionKey.CHANGES,
                f"No single match for “{change.owner_text}”, the owner of change {number}: pick someone or add them.",
            )


def _passed_dates(draft: Draft, *, blocks: bool) -> Iterator[Missing]:
    """Nobody can meet a date that has passed: an item that is published with one is overdue from the start."""
    for number, change in enumerate(draft.changes, start=1):
        if change.kind == ChangeKind.CONTINUE or change.is_settled or change.due_on is None:
            continue
        if draft.today is not None and change.due_on < draft.today:
            yield Missing(
                SectionKey.CHANGES,
                f"Change {number} was due on {day_words(change.due_on)}, which has passed: give it a date that can "
                "still be met.",
                blocks=blocks,
            )


def _effects(draft: Draft) -> Iterator[Missing]:
    """Domain: Learned means proved. Said, and never a reason to hold a publication up."""
    made = [
        (number, change)
        for number, change in enumerate(draft.changes, start=1)
        if change.kind != ChangeKind.CONTINUE and not change.is_settled
    ]
    silent = [str(number) for number, change in made if not _filled(change.effect)]
    if silent:
        which = f"Change {silent[0]} does" if len(silent) == 1 else f"Changes {', '.join(silent)} do"
        yield Missing(SectionKey.CHANGES, f"{which} not say how the effect will be seen.", blocks=False)
    if made and all(change.strength is Strength.WEAKER for _, change in made):
        yield Missing(
            SectionKey.CHANGES,
            "Nothing but training, reminders and care: every change is weaker. What would make the failure impossible, "
            "or seen at once?",
            blocks=False,
        )


def _vendors(draft: Draft) -> Iterator[Missing]:
    for vendor in draft.vendors:
        if vendor.root_cause_related is None and not vendor.rca_date_known:
            yield Missing(
                SectionKey.VENDORS,
                f"Whether {vendor.name} is part of the root cause is not settled, and its RCA has no date: settle it, "
                "or set the date.",
                blocks=False,
            )
        if not vendor.root_cause_related:
            continue
        if not vendor.has_service_manager:
            yield Missing(
                SectionKey.VENDORS, f"{vendor.name} is part of the root cause: assign a Service Manager."
            )
        if not vendor.rca_date_known:
            yield Missing(
                SectionKey.VENDORS,
                f"{vendor.name} is part of the root cause: set the date of its RCA. “Waiting on them” is no date.",
            )


def _unconfirmed(draft: Draft) -> Iterator[Missing]:
    for section in (SectionKey.EXPECTED, SectionKey.ROOT_CAUSE):
        if section not in draft.confirmed:
            yield Missing(
                section,
                f"The Technical Recovery Lead has not confirmed “{section.label}”.",
                blocks=False,
            )
