"""The chain over the audit, made apart from the writers so that it never makes them wait for each other."""

import hashlib
import hmac
import json
import logging
from datetime import datetime

from django.conf import settings
from django.db import connection, transaction

from majorops.audit.models import AuditEntry, AuditSeal

log = logging.getLogger(__name__)
SEALER_LOCK = 7_203_114


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
        ],
        sort_keys=True,
        ensure_ascii=False,
    )
    return hmac.new(settings.SECRET_KEY.encode(), content.encode(), hashlib.sha256).hexdigest()


@transaction.atomic
def seal_new_entries(*, at: datetime, limit: int = 5000) -> int:
    """Chains the entries that have no seal yet and returns how many; 0 at once while another sealer is at work."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [SEALER_LOCK])
        if not cursor.fetchone()[0]:
            return 0
    last = AuditSeal.objects.order_by("-id").first()
    before = last.hmac if last else ""
    seals = []
    for entry in AuditEntry.objects.filter(seal__isnull=True).order_by("id")[:limit]:
        before = link(entry, before)
        seals.append(AuditSeal(entry=entry, hmac=before, sealed_at=at))
    AuditSeal.objects.bulk_create(seals)
    if seals:
        log.info("audit head %s at entry %s", before, seals[-1].entry_id)
    return len(seals)


def first_broken_seal() -> int | None:
    """The id of the first audit entry whose seal does not fit, or None while the whole chain holds."""
    before = ""
    for seal in AuditSeal.objects.select_related("entry").order_by("id").iterator():
        before = link(seal.entry, before)
        if not hmac.compare_digest(before, seal.hmac):
            return seal.entry_id
    return None
