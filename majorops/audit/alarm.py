"""Whether somebody changed the audit behind its triggers: looked at with each sealing and, whole, each night; said to
the administrators."""

from datetime import datetime

from majorops.audit.models import AuditEntry
from majorops.audit.sealing import first_broken_entry, sealed_head_is_lost
from majorops.notices import outbox
from majorops.notices.outbox import NoticeWords
from majorops.people.groups import GroupName
from majorops.people.models import Person

CAUSE = (
    "Somebody changed or removed it, or one before it, as the owner of the database, or the product runs with another "
    "SECRET_KEY than before, or on an older copy of the database."
)
WHERE = (
    "`manage.py verify_audit` says the first entry that does not fit. The heads of the chain stand in "
    "log/audit-heads.jsonl of the state folder and in the log of the worker: compare them with a backup. "
    "Move that file aside once you know."
)


def tell_of_broken_seals(*, now: datetime) -> bool:
    """Whether the chain is broken; the administrators are told once of each first entry that does not fit."""
    broken = first_broken_entry()
    if broken is None:
        return False
    _tell(broken, f"The seal of entry {broken} does not fit. {CAUSE}\n\n{WHERE}", now=now)
    return True


def tell_of_lost_head(*, now: datetime) -> bool:
    """Whether the head that was written down last is gone, asked before new seals take its place.

    One statement while it is there; the administrators are told as above."""
    return sealed_head_is_lost() and tell_of_broken_seals(now=now)


def tell_of_late_entry(entry: int, *, now: datetime) -> None:
    """An entry of long ago has no seal, while later ones have theirs."""
    _tell(entry, f"Entry {entry} lost its seal, while later ones have theirs. {CAUSE}\n\n{WHERE}", now=now)


def _tell(entry: int, text: str, *, now: datetime) -> None:
    outbox.tell(
        Person.objects.in_group(GroupName.ADMINISTRATOR),
        about=AuditEntry(pk=entry),
        step="seal",
        words=NoticeWords("The audit trail was changed from outside: look into it", text),
        url="/healthz",
        now=now,
        muteable=False,
    )
