"""One incident of the demonstration and its After Action, as its people lead it."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from afteractions.demonstration import documents
from afteractions.demonstration.casting import DAY, HOUR, Cast, told
from afteractions.demonstration.drafts import changes_of, expected_of, summary_of, went_well_of
from afteractions.models import AfterAction, Change, Meeting
from afteractions.operations.evidence.close_out import close_out
from afteractions.operations.meeting.meeting import hold
from afteractions.operations.meeting.scheduling import reschedule, schedule
from afteractions.operations.readers.reading import acknowledge
from afteractions.operations.review.distribution import distribute
from afteractions.operations.review.publication import publish, send_status_note
from afteractions.operations.review.section_editing import save_section, section_content
from incidents.exchange.importing import import_document
from majorops.people.models import Person


class ReviewStory:
    """One incident taken in at `now`, and its After Action as its people lead it."""

    def __init__(
        self,
        people: Cast,
        name: str,
        closed: datetime,
        *,
        now: datetime,
        pace: float = 1.0,
        opened_after: int | None = None,
        also: Mapping[str, Any] | None = None,
    ) -> None:
        self.people = people
        instants = documents.closing(documents.worked(name), closed, pace=pace)
        self.document = told(people, name, instants, opened_after=opened_after, also=also or {})
        imported = import_document(self.document, history=False, by=people["mim"], now=now)
        self.incident = imported.incident
        self.mim = imported.incident.mim or people["mim"]

    def fresh(self) -> AfterAction:
        return AfterAction.objects.select_related("incident__mim", "owner").get(incident=self.incident)

    def schedule(self, starts_at: datetime, *, now: datetime, length: timedelta = HOUR) -> Meeting:
        late = "The first time at which the vendor and all tracks can attend."
        liaison = self.people["liaison"]
        return schedule(
            self.fresh(),
            starts_at=starts_at,
            ends_at=starts_at + length,
            location="Bridge room 2",
            reason=late,
            internal_liaison=liaison,
            by=self.mim,
            at=now,
            now=now,
        )

    def move(self, starts_at: datetime, reason: str, *, now: datetime) -> None:
        reschedule(
            self.fresh(),
            starts_at=starts_at,
            ends_at=starts_at + HOUR,
            reason=reason,
            by=self.mim,
            at=now,
            now=now,
        )

    def save(self, key: str, content: Any, *, now: datetime) -> None:
        current = self.fresh().sections.filter(key=key).first()
        save_section(
            self.fresh(),
            key,
            content,
            version=current.version if current else None,
            by=self.mim,
            at=now,
            now=now,
        )

    def write(self, *, now: datetime, due_in: int) -> None:
        """Every section, from the worked review and the record."""
        owners = [self.people[key] for key in ("owner", "engineer", "lead")]
        review = self.document["review"]
        self.save("summary", summary_of(self.document), now=now)
        self.save("expected", expected_of(self.document), now=now)
        cause = {**review["root_cause"], "certainty": "known"}
        self.save("root_cause", cause, now=now)
        self.save("went_well", went_well_of(self.document), now=now)
        self.save("changes", changes_of(self.document, owners, (now + due_in * DAY).date()), now=now)

    def needs_an_executive(self, change: str, why: str, *, now: datetime) -> None:
        """Marks the change that begins so as one that only an executive can bring about."""
        rows = section_content(self.fresh(), "changes", now=now)
        marked = [
            {**row, "executive_reason": why if row["change"].startswith(change) else None} for row in rows
        ]
        self.save("changes", marked, now=now)

    def close_out(self, who: str, worked: str, slowed: str, *, now: datetime) -> None:
        """What one of the responders says at the close."""
        close_out(self.fresh(), worked=worked, slowed=slowed, by=self.people[who], at=now, now=now)

    def distribute(self, *, now: datetime) -> None:
        distribute(self.fresh(), by=self.mim, at=now, now=now)

    def included(self) -> list[Person]:
        return [
            one.person
            for one in self.fresh().attendees.filter(included=True).select_related("person")
            if not one.person.is_contact
        ]

    def read_by_all(self, *, now: datetime, but: tuple[str, ...] = ()) -> None:
        left_out = {self.people[key].pk for key in but}
        for person in self.included():
            if person.pk not in left_out:
                acknowledge(self.fresh().revisions.latest("number"), by=person, at=now, now=now)

    def hold(self, *, now: datetime, messages: Any = "none") -> None:
        """The meeting that ends at `now`, everybody present."""
        meeting = self.fresh().meetings.latest("round")
        present = [{"person": person.identifier, "present": True} for person in self.included()]
        hold(
            self.fresh(),
            started_at=meeting.starts_at,
            ended_at=now,
            attendance=present,
            agreed=True,
            external_messages=messages,
            by=self.mim,
            at=now,
            now=now,
        )

    def publish(self, *, now: datetime) -> None:
        publish(self.fresh(), by=self.mim, at=now, now=now)
        for note in self.fresh().status_notes.filter(sent_at__isnull=True):
            send_status_note(note, to=[self.people["director"]], by=self.mim, at=now, now=now)

    def actions(self) -> list[Change]:
        return list(
            self.fresh()
            .changes.filter(removed_at__isnull=True)
            .exclude(kind="continue")
            .select_related("owner")
        )
