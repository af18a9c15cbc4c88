"""Who may know of a restricted incident: letting people in, and out again once the reason is gone (domain.md, People).

Asked of no form: whoever calls it has decided, unless it says that it asks.
"""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Q

from incidents.access import can_command, can_confirm_role, can_see
from incidents.models import CommandAssignment, Handover, Incident, IncidentAccess, RecoveryTrack
from incidents.models.incident import LEADS_A_TRACK
from majorops.errors import RuleViolation
from majorops.people.models import Person

HELD_A_ROLE = "holds a role"
WORKS_ON_A_TRACK = "works on a recovery track"
OWNS_A_SERVICE = "owns a service involved"
DECLARED_IT = "declared it"
LET_IN = "was let in"


def let_in(incident: Incident, person: Person | None, why: str, now: datetime) -> None:
    """Lets the person, or the account that a contact is linked to, know of the incident should it be restricted.

    `why` is at most 40 characters; the same reason is kept once.
    """
    if person is None:
        return
    knows = IncidentAccess(
        incident=incident, person_id=person.account_id or person.pk, why=why[:40], since=now
    )
    IncidentAccess.objects.bulk_create([knows], ignore_conflicts=True)


def let_in_as_recorded(
    incident: Incident, person: Person | None, why: str, *, by: Person | None, now: datetime
) -> None:
    """Lets in whom an entry of the record names, as far as whoever wrote it may: into a restricted incident whoever
    commands it lets people in; once it is closed an entry gives sight on the word of those who confirm one."""
    if person is None:
        return
    if incident.is_closed:
        may = by is None or can_confirm_role(by, incident)
    else:
        may = not incident.restricted or _knows(person, incident) or _lets_in(by, incident)
    if may:
        let_in(incident, person, why, now)


def check_knows(incident: Incident, people: Iterable[Person | None], *, by: Person | None) -> None:
    """Raises RuleViolation where somebody is named for a running, restricted incident who may not know of it, by
    somebody who may not let people in. What is recorded after the close lets nobody in by itself."""
    if not incident.restricted or incident.is_closed or _lets_in(by, incident):
        return
    for person in people:
        if person is None or (person.is_contact and person.account_id is None):
            continue
        if not _knows(person, incident):
            raise RuleViolation(
                f"The incident is restricted, and {person} may not see it: only whoever commands it lets people in. "
                "Ask them to, then name the person here."
            )


def let_out_of_role(incident: Incident, person: Person) -> None:
    """Takes back the sight that a role gave, where no role that stands gives it."""
    theirs = Q(person=person) | Q(person__account=person.account_id or person.pk)
    held = CommandAssignment.objects.carrying_rights().filter(theirs, incident=incident)
    took_over = Handover.objects.filter(incident=incident, to_person=person)
    if incident.mim_id != person.pk and not held.exists() and not took_over.exists():
        let_out(incident, [person], HELD_A_ROLE)


def let_out_of_track(incident: Incident, person: Person) -> None:
    """Takes back the sight that leading a track gave, where no track that stands gives it."""
    leads = RecoveryTrack.objects.filter(incident=incident, lead=person, corrections__isnull=True)
    if not any(_gives_sight(track, person, incident) for track in leads.select_related("logged_by")):
        let_out(incident, [person], LEADS_A_TRACK)


def _gives_sight(track: RecoveryTrack, lead: Person, incident: Incident) -> bool:
    """Whether the entry names its lead while the incident ran, by an import, or by those who confirm one. Of an entry
    that somebody else made after the close, their sight must be younger than it: it was confirmed."""
    if track.logged_at is None or incident.closed_at is None or track.logged_at <= incident.closed_at:
        return True
    if track.logged_by is None or can_confirm_role(track.logged_by, incident):
        return True
    given = incident.access.filter(person=lead.account_id or lead.pk, why=LEADS_A_TRACK)
    return given.filter(since__gte=track.logged_at).exists()


def let_out(incident: Incident, people: Iterable[Person], why: str) -> None:
    """Takes back what this one reason gave; whoever knows of the incident for another keeps it."""
    keys = [person.account_id or person.pk for person in people]
    IncidentAccess.objects.filter(incident=incident, person__in=keys, why=why).delete()


def _lets_in(by: Person | None, incident: Incident) -> bool:
    return by is None or can_command(by, incident)


def _knows(person: Person, incident: Incident) -> bool:
    return can_see(person.account or person, incident)
