"""Validated but still open: the MIM is reminded after 4 h, the MIM's manager told after 24 h (domain.md, Milestones).

Nothing is stored but the notices: they are written under unique keys, so that a second look says nothing twice.
"""

from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.functions import Greatest

from afteractions.operations.deadlines.escalation_chain import EscalationChain
from afteractions.operations.intake import chairs
from afteractions.rules.deadlines.deadlines import Responsible
from afteractions.vocabulary import ResponsibleGroup
from incidents.models import Incident
from majorops.notices import outbox
from majorops.notices.models import Notice
from majorops.notices.outbox import NoticeWords
from majorops.people.models import Person

REMIND_AFTER = timedelta(hours=4)
TELL_THE_MANAGER_AFTER = timedelta(hours=24)
BATCH = 200


def remind_to_close(*, now: datetime) -> int:
    """Says what is due to be said at `now`; returns of how many incidents. One index scan where there is nothing."""
    reminded = 0
    for incident in _waiting(REMIND_AFTER, "validated:4h", now):
        _remind(incident, chairs(incident, now=now), now)
        reminded += 1
    for incident in _waiting(TELL_THE_MANAGER_AFTER, "validated:24h", now):
        _tell_the_manager(incident, now)
        reminded += 1
    return reminded


def _waiting(after: timedelta, step: str, now: datetime) -> QuerySet[Incident]:
    """Those validated for so long and known for so long of which `step` was not said yet."""
    notices = Notice.objects.filter(
        about_type="incident", about_id=OuterRef("pk"), due_at=OuterRef("recovered_at"), step=step
    )
    return (
        Incident.objects.filter(
            recovered_at__isnull=False, closed_at__isnull=True, ended_without_close=False, history=False
        )
        .filter(recovered_at__lte=now - after)
        .annotate(known_from=Greatest("recovered_at", "recorded_at"))
        .filter(~Exists(notices), known_from__lte=now - after)
        .select_related("mim__account")
        .order_by("recovered_at", "id")[:BATCH]
    )


def _remind(incident: Incident, people: list[Person], now: datetime) -> None:
    outbox.tell(
        people,
        about=incident,
        due_at=incident.recovered_at,
        step="validated:4h",
        words=NoticeWords(
            f"Close {incident.reference}: its recovery was validated 4 h ago",
            f"The recovery of {incident.reference} “{incident.title}” is validated, and the incident is still open. "
            "Complete the resolution milestone, or take the validation back.\n\n"
            "Your manager is told 24 h after the validation.",
        ),
        url=incident.get_absolute_url(),
        scope=incident.reference,
        now=now,
    )


def _tell_the_manager(incident: Incident, now: datetime) -> None:
    mim = outbox.account_of(incident.mim) if incident.mim is not None else None
    ladder = EscalationChain.above([mim.pk] if mim else [], now=now)
    chair = Responsible(person=str(mim.pk)) if mim else Responsible(group=ResponsibleGroup.MIM)
    whose = mim.full_name if mim else "the Major Incident Managers"
    outbox.tell(
        ladder.rung(chair, 1),
        about=incident,
        due_at=incident.recovered_at,
        step="validated:24h",
        words=NoticeWords(
            f"{incident.reference} is validated and still open after 24 h: see that it is closed",
            f"The recovery of {incident.reference} “{incident.title}” was validated 24 h ago, and {whose} has not "
            "closed it. No After Action can be decided before.",
            f"An incident of {whose} is validated and still open after 24 h\n\n"
            f"You may not see the incident. Ask {whose}.",
        ),
        url=incident.get_absolute_url(),
        scope=incident.reference,
        now=now,
        muteable=False,
    )
