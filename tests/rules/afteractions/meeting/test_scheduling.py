"""When a meeting can be: what speaks against a time, three times that fit, and the Retell guard."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from afteractions.rules.deadlines.calendar import BusinessCalendar
from afteractions.rules.meeting.scheduling import (
    Busy,
    ConcernKind,
    SchedulingFacts,
    check_time,
    first_time_that_fits,
    may_start,
    three_slots,
)

BERLIN = ZoneInfo("Europe/Berlin")
NEW_YORK = ZoneInfo("America/New_York")
TOKYO = ZoneInfo("Asia/Tokyo")
CALENDAR = BusinessCalendar("DE")
HOUR = timedelta(hours=1)


def berlin(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=BERLIN)


# Tuesday; held by the end of the Tuesday after.
NOW = berlin("03-10 09:00")
FACTS = SchedulingFacts(BERLIN, CALENDAR, hold_by=berlin("03-18 00:00"))


def concerns(starts: str, facts: SchedulingFacts = FACTS, length: timedelta = HOUR):
    starts_at = berlin(starts)
    return {each.kind: each for each in check_time(starts_at, starts_at + length, facts, NOW)}


def test_a_time_that_leaves_48_hours_and_lies_before_the_deadline_raises_no_concern():
    assert concerns("03-12 09:00") == {}
    assert concerns("03-17 17:00") == {}
    # Exactly at the deadline is not past it, and where none is known there is nothing to be past.
    assert concerns("03-17 17:00", replace(FACTS, hold_by=berlin("03-17 18:00"))) == {}
    assert concerns("03-17 17:00", replace(FACTS, hold_by=None)) == {}


def test_a_time_outside_working_hours_says_whose_and_is_accepted():
    facts = replace(FACTS, zones=(BERLIN, NEW_YORK), names={NEW_YORK: ("Ada Moreau", "Bao Sandoval")})
    found = concerns("03-13 09:00", facts)
    assert set(found) == {ConcernKind.OUTSIDE_WORKING_HOURS}
    concern = found[ConcernKind.OUTSIDE_WORKING_HOURS]
    assert "Ada Moreau, Bao Sandoval (Fri 04:00 EDT)" in concern.text
    assert not concern.refused
    assert not concern.needs_reason
    night = concerns("03-15 03:00")
    assert set(night) == {ConcernKind.OUTSIDE_WORKING_HOURS}
    assert "Europe/Berlin (Sun 03:00 CET)" in night[ConcernKind.OUTSIDE_WORKING_HOURS].text
    # From a working hour of one day into a working hour of the next lies a night.
    assert set(concerns("03-12 17:00", length=16 * HOUR)) == {ConcernKind.OUTSIDE_WORKING_HOURS}


def test_a_time_at_which_somebody_is_away_says_who():
    away = Busy(berlin("03-12 00:00"), berlin("03-14 00:00"), "Ada Moreau", "is away")
    found = concerns("03-13 09:00", replace(FACTS, busy=(away,)))
    assert found[ConcernKind.SOMEBODY_CANNOT_COME].text == "Ada Moreau is away then."
    # What is over when the meeting begins, and what begins when it is over, is in nobody's way.
    around = (
        Busy(berlin("03-12 00:00"), berlin("03-13 09:00")),
        Busy(berlin("03-13 10:00"), berlin("03-14 00:00")),
    )
    assert concerns("03-13 09:00", replace(FACTS, busy=around)) == {}
    [concern] = concerns("03-13 09:30", replace(FACTS, busy=around)).values()
    assert concern.text == "Somebody who is required is not free then."


def test_a_time_too_soon_for_the_draft_is_refused_with_the_first_time_that_fits():
    found = concerns("03-12 08:59")[ConcernKind.TOO_SOON_FOR_THE_DRAFT]
    assert found.refused
    assert found.first_time_that_fits == berlin("03-12 09:00")
    assert "Thu 12 Mar 2026 09:00 CET" in found.text


def test_once_the_draft_is_out_the_meeting_may_be_sooner():
    out = replace(FACTS, distributed_at=berlin("03-08 09:00"))
    assert concerns("03-10 10:00", out) == {}
    assert concerns("03-10 09:00", out) == {}, "48 h after the draft went out, at this very instant"
    found = concerns("03-10 10:00", replace(FACTS, distributed_at=berlin("03-09 09:00")))
    assert set(found) == {ConcernKind.DRAFT_OUT_TOO_LATE}
    assert not found[ConcernKind.DRAFT_OUT_TOO_LATE].refused


def test_a_time_past_the_deadline_is_a_known_breach_that_needs_a_reason():
    found = concerns("03-17 23:30")[ConcernKind.PAST_THE_DEADLINE]
    assert found.needs_reason
    assert not found.refused
    assert "known breach" in found.text


def test_a_time_in_the_past_and_one_that_ends_before_it_starts_are_refused():
    assert concerns("03-10 08:00")[ConcernKind.IN_THE_PAST].refused
    assert concerns("03-12 09:00", length=timedelta(0))[ConcernKind.ENDS_BEFORE_IT_STARTS].refused


def test_a_reschedule_needs_a_reason():
    found = concerns("03-12 09:00", replace(FACTS, is_reschedule=True))
    assert found[ConcernKind.RESCHEDULE].needs_reason


def test_three_slots_lie_on_different_days_in_working_hours():
    found = three_slots(HOUR, FACTS, NOW)
    assert [slot.starts_at for slot in found.offered] == [
        berlin("03-13 09:00"),
        berlin("03-16 08:00"),
        berlin("03-17 08:00"),
    ]
    # A meeting may begin sooner: what these leave besides is said, as the first time that fits is said elsewhere.
    assert found.sentence == "Three times meet every rule, with a working day to write the draft."
    assert not any(slot.is_breach for slot in found.offered)
    # The draft of the first is due a working day from now.
    assert found.offered[0].draft_due_at == berlin("03-11 09:00")


def test_a_night_or_a_free_day_is_no_working_day_to_write():
    friday_evening = berlin("03-13 19:00")
    facts = replace(FACTS, hold_by=berlin("03-25 00:00"))
    found = three_slots(HOUR, facts, friday_evening)
    assert found.offered[0].starts_at == berlin("03-19 08:00")
    assert found.offered[0].draft_due_at == berlin("03-17 08:00")


def test_the_draft_that_is_out_is_not_written_any_more():
    out = replace(FACTS, distributed_at=berlin("03-08 09:00"))
    found = three_slots(HOUR, out, NOW)
    assert found.offered[0].starts_at == berlin("03-10 09:00")
    assert found.offered[0].draft_due_at is None
    assert found.sentence == "Three times meet every rule."


def test_slots_suit_the_working_hours_of_every_zone():
    found = three_slots(HOUR, replace(FACTS, zones=(BERLIN, NEW_YORK)), NOW)
    # New York has put its clocks forward already.
    assert [slot.starts_at for slot in found.offered] == [
        berlin("03-13 13:00"),
        berlin("03-16 13:00"),
        berlin("03-17 13:00"),
    ]


def test_zones_without_common_working_hours_get_no_slot_and_a_sentence_that_says_so():
    found = three_slots(HOUR, replace(FACTS, zones=(TOKYO, NEW_YORK)), NOW)
    assert found.offered == ()
    assert "share no working hours" in found.sentence


def test_slots_are_clear_of_what_is_known_to_be_busy():
    busy = Busy(berlin("03-12 00:00"), berlin("03-13 12:00"))
    found = three_slots(HOUR, replace(FACTS, busy=(busy,)), NOW)
    assert found.offered[0].starts_at == berlin("03-13 12:00")


def test_fewer_than_three_slots_are_said_to_be_fewer():
    tight = replace(FACTS, hold_by=berlin("03-13 11:00"))
    found = three_slots(HOUR, tight, NOW)
    assert [slot.starts_at for slot in found.offered] == [berlin("03-13 09:00"), berlin("03-13 10:00")]
    assert "Only two times" in found.sentence


def test_times_that_leave_less_than_a_working_day_to_write_are_offered_last_and_said_so():
    found = three_slots(HOUR, replace(FACTS, hold_by=berlin("03-12 11:00")), NOW)
    assert [slot.starts_at for slot in found.offered] == [berlin("03-12 09:00"), berlin("03-12 10:00")]
    assert "these leave less" in found.sentence


def test_with_no_time_before_the_deadline_the_first_ones_past_it_are_known_breaches():
    found = three_slots(HOUR, replace(FACTS, hold_by=berlin("03-11 00:00")), NOW)
    assert len(found.offered) == 3
    assert all(slot.is_breach for slot in found.offered)
    assert "known breach" in found.sentence
    # These too leave a working day to write, where one does.
    assert found.offered[0].starts_at == berlin("03-13 09:00")
    busy = Busy(berlin("03-13 00:00"), berlin("05-01 00:00"))
    tight = three_slots(HOUR, replace(FACTS, hold_by=berlin("03-11 00:00"), busy=(busy,)), NOW)
    assert tight.offered[0].starts_at == berlin("03-12 09:00")


@pytest.mark.parametrize(
    ("hold_by", "busy_until", "first"),
    [
        (None, "03-31 09:00", "03-31 09:00"),
        (None, "03-31 09:30", None),
        # Past a deadline to hold that was missed already it is three weeks from now.
        ("03-02 00:00", "03-31 09:00", "03-31 09:00"),
        ("03-02 00:00", "03-31 09:30", None),
        ("03-25 00:00", "04-14 17:00", "04-14 17:00"),
        ("03-25 00:00", "04-14 17:30", None),
    ],
)
def test_a_time_is_looked_for_within_three_weeks(hold_by, busy_until, first):
    busy = Busy(NOW, berlin(busy_until))
    facts = replace(FACTS, hold_by=hold_by and berlin(hold_by), busy=(busy,))
    found = three_slots(HOUR, facts, NOW)
    assert [slot.starts_at for slot in found.offered[:1]] == ([berlin(first)] if first else [])
    if not first:
        assert found.sentence == "The required attendees have no common free time in the next weeks."


@given(
    st.integers(0, 600).map(lambda n: NOW.astimezone(UTC) + timedelta(minutes=37 * n)),
    st.sampled_from([30, 60, 90]),
    st.lists(st.sampled_from([BERLIN, NEW_YORK, ZoneInfo("Europe/London")]), max_size=2),
    st.lists(st.integers(0, 200), max_size=4),
)
def test_every_offered_slot_raises_no_concern_but_a_known_breach(at, minutes, zones, starts):
    busy = tuple(Busy(NOW + HOUR * start, NOW + HOUR * (start + 3)) for start in starts)
    facts = replace(FACTS, zones=tuple(zones), busy=busy)
    for slot in three_slots(timedelta(minutes=minutes), facts, at).offered:
        kinds = {each.kind for each in check_time(slot.starts_at, slot.ends_at, facts, at)}
        assert kinds <= ({ConcernKind.PAST_THE_DEADLINE} if slot.is_breach else set())
        assert not any(each.starts_at < slot.ends_at and slot.starts_at < each.ends_at for each in busy)
        for zone in zones or [BERLIN]:
            assert CALENDAR.is_working_moment(slot.starts_at, zone)


def test_nothing_fits_when_the_deadline_is_too_near():
    assert first_time_that_fits(HOUR, replace(FACTS, hold_by=berlin("03-11 00:00")), NOW) is None


@pytest.mark.parametrize(
    ("distributed", "changed", "start", "allowed"),
    [
        ("03-08 09:00", None, "03-10 09:00", True),
        ("03-08 09:01", None, "03-10 09:00", False),
        ("03-01 09:00", "03-09 09:00", "03-10 09:00", False),
        ("03-01 09:00", "03-08 09:00", "03-10 09:00", True),
        # 48 elapsed hours over the change of the clock are 49 on the wall.
        ("03-28 09:00", None, "03-30 09:30", False),
        ("03-28 09:00", None, "03-30 10:00", True),
    ],
)
def test_a_meeting_starts_only_when_its_draft_has_been_out_for_48_hours(distributed, changed, start, allowed):
    why_not = may_start(berlin(distributed), changed and berlin(changed), berlin(start))
    assert (why_not is None) == allowed


@pytest.mark.parametrize(
    ("distributed", "changed", "why_not"),
    [
        ("03-08 09:01", None, "The draft went out only 47 h 59 min ago, "),
        ("03-10 08:40", None, "The draft went out only 20 min ago, "),
        ("03-10 08:00", None, "The draft went out only 1 h ago, "),
        ("03-10 09:00", None, "The draft went out only a moment ago, "),
        ("03-01 09:00", "03-10 06:00", "The root cause or the changes were amended only 3 h ago, "),
        ("03-09 09:00", "03-09 09:00", "The draft went out only 24 h ago, "),
    ],
)
def test_the_chair_reads_how_long_the_draft_has_been_out(distributed, changed, why_not):
    said = may_start(berlin(distributed), changed and berlin(changed), NOW)
    assert said == why_not + "less than the 48 h that reading takes."


def test_a_meeting_without_a_draft_does_not_start():
    assert may_start(None, None, NOW) == "The draft has not been distributed."
