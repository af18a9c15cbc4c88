"""Inviting somebody to their account: a mail with a link to set a password, which opens once, within 24 hours.

The link is kept nowhere: it is made when the mail is sent, again for each try, and only its account can be read in the
outbox. It is the link of a forgotten password; a password that is set by it ends it, and any other.
"""

from collections.abc import Iterable
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.http import int_to_base36

from majorops.audit import trail
from majorops.errors import RuleViolation
from majorops.notices import outbox
from majorops.notices.delivery.places import place_of
from majorops.notices.outbox import NoticeWords
from majorops.people.access import check_can_administer
from majorops.people.authentication.backend import password_links
from majorops.people.models import Person

PLACE = "password-link"


@transaction.atomic
def invite(person: Person, *, by: Person | None, now: datetime) -> None:
    """Mails the person a link to set a password. Whoever was invited before gets another one.

    Raises NotAllowed for anybody but an administrator, RuleViolation for a disabled account.
    """
    check_can_administer(by)
    if not (person.is_active and person.email):
        raise RuleViolation(f"{person} cannot sign in: the account is disabled. Enable it first.")
    trail.record("invited", person, by=by, at=now)
    made = f"{by} has made an account for you" if by is not None else "An account was made for you"
    providers = " or ".join(
        app["name"] for each in settings.SOCIALACCOUNT_PROVIDERS.values() for app in each["APPS"]
    )
    sign_on = f" You can also sign in by {providers}, without a password." if providers else ""
    text = (
        f"{made} in MajorOps After Actions. You sign in with {person.email}.{sign_on}\n\nThe link below sets your "
        "password. It opens once, within 24 hours. Once it has ended, “Forgot the password?” on the page of the "
        "sign-in mails you another."
    )
    outbox.tell_address(
        person.email,
        about=person,
        step=f"invited:{now.isoformat()}",
        words=NoticeWords("Your account: set a password within 24 hours", text),
        url=place_of(PLACE, person.pk),
        now=now,
        muteable=False,
    )


@transaction.atomic
def invite_all(people: Iterable[Person], *, by: Person | None, now: datetime) -> int:
    """Invites each of them. Returns how many. Raises as `invite` does."""
    count = 0
    for person in people:
        invite(person, by=by, now=now)
        count += 1
    return count


def password_path(key: int) -> str:
    """The path that sets the password of the person with this key, made now."""
    person = Person.objects.get(pk=key)
    return reverse(
        "account_reset_password_from_key",
        kwargs={"uidb36": int_to_base36(person.pk), "key": password_links.make_token(person)},
    )
