"""Checks a document of the exchange format `majorops.incident/1`: one incident as JSON.

Milestones may be out of order: their order is part of the facts.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from incidents.exchange.document_parts import DocumentService, IncidentDocument
from incidents.exchange.document_reading import DocumentReading, Shape
from incidents.rules.names import folded
from majorops.errors import Problem


@dataclass(frozen=True, slots=True)
class CheckedDocument:
    """Either a document, or at least one problem."""

    document: IncidentDocument | None
    problems: tuple[Problem, ...]


def check_document(raw: object) -> CheckedDocument:
    """Check the parsed JSON value `raw` against the format; every problem is named with its path."""
    reading = DocumentReading()
    document = Shape(IncidentDocument)(reading, "", raw)
    _check_persons(reading, raw)
    if document is not None:
        if document.repeat_of == document.external_id:
            reading.refuse("repeat_of", "An incident cannot repeat itself.")
        document = replace(document, services=_named_services(reading, document.services))
    return CheckedDocument(None if reading.problems else document, tuple(reading.problems))


def _check_persons(reading: DocumentReading, raw: object) -> None:
    people = raw.get("people") if isinstance(raw, Mapping) else None
    entries = people if isinstance(people, list | tuple) else ()
    known = {
        entry.get("key")
        for entry in entries
        if isinstance(entry, Mapping) and isinstance(entry.get("key"), str)
    }
    for path, key in reading.persons_named:
        if key not in known:
            reading.refuse(path, "Nobody in the list of people has this key. Add them there, or use null.")


def _named_services(
    reading: DocumentReading, services: tuple[DocumentService, ...]
) -> tuple[DocumentService, ...]:
    """Each service once, whatever its case and blanks, owned by the first owner named. A blank name is not captured."""
    kept: dict[str, DocumentService] = {}
    for number, service in enumerate(services):
        name = folded(service.name)
        if not name and service.owner is not None:
            reading.refuse(f"services[{number}].name", "This is empty. Name the service that is owned here.")
        elif name:
            there = kept.get(name, service)
            kept[name] = replace(there, owner=there.owner or service.owner)
    return tuple(kept.values())
