"""Who may do what with an After Action: from the role on it, the groups, and nothing else (domain.md, People).

Deny by default: whoever plays no part may only read, and only what `visible_to` shows.
"""

from collections.abc import Iterable

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from afteractions.models import (
    AfterAction,
    Attendee,
    Change,
    Comment,
    ExternalMessage,
    Obligation,
    VendorFollowUp,
)
from afteractions.rules.lifecycle import Part
from afteractions.vocabulary import ObligationKind
from incidents.access import is_recovery_lead
from incidents.models import CommandAssignment, Incident, RecoveryTrack, TrackMember
from majorops.errors import NotAllowed, NotFound
from majorops.people.groups import GroupName
from majorops.people.models import Person
from majorops.prepared import prepared


def get_after_action(person: Person, reference: str) -> AfterAction:
    """The After Action, if `person` may know of it, with `listed_people` (the keys of those on the list of attendees or
    taken off it), `filled_seats` that they take, `has_stakeholders`, `has_messages`, the number of
    `open_comments` (threads that nobody resolved) and the key of the `newest_person`.

    Raises NotFound otherwise, in the same words as for none."""
    rows = _visible(person=person, reference=reference)
    if not rows:
        raise NotFound(f"There is no After Action {reference[:40]} that you may see.")
    return rows[0]


@prepared
def _visible(*, person: Person, reference: str) -> QuerySet[AfterAction]:
    visible = AfterAction.objects.visible_to(person).filter(reference=reference)
    listed = Attendee.objects.filter(after_action=OuterRef("pk")).order_by()
    unresolved = Comment.objects.filter(Comment.UNRESOLVED, after_action=OuterRef("pk")).order_by()
    counted = unresolved.values("after_action").annotate(count=Count("pk"))
    stakeholders = AfterAction.stakeholders.through.objects.filter(afteraction=OuterRef("pk"))
    return visible.select_related("incident__mim", "owner", "internal_liaison").annotate(
        listed_people=ArraySubquery(listed.values_list(Coalesce("person__account", "person"))),
        filled_seats=ArraySubquery(listed.filter(included=True).exclude(fills="").values_list("fills")),
        has_stakeholders=Exists(stakeholders),
        open_comments=Coalesce(Subquery(counted.values("count")), 0),
        has_messages=Exists(ExternalMessage.objects.filter(after_action=OuterRef("pk"))),
        newest_person=Subquery(Person.objects.order_by("-pk").values("pk")[:1]),
    )


def answers_for(person: Person, named: Person | None) -> bool:
    """Whether `person` is the one named, or the account that a named contact was linked to."""
    return named is not None and person.pk in (named.pk, named.account_id)


def parts_of(person: Person | None, after_action: AfterAction) -> frozenset[Part]:
    """The parts that `person` plays in this After Action; nobody (None) is the system.

    Without a MIM who can sign in, the MIM group plays the MIM; without an owner, the MIM plays the owner.
    """
    if person is None:
        return frozenset({Part.SYSTEM})
    if not person.is_active:
        return frozenset()
    parts = set()
    if _is_mim(person, after_action.incident):
        parts.add(Part.MIM)
    if answers_for(person, after_action.owner) or (_cannot_sign_in(after_action.owner) and Part.MIM in parts):
        parts.add(Part.OWNER)
    if person.is_in(GroupName.COMMUNICATIONS):
        parts.add(Part.COMMUNICATIONS)
    if person.is_administrator:
        parts.add(Part.ADMINISTRATOR)
    return frozenset(parts)


def _is_mim(person: Person, incident: Incident) -> bool:
    mim = incident.mim
    return answers_for(person, mim) or (_cannot_sign_in(mim) and person.is_in(GroupName.MIM))


def _cannot_sign_in(person: Person | None) -> bool:
    return person is None or (person.is_contact and person.account_id is None) or not person.is_active


def can_own(person: Person | None, after_action: AfterAction) -> bool:
    """Distribute, amend, withdraw, publish, let others edit."""
    return bool(parts_of(person, after_action) & {Part.OWNER, Part.ADMINISTRATOR, Part.SYSTEM})


