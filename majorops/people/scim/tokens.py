"""The tokens of directories: made and revoked by whoever operates the installation."""

import secrets
from datetime import datetime

from django.db import IntegrityError, transaction

from majorops.audit import trail
from majorops.errors import BadInput, NotFound
from majorops.people.scim.models import ScimToken
from majorops.texts import name_problem


@transaction.atomic
def create_scim_token(name: str, *, now: datetime) -> str:
    """Makes a token for the directory called `name` and returns it; it can't be read again.

    Raises BadInput (name) for none, and for one that a usable token has.
    """
    name = " ".join(name.split())
    if problem := ("Give the directory a name." if not name else name_problem(name)):
        raise BadInput.of("name", problem)
    token = "mo_scim_" + secrets.token_urlsafe(32)
    try:
        with transaction.atomic():
            row = ScimToken.objects.create(name=name, digest=ScimToken.digest_of(token), created_at=now)
    except IntegrityError:
        raise BadInput.of(
            "name", f"There is a token called “{name}”. Revoke it first, or give this one another name."
        ) from None
    trail.record("issued", row, by=None, at=now, changes={"name": (None, name)})
    return token


@transaction.atomic
def revoke_scim_token(name: str, *, now: datetime) -> None:
    """Ends the usable token of this name at once. Raises NotFound, with the names that there are."""
    row = ScimToken.objects.select_for_update().usable().filter(name__iexact=" ".join(name.split())).first()
    if row is None:
        names = ", ".join(f"“{name}”" for name in ScimToken.objects.usable().values_list("name", flat=True))
        raise NotFound(f"No token is called “{name}”. There is {names or 'none'}.")
    row.revoked_at = now
    row.save(update_fields=["revoked_at"])
    trail.record("revoked", row, by=None, at=now, changes={"revoked_at": (None, now)})
