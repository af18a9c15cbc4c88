"""Who knows of an incident for a part in what follows it: taken back as soon as the part is somebody else's
(domain.md, People). A part that somebody has by the record, the record itself takes back."""

from collections.abc import Iterable
from itertools import chain

from django.db.models import Q

from afteractions.models import AfterAction
from incidents.models import IncidentAccess
from majorops.people.models import Person

WHY_OWNER = "owner of the After Action"
WHY_LIAISON = "Internal Liaison"
WHY_EDITOR = "writes the draft"
WHY_STAKEHOLDER = "stakeholder"
WHY_ATTENDEE = "attendee"
WHY_ACTION_OWNER = "action owner"


def revoke_access_of_former_parts(after_action: AfterAction) -> None:
    """Takes back the sight that a part gave to whoever has it no longer. Whoever has another part keeps that one's."""
    stand: dict[str, Iterable[Person | None]] = {
        WHY_OWNER: [after_action.owner],
        WHY_LIAISON: [after_action.internal_liaison],
        WHY_EDITOR: after_action.editors.all(),
        WHY_STAKEHOLDER: after_action.stakeholders.all(),
        WHY_ATTENDEE: Person.objects.filter(
            attendances__after_action=after_action, attendances__included=True
        ),
        WHY_ACTION_OWNER: Person.objects.filter(
            changes_owned__after_action=after_action, changes_owned__removed_at__isnull=True
        ),
    }
    gone = Q(pk__in=[])
    for why, people in stand.items():
        keys = set(chain.from_iterable((one.pk, one.account_id) for one in people if one is not None))
        gone |= Q(why=why) & ~Q(person__in=keys - {None})
    IncidentAccess.objects.filter(gone, incident_id=after_action.incident_id).delete()