def can_chair(person: Person | None, after_action: AfterAction) -> bool:
    """Schedule, decide attendees, hold the meeting, name anti-patterns."""
    return bool(parts_of(person, after_action) & {Part.MIM, Part.ADMINISTRATOR, Part.SYSTEM})


def can_confirm(person: Person | None, after_action: AfterAction) -> bool:
    """Confirm what was supposed to happen and the root cause: the Technical Recovery Lead."""
    if person is None:
        return False
    return person.is_administrator or is_recovery_lead(person, after_action.incident)


def can_edit(person: Person | None, after_action: AfterAction) -> bool:
    """Write the draft: the owner, the MIM, whoever the owner let in, and always the Technical Recovery Lead."""
    if person is None:
        return True
    if parts_of(person, after_action) & {Part.OWNER, Part.MIM, Part.ADMINISTRATOR}:
        return True
    return after_action.editors.filter(pk=person.pk).exists() or is_recovery_lead(
        person, after_action.incident
    )


def responders(after_action: AfterAction) -> list[Person]:
    """Those who responded and can sign in: whoever held a command role, led a recovery track or worked on one."""
    incident = after_action.incident_id
    held = CommandAssignment.objects.carrying_rights().filter(incident=incident).values("person")
    led = RecoveryTrack.objects.carrying_rights().filter(incident=incident).values("lead")
    worked = TrackMember.objects.filter(track__incident=incident).values("person")
    named = Q(pk__in=held) | Q(pk__in=led) | Q(pk__in=worked)
    people = Person.objects.filter(named).select_related("account").order_by("full_name", "pk")
    accounts = {account.pk: account for account in (person.account or person for person in people)}
    return [account for account in accounts.values() if account.email and account.is_active]


def can_close_out(person: Person | None, after_action: AfterAction) -> bool:
    """Say what worked and what slowed the response: those who responded."""
    if person is None or person.is_administrator:
        return True
    return person.is_active and person in responders(after_action)


def can_bring_evidence(person: Person | None, after_action: AfterAction) -> bool:
    """Attach evidence: those who write the draft, those who attend, and once it is out whoever may comment on it."""
    if person is None or can_edit(person, after_action):
        return True
    if after_action.first_distributed_at is not None and can_comment(person, after_action):
        return True
    attending = after_action.attendees.filter(included=True)
    return person.is_active and attending.filter(Q(person=person) | Q(person__account=person)).exists()


def can_ask_for_evidence(person: Person | None, after_action: AfterAction) -> bool:
    """Ask somebody to bring something by a date: the owner and the MIM."""
    return bool(parts_of(person, after_action) & {Part.OWNER, Part.MIM, Part.ADMINISTRATOR, Part.SYSTEM})


NOT_OUT_YET = (
    "The draft is not out yet. Until it is, its owner, the MIM, the Technical Recovery Lead and those let in to "
    "write it read it."
)


def can_read_draft(person: Person, after_action: AfterAction) -> bool:
    """Read the draft and what belongs to it: its changes, comments, evidence, what was said at the close. Once it is
    out everybody who sees the After Action; before, `AfterActionQuerySet.with_readable_draft` says who."""
    return after_action.draft_is_read_by(person)


def check_can_read_draft(person: Person, after_action: AfterAction) -> None:
    """Raises NotAllowed where the draft is not out and not the person's to read."""
    if not can_read_draft(person, after_action):
        raise NotAllowed(NOT_OUT_YET)


def can_comment(person: Person, after_action: AfterAction) -> bool:
    """Anyone who may read the draft, Auditors aside: they change nothing."""
    return person.is_active and not person.only_reads and can_read_draft(person, after_action)


def can_acknowledge(person: Person, after_action: AfterAction) -> bool:
    """Say that a revision was read: whoever reads it. Auditors change nothing, unless they attend: of them too it is
    asked then."""
    if not person.only_reads:
        return True
    return after_action.attendees.filter(person=person, included=True).exists()


def can_settle_messages(person: Person | None, after_action: AfterAction) -> bool:
    """Prepare, send or withdraw External Messages."""
    return bool(parts_of(person, after_action) & {Part.COMMUNICATIONS, Part.ADMINISTRATOR, Part.SYSTEM})


