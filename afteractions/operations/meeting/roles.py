"""Who owns the draft, who is let in to write it, who tells the stakeholders, and who they are."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from afteractions.access import can_chair, can_own
from afteractions.models import AfterAction
from afteractions.operations import lifecycle
from afteractions.operations.deadlines import obligations
from afteractions.operations.parts import (
    WHY_EDITOR,
    WHY_LIAISON,
    WHY_OWNER,
    WHY_STAKEHOLDER,
    revoke_access_of_former_parts,
)
from incidents.operations.letting_in import let_in
from majorops.errors import BadInput, NotAllowed, Problem
from majorops.people.models import Person
from majorops.people.outsiders import Outsider, add_outsider


@transaction.atomic
def name_people(
    after_action: AfterAction,
    *,
    owner: Person | None,
    internal_liaison: Person | None,
    editors: Sequence[Person],
    stakeholders: Sequence[Person | Outsider],
    version: int | None = None,
    by: Person | None,
    at: datetime,
    now: datetime,
) -> AfterAction:
    """Names the owner, the Internal Liaison, those let in to write, and the stakeholders, each as given; all of them
    may know of the incident from then on, and who is none of them any more does not for that. Owner None leaves the one
    there is. Raises BadInput, NotAllowed, VersionConflict."""
    after_action = lifecycle.locked(after_action, version=version)
    if not (can_own(by, after_action) or can_chair(by, after_action)):
        raise NotAllowed("The owner or the MIM names the people of an After Action.")
    lifecycle.check_instant(at, now=now)
    problems = [
        Problem(field, f"{person} has no account and cannot sign in: choose somebody who can.")
        for field, people in (("owner", [owner]), ("editors", editors))
        for person in people
        if person is not None and person.email is None
    ]
    if problems:
        raise BadInput(problems)
    scope = after_action.incident.reference
    stakeholders_named = [
        add_outsider(stakeholder, scope=scope, by=by, now=now) for stakeholder in stakeholders
    ]
    before = (after_action.owner, after_action.internal_liaison)
    lists_before = [
        sorted(person.identifier for person in people.all())
        for people in (after_action.editors, after_action.stakeholders)
    ]
    after_action.owner = owner or after_action.owner
    after_action.owner_confirmed_at = at if after_action.owner else None
    after_action.internal_liaison = internal_liaison
    lifecycle.save(after_action, "owner", "owner_confirmed_at", "internal_liaison")
    after_action.editors.set(editors)
    after_action.stakeholders.set(stakeholders_named)
    for person, why in [
        (after_action.owner, WHY_OWNER),
        (internal_liaison, WHY_LIAISON),
        *((person, WHY_EDITOR) for person in editors),
        *((person, WHY_STAKEHOLDER) for person in stakeholders_named),
    ]:
        if person is not None:
            let_in(after_action.incident, person, why, now)
    revoke_access_of_former_parts(after_action)
    lifecycle.audit(
        "named the people",
        after_action,
        by=by,
        now=now,
        changes={
            "owner": (before[0], after_action.owner),
            "internal_liaison": (before[1], internal_liaison),
            "editors": (lists_before[0], sorted(person.identifier for person in editors)),
            "stakeholders": (lists_before[1], sorted(person.identifier for person in stakeholders_named)),
        },
    )
    obligations.reconcile(after_action.incident, by=by, now=now)
    return after_action
