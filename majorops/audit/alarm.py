"""Whether somebody changed the audit behind its triggers is looked at each night, and said to the administrators."""

from datetime import datetime

from majorops.audit.models import AuditEntry
from majorops.audit.sealing import first_broken_seal
from majorops.notices import outbox
from majorops.notices.outbox import Words
from majorops.people.groups import GroupName
from majorops.people.models import Person


def tell_of_broken_seals(*, now: datetime) -> bool:
    """Whether the chain is broken; the administrators are told once of each first entry that does not fit."""
    broken = first_broken_seal()
    if broken is None:
        return False
    outbox.tell(
        Person.objects.in_group(GroupName.ADMINISTRATOR),
        about=AuditEntry(pk=broken),
        step="seal",
        words=Words(
            "The audit trail was changed from outside: look into it",
            f"The seal of entry {broken} does not fit. Somebody changed or removed it, or one before it, as the owner "
            "of the database, or the product runs with another SECRET_KEY than before.\n\n"
            "The heads of the chain stand in the log of the worker: compare them with a backup.",
        ),
        url="/healthz",
        now=now,
        muteable=False,
    )
    return True
