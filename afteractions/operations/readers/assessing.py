"""The assessment of a deviation is asked of the expert who is named for it (Seed: "Detail deviations from process,
procedure, or best practice, including SME assessments").

Whoever writes the draft names the expert, and may note what was said; it counts as assessed once the expert says it. At
home the question stands from the naming on; what is still open when the draft goes out is mailed.
"""

from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any

from django.db import transaction

from afteractions.documents.revision import expected_of
from afteractions.models import AfterAction, Section
from afteractions.operations.announcements import notify
from afteractions.operations.review.section_editing import keep_text, locked_section
from afteractions.operations.review.sections import check_content, keep_assessed, normal, people_named
from afteractions.vocabulary import SectionKey
from incidents.access import can_see
from majorops.errors import BadInput, NotAllowed, RuleViolation, VersionConflict
from majorops.notices.outbox import NoticeWords
from majorops.people.models import Person

EXPERTS_ONLY = (
    "Only the expert who is named for it assesses a deviation. The owner of the draft names the experts."
)


def asked_of(after_action: AfterAction, person: Person) -> list[tuple[int, Mapping[str, Any]]]:
    """The deviations that name `person`, with their places in the section; none once the review is published."""
    section = after_action.sections.filter(key=SectionKey.EXPECTED).first()
    if section is None or after_action.published_at is not None:
        return []
    rows = expected_of(section.content or {})["deviations"]
    return [(place, row) for place, row in enumerate(rows) if _is_for(row, person)]


@transaction.atomic
def assess(
    after_action: AfterAction,
    place: int,
    text: str,
    *,
    expected: str,
    by: Person,
    at: datetime,
    now: datetime,
) -> Section:
    """Keeps what the expert says of the deviation at `place`, which read `expected`, in place of what was noted.

    Raises NotAllowed for anybody who is not named there, VersionConflict when another deviation stands there now.
    """
    if not can_see(by, after_action.incident):
        raise NotAllowed(EXPERTS_ONLY)
    if after_action.published_at is not None:
        raise RuleViolation("The review is published: say it in a comment.")
    section = locked_section(after_action, SectionKey.EXPECTED, now)
    content = expected_of(section.content or {})
    rows = [dict(row) for row in content["deviations"]]
    if not 0 <= place < len(rows) or rows[place]["expected"] != expected:
        raise VersionConflict("The draft was changed since you opened this page. Look at it again.", {})
    row = rows[place]
    if not _is_for(row, by):
        raise NotAllowed(EXPERTS_ONLY)
    if not text.strip():
        raise BadInput.of("assessment", "Say what you make of it: an empty text tells nobody anything.")
    row["assessment"] = text
    cleaned = check_content(
        SectionKey.EXPECTED, {**content, "deviations": rows}, scope=after_action.incident.reference
    )
    keep_assessed(cleaned["deviations"], content["deviations"])
    cleaned["deviations"][place]["assessed_at"] = at.isoformat()
    return keep_text(after_action, section, cleaned, by=by, at=at, now=now)


def ask_to_assess(after_action: AfterAction, *, by: Person | None, now: datetime) -> None:
    """Asks each expert whom a deviation names and who said nothing of it; nobody is asked twice of one deviation."""
    section = after_action.sections.filter(key=SectionKey.EXPECTED).first()
    if section is None:
        return
    incident = after_action.incident
    open_rows = [
        row
        for row in expected_of(section.content or {})["deviations"]
        if row.get("assessed_by") and not row.get("assessed_at")
    ]
    people = people_named([row["assessed_by"] for row in open_rows], scope=incident.reference)
    for row in open_rows:
        expert = people.get(normal(row["assessed_by"]))
        if expert is None or expert.is_contact or not can_see(expert, incident):
            continue
        notify(
            [expert],
            after_action,
            about=section,
            step=f"assess:{sha256(row['expected'].encode()).hexdigest()[:16]}",
            words=NoticeWords(
                f"Assess a deviation of {incident.reference}",
                f"You are named as the expert for it in the Learning Review of “{incident.title}”. Expected: "
                f"{row['expected']} What happened: {row['actual']} Say what you make of it.",
                masked="A text waits for your assessment.",
            ),
            url=f"{after_action.get_absolute_url()}assessments/",
            now=now,
            except_for=by,
        )


def _is_for(row: Mapping[str, Any], person: Person) -> bool:
    return bool(row.get("assessed_by")) and row["assessed_by"] == person.identifier
