"""Which obligations follow from the facts, and when each is due."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from afteractions.rules.deadlines.calendar import BusinessCalendar
from afteractions.rules.deadlines.deadlines import (
    OF_ATTENDEES,
    OUTLIVES,
    Expected,
    Responsible,
    ToCome,
    expected_obligations,
    lapse_at,
    steps_to_come,
)
from afteractions.rules.facts import (
    ActionFacts,
    AfterActionFacts,
    DispositionFacts,
    EvidenceFacts,
    ExternalMessageFacts,
    IncidentFacts,
    MeetingFacts,
    MtmFacts,
    ReaderFacts,
    StatusNoteFacts,
    VendorFacts,
    VendorItemFacts,
)
from afteractions.vocabulary import (
    ActionStatus,
    Decision,
    Disposition,
    ObligationKind,
    ObligationState,
    ResponsibleGroup,
)
from incidents.vocabulary import RequirementLevel, Severity

BERLIN = ZoneInfo("Europe/Berlin")
TOKYO = ZoneInfo("Asia/Tokyo")
CALENDAR = BusinessCalendar("DE")


def berlin(day: int, hour: int = 0, minute: int = 0, month: int = 3) -> datetime:
    return datetime(2026, month, day, hour, minute, tzinfo=BERLIN)


CLOSED = berlin(24, 15)
RECORD = IncidentFacts(BERLIN, Severity.CRITICAL, mim="mim")
MANDATORY = AfterActionFacts(RequirementLevel.MANDATORY, CLOSED, owner="owner")
MEETING = MeetingFacts(
    scheduled_at=berlin(25, 9),
    starts_at=berlin(30, 10),
    ends_at=berlin(30, 11),
)
HELD = replace(
    MEETING, distributed_at=berlin(27, 10), held_from=berlin(30, 10), held_until=berlin(30, 11), agreed=True
)


def obligations(after_action: AfterActionFacts | None, record: IncidentFacts = RECORD) -> dict[str, Expected]:
    found = expected_obligations(record, after_action, CALENDAR)
    answer = {f"{each.kind} {each.subject}": each for each in found}
    assert len(answer) == len(found)
    return answer


def test_a_mandatory_after_action_is_to_be_scheduled_and_held_from_the_moment_of_the_close():
    found = obligations(MANDATORY)
    assert list(found) == ["schedule meeting:1", "hold meeting:1"]
    assert found["schedule meeting:1"].due_at == CLOSED + timedelta(hours=24)
    assert found["schedule meeting:1"].due_on is None
    assert found["hold meeting:1"].due_on == date(2026, 3, 31)
    assert found["hold meeting:1"].due_at == berlin(1, month=4)
    assert all(each.state == ObligationState.OPEN for each in found.values())
    assert all(each.late_by is None for each in found.values())
    assert all(each.responsible == Responsible(person="mim") for each in found.values())


@pytest.mark.parametrize(
    ("severity", "due_on"),
    [
        (Severity.CRITICAL, date(2026, 3, 31)),
        # Good Friday and Easter Monday lie between.
        (Severity.HIGH, date(2026, 4, 9)),
        (Severity.MEDIUM, date(2026, 4, 9)),
        (Severity.LOW, date(2026, 4, 9)),
    ],
)
def test_a_critical_one_is_held_within_5_business_days_and_all_others_within_10(severity, due_on):
    found = obligations(MANDATORY, replace(RECORD, highest_severity=severity))
    assert found["hold meeting:1"].due_on == due_on


@pytest.mark.parametrize("level", [RequirementLevel.RECOMMENDED, RequirementLevel.OPTIONAL])
def test_one_that_may_be_skipped_is_first_decided_within_24_hours(level):
    found = obligations(replace(MANDATORY, level=level))
    assert list(found) == ["decide decision"]
    assert found["decide decision"].due_at == CLOSED + timedelta(hours=24)


def test_deciding_to_hold_brings_the_deadlines_of_the_meeting_counted_from_the_close():
    decided = replace(
        MANDATORY, level=RequirementLevel.OPTIONAL, decision=Decision.HOLD, decided_at=berlin(24, 20)
    )
    found = obligations(decided)
    assert found["decide decision"].state == ObligationState.MET
    assert found["schedule meeting:1"].due_at == CLOSED + timedelta(hours=24)


def test_deciding_to_skip_late_leaves_only_a_decision_met_late_and_by_how_much():
    skipped = replace(
        MANDATORY, level=RequirementLevel.RECOMMENDED, decision=Decision.SKIP, decided_at=berlin(25, 16)
    )
    found = obligations(skipped)
    assert list(found) == ["decide decision"]
    assert found["decide decision"].state == ObligationState.MET_LATE
    assert found["decide decision"].late_by == timedelta(hours=1)


def test_an_optional_one_lapses_at_the_end_of_the_5th_business_day_and_its_decision_counts_as_missed():
    assert lapse_at(RequirementLevel.OPTIONAL, CLOSED, BERLIN, CALENDAR) == berlin(1, month=4)
    assert lapse_at(RequirementLevel.RECOMMENDED, CLOSED, BERLIN, CALENDAR) is None
    lapsed = replace(
        MANDATORY,
        level=RequirementLevel.OPTIONAL,
        decision=Decision.SKIP,
        decided_at=berlin(1, month=4),
        lapsed=True,
    )
    assert obligations(lapsed)["decide decision"].state == ObligationState.MISSED


def test_a_voluntary_one_that_was_accepted_has_the_deadlines_of_a_meeting_and_nothing_to_decide():
    accepted = replace(MANDATORY, level=RequirementLevel.NOT_REQUIRED, decision=Decision.HOLD)
    assert list(obligations(accepted)) == ["schedule meeting:1", "hold meeting:1"]
    assert obligations(replace(accepted, decision=None)) == {}


def test_the_draft_is_due_48_hours_before_the_meeting_also_over_a_change_of_the_clock():
    found = obligations(replace(MANDATORY, meetings=(MEETING,)))
    assert found["distribute meeting:1"].due_at == berlin(30, 10).astimezone(UTC) - timedelta(hours=48)
    assert found["distribute meeting:1"].due_at == berlin(28, 9)
    assert found["distribute meeting:1"].responsible == Responsible(person="owner")
    assert found["schedule meeting:1"].state == ObligationState.MET


def test_a_reschedule_moves_the_draft_and_never_the_deadline_to_hold():
    moved = replace(MEETING, starts_at=berlin(31, 14), ends_at=berlin(31, 15))
    before, after = (obligations(replace(MANDATORY, meetings=(meeting,))) for meeting in (MEETING, moved))
    assert after["distribute meeting:1"].due_at == berlin(29, 14)
    assert after["hold meeting:1"] == before["hold meeting:1"]


@pytest.mark.parametrize(
    ("meeting", "state"),
    [
        (MEETING, ObligationState.OPEN),
        (replace(MEETING, distributed_at=berlin(28, 9)), ObligationState.MET),
        (replace(MEETING, distributed_at=berlin(28, 9, 1)), ObligationState.MET_LATE),
        (HELD, ObligationState.MET),
        (replace(HELD, distributed_at=HELD.held_from), ObligationState.MET_LATE),
        (replace(HELD, distributed_at=None), ObligationState.MISSED),
        # The meeting runs, and what goes out while it runs is no draft that anybody read before.
        (replace(HELD, distributed_at=None, held_until=None, agreed=None), ObligationState.MISSED),
    ],
)
def test_a_meeting_held_without_a_draft_misses_the_distribution_for_good(meeting, state):
    found = obligations(replace(MANDATORY, meetings=(meeting,)))
    assert found["distribute meeting:1"].state == state


def test_a_meeting_that_was_held_unscheduled_was_scheduled_when_it_began_and_its_draft_due_before():
    unscheduled = replace(HELD, scheduled_at=None, starts_at=None, ends_at=None)
    found = obligations(replace(MANDATORY, meetings=(unscheduled,)))
    assert found["schedule meeting:1"].met_at == berlin(30, 10)
    assert found["distribute meeting:1"].due_at == berlin(28, 9)


def test_only_a_meeting_without_agreement_is_followed_by_another():
    """domain.md, Deadlines: a meeting that was held without agreement goes back to Draft."""
    for first in (MEETING, HELD, replace(HELD, agreed=None)):
        found = obligations(replace(MANDATORY, meetings=(first, MeetingFacts(round=2))))
        assert not [key for key in found if key.endswith("meeting:2")]


READ, UNREAD = ReaderFacts("ann", berlin(29, 12)), ReaderFacts("bob")
OUT = replace(MEETING, distributed_at=berlin(27, 10), readers=(READ, UNREAD))


def test_attendees_read_a_draft_that_is_out_before_its_meeting():
    """Seed, The Learning Review Document: attendees read it before arriving."""
    found = obligations(replace(MANDATORY, meetings=(OUT,)))
    read, unread = found["read_draft reading:1:ann"], found["read_draft reading:1:bob"]
    assert read.due_at == unread.due_at == MEETING.starts_at
    assert (read.responsible, read.state) == (Responsible(person="ann"), ObligationState.MET)
    assert (unread.responsible, unread.state) == (Responsible(person="bob"), ObligationState.OPEN)


@pytest.mark.parametrize(
    "lost", [{"distributed_at": None}, {"starts_at": None}, {"held_until": berlin(30, 11)}]
)
def test_nobody_owes_a_reading_without_a_draft_or_a_time_or_after_the_meeting(lost):
    first = replace(OUT, **lost)
    assert not [key for key in obligations(replace(MANDATORY, meetings=(first,))) if "reading" in key]
    # What one round does not ask for the next one may.
    both = obligations(replace(MANDATORY, meetings=(first, replace(OUT, round=2))))
    assert [key for key in both if "reading" in key] == [
        f"read_draft reading:2:{who}" for who in ("ann", "bob")
    ]


def test_evidence_is_due_at_the_end_of_its_day_where_who_brings_it_lives_until_the_meeting_agreed():
    """domain.md, The After Action: the owner asks named people for evidence by a date."""
    asked = EvidenceFacts("4", "ann", date(2026, 3, 27), TOKYO)
    brought = EvidenceFacts("5", "bob", date(2026, 3, 27), BERLIN, berlin(27, 9))
    waiting = replace(MANDATORY, meetings=(MEETING,), evidence=(asked, brought))
    found = obligations(waiting)
    owed = found["evidence attendee:4"]
    assert (owed.due_at, owed.due_on) == (datetime(2026, 3, 28, tzinfo=TOKYO), date(2026, 3, 27))
    assert (owed.responsible, owed.state) == (Responsible(person="ann"), ObligationState.OPEN)
    assert found["evidence attendee:5"].state == ObligationState.MET
    not_agreed = obligations(replace(waiting, meetings=(replace(HELD, agreed=False),)))
    assert not_agreed["evidence attendee:4"] == owed
    assert not [key for key in obligations(replace(waiting, meetings=(HELD,))) if "evidence" in key]


def test_what_outlives_the_after_action_and_what_attendees_owe_is_never_its_next_step():
    assert {ObligationKind.ACTION_ITEM, ObligationKind.EFFECT_CHECK} == OUTLIVES
    assert {ObligationKind.READ_DRAFT, ObligationKind.EVIDENCE} == OF_ATTENDEES


def test_the_steps_whose_dates_are_not_fixed_yet_say_what_they_wait_for():
    draft = ToCome(ObligationKind.DISTRIBUTE, "48 hours before the meeting starts")
    publication = ToCome(ObligationKind.PUBLISH, "48 hours after the meeting ends")
    review = ToCome(ObligationKind.REVIEW_ACTIONS, "30 days after the publication")
    planned = replace(publication, expected_at=berlin(30, 11) + timedelta(hours=48))
    for ends_at, done, left in (
        (None, (False, False, False), [draft, publication, review]),
        (berlin(30, 11), (True, False, False), [planned, review]),
        (berlin(30, 11), (True, True, False), [review]),
        (berlin(30, 11), (True, True, True), []),
    ):
        scheduled, held, published = done
        assert steps_to_come(ends_at=ends_at, scheduled=scheduled, held=held, published=published) == left


def test_publication_is_due_48_hours_after_the_meeting_ended_and_not_before_it_was_held():
    assert "publish learning_review" not in obligations(replace(MANDATORY, meetings=(MEETING,)))
    found = obligations(replace(MANDATORY, meetings=(HELD,)))
    assert found["publish learning_review"].due_at == berlin(30, 11) + timedelta(hours=48)
    assert found["hold meeting:1"].state == ObligationState.MET


def test_a_meeting_without_agreement_is_followed_by_a_second_one_within_5_business_days():
    not_agreed = replace(HELD, agreed=False)
    found = obligations(replace(MANDATORY, meetings=(not_agreed, MeetingFacts(round=2))))
    assert found["hold meeting:1"].state == ObligationState.MET
    assert found["schedule meeting:2"].due_at == berlin(30, 11) + timedelta(hours=24)
    assert found["hold meeting:2"].due_on == date(2026, 4, 8)
    assert found["hold meeting:2"].state == ObligationState.OPEN
    assert "publish learning_review" not in found


def test_the_review_of_the_actions_is_due_30_days_after_publication():
    published = replace(MANDATORY, meetings=(HELD,), published_at=berlin(31, 9), actions=(action(),))
    found = obligations(published)
    assert found["publish learning_review"].state == ObligationState.MET
    assert found["review_actions review:1"].due_at == berlin(31, 9).astimezone(UTC) + timedelta(days=30)
    assert found["review_actions review:1"].state == ObligationState.OPEN


def action(**changes) -> ActionFacts:
    return replace(ActionFacts("ACT-7F3QK", "ann", date(2026, 4, 20), TOKYO), **changes)


def test_an_extended_item_brings_the_review_back_30_days_later_until_it_is_resolved():
    published_at = berlin(1, 9).astimezone(UTC)
    extended = action(dispositions=(DispositionFacts(Disposition.EXTENDED, berlin(30, 12)),))
    after_action = replace(MANDATORY, meetings=(HELD,), published_at=published_at)
    found = obligations(replace(after_action, actions=(extended,)))
    assert found["review_actions review:1"].met_at == berlin(30, 12)
    assert found["review_actions review:2"].due_at == published_at + timedelta(days=60)
    assert found["review_actions review:2"].state == ObligationState.OPEN

    done = replace(extended, status=ActionStatus.DONE, resolved_at=berlin(20, 12, month=4))
    found = obligations(replace(after_action, actions=(done,)))
    assert found["review_actions review:1"].met_at == berlin(30, 12)
    assert found["review_actions review:2"].met_at == berlin(20, 12, month=4)
    assert "review_actions review:3" not in found


def test_a_review_done_very_late_comes_back_on_the_next_multiple_of_30_days():
    published_at = berlin(1, 9, month=1).astimezone(UTC)
    extended = action(
        dispositions=(DispositionFacts(Disposition.EXTENDED, published_at + timedelta(days=65)),)
    )
    found = obligations(replace(MANDATORY, meetings=(HELD,), published_at=published_at, actions=(extended,)))
    assert found["review_actions review:1"].state == ObligationState.MET_LATE
    assert found["review_actions review:2"].due_at == published_at + timedelta(days=90)


def test_without_an_open_item_there_is_nothing_left_to_review():
    published_at = berlin(31, 9)
    found = obligations(replace(MANDATORY, meetings=(HELD,), published_at=published_at))
    assert found["review_actions review:1"].met_at == published_at


def test_an_action_item_is_due_at_the_end_of_its_day_where_its_owner_lives():
    found = obligations(replace(MANDATORY, actions=(action(),)))["action_item action:ACT-7F3QK"]
    assert found.due_at == datetime(2026, 4, 21, tzinfo=TOKYO)
    assert found.due_on == date(2026, 4, 20)
    assert found.responsible == Responsible(person="ann")


def test_a_change_is_looked_at_on_its_day_and_anew_after_a_repeat():
    made = ActionFacts(
        "ACT-1", "ann", date(2026, 4, 10), TOKYO, ActionStatus.DONE, berlin(9, 12, month=4), date(2026, 5, 10)
    )
    agreed = replace(MANDATORY, meetings=(HELD,), published_at=berlin(31, 9))
    looked = obligations(replace(agreed, actions=(made,)))["effect_check effect:ACT-1"]
    assert (looked.due_on, looked.due_at) == (date(2026, 5, 10), berlin(11, month=5))
    assert looked.responsible == Responsible(person="owner")
    assert looked.state == ObligationState.OPEN
    back = replace(made, came_back_at=berlin(20, 23, month=5), came_back_with="7")
    anew = obligations(replace(agreed, actions=(back,)))
    assert "effect_check effect:ACT-1" not in anew
    assert anew["effect_check effect:ACT-1:7"].due_on == date(2026, 6, 19)
    seen = replace(back, effect_checked_at=berlin(1, month=6))
    assert (
        obligations(replace(agreed, actions=(seen,)))["effect_check effect:ACT-1:7"].state
        == ObligationState.MET
    )
    for nobody_looks in (replace(made, look_on=None), replace(made, status=ActionStatus.CANCELLED)):
        assert not [key for key in obligations(replace(agreed, actions=(nobody_looks,))) if "effect" in key]


@pytest.mark.parametrize("status", [ActionStatus.DONE, ActionStatus.CANCELLED])
def test_an_action_item_is_met_by_done_or_cancelled(status):
    resolved = action(status=status, resolved_at=berlin(20, 12, month=4))
    found = obligations(replace(MANDATORY, actions=(resolved,)))["action_item action:ACT-7F3QK"]
    assert found.state == ObligationState.MET


def test_an_action_without_a_date_has_no_deadline_and_one_without_an_owner_falls_to_the_after_actions():
    found = obligations(replace(MANDATORY, actions=(action(due_on=None), action(reference="B", owner=None))))
    assert "action_item action:ACT-7F3QK" not in found
    assert found["action_item action:B"].responsible == Responsible(person="owner")


def test_a_status_note_is_due_one_business_day_after_its_transition():
    friday = berlin(27, 16, 30)
    noted = replace(MANDATORY, internal_liaison="liaison", status_notes=(StatusNoteFacts("7", friday),))
    found = obligations(noted)["status_note transition:7"]
    assert found.due_at == berlin(30, 16, 30)
    assert found.responsible == Responsible(person="liaison")
    assert obligations(replace(noted, internal_liaison=None))[
        "status_note transition:7"
    ].responsible == Responsible(person="owner")


def test_an_external_message_is_due_by_its_own_date_from_the_communications_team():
    message = ExternalMessageFacts("3", berlin(31, 12))
    found = obligations(replace(MANDATORY, external_messages=(message,)))["external_message message:3"]
    assert found.due_at == berlin(31, 12)
    assert found.responsible == Responsible(group=ResponsibleGroup.COMMUNICATIONS)


VENDOR = VendorFacts("9", "Cloud Co", berlin(24, 12), service_manager="sm", rca_term=timedelta(days=5))


def test_a_vendors_rca_is_due_by_contract_or_by_its_committed_date():
    by_contract = obligations(None, replace(RECORD, vendors=(VENDOR,)))["vendor_rca vendor:9"]
    # Five times 24 hours end an hour later on the wall once the clock was put forward.
    assert by_contract.due_at == berlin(29, 13)
    committed = replace(VENDOR, rca_committed_on=date(2026, 4, 2))
    by_promise = obligations(None, replace(RECORD, vendors=(committed,)))["vendor_rca vendor:9"]
    assert (by_promise.due_at, by_promise.due_on) == (berlin(3, month=4), date(2026, 4, 2))
    for unknown in (
        {"rca_term": None, "service_manager": None},
        {"engaged_at": None},
        {"rca_expected": False},
    ):
        assert obligations(None, replace(RECORD, vendors=(replace(VENDOR, **unknown),))) == {}


def test_a_vendors_open_item_follows_our_date_until_the_vendor_commits():
    item = VendorItemFacts("4", None, date(2026, 3, 27))
    vendor = replace(VENDOR, rca_expected=False, service_manager=None, items=(item,))
    found = obligations(None, replace(RECORD, vendors=(vendor,)))["vendor_item vendor_item:4"]
    assert found.due_on == date(2026, 3, 27)
    assert found.responsible == Responsible(group=ResponsibleGroup.SERVICE_MANAGER)
    committed = replace(vendor, items=(replace(item, committed_on=date(2026, 4, 1)),))
    found = obligations(None, replace(RECORD, vendors=(committed,)))["vendor_item vendor_item:4"]
    assert found.due_on == date(2026, 4, 1)


def test_an_mtm_owes_its_summary_in_15_minutes_and_the_next_one_at_the_time_set():
    mtm = MtmFacts(1, ended_at=berlin(24, 12, 30), next_at=berlin(24, 14))
    found = obligations(None, replace(RECORD, mim=None, mtms=(mtm,)))
    assert found["mtm_summary mtm:1"].due_at == berlin(24, 12, 45)
    assert found["next_mtm mtm:1"].due_at == berlin(24, 14)
    assert found["next_mtm mtm:1"].responsible == Responsible(group=ResponsibleGroup.MIM)


def test_history_is_computed_and_shown_and_nobody_owes_it():
    past = replace(RECORD, history=True)
    found = obligations(replace(MANDATORY, level=RequirementLevel.RECOMMENDED), past)
    assert set(found) == {"decide decision", "schedule meeting:1", "hold meeting:1"}
    assert {each.state for each in found.values()} == {ObligationState.HISTORY}
    # One that nothing asked for would have had none.
    assert obligations(replace(MANDATORY, level=RequirementLevel.NOT_REQUIRED), past) == {}


def test_without_a_close_there_are_no_deadlines():
    assert obligations(replace(MANDATORY, clock_from=None), replace(RECORD, history=True)) == {}


def test_a_deadline_met_at_its_very_instant_is_met_in_time():
    on_time = replace(MEETING, scheduled_at=CLOSED + timedelta(hours=24))
    found = obligations(replace(MANDATORY, meetings=(on_time,)))
    assert found["schedule meeting:1"].state == ObligationState.MET
    assert found["schedule meeting:1"].late_by is None
