"""What domain.md forbids of what goes on after the publication: items, their reviews, nudges, External Messages, and
what somebody who left would have to do. Read from the rows, without asking the rules."""

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from itertools import pairwise

from afteractions.models import (
    AfterAction,
    AntiPatternOccurrence,
    Change,
    Escalation,
    ExternalMessage,
    ItemDisposition,
    Nudge,
    Obligation,
)
from afteractions.queries.leavers import those_who_left
from afteractions.queries.overdue.rows import deadlines
from afteractions.vocabulary import ObligationKind
from incidents.models import CommandAssignment, Handover, Incident
from majorops.notices.models import Notice
from majorops.people.groups import GroupName
from majorops.people.models import Person

A_REVIEW = timedelta(days=30)
A_DAY = timedelta(days=1)
MET = ("met", "met_late")
# What falls to somebody else when whoever owed it leaves.
OF_THE_PROCESS = (
    *("decide", "schedule", "distribute", "hold", "publish", "review_actions", "effect_check", "status_note"),
)


def looked_at(after_action: AfterAction, obligations: list[Obligation]) -> Iterator[str]:
    """Everything forbidden that is found in any state."""
    reviews = sorted(
        (row for row in obligations if row.kind == "review_actions" and row.state != "superseded"),
        key=lambda row: row.due_at,
    )
    yield from _nudges(after_action)
    yield from _messages(after_action)
    if after_action.published_at is None:
        if reviews:
            yield "the items are reviewed before the publication"
        if ItemDisposition.objects.filter(change__after_action=after_action).exists():
            yield "an item has a disposition before the publication"
        return
    items = _items_of(after_action)
    yield from _items(items, obligations)
    yield from _reviews(after_action.published_at, items, reviews)
    yield from _who_settled(after_action, items)
    met = [row for row in reviews if row.state in MET]
    yield from _unescalated(items, {row: min(row.due_at, row.met_at or row.due_at) for row in met})
    yield from _doubled(obligations)


def after_a_sweep(after_action: AfterAction, now: datetime, reader: Person) -> list[str]:
    """What is forbidden right after a sweep: an item that its review forgot, that nobody was told of, or that is not on
    the dashboard of somebody who sees all."""
    items = [item for item in _items_of(after_action) if _is_open(item)]
    if not items:
        return []
    owed = list(Obligation.objects.filter(after_action=after_action, state="open", due_at__lt=now))
    reviews = [row for row in owed if row.kind == "review_actions"]
    found = list(_unescalated(items, {row: row.due_at for row in reviews}))
    shown = set(deadlines(person=reader, since=None, until=now).values_list("pk", flat=True))
    found += [f"{row} is overdue and not on the dashboard" for row in owed if row.pk not in shown]
    for row in reviews:
        number = int(row.subject_key.partition(":")[2])
        forgotten = [
            item
            for item in items
            if item.created_at < row.due_at
            and all(each.review_round != number for each in item.dispositions.all())
        ]
        named = AntiPatternOccurrence.objects.filter(
            after_action=after_action, kind="vanishing_tasks", named_at__gte=row.due_at
        )
        if forgotten and not named.exists():
            found.append(
                f"{forgotten[0].reference} was forgotten at {row.subject_key}: no Vanishing Task is named"
            )
    return found


def of_those_who_left(
    incident: Incident, obligations: list[Obligation], left: Mapping[int, datetime]
) -> Iterator[str]:
    """What somebody who left owes falls to somebody else or stands on the page of those who left; nothing is told to
    them any more. `left`: since when, by the key of the person."""
    if not left:
        return
    theirs = [row for row in obligations if row.state == "open" and row.responsible_id in left]
    for row in theirs:
        if row.kind in OF_THE_PROCESS:
            yield f"{row.responsible} left, and {row} is theirs"
    items = Change.objects.filter(
        after_action__incident=incident, after_action__published_at__isnull=False, removed_at=None
    )
    owners = set(
        items.filter(owner__in=left, resolved_at=None)
        .exclude(kind="continue")
        .values_list("owner", flat=True)
    )
    owners |= {row.responsible_id for row in theirs if row.responsible_id is not None}
    if lost := owners - set(those_who_left().values_list("pk", flat=True)):
        yield f"{lost} left, something is theirs, and nobody is shown that"
    for escalation in Escalation.objects.filter(obligation__incident=incident, to__in=left).select_related(
        "to"
    ):
        assert escalation.to_id is not None
        if escalation.at > left[escalation.to_id]:
            yield f"{escalation.step} was said to {escalation.to}, who had left"


