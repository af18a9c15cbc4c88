"""The key to an empty installation: whoever runs it is shown an address, by which the first administrator comes in.

The key is kept as its SHA-256 alone. It opens nothing once an administrator can sign in.
"""

import hashlib
import secrets
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils.crypto import constant_time_compare

from majorops import clock
from majorops.audit import trail
from majorops.errors import NotFound
from majorops.people.models import Organisation, Person
from majorops.people.operations.administrators import is_administered


@transaction.atomic
def new_setup_address(*, by: Person | None, now: datetime) -> str | None:
    """The address of the first page, with a key that replaces the one before; None once there is an administrator.
    Audited."""
    if is_administered():
        return None
    key = secrets.token_urlsafe(24)
    row, _ = Organisation.objects.update_or_create(pk=1, defaults={"setup_key_digest": _digest(key)})
    trail.record("made a key to set up", row, by=by, at=now)
    return f"{settings.SITE_URL}/setup/?key={key}"


def is_setup_key(key: str) -> bool:
    """Whether this key opens the first page now."""
    kept = Organisation.current().setup_key_digest
    return bool(kept) and constant_time_compare(kept, _digest(key)) and not is_administered()


def use_setup_key(key: str) -> None:
    """Uses the key up, in the transaction of what it was used for. Raises NotFound for one that opens nothing."""
    Organisation.objects.select_for_update().filter(pk=1).first()
    if not is_setup_key(key):
        raise NotFound("There is no such page.")
    Organisation.objects.filter(pk=1).update(setup_key_digest="")


def print_setup_address(*, verbosity: int = 1, stdout: Any = None, **_: Any) -> None:
    """After a migration: says where the first administrator comes in, while there is none."""
    tables = connection.introspection.table_names() if verbosity and stdout else []
    if Organisation._meta.db_table in tables and (address := new_setup_address(by=None, now=clock.now())):
        stdout.write(f"\nNobody administers this installation yet. Set it up, once, at\n  {address}\n")


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
