"""How somebody signs in, and that they hear of it when that changes (domain.md, People)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from allauth.account.models import EmailAddress
from django.db import transaction

from majorops.audit import trail
from majorops.notices import outbox
from majorops.notices.outbox import NoticeWords
from majorops.people.authentication import sessions
from majorops.people.models import Person

WAY_OUT = (
    "If this was not you or an administrator whom you asked: change your password, which ends the other sessions and "
    "your API tokens, and tell an administrator."
)


@transaction.atomic
def tell_of_change(
    person: Person,
    what: str,
    *,
    verb: str,
    by: Person | None,
    now: datetime,
    changes: Mapping[str, tuple[Any, Any]] | None = None,
    former_address: str = "",
) -> None:
    """Audits a change of the ways in and tells the person at once, by mail and in the inbox, at a `former_address` too.

    `what` is a sentence that says what changed, `verb` the audit's word for it. Nothing mutes it.
    """
    trail.record(verb, person, by=by, at=now, changes=changes)
    who = "" if by is None or by.pk == person.pk else f" {by} did it."
    words = NoticeWords(
        f"How you sign in has changed: {what[0].lower()}{what[1:]}", f"{what}.{who}\n\n{WAY_OUT}"
    )
    data: dict[str, Any] = {"words": words, "url": "/me/", "now": now, "due_at": now, "muteable": False}
    outbox.tell([person], about=person, step=f"way in: {verb}"[:60], **data)
    if former_address:
        outbox.tell_address(former_address, about=person, step=f"way in: {verb}"[:60], **data)


@transaction.atomic
def follow_changed_password(person: Person, *, keep: int | None, by: Person | None, now: datetime) -> None:
    """What a new password brings with it: all tokens and all sessions but `keep` end, and the person is told."""
    ended = end_ways_in(person, keep=keep, by=by, now=now)
    what = f"The password was changed, which ended {ended}"
    tell_of_change(person, what, verb="changed the password of", by=by, now=now)


@transaction.atomic
def follow_changed_address(
    person: Person, former: str, *, keep: int | None, by: Person | None, now: datetime
) -> None:
    """What a new address brings with it: all tokens and all sessions but `keep` end, as do the links to a new password
    that were mailed to the `former` one, and both are told."""
    EmailAddress.objects.filter(user=person).delete()
    ended = end_ways_in(person, keep=keep, by=by, now=now)
    tell_of_change(
        person,
        f"The e-mail address of the account was changed to {person.email}, which ended {ended}",
        verb="changed the address of",
        by=by,
        now=now,
        changes={"email": (former, person.email)},
        former_address=former,
    )


@transaction.atomic
def end_ways_in(person: Person, *, keep: int | None = None, by: Person | None, now: datetime) -> str:
    """Ends all sessions but `keep` and all tokens. Returns which, in words."""
    sessions.end_others(person, keep=keep, by=by, now=now)
    ended = _end_tokens(person, by=by, now=now)
    return "your other sessions" + (f" and {ended} API token{'s' if ended > 1 else ''}" if ended else "")


def _end_tokens(person: Person, *, by: Person | None, now: datetime) -> int:
    """Revokes every token: whoever got in the former way could have made one. Returns how many."""
    ended = 0
    for token in person.api_tokens.select_for_update(of=("self",)).filter(revoked_at__isnull=True):
        token.revoked_at = now
        token.save(update_fields=["revoked_at"])
        trail.record("revoked", token, by=by, at=now, changes={"revoked_at": (None, now)})
        ended += 1
    return ended
