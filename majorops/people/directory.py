"""Finding people by the names that the API and documents use for them."""

from majorops.errors import BadInput
from majorops.people.models import Person

CONTACT = "contact:"


def find_person(identifier: str, *, scope: str = "", path: str = "person") -> Person:
    """The account with this e-mail address, or the contact `contact:KEY` of the record `scope` (a reference).

    Raises BadInput at `path` when there is none. The inverse of `Person.identifier`.
    """
    name = identifier.strip()
    if name.startswith(CONTACT):
        person = Person.objects.filter(contact_scope=scope, contact_key=name.removeprefix(CONTACT)).first()
    else:
        person = Person.objects.filter(email=name.lower()).first()
    if person is None:
        raise BadInput.of(
            path,
            f"Nobody is known as “{name[:200]}”. Give the e-mail address of an account.",
        )
    return person
