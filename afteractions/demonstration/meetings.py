"""The Major Technical Meetings of the running Critical incident: one that ended, and one under way that reviews it."""

from datetime import datetime, timedelta

from afteractions.demonstration.casting import DAY, HOUR, Cast
from incidents.models import Incident
from incidents.operations.response.mtm import ActionOfMtm, publish_summary, record_mtm, update_mtm
from incidents.operations.response.mtm_meeting import take_note
from incidents.vocabulary import Severity

MINUTE = timedelta(minutes=1)
NOTES = {
    "core_roles": "Confirmed as assigned.",
    "recovery_status": "The provider's console answers again; the first database is being restored from its backup.",
    "impact_statement": "All products are down for all customers, the status page included.",
    "business_impact": "Support takes questions by mail only. Two customers asked for a call with the board.",
    "severity_posture": "Critical: nothing is back yet.",
    "next_mtm": "In an hour, with the restore time of the second database.",
}


def hold_two_meetings(incident: Incident, people: Cast, *, now: datetime) -> None:
    """The first two hours in, with its summary out; the second began a few minutes ago."""
    mim = people["mim2"]
    began, ended = now - 28 * MINUTE, now - 9 * MINUTE
    first = record_mtm(
        incident,
        ended_at=ended,
        attendees=[mim, people["lead"], people["communications"]],
        notes=NOTES,
        actions=[
            ActionOfMtm("Ask the provider for the restore time in writing", people["lead"], now.date() + DAY),
            ActionOfMtm(
                "Put the status page on a provider of its own", people["engineer"], (now + 3 * DAY).date()
            ),
        ],
        severity_confirmed=Severity.CRITICAL.value,
        next_at=now - 4 * MINUTE,
        cadence_minutes=30,
        by=mim,
        at=began,
        now=now,
    )
    text = (
        "The provider's console answers again and the first database is being restored. All products are still down. "
        "The severity stays Critical; status updates come every 30 minutes."
    )
    publish_summary(first, text=text, by=mim, at=ended + 6 * MINUTE, now=now)
    began = now - 3 * MINUTE
    second = record_mtm(incident, attendees=[mim, people["lead"]], by=mim, at=began, now=now)
    status = "The first database is restored and answers reads. The second follows within the hour."
    take_note(second, point="recovery_status", text=status, by=mim, at=now - MINUTE, now=now)
    update_mtm(second, next_at=now + HOUR, cadence_minutes=30, by=mim, at=now - MINUTE, now=now)
