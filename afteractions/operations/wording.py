"""The words of a root cause or a learning statement, checked against the people that are known here."""

from django.db.models import Q

from afteractions.rules.persons import KnownPerson
from afteractions.rules.wording import Checked, Finding, check
from incidents.models import Incident
from incidents.queries import incident_page
from majorops.people.models import Person


def check_wording(what: Checked, text: str, *, incident: Incident | None) -> list[Finding]:
    """All findings, in the order of the text. Without an incident nobody counts as a responder."""
    return check(what, text, known_people(incident))


def known_people(incident: Incident | None) -> list[KnownPerson]:
    """Every account, and the contacts of the incident; its responders are marked."""
    responders = _responders(incident) if incident is not None else set()
    scope = incident.reference if incident is not None else ""
    people = Person.objects.filter(Q(email__isnull=False) | Q(contact_scope=scope)).values_list(
        "pk", "full_name", "handle", "email", "contact_email"
    )
    return [
        KnownPerson(
            name=name,
            handle=handle,
            email=email or contact_email,
            responder=key in responders,
            has_account=email is not None,
        )
        for key, name, handle, email, contact_email in people
    ]


def _responders(incident: Incident) -> set[int]:
    """Whoever commanded, led or worked a track, or logged an entry."""
    record = incident_page(incident)
    tracks = record.recoverytracks.all()
    found = {
        incident.mim_id,
        *(held.person_id for held in record.commandassignments.all()),
        *(track.lead_id for track in tracks),
        *(member.person_id for track in tracks for member in track.members.all()),
        *(event.by_id for event in record.timelineevents.all()),
    }
    return {key for key in found if key is not None}
