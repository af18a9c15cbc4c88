"""Who of the demonstration's people plays which part in which incident."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from afteractions.demonstration import documents
from majorops.people.models import Person

Cast = Mapping[str, Person]
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)

PARTS = {
    "binder-2017-11-30-oom-proxy": {"volunteer-1": "lead", "volunteer-2": "attendee"},
    "binder-2018-02-20-jupyterlab-announcement": {"operator-on-call": "attendee", "operator": "lead"},
    "dfds-pm2021-011-log4shell": {
        "responder-1": "mim",
        "responder-2": "lead",
        "it-security": "security",
        "cloud-team": "engineer",
        "architect": "attendee",
        "operations": "owner",
    },
    "dfds-pm2022-009-bad-aws-eks-ami-causing-kubernetes-issues": {
        "responder-1": "lead",
        "engineer": "engineer",
    },
    "dfds-pm2023-001-total-node-failure": {
        "responder-1": "lead",
        "responder-2": "attendee",
        "engineer": "owner",
    },
    "i2c-2025-08-12-leap-outage": {
        "engineer-2": "mim2",
        "engineer-1": "lead",
        "people-operations-lead": "communications",
        "technical-lead": "attendee",
    },
    "moj-2023-01-11-cluster-image-pull": {
        "responder-1": "mim2",
        "responder-2": "lead",
        "responder-3": "communications",
        "platform-engineer": "owner",
    },
    "moj-2026-03-30-ingress-nginx-rollback": {
        "responder-1": "mim",
        "responder-2": "lead",
        "responder-3": "communications",
        "platform-team": "attendee",
        "tenant-developer": "engineer",
    },
    "pypi-2025-07-26-phishing": {
        "responder-1": "attendee",
        "responder-2": "mim",
        "responder-3": "communications",
        "developer": "engineer",
        "on-call-administrator": "security",
        "incident-lead": "lead",
    },
    "rust-2023-07-20-downloads": {"responder-1": "lead", "developer": "owner"},
}


def told(
    people: Cast,
    name: str,
    instants: documents.Instants,
    *,
    opened_after: int | None,
    also: Mapping[str, Any],
) -> dict[str, Any]:
    """The document of a story: moved, cast, with a MIM, a Technical Recovery Lead and a service owner."""
    original = documents.worked(name)
    start = instants(documents.first_instant(original))
    document = documents.moved(original, instants)
    mim = people[next((part for part in PARTS[name].values() if part.startswith("mim")), "mim")]
    parts = {**PARTS[name], "demonstration-mim": mim.email.partition("@")[0]} if mim.email else PARTS[name]
    document = documents.cast(
        document, {key: people[part] for key, part in parts.items()} | {"service-owner": people["platform"]}
    )
    if opened_after is not None:
        document["milestones"]["opened"] = (start + timedelta(minutes=opened_after)).isoformat()
    held = {one["role"] for one in document["command"]}
    since = datetime.fromisoformat(document["milestones"]["opened"])
    for role, person in (("mim", mim), ("technical_recovery_lead", people["lead"])):
        if role not in held:
            document["command"].append(documents.command(role, person, since))
    for service in document["services"]:
        service["owner"] = people["platform"].email
    return {**document, **also}


def first_mtm(people: Cast, closed: datetime) -> dict[str, Any]:
    """The Major Technical Meeting that was held two hours into the long Critical incident."""
    began = closed - 3 * HOUR
    return {
        "number": 1,
        "started_at": began.isoformat(),
        "ended_at": (began + HOUR / 3).isoformat(),
        "attendees": [people[key].email for key in ("mim", "lead", "communications")],
        "notes": {
            "attendance": "MIM, Technical Recovery Lead, Communications.",
            "core_roles": "Confirmed as assigned.",
            "recovery_status": "Rolled back; sign-in works again for most tenants.",
            "impact_statement": "Staff of two tenants could not sign in for two and a half hours.",
            "business_impact": "Court listings were late.",
            "prior_actions": None,
            "severity_posture": "Stays Critical until the exclusion is live.",
            "next_mtm": "None needed if the redeployment holds.",
        },
        "actions": [
            {
                "title": "Tell tenants when cookies expire",
                "owner": people["communications"].email,
                "due_on": (closed + 2 * DAY).date().isoformat(),
                "status": "open",
            }
        ],
        "severity_confirmed": "critical",
        "cadence_minutes": 30,
    }
