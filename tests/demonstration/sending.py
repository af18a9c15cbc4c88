"""Who may send the forms that a page offers: the access list of tests/web, read for people of the demonstration."""

from django.urls import resolve

from afteractions.models import AfterAction, Change
from incidents.access import CARRY_RIGHTS, has_part
from incidents.models import CommandAssignment, Incident
from majorops.people.groups import GroupName
from majorops.people.models import Person
from tests.web.access_audiences import CAST, PARTS, RESPONDERS, TIMES
from tests.web.access_calls import OF_INCIDENTS
from tests.web.access_rules import RULES

# While the incident runs, whoever commands it calls the meeting.
CALLED_BY_COMMAND = "mtm"
# Whom the list does not know: those who are named for the one thing.
ALSO = {
    "afteractions:send_note": "liaison",
    "afteractions:vendor": "service manager",
    "afteractions:vendor_new": "service manager",
    "afteractions:vendor_contract": "service manager",
    "afteractions:left_by": "manager",
}


def may_send(person: Person, path: str) -> bool:
    """Whether the access list lets the person send a form to this address."""
    match = resolve(path)
    step = str(match.kwargs.get("name", ""))
    rule = RULES["administration"] if match.view_name.startswith("admin:") else RULES[match.view_name]
    if rule.steps:
        rule = rule.steps[step] if step in rule.steps else RULES["incidents:step"].steps[step]
    if rule.outside:
        return True
    who = rule.methods["POST"]
    reference = str(match.kwargs.get("reference", ""))
    change = Change.objects.filter(reference=reference).select_related("owner", "after_action").first()
    incident = incident_of(match.view_name, reference, change)
    if (
        incident is not None
        and not incident.is_closed
        and who in (PARTS, TIMES)
        and step != CALLED_BY_COMMAND
    ):
        # While it runs, whoever sees it records.
        return not person.only_reads
    parts = groups_of(person) | (parts_of(person, incident, change) if incident else set())
    if ALSO.get(match.view_name) in parts or (step == "role-end" and may_end(person, match.kwargs["entry"])):
        return True
    if incident is not None and who in (PARTS, RESPONDERS) and has_part(person, incident):
        return True
    return bool(parts & (who.own if parts & (CAST | {"manager"}) else who.others))


def incident_of(name: str, reference: str, change: Change | None) -> Incident | None:
    if change is not None:
        return change.after_action.incident
    if name.startswith("incidents:") or name in OF_INCIDENTS:
        return Incident.objects.filter(reference=reference).first()
    after_action = AfterAction.objects.filter(reference=reference).select_related("incident").first()
    return after_action.incident if after_action else None


def may_end(person: Person, entry: int) -> bool:
    """Whoever holds a role may lay it down; one that carries no rights is ended by whoever records."""
    held = CommandAssignment.objects.get(pk=entry)
    return held.person_id == person.pk or (held.role not in CARRY_RIGHTS and not person.only_reads)


def groups_of(person: Person) -> set[str]:
    if person.only_reads:
        return {"auditor"}
    groups = {
        GroupName.COMMUNICATIONS: "communications",
        GroupName.ADMINISTRATOR: "administrator",
        GroupName.INTERNAL_LIAISON: "liaison",
        GroupName.SERVICE_MANAGER: "service manager",
    }
    leads = {"manager"} if Person.objects.filter(manager=person).exists() else set()
    return {role for group, role in groups.items() if person.is_in(group)} | leads | {"outsider"}


def parts_of(person: Person, incident: Incident, change: Change | None) -> set[str]:
    """What the person is in this incident and in what follows it, in the words of the access list."""
    after_action = AfterAction.objects.filter(incident=incident).first()
    owned = Change.objects.filter(after_action__incident=incident, owner=person)
    found = {
        "mim": incident.mim_id == person.pk,
        "trl": incident.commandassignments.filter(person=person, role="technical_recovery_lead").exists(),
        "action_owner": change.owner_id == person.pk if change else owned.exists(),
        "owner": after_action is not None and after_action.owner_id == person.pk,
        "attendee": after_action is not None
        and after_action.attendees.filter(person=person, included=True).exists(),
    }
    return {role for role, is_so in found.items() if is_so}
