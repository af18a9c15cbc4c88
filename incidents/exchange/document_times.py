"""The instants at which something of a document happened, each with its path. What is planned is left out."""

from collections.abc import Iterator
from dataclasses import fields
from datetime import datetime

from incidents.exchange.document_parts import IncidentDocument
from incidents.exchange.document_reading import Listing, Shape, instant, keys_of


def instants_of(document: IncidentDocument) -> Iterator[tuple[str, datetime]]:
    """Path and instant of all that happened, as far as it was captured."""
    for milestone in fields(document.milestones):
        at = getattr(document.milestones, milestone.name)
        if at is not None:
            yield f"milestones.{milestone.name}", at
    for key in keys_of(IncidentDocument):
        if isinstance(key.read, Listing) and isinstance(key.read.entry, Shape):
            happened = [inner for inner in key.read.entry.keys if inner.read is instant]
            for number, entry in enumerate(getattr(document, key.attribute)):
                for inner in happened:
                    if (at := getattr(entry, inner.attribute)) is not None:
                        yield f"{key.name}[{number}].{inner.name}", at
