"""Following up on vendors: who asks, by when, what is still open, and the RCA when it comes (Seed: Vendor After
Actions, The Missing Vendor)."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db import transaction

from afteractions.access import can_follow_up
from afteractions.models import AfterAction, Revision, VendorFollowUp, VendorItem, VendorItemMove
from afteractions.operations import lifecycle
from afteractions.operations.announcements import concerned, notify
from afteractions.operations.deadlines import obligations
from afteractions.operations.evidence.files import take_file
from afteractions.operations.facts import is_history, known_since
from afteractions.operations.meeting.attendees import propose_attendees
from afteractions.operations.review.publication import announce_published
from afteractions.operations.review.revisions import freeze_with_rca
from afteractions.operations.vendor_facts import vendor_facts
from afteractions.rules.deadlines.calendar import end_of_day, local_date
from afteractions.rules.deadlines.deadlines import rca_due
from afteractions.vocabulary import FileKind, Status
from incidents.models import VendorEngagement
from majorops.audit import trail
from majorops.errors import BadInput, NotAllowed, RuleViolation, VersionConflict
from majorops.notices.outbox import NoticeWords
from majorops.people.models import Person
from majorops.people.outsiders import Outsider, add_outsider
from majorops.texts import typed_text

LONGEST_TEXT = 5_000
NO_PLAN = "“Waiting on them” is no plan: give the vendor's committed date, or our own."
FOLLOWERS_ONLY = "The Service Manager, the owner of the After Action or the MIM follows a vendor up."


@transaction.atomic
def follow_up_of(engagement: VendorEngagement, *, now: datetime) -> VendorFollowUp:
    """The follow-up of an engagement; made when it is first asked for, with the contract's Service Manager. It hangs on
    the engagement as first entered."""
    while engagement.corrects_id is not None:
        engagement = VendorEngagement.objects.get(pk=engagement.corrects_id)
    after_action = AfterAction.objects.filter(incident=engagement.incident_id).first()
    if after_action is None:
        raise RuleViolation("There is no After Action to follow this vendor up in yet.")
    follow_up, _ = VendorFollowUp.objects.get_or_create(
        engagement=engagement,
        defaults={
            "after_action": after_action,
            "service_manager": engagement.vendor.service_manager,
        },
    )
    return follow_up


def follow_up_all(after_action: AfterAction) -> None:
    """The follow-ups of all vendors that the record names, with their contracts' Service Managers."""
    engaged = VendorEngagement.objects.filter(incident=after_action.incident_id, corrects__isnull=True)
    VendorFollowUp.objects.bulk_create(
        (
            VendorFollowUp(
                engagement=engagement,
                after_action=after_action,
                service_manager=engagement.vendor.service_manager,
            )
            for engagement in engaged.select_related("vendor__service_manager").order_by("id")
        ),
        ignore_conflicts=True,
    )


@transaction.atomic
def plan_rca(
    follow_up: VendorFollowUp,
    *,
    service_manager: Person | Outsider | None = None,
    due_on: date | None = None,
    committed: bool | None = None,
    root_cause_related: bool | None = None,
    reason: str = "",
    version: int | None = None,
    by: Person | None,
    at: datetime,
    now: datetime,
) -> VendorFollowUp:
    """Says who follows up, by which day the RCA is due, whether the vendor committed to that day, and whether its
    failure is part of the root cause. What is None stays as it is. A day that has passed is refused; to move one that
    has takes a `reason`."""
    follow_up = _locked(follow_up, version=version, by=by)
    lifecycle.check_instant(at, now=now)
    zone = ZoneInfo(follow_up.after_action.incident.time_zone)
    reason = reason.strip()
    if due_on is not None:
        stands = _rca_due_on(follow_up, zone)
        if due_on == stands and not committed:
            # Nobody sets what the contract says already: it goes on following the contract.
            due_on = None
        elif due_on != stands:
            _check_day(due_on, stands, reason, path="reason", zone=zone, now=now)
    scope = follow_up.after_action.incident.reference
    data = {
        "service_manager": add_outsider(service_manager, scope=scope, by=by, now=now)
        if service_manager
        else None,
        "rca_due_at": end_of_day(due_on, zone) if due_on else None,
        "rca_committed": committed,
        "root_cause_related": root_cause_related,
    }
    data = {field: value for field, value in data.items() if value is not None}
    before = {field: getattr(follow_up, field) for field in data}
    for field, value in data.items():
        setattr(follow_up, field, value)
    _save(follow_up, *data)
    _keep(
        "planned the RCA",
        follow_up,
        by=by,
        now=now,
        changes={field: (before[field], value) for field, value in data.items()},
        reason=reason,
    )
    after_action = follow_up.after_action
    if root_cause_related and not before["root_cause_related"] and after_action.published_at is None:
        # The vendor's representative is required from now on, and invited where the meeting is scheduled.
        propose_attendees(after_action, by=by, now=now)
    obligations.reconcile(after_action.incident, by=by, now=now)
    return follow_up