def _items_of(after_action: AfterAction) -> list[Change]:
    found = Change.objects.filter(after_action=after_action, removed_at=None).exclude(kind="continue")
    return list(found.prefetch_related("proposals", "dispositions"))


def _is_open(item: Change) -> bool:
    return item.status in ("open", "in_progress")


def _items(items: list[Change], obligations: list[Obligation]) -> Iterator[str]:
    owed = {row.subject_key for row in obligations if row.kind == "action_item" and row.state == "open"}
    checked = {
        row.subject_key.split(":")[1]
        for row in obligations
        if row.kind == "effect_check" and row.state == "open"
    }
    for item in items:
        is_owed = item.look_on is not None and item.status != "cancelled" and item.effect_checked_at is None
        if is_owed != (item.reference in checked):
            yield f"whether the effect of {item.reference} is to be looked at, its deadline does not know"
    for item in items:
        waiting = [each for each in item.proposals.all() if each.state == "waiting"]
        if waiting and not _is_open(item):
            yield f"{item.reference} is {item.status}, and a proposal for it still waits"
        if len(waiting) > 1:
            yield f"{item.reference} has {len(waiting)} proposals that wait"
        if any(each.state == "declined" and not each.word for each in item.proposals.all()):
            yield f"a proposal for {item.reference} was declined without a word"
        is_owed = f"action:{item.reference}" in owed
        if _is_open(item) and item.due_on and not is_owed:
            yield f"{item.reference} is neither done nor cancelled, and nobody owes it"
        if not _is_open(item) and is_owed:
            yield f"{item.reference} is {item.status}, and somebody owes it"
        if _is_open(item) != (item.resolved_at is None):
            yield f"{item.reference} is {item.status}, resolved at {item.resolved_at}"
        yield from _dispositions(item)


def _dispositions(item: Change) -> Iterator[str]:
    said = list(item.dispositions.all())
    for number, times in Counter(each.review_round for each in said).items():
        if times > 1:
            yield f"{item.reference} was settled {times} times at review {number}"
    for each in said:
        # An extension does not resolve: what is over brought its evidence, or its reason.
        is_over_by_itself = not _is_open(item) and not (item.evidence or item.resolution_reason)
        if each.disposition == "extended" and (not each.due_on or not each.reason or is_over_by_itself):
            yield f"{item.reference} was extended without a date or a reason, or resolved by it"
        if each.disposition == "done" and not each.evidence:
            yield f"{item.reference} is done without evidence"
        if each.disposition == "cancelled" and not each.reason:
            yield f"{item.reference} is cancelled without a reason"
        if each.disposition in ("done", "cancelled") and _is_open(item):
            yield f"{item.reference} was settled as {each.disposition} and is {item.status}"


def _reviews(published_at: datetime, items: list[Change], reviews: list[Obligation]) -> Iterator[str]:
    unresolved = [item for item in items if _is_open(item)]
    open_ones = [row for row in reviews if row.state == "open"]
    if unresolved and not open_ones:
        yield f"{unresolved[0].reference} is unresolved, and no review comes back for it"
    if items and not unresolved and open_ones:
        yield f"every item is resolved, and {open_ones[0].subject_key} is open"
    if len(open_ones) > 1:
        yield "two reviews are open at once"
    for row in reviews:
        since = row.due_at - published_at
        if not since or since % A_REVIEW:
            yield f"{row.subject_key} is due {since} after the publication, which is no multiple of 30 days"
    for before, after in pairwise(reviews):
        if before.due_at == after.due_at:
            yield f"{before.subject_key} and {after.subject_key} are due at once"


