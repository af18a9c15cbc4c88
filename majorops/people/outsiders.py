"""People from outside, as they are typed in wherever people are chosen: `Priya Raman <priya@vendor.example>`."""

from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction

from majorops.audit import trail
from majorops.errors import BadInput
from majorops.people.directory import CONTACT, find_person
from majorops.people.models import Person
from majorops.texts import LONGEST_NAME, name_problem, too_long

LONGEST_ADDRESS = 180
AS_IN = "as in Priya Raman <priya@vendor.example>"
# A name, an address and what stands around them.
LONGEST_TYPED = 400


@dataclass(frozen=True, slots=True)
class Outsider:
    """Somebody without an account, or a desk: a name and the address that mail reaches."""

    name: str
    address: str

    def __str__(self) -> str:
        return self.name


def parse_outsider(typed: str, *, path: str = "person") -> Outsider | None:
    """The name and address in what was typed; None where it is not of that shape. Raises BadInput at `path` for an
    address that no mail reaches, and for a longer text than anybody's name and address."""
    typed = typed.strip()
    if problem := too_long(typed, LONGEST_TYPED):
        raise BadInput.of(path, problem)
    before, opened, within = typed.removesuffix(">").rpartition("<")
    words = within.split()
    if not opened or not typed.endswith(">") or {*"<>"} & {*before, *within} or len(words) != 1:
        return None
    if words[0].startswith(CONTACT):
        return None
    name, address = " ".join(before.split()).strip('"'), words[0].lower()
    if not name or name_problem(name):
        raise BadInput.of(
            path, f"Write a name of at most {LONGEST_NAME} characters before the address, {AS_IN}."
        )
    try:
        validate_email(address)
    except ValidationError:
        raise BadInput.of(path, f"“{address[:80]}” is not an e-mail address: write it {AS_IN}.") from None
    if len(address) > LONGEST_ADDRESS:
        raise BadInput.of(path, f"Write an address of at most {LONGEST_ADDRESS} characters.")
    return Outsider(name, address)


def find_or_parse(typed: str, *, scope: str, path: str = "person") -> Person | Outsider:
    """Who is named: an account, a contact of the record `scope`, or somebody from outside. Writes nothing.

    Raises BadInput at `path`, with the way to name somebody from outside.
    """
    outsider = parse_outsider(typed, path=path)
    if outsider is not None:
        return known_outsider(outsider, scope=scope) or outsider
    try:
        return find_person(typed, scope=scope, path=path)
    except BadInput as unknown:
        raise BadInput.of(
            path, f"{unknown.problems[0].message} Somebody from outside: name and address, {AS_IN}."
        ) from None


def known_outsider(outsider: Outsider, *, scope: str) -> Person | None:
    """The account with this address, or the contact of the record `scope` that has it."""
    account = Person.objects.filter(email=outsider.address).first()
    if account is not None:
        return account
    return Person.objects.filter(contact_scope=scope, contact_email__iexact=outsider.address).first()


@transaction.atomic
def add_outsider(named: Person | Outsider, *, scope: str, by: Person | None, now: datetime) -> Person:
    """The person of `named`: a contact of the record `scope`, made where the address is new to it."""
    if isinstance(named, Person):
        return named
    known = known_outsider(named, scope=scope)
    if known is not None:
        return known
    key = {"contact_scope": scope, "contact_key": named.address}
    person = Person(full_name=named.name, contact_email=named.address, **key)
    person.set_unusable_password()
    # Two who type the same address at once mean one contact.
    Person.objects.bulk_create([person], ignore_conflicts=True)
    person = Person.objects.get(**key)
    trail.record("added somebody from outside", person, by=by, at=now, scope=scope)
    return person