@transaction.atomic
def add_item(
    follow_up: VendorFollowUp,
    *,
    text: str,
    due_on: date | None,
    committed: bool = False,
    by: Person | None,
    at: datetime,
    now: datetime,
) -> VendorItem:
    """An open item with the vendor's committed date, or our follow-up date until it commits. "Waiting on them" without
    a date is refused."""
    follow_up = _locked(follow_up, version=None, by=by)
    lifecycle.check_instant(at, now=now)
    if due_on is None:
        raise BadInput.of("due_on", NO_PLAN)
    text = typed_text(text, "text", most=LONGEST_TEXT, empty="Say what the vendor owes.")
    zone = ZoneInfo(follow_up.after_action.incident.time_zone)
    _check_day(due_on, None, "", path="due_on", zone=zone, now=now)
    item = VendorItem.objects.create(
        follow_up=follow_up, text=text, due_on=due_on, committed=committed, created_at=at
    )
    _keep("noted an open item", follow_up, by=by, now=now, changes={"item": (None, text)})
    obligations.reconcile(follow_up.after_action.incident, by=by, now=now)
    return item


@transaction.atomic
def move_item(
    item: VendorItem,
    *,
    due_on: date | None,
    committed: bool = False,
    note: str = "",
    by: Person | None,
    at: datetime,
    now: datetime,
) -> VendorItem:
    """Another date for what a vendor owes: the one that it commits to, or our next one. The date before is kept, and
    where it had passed the `note` says why it is another. Whoever was told of the passing stays told."""
    follow_up = _locked(item.follow_up, version=None, by=by)
    item = VendorItem.objects.select_for_update(of=("self",)).get(pk=item.pk)
    lifecycle.check_instant(at, now=now, after=[(item.created_at, "the item was noted")])
    if item.closed_at is not None:
        raise RuleViolation("This item is closed already.")
    if due_on is None:
        raise BadInput.of("due_on", NO_PLAN)
    note = typed_text(note, "note", most=LONGEST_TEXT)
    if due_on == item.due_on and committed == item.committed:
        raise BadInput.of(
            "due_on", "This is the date that it has: give another, or say that the vendor committed."
        )
    zone = ZoneInfo(follow_up.after_action.incident.time_zone)
    if due_on != item.due_on:
        _check_day(due_on, item.due_on, note, path="note", zone=zone, now=now)
    before = (item.due_on, item.committed)
    VendorItemMove.objects.create(
        item=item, from_on=item.due_on, due_on=due_on, committed=committed, note=note, by=by, at=at
    )
    item.due_on, item.committed = due_on, committed
    item.save(update_fields=["due_on", "committed"])
    changes: dict[str, tuple[object, object]] = {
        "due_on": (before[0], due_on),
        "committed": (before[1], committed),
    }
    _keep("gave an open item another date", follow_up, by=by, now=now, changes=changes, reason=note)
    obligations.reconcile(follow_up.after_action.incident, by=by, now=now)
    return item


@transaction.atomic
def close_item(
    item: VendorItem, *, outcome: str, by: Person | None, at: datetime, now: datetime
) -> VendorItem:
    """The vendor delivered; `outcome` says what."""
    follow_up = _locked(item.follow_up, version=None, by=by)
    item = VendorItem.objects.select_for_update(of=("self",)).get(pk=item.pk)
    lifecycle.check_instant(at, now=now, after=[(item.created_at, "the item was noted")])
    if item.closed_at is not None:
        raise RuleViolation("This item is closed already.")
    outcome = typed_text(outcome, "outcome", empty="Say what came of it.")
    item.closed_at, item.closed_by, item.outcome = at, by, outcome
    item.save()
    _keep("closed an open item", follow_up, by=by, now=now, changes={"outcome": (None, outcome)})
    obligations.reconcile(follow_up.after_action.incident, by=by, now=now)
    return item


