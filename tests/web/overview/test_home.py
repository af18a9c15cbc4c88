"""Home: what needs each person, and nothing of what they may not see."""

from datetime import timedelta

import pytest

from afteractions.operations.meeting import start_meeting
from majorops.people.groups import GroupName
from tests.factories.afteractions import (
    CLOSED,
    DISTRIBUTED,
    MEETING,
    READ,
    SCHEDULED,
    a_distributed_review,
    an_after_action,
    read_by_all,
)
from tests.factories.incidents import OPENED, an_incident
from tests.factories.people import a_mim, a_person
from tests.web.overview.looking import look, main_of, many_overdue, statements

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def test_the_mim_is_told_to_schedule_now_and_to_hold_later() -> None:
    mim = a_mim()
    after_action = an_after_action(mim)
    page = main_of(look(mim, "/", SCHEDULED))
    reference = after_action.incident.reference
    now, _, later = page.partition("Later")
    assert f"Schedule the After Action of {reference}" in now
    assert f"Hold the After Action of {reference}" in later
    assert "in 23 h" in now


def test_the_title_counts_what_is_due_within_the_week() -> None:
    mim = a_mim()
    an_after_action(mim)
    page = look(mim, "/", SCHEDULED).content.decode()
    assert "<title>(1) Home" in " ".join(page.split())


def test_an_overdue_deadline_stands_under_now_with_its_words() -> None:
    mim = a_mim()
    an_after_action(mim)
    page = main_of(look(mim, "/", CLOSED + timedelta(days=3)))
    assert "overdue by 2 d" in page.partition("Later")[0]


def test_an_attendee_is_asked_to_read_the_draft_until_it_is_read() -> None:
    lead = a_person("Tomas Lindqvist")
    after_action = a_distributed_review(lead=lead)
    path = f"/after-actions/{after_action.reference}/read/"
    before = look(lead, "/", READ)
    assert "Read the Learning Review draft" in main_of(before)
    assert path in before.content.decode()
    read_by_all(after_action)
    assert "Read the Learning Review draft" not in main_of(look(lead, "/", READ + HOUR))


def test_an_attendee_sees_the_meeting_ahead_and_joins_it_while_it_runs() -> None:
    lead = a_person("Tomas Lindqvist")
    after_action = a_distributed_review(lead=lead)
    ahead = main_of(look(lead, "/", DISTRIBUTED))
    assert "Attend the After Action" in ahead
    assert "Answer the invitation" in ahead
    start_meeting(after_action, by=after_action.incident.mim, at=MEETING, now=MEETING)
    running = main_of(look(lead, "/", MEETING + HOUR / 4))
    assert "Under way now" in running
    assert "Join the meeting" in running


def test_the_chair_sees_the_meeting_in_the_place_of_its_deadline() -> None:
    mim = a_mim()
    a_distributed_review(mim)
    page = main_of(look(mim, "/", DISTRIBUTED))
    assert "Chair the After Action" in page
    assert "Hold the After Action" not in page


def test_a_group_is_told_of_what_nobody_is_named_for() -> None:
    unnamed = many_overdue(1, a_mim(), due_at=SCHEDULED + HOUR)[0]
    unnamed.obligations.update(responsible=None, responsible_group=GroupName.MIM)
    page = main_of(look(a_mim("Tomasz Okonkwo"), "/", SCHEDULED))
    assert "For any of the Major Incident Managers" in page
    assert unnamed.incident.title in page
    assert "For any of the" not in main_of(look(a_person("Ines Faro"), "/", SCHEDULED))


def test_running_incidents_stand_on_top() -> None:
    mim = a_mim()
    an_incident(mim, title="Checkout answers with errors")
    page = main_of(look(a_person(), "/", OPENED + HOUR))
    assert page.index("Running now") < page.index("Checkout answers with errors")


def test_a_manager_reads_how_much_is_overdue_below() -> None:
    manager = a_person("Helena Brandauer")
    lead = a_person("Jun Castellane", manager=manager)
    mim = a_mim(manager=lead)
    many_overdue(3, mim, due_at=SCHEDULED)
    page = main_of(look(manager, "/", SCHEDULED + HOUR))
    assert "6 overdue" in page
    assert "overdue" not in main_of(look(a_person("Ines Faro"), "/", SCHEDULED + HOUR))


def test_a_restricted_incident_shows_on_no_home_page_outside() -> None:
    manager = a_person("Helena Brandauer")
    mim = a_mim(manager=manager)
    many_overdue(1, mim, due_at=SCHEDULED, restricted=True, title="Stolen keys")
    an_incident(mim, title="Stolen keys again", restricted=True)
    page = main_of(look(manager, "/", SCHEDULED + HOUR))
    assert "Stolen keys" not in page
    assert "Nothing is overdue" in page
    assert "Stolen keys" in main_of(look(mim, "/", SCHEDULED + HOUR))


def test_an_empty_home_says_what_belongs_there() -> None:
    page = main_of(look(a_person(), "/", SCHEDULED))
    assert "Nothing needs you" in page
    assert "Read a Learning Review" in page


def test_home_takes_the_same_statements_at_5_rows_and_at_50() -> None:
    manager = a_person("Helena Brandauer")
    mim = a_mim(manager=manager)
    mim.reports.add(a_person("Ravi Sundaram"))
    many_overdue(5, mim, due_at=SCHEDULED)
    few = statements(mim, "/", SCHEDULED + HOUR)
    many_overdue(45, mim, due_at=SCHEDULED)
    assert statements(mim, "/", SCHEDULED + HOUR) == few <= 12
