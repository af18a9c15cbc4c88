"""The reminder to read: a draft that is out and unread, told to each required attendee before the meeting."""

from datetime import UTC, datetime, timedelta

import pytest

from afteractions.models import AfterAction, Obligation, Revision
from afteractions.operations.enforcement import auditor, sweep
from afteractions.operations.meeting.attendees import set_attendees
from afteractions.operations.meeting.scheduling import reschedule
from afteractions.operations.readers.reading import acknowledge
from afteractions.operations.review.distribution import amend, withdraw
from afteractions.vocabulary import AttendeeRequirement, ObligationKind
from majorops.notices.models import Notice
from majorops.people.models import Person
from tests.factories.afteractions import (
    DISTRIBUTED,
    HOUR,
    MEETING,
    a_change,
    a_distributed_review,
    fresh,
    hold_meeting,
    write,
)
from tests.factories.people import a_person

pytestmark = pytest.mark.django_db

# The meeting is on a Monday at 14:00: a day before is a Sunday, so that the Friday's end of work comes first.
BEFORE_THE_WEEKEND = datetime(2026, 3, 6, 16, 0, tzinfo=UTC)


@pytest.fixture
def out(mim: Person, lead: Person) -> AfterAction:
    """A draft that went out on Friday at 10:00, its meeting on Monday at 14:00."""
    return a_distributed_review(mim, lead=lead)


def owed(person: Person) -> list[str]:
    found = Obligation.objects.filter(kind=ObligationKind.READ_DRAFT, responsible=person)
    return list(found.order_by("id").values_list("state", flat=True))


def reminded(person: Person) -> list[str]:
    found = Notice.objects.inbox_of(person).filter(about_type="obligation", url__endswith="/read/")
    return list(found.order_by("id").values_list("step", flat=True))


def read(after_action: AfterAction, person: Person, at: datetime) -> None:
    latest = Revision.objects.filter(after_action=after_action).latest("number")
    acknowledge(latest, by=person, at=at, now=at)


def test_who_has_not_read_the_draft_is_reminded_a_day_before_the_meeting_once(
    out: AfterAction, lead: Person
) -> None:
    row = Obligation.objects.get(kind=ObligationKind.READ_DRAFT, responsible=lead)
    assert row.due_at == MEETING
    assert row.next_step == "warning:24h"
    assert row.next_step_at is not None
    assert DISTRIBUTED < row.next_step_at <= BEFORE_THE_WEEKEND + 2 * HOUR
    assert row.next_step_at.date() == DISTRIBUTED.date()
    for _ in range(2):
        sweep.sweep(now=row.next_step_at)
    assert reminded(lead) == ["warning:24h"]
    told = Notice.objects.inbox_of(lead).filter(step="warning:24h").latest("pk")
    assert told.subject.startswith(f"Read the Learning Review draft of {out.incident.reference}")


def test_who_has_read_it_is_not_reminded(out: AfterAction, lead: Person, mim: Person) -> None:
    read(out, lead, DISTRIBUTED + HOUR)
    assert owed(lead) == ["met"]
    sweep.sweep(now=MEETING - HOUR)
    assert reminded(lead) == []
    assert reminded(mim) == ["warning:24h"]


def test_a_change_of_the_root_cause_makes_it_unread_and_a_small_one_does_not(
    out: AfterAction, lead: Person, mim: Person
) -> None:
    read(out, lead, DISTRIBUTED + HOUR)
    at = DISTRIBUTED + 2 * HOUR
    write(out, "went_well", [{"text": "The runbook was found.", "kind": "tool"}], at=at)
    amend(fresh(out), reason="One thing more went well", by=mim, at=at, now=at)
    assert owed(lead) == ["met"]
    write(out, "changes", [a_change(lead, change="Drill the failover each quarter")], at=at)
    amend(fresh(out), reason="Another change", by=mim, at=at + HOUR, now=at + HOUR)
    assert owed(lead)[-1] == "open"


def test_a_situational_attendee_is_not_reminded_until_required(out: AfterAction, mim: Person) -> None:
    guest = a_person("Otto Lang")
    row = {"person": guest, "included": True, "reason": "Knows it"}
    said = {"by": mim, "at": DISTRIBUTED + HOUR, "now": DISTRIBUTED + HOUR}
    set_attendees(out, [row], **said)
    assert owed(guest) == []
    set_attendees(out, [{**row, "requirement": AttendeeRequirement.REQUIRED.value}], **said)
    assert owed(guest) == ["open"]


def test_a_moved_meeting_moves_it_and_a_withdrawn_draft_ends_it(
    out: AfterAction, lead: Person, mim: Person
) -> None:
    at = DISTRIBUTED + HOUR
    starts = MEETING + timedelta(days=1)
    reschedule(fresh(out), starts_at=starts, ends_at=starts + HOUR, reason="The room", by=mim, at=at, now=at)
    assert owed(lead) == ["superseded", "open"]
    withdraw(fresh(out), reason="Another cause", by=mim, at=at, now=at)
    assert owed(lead) == ["superseded", "superseded"]


def test_the_meeting_ends_it_as_missed_and_nobody_above_is_told(
    out: AfterAction, lead: Person, mim: Person
) -> None:
    lead.manager = a_person("Berta Lang")
    lead.save()
    read(out, mim, DISTRIBUTED + HOUR)
    hold_meeting(out, override_reason="It cannot wait")
    assert (owed(lead), owed(mim)) == (["missed"], ["met"])
    sweep.sweep(now=MEETING + 24 * HOUR)
    keys = Obligation.objects.filter(kind=ObligationKind.READ_DRAFT).values("pk")
    assert (
        not Notice.objects.inbox_of(lead.manager).filter(about_type="obligation", about_id__in=keys).exists()
    )


def test_a_reminder_that_the_sweep_lost_is_found_by_the_auditor(out: AfterAction, lead: Person) -> None:
    rows = Obligation.objects.filter(kind=ObligationKind.READ_DRAFT, responsible=lead)
    rows.update(next_step="", next_step_at=None)
    assert auditor.audit(now=DISTRIBUTED + HOUR) >= 1
    assert rows.get().next_step == "warning:24h"
