"""The reading list of the owner: what there is to look into, and who looked into it."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from afteractions.models import AfterAction, ReadingListNote
from afteractions.operations.evidence.close_out import close_out
from afteractions.operations.evidence.evidence import attach_evidence
from afteractions.operations.followup.vendors import attach_rca, follow_up_of
from afteractions.operations.readers.reading_list import add_entry, not_read, reading_list, tick_off
from afteractions.operations.review.distribution import distribute
from incidents.operations.log import send_status_update
from incidents.operations.response.mtm import record_mtm
from incidents.operations.response.vendors import engage
from majorops.errors import BadInput, NotAllowed, NotFound
from majorops.people.models import Person
from tests.changed_rows import last_entry
from tests.factories.afteractions import (
    CLOSED,
    DISTRIBUTED,
    HOUR,
    SCHEDULED,
    a_drafted_review,
)
from tests.factories.people import a_person

pytestmark = pytest.mark.django_db

LATER = SCHEDULED + HOUR


@pytest.fixture
def after_action(mim: Person, lead: Person) -> AfterAction:
    """A written draft of a record with an MTM, an update, a vendor's RCA, a close-out and a file of evidence."""
    after_action = a_drafted_review(mim, lead=lead)
    incident = after_action.incident
    late = {"by": mim, "at": CLOSED + timedelta(minutes=5), "now": CLOSED + timedelta(minutes=5)}
    record_mtm(incident, notes={"recovery_status": "It recovers"}, **late)
    send_status_update(incident, audience="internal", channel="chat", text="Being restored", **late)
    engagement = engage(incident, vendor="Cumulus", **late)
    now = {"by": mim, "at": LATER, "now": LATER}
    attach_rca(follow_up_of(engagement, now=LATER), name="rca.pdf", content=b"%PDF-1.7 x", **now)
    close_out(after_action, worked="The runbook", slowed="", **{**now, "by": lead})
    attach_evidence(after_action, name="gateway.log", content=b"09:10 refused", **now)
    return after_action


def keys(after_action: AfterAction) -> list[str]:
    return [each.source.key.partition(":")[0] for each in reading_list(after_action, now=LATER)]


def test_the_list_is_proposed_from_the_record_and_ticked_off_with_who_and_when(
    after_action: AfterAction, mim: Person, lead: Person
) -> None:
    assert keys(after_action) == ["mtm", "updates", "close_out", "rca", "evidence"]
    ticked = tick_off(after_action, "mtm:1", by=lead, at=LATER, now=LATER)
    assert ticked.is_read
    [first, *others] = reading_list(after_action, now=LATER)
    assert first.tick is not None
    assert (first.tick.by, first.tick.at) == (lead, LATER)
    assert not any(each.is_read for each in others)
    tick_off(after_action, "mtm:1", by=mim, at=LATER, now=LATER)
    assert ReadingListNote.objects.count() == 1
    tick_off(after_action, "mtm:1", is_read=False, by=mim, at=LATER, now=LATER)
    assert not reading_list(after_action, now=LATER)[0].is_read
    assert last_entry("has still to look into") == (mim, {"source": [None, first.source.text]})
    with pytest.raises(IntegrityError), transaction.atomic():
        ReadingListNote.objects.all().delete()


def test_entries_of_ones_own_are_added_with_a_link_or_without(after_action: AfterAction, mim: Person) -> None:
    said = {"by": mim, "at": LATER, "now": LATER}
    add_entry(after_action, text="The ticket of the\nvendor", url="https://tickets.example/7", **said)
    entry = reading_list(after_action, now=LATER)[-1].source
    assert (entry.text, entry.place) == ("The ticket of the vendor", "https://tickets.example/7")
    with pytest.raises(BadInput):
        add_entry(after_action, text=" ", **said)
    with pytest.raises(BadInput):
        add_entry(after_action, text="A link", url="javascript:alert(1)", **said)
    with pytest.raises(NotFound):
        tick_off(after_action, "NOTE-999", **said)


def test_only_those_who_write_the_draft_keep_the_list(after_action: AfterAction) -> None:
    other = {"by": a_person("Otto Lang"), "at": LATER, "now": LATER}
    with pytest.raises(NotAllowed):
        tick_off(after_action, "mtm:1", **other)
    with pytest.raises(NotAllowed):
        add_entry(after_action, text="A log", **other)


def test_what_nobody_looked_into_is_said_and_holds_nothing_up(after_action: AfterAction, mim: Person) -> None:
    tick_off(after_action, "mtm:1", by=mim, at=LATER, now=LATER)
    assert not_read(after_action, now=LATER)[0] == "1 status update"
    assert distribute(after_action, by=mim, at=DISTRIBUTED, now=DISTRIBUTED).number == 1


def test_the_list_costs_the_same_however_long(after_action: AfterAction, mim: Person) -> None:
    def asked() -> int:
        fresh = AfterAction.objects.select_related("incident").get(pk=after_action.pk)
        with CaptureQueriesContext(connection) as taken:
            reading_list(fresh, now=LATER)
        return len(taken)

    once = asked()
    for number in range(9):
        add_entry(after_action, text=f"Log {number}", by=mim, at=LATER, now=LATER)
        tick_off(after_action, "updates", is_read=not number % 2, by=mim, at=LATER, now=LATER)
    assert asked() == once <= 9
