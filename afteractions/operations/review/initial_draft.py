"""The draft that a new After Action begins with: every section, and what an imported review says already."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction

from afteractions.models import AfterAction, Change, Section, SectionText
from afteractions.operations.review.document import Review
from afteractions.operations.review.sections import WRITTEN
from afteractions.rules.learning import proposed_strength
from afteractions.rules.review.root_cause import root_cause_of
from afteractions.vocabulary import ActionStatus, Certainty, ChangeKind, SectionKey, WentWellKind

DONE_ALREADY = "Done according to the imported record."
CANCELLED_ALREADY = "Cancelled according to the imported record."


@transaction.atomic(savepoint=False)
def prefill(after_action: AfterAction, *, now: datetime) -> None:
    """Lays out every section of a new After Action, with what an imported review says already. Doing it again changes
    nothing."""
    if after_action.sections.exists():
        return
    data = after_action.incident.imported_review or {}
    _write_imported_changes(after_action, data, now)
    contents: dict[SectionKey, Any] = {key: {} for key in SectionKey}
    contents[SectionKey.EXPECTED] = {"deviations": [], "ways": []}
    contents[SectionKey.WENT_WELL] = [
        {"text": text, "kind": WentWellKind.ACTION.value} for text in data.get("went_well") or ()
    ]
    if cause := data.get("root_cause"):
        contents[SectionKey.ROOT_CAUSE] = root_cause_of(
            {
                "failure": cause.get("failure") or "",
                "contributing_factors": list(cause.get("contributing_factors") or ()),
                "certainty": Certainty.KNOWN.value,
            }
        )
    contents[SectionKey.CHANGES] = Review(after_action, at=now).changes()
    sections = Section.objects.bulk_create(
        Section(after_action=after_action, key=key.value, content=content, updated_at=now)
        for key, content in contents.items()
    )
    SectionText.objects.bulk_create(
        SectionText(section=section, version=1, content=section.content, at=now)
        for section in sections
        if section.key in WRITTEN
    )


def _write_imported_changes(after_action: AfterAction, data: dict[str, Any], now: datetime) -> None:
    rows = [
        *(_imported_action(item, now) for item in data.get("action_items") or ()),
        *({"change": text} for text in _once(data.get("changes"), data.get("learning_statements"))),
    ]
    Change.objects.bulk_create(
        Change(
            after_action=after_action,
            kind=ChangeKind.START.value,
            strength=proposed_strength(row["change"]).value,
            position=position,
            created_at=now,
            **row,
        )
        for position, row in enumerate(rows)
    )


def _once(*lists: Iterable[str] | None) -> list[str]:
    return list(dict.fromkeys(text for row in lists for text in row or ()))


def _imported_action(item: dict[str, Any], now: datetime) -> dict[str, Any]:
    row: dict[str, Any] = {
        "change": item["title"],
        "owner_words": (item.get("owner") or "")[:200],
        "due_on": item.get("due_on"),
    }
    if item.get("status") == ActionStatus.DONE:
        row |= {"status": ActionStatus.DONE.value, "resolved_at": now, "evidence": DONE_ALREADY}
    if item.get("status") == ActionStatus.CANCELLED:
        row |= {
            "status": ActionStatus.CANCELLED.value,
            "resolved_at": now,
            "resolution_reason": CANCELLED_ALREADY,
        }
    return row