@transaction.atomic
def attach_rca(
    follow_up: VendorFollowUp,
    *,
    name: str,
    content: bytes,
    by: Person | None,
    at: datetime,
    now: datetime,
) -> Revision | None:
    """Keeps the vendor's RCA (a PDF of at most 25 MB) as an appendix of the review.

    Once the review is published its last published content and the RCA make a new revision, which names the reason;
    returned, or None before. Owner, MIM, Service Manager and the readers are told that it came.
    """
    follow_up = _locked(follow_up, version=None, by=by)
    lifecycle.check_instant(at, now=now, after=[(follow_up.engagement.engaged_at, "the vendor was engaged")])
    if follow_up.rca_received_at is not None:
        raise RuleViolation("The RCA of this vendor is here already.")
    wanted = "This is not a PDF. Ask the vendor for its RCA as a PDF."
    taken = take_file(name, content, kinds={FileKind.PDF}, wanted=wanted)
    follow_up.rca_file, follow_up.rca_name = taken.content, taken.name
    follow_up.rca_sha256, follow_up.rca_received_at = taken.sha256, at
    _save(follow_up, "rca_file", "rca_name", "rca_sha256", "rca_received_at")
    _keep("attached the RCA", follow_up, by=by, now=now, changes={"sha256": (None, follow_up.rca_sha256)})
    after_action = follow_up.after_action
    vendor = follow_up.engagement.vendor.name
    revision = None
    if after_action.published_at is not None:
        reason = f"The RCA of {vendor} arrived."
        revision = freeze_with_rca(follow_up, reason=reason, by=by, at=at, now=now)
        announce_published(after_action, revision, also=[follow_up.service_manager], now=now)
    else:
        _tell_that_the_rca_came(follow_up, by=by, now=now)
    obligations.reconcile(after_action.incident, by=by, now=now)
    return revision


def _tell_that_the_rca_came(follow_up: VendorFollowUp, *, by: Person | None, now: datetime) -> None:
    after_action = follow_up.after_action
    incident, vendor = after_action.incident, follow_up.engagement.vendor.name
    answering = [after_action.owner, incident.mim, follow_up.service_manager]
    # Before the draft is out, nobody else has anything to read the RCA with.
    readers = concerned(after_action) if after_action.status != Status.DRAFT else []
    notify(
        [*answering, *readers],
        after_action,
        about=follow_up,
        step="rca",
        words=NoticeWords(
            f"The RCA of {vendor} is here: {incident.reference}",
            f"{follow_up.rca_name} is attached to the Learning Review of “{incident.title}” and becomes its appendix.",
            masked="The RCA of a vendor is here.",
        ),
        url=f"{after_action.get_absolute_url()}publication/#vendors",
        now=now,
        except_for=by,
    )


def _locked(follow_up: VendorFollowUp, *, version: int | None, by: Person | None) -> VendorFollowUp:
    after_action = lifecycle.locked(follow_up.after_action)
    fresh = (
        VendorFollowUp.objects.select_for_update(of=("self",))
        .select_related("engagement__vendor", "service_manager")
        .defer("rca_file")
        .get(pk=follow_up.pk)
    )
    fresh.after_action = after_action
    if not can_follow_up(by, fresh):
        raise NotAllowed(FOLLOWERS_ONLY)
    if version is not None and version != fresh.version:
        raise VersionConflict("Somebody changed this since you opened it.", {"version": fresh.version})
    return fresh


def _rca_due_on(follow_up: VendorFollowUp, zone: ZoneInfo) -> date | None:
    """The day that stands now, by what was said or by contract. Rule: deadlines.rca_due."""
    after_action, engagement = follow_up.after_action, follow_up.engagement
    corrected = VendorEngagement.objects.select_related("vendor")
    while (later := corrected.filter(corrects=engagement).order_by("-id").first()) is not None:
        engagement = later
    since = None if is_history(after_action) else known_since(after_action.incident, after_action)
    facts = vendor_facts(follow_up.engagement_id, engagement, follow_up, {}, zone=zone, known_from=since)
    due = rca_due(facts, zone)
    return due.on if due is not None else None


def _check_day(
    due_on: date, stands: date | None, reason: str, *, path: str, zone: ZoneInfo, now: datetime
) -> None:
    """Raises BadInput for a day that has passed, and at `path` where one that has is moved without a reason."""
    today = local_date(now, zone)
    if due_on < today:
        raise BadInput.of("due_on", "This day has passed: give the next one, by which it will be here.")
    if stands is not None and stands < today and not reason:
        raise BadInput.of(path, "The date before has passed: say why it is another now.")


def _save(follow_up: VendorFollowUp, *fields: str) -> None:
    follow_up.version += 1
    follow_up.save(update_fields=[*fields, "version"])


def _keep(
    verb: str,
    follow_up: VendorFollowUp,
    *,
    by: Person | None,
    now: datetime,
    changes: dict[str, tuple[object, object]],
    reason: str = "",
) -> None:
    scope = follow_up.after_action.incident.reference
    trail.record(verb, follow_up, by=by, at=now, scope=scope, changes=changes, reason=reason)
