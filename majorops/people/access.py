"""Who may keep people, teams and what belongs to the organisation."""

from majorops.errors import NotAllowed
from majorops.people.models import Person

ADMINISTRATORS_ONLY = "Administrators change people, teams and services. Ask one of them."


def can_administer(person: Person) -> bool:
    return person.is_active and person.is_administrator


def check_can_administer(by: Person | None) -> None:
    """Raises NotAllowed for somebody who is no administrator. None is the system: a command, or a directory elsewhere
    that was let in."""
    if by is not None and not can_administer(by):
        raise NotAllowed(ADMINISTRATORS_ONLY)
