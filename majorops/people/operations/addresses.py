"""The address that an account signs in with: administrators change it (domain.md, People)."""

from datetime import datetime

from django.db import IntegrityError, transaction

from majorops.errors import BadInput
from majorops.people.access import check_can_administer
from majorops.people.authentication.ways_in import follow_changed_address
from majorops.people.models import Person
from majorops.people.operations.accounts import known_address, locked


@transaction.atomic
def change_address(person: Person, email: str, *, keep: int | None, by: Person | None, now: datetime) -> bool:
    """Gives an account another address, whose person is told at both; their sessions but `keep` and their tokens end.
    Returns whether it is another.

    Raises NotAllowed for anybody but an administrator, BadInput at `email` for what is no address or somebody else's.
    """
    check_can_administer(by)
    address = known_address(email)
    person = locked(person)
    former = person.email or ""
    if address == former:
        return False
    person.email = address
    try:
        with transaction.atomic():
            person.save(update_fields=["email"])
    except IntegrityError:
        other = Person.objects.get(email=address)
        raise BadInput.of("email", f"{other} has this address already, in these or other letters.") from None
    follow_changed_address(person, former, keep=keep, by=by, now=now)
    return True
