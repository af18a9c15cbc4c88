"""The heads of the chain over the audit, kept outside of the database: in a file of the state folder and in the log.

Whoever owns the schema can change an entry, delete the seals behind it and let the sealer make them anew: the chain
then fits. What was written down here before does not.
"""

import hmac
import json
import logging
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings

from majorops.audit.models import AuditSeal

log = logging.getLogger(__name__)
# A head is written down after so many seals, or after so long, whichever comes first.
EVERY_SEALS = 100
EVERY = timedelta(minutes=10)
READ_BACK = 4096


@dataclass(frozen=True, slots=True)
class Head:
    """The seal of the last entry at an instant. `seal` is its key, `at` when it was written down."""

    entry: int
    seal: int
    hmac: str
    at: str


def path() -> Path:
    """One line of JSON for each head, only added to."""
    return Path(settings.AUDIT_HEADS)


def heads() -> Iterator[Head]:
    """All that were written down, the oldest first. A line that was cut off by a crash is left out."""
    if not path().exists():
        return
    with path().open(encoding="utf-8") as lines:
        for line in lines:
            if (head := _read(line)) is not None:
                yield head


def last_head() -> Head | None:
    """The one written down last, without reading the others."""
    if not path().exists():
        return None
    with path().open("rb") as file:
        file.seek(max(0, path().stat().st_size - READ_BACK))
        heads = [_read(line) for line in file.read().decode("utf-8", "replace").splitlines()]
    return next((head for head in reversed(heads) if head is not None), None)


def write_down(seal: AuditSeal, *, at: datetime) -> None:
    """Adds the head `seal` to file and log, unless one was added lately."""
    before = last_head()
    if before is not None:
        since = at - datetime.fromisoformat(before.at)
        if seal.pk - before.seal < EVERY_SEALS and timedelta() <= since < EVERY:
            return
    head = Head(entry=seal.entry_id, seal=seal.pk, hmac=seal.hmac, at=at.isoformat())
    log.info("audit head %s at entry %s, seal %s", head.hmac, head.entry, head.seal)
    try:
        path().parent.mkdir(parents=True, exist_ok=True)
        with path().open("a", encoding="utf-8") as file:
            file.write(json.dumps(asdict(head)) + "\n")
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        log.error("The head of the audit cannot be written down in %s: %s", path(), error.strerror)


def fits(head: Head) -> bool:
    """Whether the database still has this seal for this entry. One statement."""
    audit_seal = AuditSeal.objects.filter(entry=head.entry).values_list("pk", "hmac").first()
    return (
        audit_seal is not None
        and audit_seal[0] == head.seal
        and hmac.compare_digest(audit_seal[1], head.hmac)
    )


def first_entry_sealed_anew() -> int | None:
    """The id of the first entry whose seal is not the one that stood behind a head, None while all heads fit.

    Between the last head that fits and the first that does not, it is the first entry that was sealed after the latter
    was written down; where there is none, the first behind the former.
    """
    fitting = 0
    for head in heads():
        if fits(head):
            fitting = head.seal
            continue
        behind = AuditSeal.objects.filter(pk__gt=fitting).order_by("pk")
        anew = behind.filter(sealed_at__gt=datetime.fromisoformat(head.at)).first() or behind.first()
        return anew.entry_id if anew is not None else head.entry
    return None


def _read(line: str) -> Head | None:
    try:
        return Head(**json.loads(line))
    except (ValueError, TypeError):
        return None
