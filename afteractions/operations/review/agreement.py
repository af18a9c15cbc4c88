"""What is published, against what was agreed and what the attendees were sent: what people wrote since, section by
section. Seed: "content has been reviewed and agreed upon"."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any

from afteractions.models import AfterAction, Revision, Section, SectionText, StatusNote
from afteractions.operations.readers.reading import section_lines
from afteractions.operations.review.document import Review, full_name_of
from afteractions.operations.review.sections import normal, people_named
from afteractions.rules.review.changes_between import SectionChange, Texts, changes_between
from afteractions.vocabulary import MeetingPart, RevisionKind, SectionKey, Status

# What the record gives follows the record: nobody agreed on it, and nobody can write it.
TEXTS = (SectionKey.SUMMARY, SectionKey.EXPECTED, SectionKey.ROOT_CAUSE, SectionKey.WENT_WELL)
SENT = (RevisionKind.DRAFT, RevisionKind.AMENDED)


def changed_since_agreement(after_action: AfterAction, *, now: datetime) -> list[SectionChange]:
    """What was written after the agreement, and differs from what it agreed on. An owner or a date that a change
    still lacked is no difference: publishing asks for them."""
    agreed_at = _agreement_recorded_at(after_action)
    if agreed_at is None:
        return []
    review = Review(after_action, at=now)
    keys = {*TEXTS, SectionKey.CHANGES, SectionKey.TIMELINE}
    later = [row for row in review.sections.values() if row.key in keys and row.updated_at > agreed_at]
    if not later:
        return []
    stood = SectionText.objects.filter(section__in=later, at__lte=agreed_at).order_by(
        "section_id", "-version"
    )
    agreed = {text.section_id: text.content for text in stood.distinct("section_id")}
    older: dict[SectionKey | MeetingPart, str] = {}
    newer: dict[SectionKey | MeetingPart, str] = {}
    for section in later:
        key = SectionKey(section.key)
        older[key], newer[key] = _both(review, section, agreed.get(section.pk))
    return changes_between(older, newer)


def changed_since_sent(
    after_action: AfterAction, *, now: datetime
) -> tuple[Revision | None, list[SectionChange]]:
    """The draft that the attendees were sent last, and what people wrote since. Its readers know it by that revision,
    whatever was agreed meanwhile."""
    sent = after_action.revisions.filter(kind__in=SENT).order_by("-number").first()
    if sent is None:
        return None, []
    review = Review(after_action, at=now, named=full_name_of)
    keys = (*TEXTS, SectionKey.CHANGES)
    older: Texts = {key: _text(section_lines(key, sent.content["sections"][key])) for key in keys}
    newer: Texts = {key: _text(section_lines(key, review.content(key))) for key in keys}
    return sent, changes_between(older, newer)


def _agreement_recorded_at(after_action: AfterAction) -> datetime | None:
    """When the chair said that the content was agreed: of that text as it stood then, also where the meeting itself had
    ended before. The status note of that step was prepared in it."""
    if after_action.reviewed_at is None:
        return None
    notes = StatusNote.objects.filter(after_action=after_action, transition__to_status=Status.REVIEWED)
    return notes.values_list("prepared_at", flat=True).first()


def labels(changed: Iterable[SectionChange]) -> str:
    """The sections that differ, as a sentence lists them."""
    return ", ".join(f"“{row.section.label}”" for row in changed)


def mark_of(changed: Sequence[SectionChange]) -> str:
    """A short mark of a difference: who confirmed one has not confirmed another."""
    if not changed:
        return ""
    text = "\n".join(f"{row.section}:{run.op}:{run.text}" for row in changed for run in row.runs)
    return sha256(text.encode()).hexdigest()[:16]


def _both(review: Review, section: Section, agreed: Any) -> tuple[str, str]:
    """The text of a section when it was agreed on, and now."""
    key = SectionKey(section.key)
    match key:
        case SectionKey.CHANGES:
            now = review.changes()
            then = _completed(agreed or [], now)
            names = people_named([row.get("owner") for row in (*then, *now)], scope=review.incident.reference)
            visible = {known: str(person) for known, person in names.items()}
            return _text(_rows(key, then, visible)), _text(_rows(key, now, visible))
        case SectionKey.TIMELINE:
            texts = {entry["id"]: entry["text"] for entry in review.timeline_entries()}
            return _text(_marks(agreed or {}, texts)), _text(_marks(section.content or {}, texts))
        case _:
            now = review.content(key)
            section.content, kept = agreed or {}, section.content
            then = review.content(key)
            section.content = kept
            return _text(section_lines(key, then)), _text(section_lines(key, now))


def _completed(agreed: Sequence[Any], now: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The changes as they were agreed, with the owner and the date that came since where they had none."""
    present = {row["id"]: row for row in now}
    completed = []
    for row in agreed:
        later = present.get(row["id"], row)
        lacked_owner = not row.get("owner") and not row.get("owner_text")
        completed.append(
            {
                **row,
                **(
                    {"owner": later.get("owner"), "owner_text": later.get("owner_text")}
                    if lacked_owner
                    else {}
                ),
                **({} if row.get("due_on") else {"due_on": later.get("due_on")}),
            }
        )
    return completed


def _rows(key: SectionKey, rows: Iterable[Mapping[str, Any]], text: Mapping[str, str]) -> list[str]:
    named = [
        {
            **row,
            "owner": text.get(normal(row.get("owner") or "")) or row.get("owner") or row.get("owner_text"),
        }
        for row in rows
    ]
    return section_lines(key, named)


def _marks(marks: Mapping[str, Iterable[str]], texts: Mapping[str, str]) -> list[str]:
    return [
        f"{label}: {texts.get(key, key)}"
        for mark, label in (("hidden", "Hidden"), ("highlighted", "Highlighted"))
        for key in sorted(marks.get(mark, ()))
    ]


def _text(lines: Iterable[str]) -> str:
    return "\n".join(line for line in lines if line)
