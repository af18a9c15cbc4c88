"""Freezing a revision: the whole review as one document with its content hash, which never changes again."""

from copy import deepcopy
from datetime import datetime
from typing import Any

from django.conf import settings

from afteractions.documents.revision import FORMAT, content_hash
from afteractions.models import AfterAction, Revision, RevisionPdf, VendorFollowUp
from afteractions.operations import lifecycle
from afteractions.operations.meeting.decisions import decided
from afteractions.operations.parts import WHY_ACTION_OWNER, revoke_access_of_former_parts
from afteractions.operations.readers.reading import section_texts
from afteractions.operations.review.document import Review, full_name_of, instant
from afteractions.rules.review.changes_between import restarts_the_count
from afteractions.vocabulary import RevisionKind, SectionKey
from incidents.models import IncidentAccess
from majorops.people.models import Person

PUBLISHED = (RevisionKind.PUBLISHED, RevisionKind.ERRATUM)
MOST_ATTEMPTS = 5
"""How often the worker tries to make one PDF before somebody asks for it again."""


def freeze(
    after_action: AfterAction,
    *,
    kind: RevisionKind,
    reason: str = "",
    by: Person | None,
    at: datetime,
    now: datetime,
) -> Revision:
    """Keeps the review as it stands as the next revision, asks for its PDF, and lets those in who own an action item.

    The After Action is locked by the caller. A constant number of statements, however long the review.
    """
    before = after_action.revisions.order_by("-number").first()
    number = before.number + 1 if before else 1
    document = revision_document(after_action, number=number, kind=kind, reason=reason, by=by, at=at, now=now)
    revision = Revision.objects.create(
        after_action=after_action,
        number=number,
        kind=kind.value,
        content=document,
        sha256=content_hash(document),
        created_at=at,
        created_by=by,
        reason=reason,
        substantial=before is None
        or restarts_the_count(section_texts(before.content), section_texts(document)),
    )
    _let_action_owners_in(after_action, now)
    ask_pdf(revision, now=now)
    return revision


def freeze_with_rca(
    follow_up: VendorFollowUp, *, reason: str, by: Person | None, at: datetime, now: datetime
) -> Revision:
    """The last published content with the vendor's RCA, and nothing else that is written meanwhile, as the next
    revision. The After Action is published, and locked by the caller."""
    after_action = follow_up.after_action
    published = after_action.revisions.filter(kind__in=PUBLISHED).latest("number")
    number = published.number + 1
    document = deepcopy(published.content)
    document["revision"] = {
        "number": number,
        "kind": RevisionKind.ERRATUM.value,
        "reason": reason,
        "created_at": instant(at),
        "created_by": full_name_of(by),
    }
    _put_rca(
        document["sections"][SectionKey.VENDORS],
        Review(after_action, at=now, named=full_name_of),
        follow_up,
    )
    revision = Revision.objects.create(
        after_action=after_action,
        number=number,
        kind=RevisionKind.ERRATUM.value,
        content=document,
        sha256=content_hash(document),
        created_at=at,
        created_by=by,
        reason=reason,
        substantial=False,
    )
    ask_pdf(revision, now=now)
    return revision


def _put_rca(published: list[dict[str, Any]], review: Review, follow_up: VendorFollowUp) -> None:
    """The vendor's RCA at the vendor as it was published; a vendor that came since stands as it is recorded now."""
    [present] = [
        row
        for engagement, row in zip(review.record.engagements, review.vendors(), strict=True)
        if review.record.first_engagements[engagement.pk] == follow_up.engagement_id
    ]
    same = [row for row in published if row["name"] == present["name"]]
    exact = [row for row in same if row["engaged_at"] == present["engaged_at"]]
    for row in (exact or same)[:1]:
        row["rca"] = present["rca"]
    if not same:
        published.append(present)


def _let_action_owners_in(after_action: AfterAction, now: datetime) -> None:
    owners = Person.objects.filter(
        changes_owned__after_action=after_action, changes_owned__removed_at__isnull=True
    ).distinct()
    IncidentAccess.objects.bulk_create(
        (
            IncidentAccess(
                incident=after_action.incident,
                person_id=owner.account_id or owner.pk,
                why=WHY_ACTION_OWNER,
                since=now,
            )
            for owner in owners
        ),
        ignore_conflicts=True,
    )
    revoke_access_of_former_parts(after_action)


def ask_pdf(revision: Revision, *, now: datetime) -> RevisionPdf:
    """Asks the worker for the PDF of a revision; asking again for one that failed too often gives it another try."""
    row, is_new = RevisionPdf.objects.get_or_create(revision=revision, defaults={"asked_at": now})
    if not is_new and row.made_at is None and row.attempts >= MOST_ATTEMPTS:
        RevisionPdf.objects.filter(pk=row.pk).update(attempts=0, leased_until=None)
    return row


def revision_document(
    after_action: AfterAction,
    *,
    number: int,
    kind: RevisionKind,
    reason: str,
    by: Person | None,
    at: datetime,
    now: datetime,
) -> dict[str, Any]:
    """The document that is frozen (`afteractions.documents.revision`), every key filled."""
    incident = after_action.incident
    review = Review(after_action, at=now, named=full_name_of)
    meeting = lifecycle.present_meeting(after_action)
    return {
        "format": FORMAT,
        "language": settings.LANGUAGE_CODE,
        "organisation": incident.organisation or "",
        "after_action": {
            "reference": after_action.reference,
            "incident": incident.reference,
            "status": after_action.status,
            "requirement": {"level": incident.requirement_level, "reason": incident.requirement_reason},
            "owner": full_name_of(after_action.owner),
            "mim": full_name_of(incident.mim),
            "internal_liaison": full_name_of(after_action.internal_liaison),
            "meeting": {
                "starts_at": instant(meeting.held_from or meeting.starts_at),
                "ends_at": instant(meeting.held_until or meeting.ends_at),
                "location": meeting.location,
            }
            if meeting
            else None,
            "restricted": incident.restricted,
        },
        "revision": {
            "number": number,
            "kind": kind.value,
            "reason": reason,
            "created_at": instant(at),
            "created_by": full_name_of(by),
        },
        "confirmed_by": {
            key.value: full_name_of(review.sections[key].confirmed_by) if key in review.sections else None
            for key in (SectionKey.EXPECTED, SectionKey.ROOT_CAUSE)
        },
        "sections": review.document(),
        "evidence": review.evidence(),
        **decided(after_action, full_name_of),
    }
