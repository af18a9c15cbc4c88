"""The worked incidents as documents, moved in time and played by the people of the demonstration."""

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from majorops.people.models import Person

WORKED = Path(__file__).parent / "worked"
Instants = Callable[[datetime], datetime]


def worked(name: str) -> dict[str, Any]:
    """One of the ten worked incidents, as its document."""
    document: dict[str, Any] = json.loads((WORKED / f"{name}.json").read_text())
    return document


def first_instant(document: Mapping[str, Any]) -> datetime:
    return min(datetime.fromisoformat(at) for at in document["milestones"].values() if at)


def last_instant(document: Mapping[str, Any]) -> datetime:
    return max(datetime.fromisoformat(at) for at in document["milestones"].values() if at)


def closing(document: Mapping[str, Any], at: datetime, *, pace: float = 1.0) -> Instants:
    """Moves the document so that its last milestone falls on `at`; `pace` below 1 shortens it."""
    end = last_instant(document)
    return lambda instant: _minute(at - (end - instant) * pace)


def beginning(document: Mapping[str, Any], at: datetime, *, pace: float = 1.0) -> Instants:
    """Moves the document so that its first milestone falls on `at`."""
    begin = first_instant(document)
    return lambda instant: _minute(at + (instant - begin) * pace)


def moved(document: Any, instants: Instants) -> Any:
    """The same document with every instant in it moved."""
    match document:
        case dict():
            return {key: moved(value, instants) for key, value in document.items()}
        case list():
            return [moved(value, instants) for value in document]
        case str() if len(document) > 18 and document[4:5] == "-" and document[10:11] == "T":
            return instants(datetime.fromisoformat(document)).isoformat()
    return document


def until(document: dict[str, Any], at: datetime) -> dict[str, Any]:
    """What had been captured by `at`: later entries and milestones are not there yet."""

    def past(instant: str | None) -> bool:
        return instant is not None and datetime.fromisoformat(instant) <= at

    document = {**document, "review": None}
    document["milestones"] = {
        key: when if past(when) else None for key, when in document["milestones"].items()
    }
    for part, instant in (
        ("timeline", "at"),
        ("phases", "entered_at"),
        ("status_updates", "at"),
        ("vendors", "engaged_at"),
        ("tracks", "opened_at"),
        ("command", "from"),
        ("stakeholder_communications", "at"),
    ):
        document[part] = [entry for entry in document.get(part) or [] if past(entry[instant])]
    for part, ends in (
        ("command", ("until",)),
        ("tracks", ("closed_at", "lead_assigned_at")),
        ("vendors", ("responded_at",)),
    ):
        for entry in document[part]:
            entry.update({end: entry[end] if past(entry[end]) else None for end in ends})
    return document


def cast(document: dict[str, Any], parts: Mapping[str, Person]) -> dict[str, Any]:
    """Gives people of the document to people of the demonstration: document key to person. Somebody who plays two
    parts appears once."""
    keys = {key: person.email for key, person in parts.items()}
    others = [one for one in document["people"] if one["key"] not in keys]
    played = {person.email: person for person in parts.values()}
    people = [{"key": email, "name": person.full_name, "email": email} for email, person in played.items()]

    def renamed(value: Any, field: str = "") -> Any:
        match value:
            case dict():
                return {key: renamed(inner, key) for key, inner in value.items()}
            case list():
                return [renamed(inner, field) for inner in value]
            case str() if field in ("person", "by", "lead", "owner", "attendees"):
                return keys.get(value, value)
        return value

    review = document.get("review")
    document = renamed({key: value for key, value in document.items() if key not in ("people", "review")})
    return {**document, "people": others + people, "review": review}


def command(role: str, person: Person, since: datetime, to: datetime | None = None) -> dict[str, Any]:
    """One more command assignment; the person must be among those cast."""
    return {
        "role": role,
        "person": person.email,
        "from": since.isoformat(),
        "until": to.isoformat() if to else None,
    }


def _minute(at: datetime) -> datetime:
    return at.replace(second=0, microsecond=0)