def can_approve_message(person: Person | None, after_action: AfterAction) -> bool:
    """Approve the text of an External Message: who answers for the After Action."""
    return bool(parts_of(person, after_action) & {Part.OWNER, Part.MIM, Part.ADMINISTRATOR, Part.SYSTEM})


def can_send_status_note(person: Person | None, after_action: AfterAction) -> bool:
    """The owner or the Internal Liaison; the group of liaisons while none is named."""
    if can_own(person, after_action) or person is None:
        return True
    liaison = after_action.internal_liaison
    return answers_for(person, liaison) or (
        _cannot_sign_in(liaison) and person.is_in(GroupName.INTERNAL_LIAISON)
    )


def can_act_on(person: Person | None, change: Change) -> bool:
    """Work on an action item: its owner, the owner of the After Action and the MIM."""
    if person is None or answers_for(person, change.owner):
        return True
    return bool(parts_of(person, change.after_action) & {Part.OWNER, Part.MIM, Part.ADMINISTRATOR})


def can_check_effect(person: Person | None, after_action: AfterAction) -> bool:
    """Say what was seen of a change: whoever owns the review, else the MIM."""
    return can_own(person, after_action) or can_chair(person, after_action)


def can_review_actions(person: Person | None, after_action: AfterAction) -> bool:
    """Settle the items of a 30-day review."""
    return can_chair(person, after_action)


def is_above(person: Person, below: Person | None) -> bool:
    """Whether `person` stands above the other in the manager tree, or is an administrator; above nobody named stands
    an administrator alone."""
    if not person.is_active:
        return False
    seen = set()
    boss = below.account.manager if below is not None and below.account else below and below.manager
    while boss is not None and boss.pk not in seen:
        if boss.pk == person.pk:
            return True
        seen.add(boss.pk)
        boss = boss.manager
    return person.is_administrator


def can_nudge(person: Person, row: Obligation) -> bool:
    """Ask whoever must meet a deadline to see to it: those above them, the MIM, the owner of the After Action."""
    if not person.is_active or person.only_reads or answers_for(person, row.responsible):
        return False
    # Nobody chases owners to read what they wrote.
    owner = row.after_action.owner_id if row.after_action is not None else None
    if row.kind == ObligationKind.READ_DRAFT and row.responsible_id == owner:
        return False
    if row.after_action is not None and parts_of(person, row.after_action) & {Part.OWNER, Part.MIM}:
        return True
    return _is_mim(person, row.incident) or is_above(person, row.responsible)


def can_propose(person: Person | None, change: Change) -> bool:
    """Propose a disposition for the 30-day review: the item's owner, or the owner of the After Action."""
    if person is None:
        return False
    return answers_for(person, change.owner) or can_own(person, change.after_action)


def can_hand_on(person: Person | None, change: Change) -> bool:
    """Give an action item to another owner: whoever may act on it, and those above its owner, to whom it escalates."""
    return can_act_on(person, change) or (person is not None and is_above(person, change.owner))


def can_look_people_up(person: Person, after_action: AfterAction) -> bool:
    """Whom a field may name, while one types: for everybody who is offered such a field. Those who write or chair it,
    send its notes, or follow one of its vendors up."""
    if can_edit(person, after_action) or can_chair(person, after_action):
        return True
    if can_send_status_note(person, after_action) or person.is_in(GroupName.SERVICE_MANAGER):
        return True
    return any(can_follow_up(person, follow_up) for follow_up in after_action.vendor_follow_ups.all())


def can_follow_up(person: Person | None, follow_up: VendorFollowUp) -> bool:
    """Follow up a vendor: its Service Manager, the group while none is named, the owner and the MIM."""
    if person is None or answers_for(person, follow_up.service_manager):
        return True
    if parts_of(person, follow_up.after_action) & {Part.OWNER, Part.MIM, Part.ADMINISTRATOR}:
        return True
    return _cannot_sign_in(follow_up.service_manager) and person.is_in(GroupName.SERVICE_MANAGER)


def visible_references(person: Person, references: Iterable[str]) -> set[str]:
    """Those of the incidents' references that `person` may know of; asked again when a notice of them is sent."""
    visible = Incident.objects.visible_to(person).filter(reference__in=list(references))
    return set(visible.values_list("reference", flat=True))
