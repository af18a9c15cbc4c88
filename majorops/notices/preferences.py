"""What people choose about being told, audited like everything else. A chat address holds a key: no audit keeps it."""

from datetime import datetime, time

from django.db import transaction

from majorops.audit import trail
from majorops.errors import BadInput
from majorops.notices.delivery import chat
from majorops.notices.models import Preference
from majorops.notices.vocabulary import Wanted
from majorops.people.models import Person


def preference_of(person: Person) -> Preference | None:
    """What the person chose; None while they have not."""
    return Preference.objects.filter(person=person).first()


@transaction.atomic
def choose(
    person: Person,
    *,
    mail: Wanted,
    digest_at: time,
    quiet_from: time | None,
    quiet_until: time | None,
    chat_url: str | None,
    by: Person,
    now: datetime,
) -> Preference:
    """Keeps how `person` wants to be told from now on; what was made already goes as it was to go.

    `chat_url` None leaves the chat as it is, an empty one ends it. Raises BadInput for half of the quiet hours and for
    a chat that may not be reached.
    """
    if (quiet_from is None) != (quiet_until is None):
        missing = "quiet_until" if quiet_until is None else "quiet_from"
        raise BadInput.of(missing, "Quiet hours have a beginning and an end. Give both, or neither.")
    if quiet_from is not None and quiet_from == quiet_until:
        raise BadInput.of("quiet_until", "These hours begin when they end: give another time, or neither.")
    if chat_url:
        chat.channel_of(chat_url)
    person = Person.objects.select_for_update(of=("self",)).get(pk=person.pk)
    preference = preference_of(person) or Preference(person=person)
    data = {"mail": mail, "digest_at": digest_at, "quiet_from": quiet_from, "quiet_until": quiet_until}
    if chat_url is not None:
        data["chat_url"] = chat_url
    before = {name: getattr(preference, name) for name in data}
    for name, value in data.items():
        setattr(preference, name, value)
    preference.changed_at = now
    preference.save()
    changes = {
        name: (_audited(name, before[name]), _audited(name, value))
        for name, value in data.items()
        if before[name] != value
    }
    if changes:
        trail.record("chose how to be told", person, by=by, at=now, changes=changes)
    return preference


def _audited(name: str, value: object) -> object:
    return chat.shown(str(value)) if name == "chat_url" and value else value
