"""The 30-day review of the action items: what resolves an item, and when the review comes back.

Seed: Timeline, "Action item completion reviewed 30 days after publication"; domain.md, 30-day review.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from afteractions.rules.facts import ActionFacts
from afteractions.vocabulary import Disposition

REVIEW_EVERY = timedelta(days=30)

# What each disposition asks for, in the words of the form that takes it.
EVIDENCE_OF = {
    Disposition.DONE: "evidence",
    Disposition.EXTENDED: "a new date and a reason",
    Disposition.CANCELLED: "a reason",
}

WORDS_AT_LEAST = 3
LETTERS_AT_LEAST = 6
# A link, a file, or a run, a drill, a ticket by its number.
_BY_NAME = re.compile(r"https?://\S|\b\w[\w-]*\.\w{2,5}\b|\b[^\W\d]{2,}[\s#_-]*\d")


def says_where_to_look(evidence: str) -> bool:
    """Whether somebody else could check that an item is done: by a link, a file, a thing with its number, or a sentence
    of a few words. "x" and "done" show nothing."""
    words = re.findall(r"\w+", evidence)
    # What has no capitals may be written without blanks between the words.
    unspaced = any(len(word) >= LETTERS_AT_LEAST and word.lower() == word.upper() for word in words)
    return bool(_BY_NAME.search(evidence)) or len(words) >= WORDS_AT_LEAST or unspaced


@dataclass(frozen=True, slots=True)
class ItemReview:
    """One review of the action items: what is settled from `since` on counts for it; `met_at` is None while an open
    item waits for its disposition."""

    number: int
    since: datetime
    due_at: datetime
    met_at: datetime | None


def without_disposition(items: Iterable[ActionFacts], review: ItemReview) -> list[ActionFacts]:
    """The open items that the review has not dealt with."""
    return [item for item in items if _settled_at(item, review.since) is None]


def _settled_at(item: ActionFacts, since: datetime) -> datetime | None:
    """When the item was first dealt with after `since`: resolved, or given a disposition."""
    moments = [disposition.at for disposition in item.dispositions if disposition.at >= since]
    if item.resolved_at is not None:
        moments.append(max(item.resolved_at, since))
    return min(moments, default=None)


def _is_resolved_by(item: ActionFacts, at: datetime) -> bool:
    return item.resolved_at is not None and item.resolved_at <= at


def reviews(published_at: datetime, items: Sequence[ActionFacts]) -> list[ItemReview]:
    """Every review up to the one that is open, or the last one if all items are resolved.

    The first is due 30 days after publication and met once every item is resolved or has a disposition.
    While an item stays unresolved another follows, on the next multiple of 30 days after the one before was
    done.
    """
    answer: list[ItemReview] = []
    since = due_at = published_at.astimezone(UTC)
    while True:
        due_at += REVIEW_EVERY * max(1, (since - due_at) // REVIEW_EVERY + 1)
        settled = [_settled_at(item, since) for item in items]
        met_at = None if None in settled else max([since, *(at for at in settled if at)])
        answer.append(ItemReview(len(answer) + 1, since, due_at, met_at))
        if met_at is None or all(_is_resolved_by(item, met_at) for item in items):
            return answer
        since = met_at + timedelta(microseconds=1)