def _who_settled(after_action: AfterAction, items: list[Change]) -> Iterator[str]:
    """The MIM, whoever was it, an administrator; any Major Incident Manager once that one left."""
    said = [item for item in items if item.dispositions.all()]
    if not said:
        return
    incident = Incident.objects.select_related("mim").get(pk=after_action.incident_id)
    commanded = {incident.mim_id}
    for row in Handover.objects.filter(incident=incident):
        commanded |= {row.from_person_id, row.to_person_id}
    held = CommandAssignment.objects.filter(incident=incident, role="mim")
    commanded |= set(held.values_list("person", flat=True))
    # Meanwhile somebody else may have taken over.
    has_left = incident.mim is None or Person.objects.filter(pk__in=commanded, is_active=False).exists()
    for disposition in ItemDisposition.objects.filter(change__in=said).select_related("by", "change"):
        by = disposition.by
        if by is None or by.pk in commanded or by.is_administrator or (has_left and by.is_in(GroupName.MIM)):
            continue
        yield f"{by}, who never was the MIM, settled {disposition.change.reference}"


def _unescalated(items: list[Change], reviews: Mapping[Obligation, datetime]) -> Iterator[str]:
    """Items unresolved at a review of which no manager was told. `reviews`: until when an item was there for each."""
    there = [(row, item) for row, until in reviews.items() for item in items if item.created_at < until]
    there = [(row, item) for row, item in there if _is_open(item)]
    if not there:
        return
    told: dict[int, str] = {}
    notices = Notice.objects.filter(
        about_type="obligation", about_id__in=[row.pk for row in reviews], step="unresolved", channel="inbox"
    )
    for notice in notices:
        told[notice.about_id] = told.get(notice.about_id, "") + notice.text
    climbed = Escalation.objects.filter(obligation__in=list(reviews), step="unresolved")
    kept = set(climbed.values_list("obligation", flat=True))
    for row, item in there:
        if row.pk not in kept:
            yield f"{item.reference} was unresolved at {row.subject_key}, and that did not escalate"
        elif item.reference not in told.get(row.pk, ""):
            yield f"{item.reference} was unresolved at {row.subject_key}, and no notice lists it"


def _doubled(obligations: list[Obligation]) -> Iterator[str]:
    """The same step of the same deadline to the same person, whichever row stands for the deadline. A draft that was
    withdrawn and is distributed anew is to be read anew: its readers hear of that one too."""
    anew = ObligationKind.READ_DRAFT
    subjects = {row.pk: (row.kind, row.subject_key, row.pk if row.kind == anew else 0) for row in obligations}
    taken = Escalation.objects.filter(obligation__in=list(subjects)).values_list(
        "obligation", "due_at", "step", "to"
    )
    for said, times in Counter((subjects[row], *rest) for row, *rest in taken).items():
        if times > 1:
            yield f"{said} was taken {times} times"


def _nudges(after_action: AfterAction) -> Iterator[str]:
    found = Nudge.objects.filter(obligation__after_action=after_action).order_by("obligation_id", "at")
    nudges = list(found)
    for earlier, later in pairwise(nudges):
        if earlier.obligation_id == later.obligation_id and later.at - earlier.at < A_DAY:
            yield f"nudged twice within 24 hours about {later.obligation}"
    for nudge in nudges:
        if nudge.by_id == nudge.to_id:
            yield f"{nudge.by} nudged themself"


def _messages(after_action: AfterAction) -> Iterator[str]:
    settled = ExternalMessage.objects.filter(after_action=after_action).exclude(status="planned")
    for message in settled.select_related("settled_by"):
        by = message.settled_by
        if by is not None and not by.is_in(GroupName.COMMUNICATIONS) and not by.is_administrator:
            yield f"{by}, who is not of Communications, made the message to {message.audience} {message.status}"
        if message.status == "sent" and message.approved_at is None:
            yield f"the message to {message.audience} was sent unapproved"
        if message.status == "withdrawn" and not message.reason:
            yield f"the message to {message.audience} was withdrawn without a reason"
