"""The words of a root cause or a learning statement, checked against the people that are known here."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from afteractions.access import can_edit
from afteractions.models import AfterAction, DismissedName
from afteractions.operations import lifecycle
from afteractions.operations.review.document import Review
from afteractions.rules.review.root_cause import texts_of
from afteractions.wording.check import Checked, Finding, check, without_dismissed
from afteractions.wording.persons import KnownPerson
from incidents.models import Incident
from incidents.queries.incidents import incident_page
from majorops.errors import NotAllowed, RuleViolation
from majorops.people.models import Person


def check_wording(what: Checked, text: str, *, incident: Incident | None) -> list[Finding]:
    """All findings, in the order of the text, but what was dismissed as no name in the review of the incident. Without
    an incident nobody counts as a responder."""
    return not_dismissed(check(what, text, known_people(incident)), incident=incident)


def not_dismissed(findings: list[Finding], *, incident: Incident | None) -> list[Finding]:
    """The findings but those of which somebody said, for the review of this incident, that they are no name."""
    if incident is None or not any(finding.may_be_no_name for finding in findings):
        return findings
    dismissed = DismissedName.objects.filter(after_action__incident=incident)
    return without_dismissed(findings, list(dismissed.values_list("text", flat=True)))


@transaction.atomic
def dismiss_name(
    after_action: AfterAction, *, text: str, by: Person, at: datetime, now: datetime
) -> DismissedName:
    """Keeps that a passage of the root cause is no name, though it looks like one; saying so again changes nothing.

    Raises RuleViolation for the name of somebody registered, and for what the root cause does not say.
    """
    if not can_edit(by, after_action):
        raise NotAllowed("Only those who write the draft dismiss what looks like a name in it.")
    after_action = lifecycle.locked(after_action)
    lifecycle.check_instant(at, now=now)
    text = text.strip()
    said_before: DismissedName | None = after_action.dismissed_names.filter(text__iexact=text).first()
    if said_before is not None:
        return said_before
    root_cause = root_cause_text(Review(after_action, at=now).root_cause())
    findings = check(Checked.ROOT_CAUSE, root_cause, known_people(after_action.incident))
    values = [row for row in findings if row.text.casefold() == text.casefold()]
    if any(not value.dismissible for value in values):
        raise RuleViolation(f"“{text}” is the name of somebody here: take it out of the root cause.")
    if not any(value.may_be_no_name for value in values):
        raise RuleViolation(
            "The root cause says nothing that looks like this name any more: reload the page."
        )
    kept = DismissedName.objects.create(after_action=after_action, text=text, at=at, by=by)
    lifecycle.audit(
        "said that it is no name", after_action, by=by, now=now, changes={"dismissed": (None, text)}
    )
    return kept


def root_cause_text(root_cause: dict[str, Any]) -> str:
    """Every text of the section in one, a line each."""
    return "\n".join(texts_of(root_cause))


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
    keys = {
        incident.mim_id,
        *(held.person_id for held in record.commandassignments.all()),
        *(track.lead_id for track in tracks),
        *(member.person_id for track in tracks for member in track.members.all()),
        *(event.by_id for event in record.timelineevents.all()),
    }
    return {key for key in keys if key is not None}
