"""The reading list of the owner: proposed from the record, with entries of one's own, ticked off as read (domain.md,
The After Action: "a list of the notes and reports to look into, ticked off as read")."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from afteractions.access import can_edit
from afteractions.models import AfterAction, ReadingListNote, VendorFollowUp
from afteractions.operations import lifecycle
from afteractions.operations.evidence.close_out import latest_answers
from afteractions.operations.review.record_view import Record
from afteractions.queries.after_actions import current_files
from afteractions.rules.review.reading_list import Source, SourceFacts, sources
from incidents.operations.checks import link
from majorops.audit import trail
from majorops.errors import NotAllowed, NotFound
from majorops.people.models import Person
from majorops.references import new_reference
from majorops.texts import typed_text

LONGEST_ENTRY = 300
WRITERS_ONLY = "Those who write the draft keep its reading list."


@dataclass(frozen=True, slots=True)
class ListedSource:
    """One source of the list, with what was said of it last."""

    source: Source
    tick: ReadingListNote | None

    @property
    def is_read(self) -> bool:
        return self.tick is not None and self.tick.is_read


def reading_list(after_action: AfterAction, *, now: datetime) -> list[ListedSource]:
    """Everything to look into, in a constant number of statements."""
    notes = list(ReadingListNote.objects.filter(after_action=after_action).select_related("by"))
    data = {note.key: note for note in notes}
    listed = sources(_facts(after_action, notes, now))
    return [ListedSource(source, data.get(source.key)) for source in listed]


def not_read(after_action: AfterAction, *, now: datetime) -> list[str]:
    """What of the list nobody ticked off, in words."""
    return [row.source.text for row in reading_list(after_action, now=now) if not row.is_read]


@transaction.atomic
def add_entry(
    after_action: AfterAction,
    *,
    text: str,
    url: str = "",
    by: Person,
    at: datetime,
    now: datetime,
) -> ReadingListNote:
    """Puts one more note or report on the list, with a link if there is one. Raises NotAllowed, BadInput."""
    _ask_leave(after_action, by)
    lifecycle.check_instant(at, now=now)
    text = typed_text(text, "text", most=LONGEST_ENTRY, empty="Say what is to be looked into.", one_line=True)
    entry = ReadingListNote.objects.create(
        after_action=after_action,
        key=new_reference("NOTE"),
        text=text,
        url=link(url.strip() or None, "url") or "",
        is_read=False,
        at=at,
        by=by,
    )
    _keep("added to the reading list", after_action, text, by=by, now=now)
    return entry


@transaction.atomic
def tick_off(
    after_action: AfterAction, key: str, *, is_read: bool = True, by: Person, at: datetime, now: datetime
) -> ListedSource:
    """Ticks a source off as read, or takes that back. Doing it again changes nothing. Raises NotAllowed, NotFound."""
    _ask_leave(after_action, by)
    lifecycle.check_instant(at, now=now)
    listed = next((row for row in reading_list(after_action, now=now) if row.source.key == key), None)
    if listed is None:
        raise NotFound("The reading list holds nothing like it (any more): reload the page.")
    if listed.is_read == is_read:
        return listed
    tick = ReadingListNote.objects.create(after_action=after_action, key=key, is_read=is_read, at=at, by=by)
    verb = "looked into" if is_read else "has still to look into"
    _keep(verb, after_action, listed.source.text, by=by, now=now)
    return ListedSource(listed.source, tick)


def _ask_leave(after_action: AfterAction, by: Person) -> None:
    if not can_edit(by, after_action):
        raise NotAllowed(WRITERS_ONLY)


def _keep(verb: str, after_action: AfterAction, text: str, *, by: Person, now: datetime) -> None:
    scope = after_action.incident.reference
    trail.record(verb, after_action, by=by, at=now, scope=scope, changes={"source": (None, text)})


def _facts(after_action: AfterAction, notes: Iterable[ReadingListNote], now: datetime) -> SourceFacts:
    incident, own = after_action.incident, after_action.get_absolute_url()
    record = Record(incident, at=now)
    place = incident.get_absolute_url()
    rcas = VendorFollowUp.objects.filter(after_action=after_action, rca_received_at__isnull=False)
    return SourceFacts(
        mtms=tuple((mtm.number, place) for mtm in record.mtms),
        status_updates=len(record.updates),
        record_place=place,
        close_out_answers=len(latest_answers(after_action)),
        close_out_place=f"{own}close-out/",
        vendor_rcas=tuple(
            (rca.pk, rca.engagement.vendor.name, f"{own}rca/{rca.pk}/")
            for rca in rcas.select_related("engagement__vendor").defer("rca_file").order_by("id")
        ),
        repeated=_repeated(after_action),
        evidence=tuple(
            (file.reference, file.name, f"{own}evidence/{file.reference}/")
            for file in current_files(after_action)
        ),
        added=tuple((note.key, note.text, note.url) for note in notes if note.text),
    )


def _repeated(after_action: AfterAction) -> tuple[str, str, str] | None:
    """The published review of the incident that this one repeats; what is restricted is not told to others."""
    earlier = (
        AfterAction.objects.published()
        .filter(incident=after_action.incident.repeat_of_id, incident__restricted=False)
        .select_related("incident")
        .first()
        if after_action.incident.repeat_of_id is not None
        else None
    )
    if earlier is None:
        return None
    return earlier.incident.reference, earlier.incident.title, f"{earlier.get_absolute_url()}read/"
