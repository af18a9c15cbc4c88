"""A meeting that is held before the time it was called for: nobody comes in vain."""

from datetime import timedelta

import pytest
from icalendar import Calendar

from afteractions.models import AfterAction, Obligation
from afteractions.operations.meeting.meeting import start_meeting
from afteractions.vocabulary import ObligationKind
from majorops.notices.models import Notice
from tests.factories.afteractions import (
    DISTRIBUTED,
    HOUR,
    MEETING,
    a_distributed_review,
    fresh,
    hold_meeting,
    read_by_all,
)

pytestmark = pytest.mark.django_db
EARLY = DISTRIBUTED + timedelta(hours=50)


def entries(after_action: AfterAction) -> dict[str, list[tuple[int, object, object]]]:
    """What each calendar received after the first invitation: sequence, start and end."""
    mails = Notice.objects.filter(channel="mail", calendar_method="REQUEST").order_by("id")
    received: dict[str, list[tuple[int, object, object]]] = {}
    for mail in mails.select_related("recipient"):
        (event,) = Calendar.from_ical(mail.calendar).walk("VEVENT")
        entry = (event["SEQUENCE"], event.decoded("DTSTART"), event.decoded("DTEND"))
        received.setdefault(str(mail.recipient), []).append(entry)
    return received


def test_a_start_days_ahead_moves_the_entry_of_everybody_and_no_deadline() -> None:
    after_action = a_distributed_review()
    read_by_all(after_action, at=DISTRIBUTED + HOUR)
    mim = after_action.incident.mim
    start_meeting(after_action, override_reason="All are here.", by=mim, at=EARLY, now=EARLY)
    moved = [(0, MEETING, MEETING + HOUR), (1, EARLY, EARLY + HOUR)]
    assert entries(after_action) == {"Mira Okafor": moved, "Tomas Lindqvist": moved}
    due = Obligation.objects.get(kind=ObligationKind.DISTRIBUTE).due_at
    assert due == MEETING - timedelta(hours=48)
    hold_meeting(fresh(after_action), started_at=EARLY)
    assert len(entries(after_action)["Tomas Lindqvist"]) == 2


def test_one_that_is_recorded_without_a_start_moves_the_entry_then() -> None:
    after_action = a_distributed_review()
    read_by_all(after_action, at=DISTRIBUTED + HOUR)
    hold_meeting(after_action, started_at=EARLY, agreed=False, external_messages=None)
    assert entries(after_action)["Tomas Lindqvist"][1:] == [(1, EARLY, EARLY + HOUR)]
    subject = Notice.objects.filter(step="early:1").first()
    assert subject is not None
    assert subject.subject.startswith("Held already: After Action INC-")
    assert "not agreed. You need not come then." in subject.text


def test_a_few_minutes_ahead_nothing_is_sent() -> None:
    after_action = a_distributed_review()
    read_by_all(after_action)
    at = MEETING - timedelta(minutes=5)
    start_meeting(after_action, by=after_action.incident.mim, at=at, now=at)
    hold_meeting(fresh(after_action), started_at=at)
    assert len(entries(after_action)["Tomas Lindqvist"]) == 1
