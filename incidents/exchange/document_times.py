"""The instants at which something of a document happened, each with its path. What is planned is left out."""

from collections.abc import Iterator
from dataclasses import fields
from datetime import datetime

from incidents.exchange.document_parts import IncidentDocument

# Each list of the format, and those of its instants that lie in the past: the attribute, and the key in the document.
_HAPPENED: dict[str, dict[str, str]] = {
    "command": {"from_at": "from", "until_at": "until"},
    "phases": {"entered_at": "entered_at"},
    "timeline": {"at": "at", "logged_at": "logged_at"},
    "tracks": {
        "opened_at": "opened_at",
        "lead_assigned_at": "lead_assigned_at",
        "closed_at": "closed_at",
    },
    "stakeholder_communications": {"at": "at"},
    "status_updates": {"at": "at"},
    "vendors": {"engaged_at": "engaged_at", "responded_at": "responded_at"},
    "mtms": {"started_at": "started_at", "ended_at": "ended_at"},
}


def instants_of(document: IncidentDocument) -> Iterator[tuple[str, datetime]]:
    """Path and instant of all that happened, as far as it was captured; what is planned (the next MTM) is not there."""
    for field in fields(document.milestones):
        at = getattr(document.milestones, field.name)
        if at is not None:
            yield f"milestones.{field.name}", at
    for name, keys in _HAPPENED.items():
        for number, entry in enumerate(getattr(document, name)):
            for attribute, key in keys.items():
                at = getattr(entry, attribute)
                if at is not None:
                    yield f"{name}[{number}].{key}", at
