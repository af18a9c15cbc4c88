"""What the 30-day review leaves unresolved goes to the managers: one notice each, listing their people's items."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from afteractions.models import Change, Escalation, Obligation
from afteractions.operations.deadlines.escalation_chain import EscalationChain
from afteractions.rules.deadlines.deadlines import Responsible
from afteractions.vocabulary import ActionStatus, ChangeKind, ResponsibleGroup
from majorops.bulk import store_new
from majorops.formatting import formats
from majorops.notices import outbox
from majorops.notices.models import Notice
from majorops.notices.outbox import NoticeWords
from majorops.people.models import Person

STEP = "unresolved"


def escalate_unresolved(reviews: Iterable[Obligation], *, now: datetime, late: bool = False) -> None:
    """Tells each manager once a review which action items of their people are neither done nor cancelled.

    Seed: "Unresolved items at the 30-day review are escalated."; extended items count as unresolved.
    """
    by_after_action = {review.after_action_id: review for review in reviews}
    changes = (
        Change.objects.filter(
            after_action__in=list(by_after_action),
            removed_at__isnull=True,
            status__in=[ActionStatus.OPEN, ActionStatus.IN_PROGRESS],
        )
        .exclude(kind=ChangeKind.CONTINUE)
        .select_related("owner__account", "after_action__incident")
        .order_by("due_on", "id")
    )
    owners = {change.pk: _owner(change) for change in changes}
    ladder = EscalationChain.above((person.pk for person in owners.values() if person is not None), now=now)
    lists: dict[tuple[int, int], list[Change]] = defaultdict(list)
    managers: dict[int, Person] = {}
    for change in changes:
        owner = owners[change.pk]
        answerable = (
            Responsible(person=str(owner.pk)) if owner else Responsible(group=ResponsibleGroup.ADMINISTRATOR)
        )
        for manager in ladder.rung(answerable, 1):
            managers[manager.pk] = manager
            lists[change.after_action_id, manager.pk].append(change)
    notices: list[Notice] = []
    escalations: list[Escalation] = []
    for (after_action, manager_id), items in lists.items():
        review, manager = by_after_action[after_action], managers[manager_id]
        escalations.append(
            Escalation(obligation=review, due_at=review.due_at, step=STEP, to=manager, at=now, late=late)
        )
        notices += outbox.notices_for(
            manager,
            about_type="obligation",
            about_id=review.pk,
            due_at=review.due_at,
            step=STEP,
            words=_words(items, zone=outbox.zone_of(manager), now=now),
            url=f"{items[0].after_action.get_absolute_url()}actions-review/",
            scope=items[0].after_action.incident.reference,
            thread=items[0].after_action.incident.reference,
            now=now,
            muteable=False,
            late=late,
        )
    store_new(escalations)
    outbox.write(notices)


def _owner(change: Change) -> Person | None:
    return outbox.account_of(change.owner) if change.owner is not None else None


def _words(items: list[Change], *, zone: ZoneInfo, now: datetime) -> NoticeWords:
    incident = items[0].after_action.incident
    count = "1 action item is" if len(items) == 1 else f"{len(items)} action items are"
    today = now.astimezone(zone).date()
    lines = [
        f"- {item.sentence} ({item.reference}): {item.owner or 'nobody yet'}, "
        + (f"due {formats.day(item.due_on, today=today)}" if item.due_on else "no date")
        for item in items
    ]
    return NoticeWords(
        subject=f"{count} unresolved at the review of {incident.reference}: see to them",
        text="\n\n".join(
            [
                f"At the review of the action items of {incident.reference} “{incident.title}” {count} neither done "
                "nor cancelled:",
                "\n".join(lines),
                "Ask what is in the way. They come back every 30 days until each is done or cancelled.",
            ]
        ),
        masked=f"{count} unresolved among your people\n\n{count} unresolved that belong to an incident you may not "
        f"see. Ask {incident.mim or 'the Major Incident Managers'}.",
    )
