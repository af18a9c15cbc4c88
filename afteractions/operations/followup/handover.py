"""Handing what is owed to somebody else, whatever it is: each by its own rule (domain.md, Handover)."""

from datetime import datetime

from django.db import transaction

from afteractions.models import Change, Obligation, VendorFollowUp, VendorItem
from afteractions.operations.followup.actions import hand_on_action
from afteractions.operations.followup.vendors import plan_rca
from afteractions.vocabulary import ObligationKind, ObligationState
from majorops.errors import BadInput, RuleViolation
from majorops.people.models import Person

OTHERWISE = {
    ObligationKind.STATUS_NOTE: "Name another Internal Liaison, or send the note as the owner.",
    ObligationKind.EXTERNAL_MESSAGE: "It belongs to the whole Communications team: anyone of it can send the message.",
    ObligationKind.DISTRIBUTE: "It goes with the After Action: name another owner when scheduling.",
    ObligationKind.READ_DRAFT: (
        "Whoever attends reads it themself. The MIM can name somebody else to attend, on the People page of the After "
        "Action."
    ),
    ObligationKind.EVIDENCE: (
        "It is asked of the attendee: ask somebody else for it on the People page of the After Action."
    ),
    ObligationKind.EFFECT_CHECK: "It goes with the After Action: hand over the command on the incident's page.",
    ObligationKind.PUBLISH: "It goes with the After Action: hand over the command on the incident's page.",
}
WITH_THE_COMMAND = "It goes with the command of the incident: hand that over on the incident's page."


@transaction.atomic
def hand_over(
    obligation: Obligation, *, owner: Person, reason: str, by: Person, at: datetime, now: datetime
) -> None:
    """Makes `owner` the one who must meet an open deadline: an action item goes to its new owner, a vendor's date to
    the Service Manager named.

    Raises RuleViolation for what goes another way, and says which; NotAllowed as the operation behind it does.
    """
    row = Obligation.objects.select_related("after_action").get(pk=obligation.pk)
    if row.state != ObligationState.OPEN:
        raise RuleViolation(
            f"This deadline is not open any more: it is {ObligationState(row.state).label.lower()}."
        )
    if not reason.strip():
        raise BadInput.of("reason", "Say why it goes to somebody else.")
    key = row.subject_key.partition(":")[2]
    match row.kind:
        case ObligationKind.ACTION_ITEM:
            change = Change.objects.select_related("after_action__incident", "owner").get(reference=key)
            hand_on_action(change, owner=owner, reason=reason, by=by, at=at, now=now)
        case ObligationKind.VENDOR_RCA:
            plan_rca(_follow_up(engagement=key), service_manager=owner, by=by, at=at, now=now)
        case ObligationKind.VENDOR_ITEM:
            item = VendorItem.objects.get(pk=key)
            plan_rca(_follow_up(pk=item.follow_up_id), service_manager=owner, by=by, at=at, now=now)
        case _:
            raise RuleViolation(OTHERWISE.get(ObligationKind(row.kind), WITH_THE_COMMAND))


def _follow_up(**key: object) -> VendorFollowUp:
    follow_up = VendorFollowUp.objects.select_related("after_action__incident").filter(**key).first()
    if follow_up is None:
        raise RuleViolation(
            "Nobody follows this vendor up yet: name the Service Manager on the After Action's page."
        )
    return follow_up
