"""After Actions made through the operations, at instants that are passed in.

The usual story: a Critical incident opened on Tuesday 3 March 2026 at 09:00 UTC and closed at 10:40, its meeting on
Monday the 9th at 14:00, one business day before the deadline to hold it.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from afteractions.models import AfterAction, ExternalMessage, Meeting, Revision
from afteractions.operations.followup.external_messages import answer_for_message
from afteractions.operations.meeting.meeting import hold
from afteractions.operations.meeting.scheduling import schedule
from afteractions.operations.readers.reading import acknowledge
from afteractions.operations.review.distribution import distribute
from afteractions.operations.review.publication import publish
from afteractions.operations.review.section_editing import save_section
from incidents.models import Incident
from incidents.operations.response.command import assign
from incidents.vocabulary import CommandRole
from majorops.people.models import Person
from tests.factories.incidents import OPENED, an_event, an_incident, close, minutes, reach_milestone
from tests.factories.people import a_mim, a_person

CLOSED = OPENED + timedelta(minutes=100)
SCHEDULED = CLOSED + timedelta(hours=1)
DISTRIBUTED = datetime(2026, 3, 6, 10, 0, tzinfo=UTC)
READ = datetime(2026, 3, 8, 18, 0, tzinfo=UTC)
MEETING = datetime(2026, 3, 9, 14, 0, tzinfo=UTC)
MEETING_END = MEETING + timedelta(hours=1)
PUBLISHED = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
REVIEW_DUE = PUBLISHED + timedelta(days=30)
HOUR = timedelta(hours=1)


def an_after_action(
    mim: Person | None = None,
    severity: str = "critical",
    *,
    lead: Person | None = None,
    opened_at: datetime = OPENED,
    **said: Any,
) -> AfterAction:
    """The After Action of an incident that ran for 90 minutes, with a Technical Recovery Lead and a few events."""
    mim = mim or a_mim()
    lead = lead or a_person("Tomas Lindqvist")
    incident = an_incident(mim, severity, opened_at, **said)
    assign(
        incident,
        role=CommandRole.TECHNICAL_RECOVERY_LEAD,
        person=lead,
        by=mim,
        at=opened_at,
        now=opened_at,
    )
    for number in range(1, 4):
        at = opened_at + minutes(10 * number)
        an_event(incident, f"Failover step {number}", by=lead, at=at)
    for kind, after in (("mitigated", 45), ("recovered", 90)):
        at = opened_at + minutes(after)
        reach_milestone(incident, kind=kind, by=mim, at=at, now=at)
    at = opened_at + minutes(100)
    close(incident, by=mim, at=at, now=at)
    return AfterAction.objects.select_related("incident__mim", "owner").get(incident=incident)


def fresh(after_action: AfterAction) -> AfterAction:
    """The After Action as it stands in the database now."""
    return AfterAction.objects.select_related("incident__mim", "owner").get(pk=after_action.pk)


def write(
    after_action: AfterAction,
    key: str,
    content: object,
    *,
    by: Person | None = None,
    at: datetime = SCHEDULED,
    version: int | None = None,
) -> Any:
    """Saves one section, by the MIM unless said otherwise."""
    author = by or after_action.incident.mim
    return save_section(after_action, key, content, version=version, by=author, at=at, now=at)


COMPLETE: dict[str, Any] = {
    "summary": {"business_impact": "Orders were lost for 90 minutes.", "customer_impact": "One in five."},
    "expected": [
        {
            "expected": "The standby database takes over within a minute.",
            "actual": "It refused connections for 40 minutes.",
            "kind": "procedure",
            "reference": "Runbook DB-4",
        }
    ],
    "root_cause": {
        "failure": "a standby database without the permissions of the primary",
        "contributing_factors": ["no failover drill since the migration"],
        "should_have_happened": ["the deployment check compares permissions"],
        "certainty": "known",
    },
    "went_well": [{"text": "The bridge was staffed within five minutes.", "kind": "action"}],
}


def write_prose(after_action: AfterAction, *, by: Person | None = None, at: datetime = SCHEDULED) -> None:
    """Everything that a distribution asks for."""
    for key, content in COMPLETE.items():
        write(after_action, key, content, by=by, at=at)


def a_change(owner: Person | None, *, due_on: str | None = "2026-03-31", **said: object) -> dict[str, object]:
    """One row of the section `changes`, complete unless said otherwise."""
    return {
        "kind": "start",
        "gap": "Runbook DB-4 does not check the permissions of the standby",
        "change": "Check the permissions of the standby at each deployment",
        "owner": owner.identifier if owner else None,
        "due_on": due_on,
        **said,
    }


def a_meeting(
    after_action: AfterAction,
    *,
    starts_at: datetime = MEETING,
    at: datetime = SCHEDULED,
    by: Person | None = None,
    **said: Any,
) -> Meeting:
    return schedule(
        after_action,
        starts_at=starts_at,
        ends_at=starts_at + HOUR,
        by=by or after_action.incident.mim,
        at=at,
        now=at,
        **said,
    )


def a_drafted_review(
    mim: Person | None = None, *, action_owner: Person | None = None, **said: Any
) -> AfterAction:
    """Scheduled, and written to the end, with one action item."""
    after_action = an_after_action(mim, **said)
    a_meeting(after_action)
    write_prose(after_action)
    write(after_action, "changes", [a_change(action_owner or after_action.incident.mim)])
    return fresh(after_action)


def a_distributed_review(
    mim: Person | None = None, *, at: datetime = DISTRIBUTED, **said: Any
) -> AfterAction:
    """In Review: the draft is out more than 48 h ahead of the meeting."""
    after_action = a_drafted_review(mim, **said)
    distribute(after_action, by=after_action.incident.mim, at=at, now=at)
    return fresh(after_action)


def read_by_all(after_action: AfterAction, *, at: datetime = READ) -> None:
    """Every attendee clicks "I have read this"."""
    latest = Revision.objects.filter(after_action=after_action).latest("number")
    for attendee in after_action.attendees.filter(included=True).select_related("person"):
        acknowledge(latest, by=attendee.person, at=at, now=at)


def hold_meeting(
    after_action: AfterAction,
    *,
    agreed: bool = True,
    external_messages: Any = "none",
    started_at: datetime = MEETING,
    by: Person | None = None,
    attendance: Sequence[Mapping[str, Any]] | None = None,
    **said: Any,
) -> Meeting:
    """Holds the meeting for an hour, everybody present."""
    if attendance is None:
        attendance = [
            {"person": attendee.person.identifier, "present": True}
            for attendee in after_action.attendees.filter(included=True).select_related("person")
        ]
    ended_at = started_at + HOUR
    return hold(
        after_action,
        started_at=started_at,
        ended_at=ended_at,
        attendance=attendance,
        agreed=agreed,
        external_messages=external_messages,
        by=by or after_action.incident.mim,
        at=ended_at,
        now=ended_at,
        **said,
    )


def a_reviewed_review(
    mim: Person | None = None, *, external_messages: Any = "none", **said: Any
) -> AfterAction:
    """The meeting was held, and agreed."""
    after_action = a_distributed_review(mim, **said)
    read_by_all(after_action)
    hold_meeting(after_action, external_messages=external_messages)
    return fresh(after_action)


def a_published_review(mim: Person | None = None, *, at: datetime = PUBLISHED, **said: Any) -> AfterAction:
    """Published; Closed as well, unless there are External Messages."""
    after_action = a_reviewed_review(mim, **said)
    publish(after_action, by=after_action.incident.mim, at=at, now=at)
    return fresh(after_action)


def an_approval(message: ExternalMessage, *, at: datetime) -> ExternalMessage:
    """The MIM approves the text as it stands."""
    return answer_for_message(message, approved=True, by=message.after_action.incident.mim, at=at, now=at)


def incident_of(after_action: AfterAction) -> Incident:
    """The incident as it stands in the database now."""
    return Incident.objects.get(pk=after_action.incident_id)
