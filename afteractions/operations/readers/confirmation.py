"""The Technical Recovery Lead is asked to confirm what was supposed to happen and the root cause (domain.md).

The draft is whole once it goes out: then the question is mailed, for what is not confirmed by then; and at once when
what was confirmed is written anew. At home it stands from the first writing on, and is gone with the confirmation.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from afteractions.models import AfterAction, Revision, Section
from afteractions.operations.announcements import notify
from afteractions.vocabulary import SectionKey
from incidents.models import CommandAssignment
from incidents.vocabulary import CommandRole
from majorops.notices.outbox import NoticeWords
from majorops.people.models import Person

CONFIRMED = (SectionKey.EXPECTED, SectionKey.ROOT_CAUSE)


def recovery_leads(after_action: AfterAction) -> list[Person]:
    """Those who confirm: whoever is the Technical Recovery Lead with its rights."""
    held = CommandAssignment.objects.carrying_rights().filter(
        incident=after_action.incident_id, role=CommandRole.TECHNICAL_RECOVERY_LEAD
    )
    return [row.person for row in held.select_related("person__account")]


def confirmation_words(
    document: Mapping[str, Any], sections: Mapping[str, Section], revision: Revision | None
) -> dict[str, str]:
    """Who confirmed each of the two sections, in a sentence each by its key, as of now: a revision keeps who had
    confirmed when it was frozen, and its readers also learn who did since. `revision` is None for the draft itself."""
    return {
        key.value: _who_confirmed(document["confirmed_by"][key.value], sections.get(key), revision)
        for key in CONFIRMED
    }


def _who_confirmed(when_frozen: str | None, section: Section | None, revision: Revision | None) -> str:
    if when_frozen:
        return f"Confirmed by {when_frozen}."
    if section is None or section.confirmed_by is None:
        return "Not yet confirmed by the Technical Recovery Lead."
    if revision is None or section.updated_at <= revision.created_at:
        return f"Confirmed by {section.confirmed_by}."
    return f"Changed in the draft since this revision; {section.confirmed_by} confirmed it there."


def ask_to_confirm(after_action: AfterAction, *, by: Person | None, now: datetime) -> None:
    """Asks for every section of the draft that is not confirmed as it stands; nothing is asked twice."""
    keys = [key.value for key in CONFIRMED]
    for section in after_action.sections.filter(key__in=keys, confirmed_at__isnull=True).order_by("id"):
        ask_for(section, after_action, by=by, now=now)


def ask_for(
    section: Section, after_action: AfterAction, *, again: bool = False, by: Person | None, now: datetime
) -> None:
    """Asks for one section as it stands; `again`: it was confirmed, and was written anew."""
    incident, label = after_action.incident, SectionKey(section.key).label
    why = (
        f"“{label}” was changed since it was confirmed."
        if again
        else f"“{label}” is written, and its findings are yours to confirm."
    )
    notify(
        recovery_leads(after_action),
        after_action,
        about=section,
        step=f"confirm:{section.version}",
        words=NoticeWords(
            f"Confirm “{label}” of {incident.reference}{' again' if again else ''}",
            f"{why} Read it in the Learning Review of “{incident.title}”, change what is not so, and confirm it. It "
            "holds nothing up: until then everybody sees that it is not confirmed.",
            masked="A text waits for your confirmation.",
        ),
        url=f"{after_action.get_absolute_url()}draft/#{section.key}",
        now=now,
        except_for=by,
    )
