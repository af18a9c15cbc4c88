"""Who may do what with an incident (domain.md, People). Denied unless a line here allows it.

Administrators may do every verb on what they may see; a restricted incident is seen only by those it lets in.
"""

from django.db.models import QuerySet

from incidents.models import Incident, IncidentAccess
from majorops.people.groups import GroupName
from majorops.people.models import Person
from majorops.prepared import prepared
from majorops.refusal import Absent

RECORDERS_ONLY = "You may read this incident, not change it. Ask its Major Incident Manager to record it."
COMMAND_ONLY = (
    "Only the incident's Major Incident Manager may do this; where it has none, any Major Incident Manager."
)
MANAGER_ONLY = "Only the manager of the Major Incident Manager may confirm that it never was mandatory."
MIM_GROUP_ONLY = "Only a Major Incident Manager may claim an incident, and only one that nobody commands."
DECLARERS_ONLY = "Your account reads incidents and declares none. Ask an administrator."
CONTRACTS_ONLY = "Only Service Managers and administrators keep the contracts of vendors."


def get_incident(person: Person, reference: str) -> Incident:
    """The incident as `person` may see it. Raises Absent alike for one that is not there and one not to be known."""
    found = _visible(person=person, reference=reference.replace("\x00", ""))
    if not found:
        raise Absent(f"There is no incident {reference[:40]} that you may see.")
    return found[0]


@prepared
def _visible(*, person: Person, reference: str) -> QuerySet[Incident]:
    visible = Incident.objects.visible_to(person).filter(reference=reference)
    return visible.select_related("mim", "mim__account", "repeat_of")


def can_see(person: Person, incident: Incident) -> bool:
    """The rule of `Incident.objects.visible_to`, for one incident already at hand."""
    if not incident.restricted or person.is_in(GroupName.AUDITOR):
        return True
    return IncidentAccess.objects.filter(incident=incident, person=person).exists()


def unseen_by(person: Person, references: set[str]) -> set[str]:
    """Those of the references that are not of an incident this person may see."""
    visible = Incident.objects.visible_to(person).filter(reference__in=references)
    return references - set(visible.values_list("reference", flat=True))


def can_declare(person: Person) -> bool:
    return _acts(person)


def can_record(person: Person, incident: Incident) -> bool:
    """Log events, phases, milestones, impact, updates, tracks, roles, vendors and MTMs."""
    return _acts(person) and can_see(person, incident)


def can_command(person: Person, incident: Incident) -> bool:
    """Severity, close, hand over, restrict, repeat link: the MIM; the MIM group where nobody commands."""
    if not can_record(person, incident):
        return False
    commands = commander(incident)
    if person.is_administrator or person == commands:
        return True
    return commands is None and person.is_in(GroupName.MIM)


def can_reopen(person: Person, incident: Incident) -> bool:
    return can_command(person, incident)


def can_claim(person: Person, incident: Incident) -> bool:
    return (
        can_record(person, incident)
        and commander(incident) is None
        and person.is_in(GroupName.MIM, GroupName.ADMINISTRATOR)
    )


def can_confirm_lowering(person: Person, incident: Incident) -> bool:
    """The MIM's manager, or an administrator."""
    if not can_record(person, incident):
        return False
    mim = commander(incident)
    return person.is_administrator or (mim is not None and mim.manager_id == person.pk)


def can_keep_contracts(person: Person) -> bool:
    """Take vendors in and say what their contracts promise."""
    return _acts(person) and (person.is_administrator or person.is_in(GroupName.SERVICE_MANAGER))


def can_import_history(person: Person) -> bool:
    return _acts(person) and person.is_administrator


def commander(incident: Incident) -> Person | None:
    """The MIM who can act: an active account, or the account that a contact was linked to; None leaves the incident
    to the MIM group until somebody claims it."""
    mim = incident.mim
    if mim is not None and mim.is_contact:
        mim = mim.account
    return mim if mim is not None and mim.is_active and not mim.is_contact else None


def _acts(person: Person) -> bool:
    """Whether the person has a live account that does more than read."""
    if not person.is_authenticated or not person.is_active or person.is_contact:
        return False
    return person.group_names != {GroupName.AUDITOR.value}
