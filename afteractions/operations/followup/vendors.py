"""Following up on vendors: who asks, by when, what is still open, and the RCA when it comes (Seed: Vendor After
Actions, The Missing Vendor)."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db import transaction

from afteractions.access import can_follow_up
from afteractions.models import AfterAction, Revision, VendorFollowUp, VendorItem
from afteractions.operations import lifecycle
from afteractions.operations.deadlines import obligations
from afteractions.operations.review.files import take_file
from afteractions.operations.review.revisions import freeze
from afteractions.rules.deadlines.calendar import end_of_day
from afteractions.vocabulary import FileKind, RevisionKind
from incidents.models import VendorEngagement
from majorops.audit import trail
from majorops.errors import BadInput, NotAllowed, RuleViolation, VersionConflict
from majorops.people.models import Person
from majorops.texts import is_storable

LONGEST_TEXT = 5_000
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
    service_manager: Person | None = None,
    due_on: date | None = None,
    committed: bool | None = None,
    root_cause_related: bool | None = None,
    version: int | None = None,
    by: Person | None,
    at: datetime,
    now: datetime,
) -> VendorFollowUp:
    """Says who follows up, by which day the RCA is due, whether the vendor committed to that day, and whether its
    failure is part of the root cause. What is None stays as it is."""
    follow_up = _locked(follow_up, version=version, by=by)
    lifecycle.check_instant(at, now=now)
    zone = ZoneInfo(follow_up.after_action.incident.time_zone)
    said = {
        "service_manager": service_manager,
        "rca_due_at": end_of_day(due_on, zone) if due_on else None,
        "rca_committed": committed,
        "root_cause_related": root_cause_related,
    }
    said = {field: value for field, value in said.items() if value is not None}
    before = {field: getattr(follow_up, field) for field in said}
    for field, value in said.items():
        setattr(follow_up, field, value)
    _save(follow_up, *said)
    _keep(
        "planned the RCA",
        follow_up,
        by=by,
        now=now,
        changes={field: (before[field], value) for field, value in said.items()},
    )
    obligations.reconcile(follow_up.after_action.incident, by=by, now=now)
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
        raise BadInput.of(
            "due_on", "“Waiting on them” is no plan: give the vendor's committed date, or our own."
        )
    text = text.strip()
    if not text or len(text) > LONGEST_TEXT or not is_storable(text):
        raise BadInput.of("text", "Say what the vendor owes.")
    item = VendorItem.objects.create(
        follow_up=follow_up, text=text, due_on=due_on, committed=committed, created_at=at
    )
    _keep("noted an open item", follow_up, by=by, now=now, changes={"item": (None, text)})
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
    outcome = outcome.strip()
    if not outcome or not is_storable(outcome):
        raise BadInput.of("outcome", "Say what came of it.")
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

    Once the review is published this makes a new revision, which names the reason; returned, or None before.
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
    revision = None
    if after_action.published_at is not None:
        reason = f"The RCA of {follow_up.engagement.vendor.name} arrived."
        revision = freeze(after_action, kind=RevisionKind.ERRATUM, reason=reason, by=by, at=at, now=now)
    obligations.reconcile(after_action.incident, by=by, now=now)
    return revision


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
) -> None:
    trail.record(
        verb, follow_up, by=by, at=now, scope=follow_up.after_action.incident.reference, changes=changes
    )
