"""What Major Technical Meetings agreed, as action items like all others (domain.md, MTM; Seed: "The MTM produces
structured action items"; docs/decisions/an-mtms-action-is-an-action-item.md).

The record keeps what the meeting said; the item is what becomes of it. While the incident runs, a review at the next
meeting settles the item, and what its owner does is seen at that meeting; once it is closed, the record stays.
"""

from datetime import datetime

from django.db.models import QuerySet

from afteractions.models import AfterAction, Change
from afteractions.operations.announcements import notify
from afteractions.operations.parts import WHY_ACTION_OWNER
from afteractions.vocabulary import ActionStatus, ChangeKind
from incidents.models import Incident, MtmAction
from incidents.operations.letting_in import let_in_as_recorded
from incidents.vocabulary import MtmActionStatus
from majorops.audit import trail
from majorops.notices.outbox import NoticeWords
from majorops.people.models import Person

BECOMES = {
    MtmActionStatus.OPEN: ActionStatus.OPEN,
    MtmActionStatus.DONE: ActionStatus.DONE,
    MtmActionStatus.CANCELLED: ActionStatus.CANCELLED,
}


def agreed_without_item(incident: Incident) -> QuerySet[MtmAction]:
    """The actions that the meetings of an incident agreed and that are no items yet."""
    return MtmAction.objects.filter(mtm__incident=incident, item__isnull=True)


def follow_mtms(after_action: AfterAction, *, by: Person | None, now: datetime, tells: bool) -> None:
    """Makes an item of each action that a meeting agreed, and settles those that a later meeting settled. `tells` says
    whether their owners hear of them. The After Action is locked by the caller."""
    incident = after_action.incident
    for action in (
        agreed_without_item(incident).select_related("owner__account", "mtm").order_by("mtm__number", "id")
    ):
        item = _make(after_action, action, by=by, now=now)
        if action.owner is not None:
            let_in_as_recorded(incident, action.owner, WHY_ACTION_OWNER, by=by, now=now)
            if tells and action.status == MtmActionStatus.OPEN:
                _tell(item, action, by=by, now=now)
    if not incident.is_closed:
        _settle_reviewed(after_action, by=by, now=now)


def _make(after_action: AfterAction, action: MtmAction, *, by: Person | None, now: datetime) -> Change:
    held_at = min(now, action.mtm.ended_at or action.mtm.started_at or now)
    item = Change(
        after_action=after_action,
        mtm_action=action,
        kind=ChangeKind.START.value,
        change=action.title,
        owner=action.owner,
        due_on=action.due_on,
        position=action.position,
        created_at=held_at,
        created_by=by,
    )
    _take_over(item, action, by=by, at=held_at)
    item.save()
    trail.record("captured at an MTM", item, by=by, at=now, scope=after_action.incident.reference)
    return item


def _settle_reviewed(after_action: AfterAction, *, by: Person | None, now: datetime) -> None:
    """Brings the items into agreement with what the last meeting said of them."""
    items = Change.objects.select_for_update(of=("self",)).filter(
        after_action=after_action, mtm_action__isnull=False
    )
    for item in items.select_related("mtm_action__mtm"):
        action = item.mtm_action
        assert action is not None
        before = ActionStatus(item.status)
        wanted = BECOMES[MtmActionStatus(action.status)]
        if wanted is before or (wanted is ActionStatus.OPEN and not item.is_resolved):
            continue
        _take_over(item, action, by=by, at=now)
        item.version += 1
        item.save(
            update_fields=[
                "status", "resolved_at", "resolved_by", "evidence", "resolution_reason", "version",
            ]
        )  # fmt: skip
        trail.record(
            "settled at an MTM",
            item,
            by=by,
            at=now,
            scope=after_action.incident.reference,
            changes={"status": (before, item.status)},
        )


def _take_over(item: Change, action: MtmAction, *, by: Person | None, at: datetime) -> None:
    """Sets what the meetings say of an action: open, done with what shows it, or dropped with the reason."""
    item.status = BECOMES[MtmActionStatus(action.status)].value
    resolved = item.is_resolved
    item.resolved_at, item.resolved_by = (at, by) if resolved else (None, None)
    review = action.reviews.select_related("mtm").last() if resolved else None
    meeting = f"MTM {review.mtm.number if review else action.mtm.number}"
    word = review.word if review and review.word else ""
    done, cancelled = item.status == ActionStatus.DONE, item.status == ActionStatus.CANCELLED
    item.evidence = (word or f"Done, as {meeting} says.") if done else ""
    item.resolution_reason = (word or f"Dropped, as {meeting} says.") if cancelled else ""


def _tell(item: Change, action: MtmAction, *, by: Person | None, now: datetime) -> None:
    notify(
        [action.owner],
        item.after_action,
        about=item,
        step="agreed",
        words=NoticeWords(
            f"Yours: {item.sentence[:120]}",
            f"Major Technical Meeting {action.mtm.number} of “{item.after_action.incident.title}” agreed the action "
            f"item {item.reference}, and it is yours:\n\n{item.sentence}",
            masked="A Major Technical Meeting agreed an action item that is yours.",
        ),
        url=item.get_absolute_url(),
        now=now,
        except_for=by,
    )


def keep_in_the_record(item: Change) -> None:
    """What became of an item is what the next meeting reviews, while the incident runs."""
    action = item.mtm_action
    if action is None or item.after_action.incident.is_closed:
        return
    settled = {status: kept for kept, status in BECOMES.items()}
    action.status = settled.get(ActionStatus(item.status), MtmActionStatus.OPEN).value
    action.save(update_fields=["status"])
