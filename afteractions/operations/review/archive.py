"""The archived PDFs of revisions, made by the worker outside of any transaction. (They are asked for in `revisions`,
which web processes load without the PDF engine.)"""

import logging
from datetime import datetime, timedelta
from hashlib import sha256

from django.db import transaction
from django.db.models import F, Q

from afteractions.documents.pdf import Attachment, learning_review_pdf
from afteractions.models import Revision, RevisionPdf, VendorFollowUp
from afteractions.operations.review.revisions import MOST_ATTEMPTS
from afteractions.queries.after_actions import pictures_of

LEASE = timedelta(minutes=10)
BATCH = 5
log = logging.getLogger(__name__)


def render_pending(*, now: datetime, limit: int = BATCH) -> int:
    """Makes the PDFs that wait, at most `limit`; returns how many were made.

    Rows are leased first, so that two workers never make the same one and a worker that dies gives its own back. What
    fails is kept with its error and tried again, a few times.
    """
    return sum(_render(row, now) for row in _lease(now, limit))


@transaction.atomic
def _lease(now: datetime, limit: int) -> list[RevisionPdf]:
    waiting = (
        RevisionPdf.objects.select_for_update(skip_locked=True, of=("self",))
        .filter(Q(leased_until__isnull=True) | Q(leased_until__lt=now))
        .filter(made_at__isnull=True, attempts__lt=MOST_ATTEMPTS)
        .select_related("revision")
        .order_by("asked_at")[:limit]
    )
    rows = list(waiting)
    RevisionPdf.objects.filter(pk__in=[row.pk for row in rows]).update(
        leased_until=now + LEASE, attempts=F("attempts") + 1
    )
    return rows


def _render(row: RevisionPdf, now: datetime) -> bool:
    revision = row.revision
    try:
        content = learning_review_pdf(
            revision.content,
            sha256=revision.sha256,
            attachments=attachments_of(revision),
            pictures=pictures_of(revision),
        )
    except Exception as error:  # one review that cannot be drawn must not hold up the others
        log.exception("The PDF of revision %s could not be made", revision.pk)
        RevisionPdf.objects.filter(pk=row.pk).update(
            leased_until=now, last_error=f"{type(error).__name__}: {error}"[:2000]
        )
        return False
    made = RevisionPdf.objects.filter(pk=row.pk, made_at__isnull=True).update(
        content=content, sha256=sha256(content).hexdigest(), made_at=now, leased_until=None, last_error=""
    )
    return bool(made)


def attachments_of(revision: Revision) -> list[Attachment]:
    """The vendors' RCAs that the revision's document refers to by their hash."""
    wanted = [
        vendor["rca"]["sha256"]
        for vendor in revision.content["sections"]["vendors"]
        if vendor["rca"]["sha256"]
    ]
    files = VendorFollowUp.objects.filter(
        after_action_id=revision.after_action_id, rca_sha256__in=wanted
    ).select_related("engagement__vendor")
    return [
        Attachment(
            name=file.rca_name,
            content=bytes(file.rca_file or b""),
            description=f"RCA of {file.engagement.vendor.name}",
        )
        for file in files
    ]
