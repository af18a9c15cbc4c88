"""People who leave: what they owe falls to a group at once, and is handed over to one person in one step."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from afteractions.access import is_above
from afteractions.models import AfterAction
from afteractions.operations import lifecycle
from afteractions.operations.deadlines.obligations import reconcile
from afteractions.operations.deadlines.reminders import what
from afteractions.operations.parts import (
    WHY_ACTION_OWNER,
    WHY_LIAISON,
    WHY_OWNER,
    revoke_access_of_former_parts,
)
from afteractions.queries.leavers import (
    LeftBehind,
    chairs_of,
    follow_ups_of,
    incidents_of,
    is_theirs,
    items_of,
    reviews_of,
)
from incidents.models import Incident, Service, Vendor
from incidents.operations.letting_in import let_in
from incidents.operations.response.command import check_can_act, pass_on
from majorops.audit import trail
from majorops.errors import BadInput, NotAllowed, RuleViolation
from majorops.notices.outbox import NoticeWords, tell
from majorops.people.models import Person
from majorops.people.operations.belongings import Belonging

WHY_SERVICE_MANAGER = "follows a vendor up"
REASONS = {"owner": WHY_OWNER, "internal_liaison": WHY_LIAISON}


def can_hand_over_for(person: Person, leaver: Person) -> bool:
    """Whoever stands above somebody, and administrators, see what they leave behind and hand it over."""
    return is_above(person, leaver)


def on_came_or_left(sender: object, *, person: Person, by: Person | None, now: datetime, **_: Any) -> None:
    """What somebody owes who cannot sign in any more falls to whoever stands in for nobody, in the transaction that
    disables the account; once it is enabled again it is theirs again."""
    concerned = Q(is_theirs("mim", person))
    concerned |= Q(is_theirs("after_action__owner", person)) | Q(
        is_theirs("after_action__internal_liaison", person)
    )
    followed = follow_ups_of(person).values("after_action__incident")
    of_vendors = Q(vendorengagements__vendor__service_manager=person)
    incidents = Incident.objects.filter(
        concerned | of_vendors | Q(pk__in=followed) | Q(pk__in=incidents_of(person)),
        obligations__state="open",
    )
    for incident in incidents.distinct().order_by("pk"):
        reconcile(incident, by=by, now=now)


@transaction.atomic
def hand_over_all(leaver: Person, *, to: Person, note: str, by: Person, at: datetime, now: datetime) -> int:
    """Passes everything open of `leaver` to one person: chairs, drafts, action items, vendors, services. Returns how
    many things; those of restricted incidents that `by` or `to` may not know of stay where they are.

    Of somebody who can still sign in, `note` is the reason, and they are told it; command of what runs stays theirs:
    it passes on the incident itself.

    Raises NotAllowed for whoever does not stand above, BadInput for somebody who cannot act and without a reason where
    one is asked for, RuleViolation when there is nothing to pass.
    """
    if not can_hand_over_for(by, leaver):
        raise NotAllowed(
            f"Whoever stands above {leaver}, or an administrator, hands over what is left behind."
        )
    if to.pk == leaver.pk:
        raise BadInput.of("to", "Somebody else has to take it over.")
    check_can_act(to, "to")
    if len(note) > 5000:
        raise BadInput.of("note", "Write a note of at most 5,000 characters.")
    note = note.strip()
    if leaver.is_active and not note:
        raise BadInput.of("note", f"Say why: {leaver} can still sign in, and reads it.")
    lifecycle.check_instant(at, now=now)
    count = _pass_all(leaver, to, note=note, by=by, at=at, now=now)
    if not count:
        running = " Command of what runs is handed over on the incident itself." if leaver.is_active else ""
        raise RuleViolation(f"There is nothing of {leaver} to hand over.{running}")
    return count


def hand_over_belongings(leaver: Person, *, to: Person, by: Person, now: datetime) -> int:
    """The same for somebody whose account is being disabled (majorops.people.operations.belongings): there may be
    nothing."""
    check_can_act(to, "hand_over_to")
    return _pass_all(leaver, to, note="", by=by, at=now, now=now)


def belongings_of(person: Person, viewer: Person) -> list[Belonging]:
    """What is open of `person`, by the kinds under which the API lists what is left behind."""
    left = LeftBehind(person, viewer)
    rows: dict[str, list[str]] = {
        "chairs": [f"{incident.reference} {incident.title}" for incident in left.chairs],
        "drafts": [f"{draft.reference} {draft.incident.title}" for draft in left.drafts],
        "liaisons": [f"{review.reference} {review.incident.title}" for review in left.liaisons],
        "action_items": [f"{item.reference} {item.change}" for item in left.items],
        "vendors": sorted(
            {vendor.name for vendor in left.vendors}
            | {follow_up.engagement.vendor.name for follow_up in left.follow_ups}
        ),
        "services": [service.name for service in left.services],
        "deadlines": [what(deadline) for deadline in left.deadlines],
        "items_of_drafts": _counted(left.items_of_drafts, "action item of drafts that are not out yet"),
        "hidden": _counted(left.hidden, "restricted incident that you may not see"),
    }
    return [Belonging(kind, label) for kind, labels in rows.items() for label in labels]


def _counted(number: int, words: str) -> list[str]:
    """A line about what is only counted; none where there is nothing."""
    return [f"{words}: {number}"] if number else []


def _pass_all(leaver: Person, to: Person, *, note: str, by: Person, at: datetime, now: datetime) -> int:
    """Passes what `by` and `to` may both know of, and tells who takes over. Returns how many things."""
    known = Incident.objects.visible_to(by).filter(pk__in=Incident.objects.visible_to(to))
    count = 0
    for incident in known.filter(pk__in=incidents_of(leaver)).order_by("pk"):
        count += _hand_over_one(incident, leaver, to, note=note, by=by, at=at, now=now)
    count += _hand_over_contracts(leaver, to, note=note, by=by, now=now)
    if not count:
        return 0
    things = "one thing is" if count == 1 else f"{count} things are"
    tell(
        [to],
        about=leaver,
        step=f"took over:{now.isoformat()}",
        words=NoticeWords(
            f"You take over from {leaver}: {things} yours now",
            f"{by} handed over to you what {leaver} leaves behind.{f' {note}' if note else ''}\n\n"
            "Your home page says what is due and when.",
        ),
        url="/",
        now=now,
    )
    if leaver.is_active and by.pk != leaver.pk:
        tell(
            [leaver],
            about=leaver,
            step=f"handed over:{now.isoformat()}",
            words=NoticeWords(
                f"{by} handed over to {to} what was yours",
                f"{by} handed over to {to} what was open and yours. "
                f"The reason: {note}\n\nIncidents that run stay with you until you hand them over.",
            ),
            url="/",
            now=now,
        )
    return count


def _hand_over_one(
    incident: Incident, leaver: Person, to: Person, *, note: str, by: Person, at: datetime, now: datetime
) -> int:
    count = 0
    Incident.objects.select_for_update(of=("self",)).get(pk=incident.pk)
    stays = leaver.is_active and incident.closed_at is None
    if not stays and chairs_of(leaver).filter(pk=incident.pk).exists():
        pass_on(incident, to=to, note=note, by=by, at=at, now=now)
        count += 1
    after_action = AfterAction.objects.filter(incident=incident).first()
    if after_action is not None:
        count += _hand_over_review(after_action, leaver, to, note=note, by=by, now=now)
    if after_action is not None:
        revoke_access_of_former_parts(lifecycle.locked(after_action))
    reconcile(incident, by=by, now=now)
    return count


def _hand_over_review(
    after_action: AfterAction, leaver: Person, to: Person, *, note: str, by: Person, now: datetime
) -> int:
    after_action = lifecycle.locked(after_action)
    fields = [
        field
        for field in ("owner", "internal_liaison")
        if reviews_of(leaver, field).filter(pk=after_action.pk).exists()
    ]
    for field in fields:
        setattr(after_action, field, to)
    if fields:
        lifecycle.save(after_action, *fields)
        changes = dict.fromkeys(fields, (leaver, to))
        lifecycle.audit("handed over", after_action, by=by, now=now, changes=changes, reason=note)
    scope = after_action.incident.reference
    items = items_of(leaver).filter(after_action=after_action).select_for_update(of=("self",))
    follow_ups = follow_ups_of(leaver).filter(after_action=after_action).values("pk")
    rows: list[tuple[Any, str]] = [(item, "owner") for item in items]
    managed = after_action.vendor_follow_ups.filter(pk__in=follow_ups).defer("rca_file")
    rows += [(follow_up, "service_manager") for follow_up in managed.select_for_update(of=("self",))]
    for row, field in rows:
        setattr(row, field, to)
        row.version += 1
        row.save(update_fields=[field, "version"])
        trail.record(
            "handed over", row, by=by, at=now, scope=scope, changes={field: (leaver, to)}, reason=note
        )
    reasons = {REASONS[field] for field in fields}
    reasons |= {WHY_ACTION_OWNER if field == "owner" else WHY_SERVICE_MANAGER for _, field in rows}
    for why in reasons:
        let_in(after_action.incident, to, why, now)
    return len(fields) + len(rows)


def _hand_over_contracts(leaver: Person, to: Person, *, note: str, by: Person, now: datetime) -> int:
    vendors = Vendor.objects.select_for_update().filter(service_manager=leaver)
    services = Service.objects.select_for_update().filter(owner=leaver)
    rows: list[tuple[Any, str]] = [(vendor, "service_manager") for vendor in vendors]
    rows += [(service, "owner") for service in services]
    for row, field in rows:
        setattr(row, field, to)
        row.save(update_fields=[field])
        trail.record("handed over", row, by=by, at=now, changes={field: (leaver, to)}, reason=note)
    return len(rows)
