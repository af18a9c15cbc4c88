"""The chain over the audit, made apart from the writers so that it never makes them wait for each other."""

import hashlib
import hmac
import json
from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction

from majorops.audit.heads import first_entry_sealed_anew, fits, last_head, write_down
from majorops.audit.models import AuditEntry, AuditSeal

SEALER_LOCK = 7_203_114
SETTLED_AFTER = timedelta(hours=1)


def link(entry: AuditEntry, before: str) -> str:
    """The HMAC-SHA-256 of one entry and the seal before it, in hexadecimal."""
    content = json.dumps(
        [
            before,
            entry.pk,
            entry.at.isoformat(),
            entry.by_id,
            entry.verb,
            entry.subject_type,
            entry.subject_id,
            entry.subject_label,
            entry.scope,
            entry.changes,
            entry.reason,
            # Entries of before were sealed without.
            *([entry.road] if entry.road else []),
        ],
        sort_keys=True,
        ensure_ascii=False,
    )
    return hmac.new(settings.SECRET_KEY.encode(), content.encode(), hashlib.sha256).hexdigest()


@transaction.atomic
def seal_new_entries(*, at: datetime, limit: int = 5000, on_late: Callable[[int], None] | None = None) -> int:
    """Chains the entries that have no seal yet and returns how many; 0 at once while another sealer is at work.

    `on_late` is told the id of an entry that lost its seal, as it lies before one that was sealed long ago.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [SEALER_LOCK])
        if not cursor.fetchone()[0]:
            return 0
    last = AuditSeal.objects.order_by("-id").first()
    head = last_head()
    whole = head is None or fits(head)
    before = last.hmac if last else ""
    settled = settled_entry(now=at)
    seals = []
    for entry in AuditEntry.objects.filter(seal__isnull=True).order_by("id")[:limit]:
        before = link(entry, before)
        seals.append(AuditSeal(entry=entry, hmac=before, sealed_at=at))
    made = AuditSeal.objects.bulk_create(seals)
    if made and on_late is not None and made[0].entry_id < settled:
        on_late(made[0].entry_id)
    if made and whole:
        # Once it does not fit, what was written down stays the last word.
        transaction.on_commit(lambda: write_down(made[-1], at=at))
    return len(made)


def settled_entry(*, now: datetime) -> int:
    """The id of the entry that was sealed last before SETTLED_AFTER, 0 for none. Entries that are written side by side
    are sealed in any order; none that lies before this one comes so late."""
    settled = AuditSeal.objects.filter(sealed_at__lt=now - SETTLED_AFTER).order_by("-id").first()
    return settled.entry_id if settled is not None else 0


def sealed_head_is_lost() -> bool:
    """Whether the seal that was written down last is not there any more. One statement."""
    head = last_head()
    return head is not None and not fits(head)


def first_broken_entry() -> int | None:
    """The id of the first audit entry that does not fit: by its seal, or by a head kept outside. None: all is whole."""
    broken = [row for row in (first_broken_seal(), first_entry_sealed_anew()) if row is not None]
    return min(broken, default=None)


def first_broken_seal() -> int | None:
    """The id of the first audit entry whose seal does not fit, or None while the whole chain holds."""
    before = ""
    for seal in AuditSeal.objects.select_related("entry").order_by("id").iterator():
        before = link(seal.entry, before)
        if not hmac.compare_digest(before, seal.hmac):
            return seal.entry_id
    return None
