"""What enforcement cannot handle is put aside, so that it holds up nothing else, and the administrators are told."""

import logging
from datetime import datetime

from afteractions.models import Obligation
from majorops.notices import outbox
from majorops.notices.outbox import NoticeWords
from majorops.people.groups import GroupName
from majorops.people.models import Person

log = logging.getLogger(__name__)


def set_aside(row: Obligation, error: Exception, now: datetime) -> None:
    """Takes a row that cannot be handled out of the way, and tells the administrators."""
    log.error("Obligation %s is set aside", row.pk, exc_info=error)
    data = str(error)[:1000] or type(error).__name__
    failures = row.failures + 1
    Obligation.objects.filter(pk=row.pk).update(failures=failures, set_aside_at=now, last_error=data)
    administrators = Person.objects.in_group(GroupName.ADMINISTRATOR)
    outbox.tell(
        administrators,
        about=row,
        step=f"set_aside:{failures}",
        words=NoticeWords(
            "A deadline cannot be enforced: see to it",
            f"Enforcement failed on the deadline {row.pk} and set it aside: {data}\n\n"
            "Nobody is warned or told about it until you take it up again.",
        ),
        url="/administration/deadlines/",
        now=now,
        muteable=False,
    )
