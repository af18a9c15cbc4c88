"""Closing days of the organisation move the deadlines that are counted in business days, and say so."""

from datetime import UTC, date, datetime, timedelta

import pytest

from afteractions.models import ClosingDay, Obligation
from afteractions.operations.current_policy import current_policy
from afteractions.operations.deadlines.obligations import reconcile
from afteractions.operations.enforcement import recalculation, sweep
from afteractions.operations.enforcement.policy import close_day, closing_days, open_day
from afteractions.operations.intake import decide
from incidents.models import Incident
from majorops.audit.models import AuditEntry
from majorops.errors import BadInput, NotAllowed, RuleViolation
from majorops.notices.models import Notice
from majorops.people.models import Person
from tests.factories.incidents import OPENED, a_closed_incident
from tests.factories.people import a_mim, an_administrator

pytestmark = pytest.mark.django_db
CLOSED = OPENED + timedelta(minutes=100)  # Tuesday 3 March 2026, 10:40 UTC
MONDAY = date(2026, 3, 9)
HOLD_BY = datetime(2026, 3, 11, tzinfo=UTC)  # the end of Tuesday the 10th
DAY = timedelta(days=1)


@pytest.fixture
def administrator() -> Person:
    return an_administrator()


def hold_of(incident: Incident) -> Obligation:
    return incident.obligations.get(kind="hold", state="open")


def close(day: date, *, by: Person, now: datetime = CLOSED) -> ClosingDay:
    return close_day(day, name="Founders’ day", by=by, now=now)


def test_a_closing_day_moves_the_deadline_to_hold_and_says_from_where_and_why(administrator: Person) -> None:
    incident = a_closed_incident(a_mim(), severity="critical")
    old = hold_of(incident)
    assert old.due_at == HOLD_BY
    close(MONDAY, by=administrator)
    new = hold_of(incident)
    assert (new.due_at, new.due_on) == (HOLD_BY + DAY, date(2026, 3, 11))
    because = (
        "Moved from the end of Tue 10 Mar to the end of Wed 11 Mar because Mon 9 Mar became a closing day "
        "(Founders’ day)."
    )
    assert new.moved_because == because
    old.refresh_from_db()
    assert (old.state, old.ended_reason) == ("superseded", because)
    entry = AuditEntry.objects.get(verb="moved", scope=incident.reference)
    assert (entry.reason, entry.by) == (because, None)
    assert entry.changes == {"due_at": [HOLD_BY.isoformat(), (HOLD_BY + DAY).isoformat()]}
    assert AuditEntry.objects.get(verb="changed the calendar").by == administrator
    # A time that is days away is no news to anybody.
    assert not Notice.objects.filter(about_type="obligation").exists()


def test_what_is_not_counted_in_business_days_stays(administrator: Person) -> None:
    incident = a_closed_incident(a_mim(), severity="critical")
    before = incident.obligations.get(kind="schedule")
    close(date(2026, 3, 4), by=administrator)
    after = incident.obligations.get(kind="schedule")
    assert (after.pk, after.due_at) == (before.pk, before.due_at)
    assert after.moved_because == ""


def test_taking_it_back_moves_the_deadline_back(administrator: Person) -> None:
    incident = a_closed_incident(a_mim(), severity="critical")
    close(MONDAY, by=administrator)
    open_day(MONDAY, by=administrator, now=CLOSED + DAY)
    assert hold_of(incident).due_at == HOLD_BY
    assert "Mon 9 Mar is no longer a closing day" in hold_of(incident).moved_because
    assert closing_days() == []
    assert ClosingDay.objects.count() == 2


def test_a_deadline_that_has_passed_is_not_moved_by_whatever_comes_later(administrator: Person) -> None:
    mim = a_mim()
    incident = a_closed_incident(mim, severity="critical")
    sweep.sweep(now=HOLD_BY)
    row = hold_of(incident)
    later = HOLD_BY + timedelta(hours=3)
    close(MONDAY, by=administrator, now=later)
    assert hold_of(incident).pk == row.pk
    # Nor does the next change of a fact move it.
    reconcile(incident, by=mim, now=later + DAY)
    assert (hold_of(incident).pk, hold_of(incident).due_at) == (row.pk, HOLD_BY)


def test_taking_a_day_back_moves_no_deadline_to_before_itself(administrator: Person) -> None:
    incident = a_closed_incident(a_mim(), severity="critical")
    close(MONDAY, by=administrator)
    open_day(MONDAY, by=administrator, now=HOLD_BY + timedelta(hours=2))
    assert hold_of(incident).due_at == HOLD_BY + DAY


def test_the_new_time_is_told_where_a_warning_is_due_for_it(administrator: Person) -> None:
    mim = a_mim()
    incident = a_closed_incident(mim, severity="critical")
    at = datetime(2026, 3, 10, 16, tzinfo=UTC)  # warned already: the day before the end
    sweep.sweep(now=at)
    warned = Notice.objects.filter(recipient=mim, channel="inbox", about_id=hold_of(incident).pk)
    assert warned.exists()
    close(date(2026, 3, 11), by=administrator, now=at)  # a day later than the deadline: nothing moves
    assert hold_of(incident).due_at == HOLD_BY
    close(date(2026, 3, 10), by=administrator, now=at)
    row = hold_of(incident)
    assert row.due_at == datetime(2026, 3, 13, tzinfo=UTC)
    sweep.sweep(now=at + timedelta(seconds=10))
    told = Notice.objects.get(recipient=mim, channel="inbox", about_id=row.pk)
    assert told.step.startswith("warning")
    assert "Thu 12 Mar" in told.subject


def test_an_open_decision_lapses_later(administrator: Person) -> None:
    # High, short and internal: optional.
    incident = a_closed_incident(
        a_mim(), severity="high", impact={"external": False, "customers_affected": 0}
    )
    row = incident.obligations.get(kind="decide")
    sweep.sweep(now=row.due_at)
    row.refresh_from_db()
    assert (row.next_step, row.next_step_at) == ("lapse", HOLD_BY)
    close(MONDAY, by=administrator, now=row.due_at)
    row.refresh_from_db()
    assert (row.next_step, row.next_step_at) == ("lapse", HOLD_BY + DAY)


def test_the_next_rung_of_the_ladder_waits_for_the_next_business_day(administrator: Person) -> None:
    incident = a_closed_incident(a_mim(), severity="critical")
    due = CLOSED + DAY
    sweep.sweep(now=due)
    close(date(2026, 3, 5), by=administrator, now=due)
    row = incident.obligations.get(kind="schedule")
    assert (row.next_step, row.next_step_at) == ("escalation:2", due + 2 * DAY)


def test_each_incident_counts_in_its_own_time_zone(administrator: Person) -> None:
    incident = a_closed_incident(a_mim(), severity="critical", time_zone="Pacific/Auckland")
    assert hold_of(incident).due_at == datetime(2026, 3, 10, 11, tzinfo=UTC)
    close(MONDAY, by=administrator)
    assert hold_of(incident).due_at == datetime(2026, 3, 11, 11, tzinfo=UTC)


def test_whoever_changes_a_fact_first_leaves_the_reason_on_what_moved_too(
    administrator: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recalculation, "AT_ONCE", 0)
    mim = a_mim()
    incident = a_closed_incident(mim, severity="critical")
    close(MONDAY, by=administrator)
    assert hold_of(incident).due_at == HOLD_BY
    reconcile(incident, by=mim, now=CLOSED)
    assert "became a closing day" in hold_of(incident).moved_because


def test_only_an_administrator_closes_and_only_a_business_day_with_a_name(administrator: Person) -> None:
    with pytest.raises(NotAllowed):
        close(MONDAY, by=a_mim())
    for day, name, path in (
        (date(2026, 3, 7), "Saturday", "day"),
        (MONDAY, " ", "name"),
        (date(2036, 3, 10), "Far", "day"),
    ):
        with pytest.raises(BadInput) as bad:
            close_day(day, name=name, by=administrator, now=CLOSED)
        assert [each.path for each in bad.value.problems] == [path]
    close(MONDAY, by=administrator)
    with pytest.raises(BadInput, match="free day already"):
        close(MONDAY, by=administrator)
    with pytest.raises(RuleViolation):
        open_day(date(2026, 3, 10), by=administrator, now=CLOSED)
    assert current_policy().number == 1


def test_a_closing_day_known_when_the_clock_began_counts_from_the_start(administrator: Person) -> None:
    close(MONDAY, by=administrator, now=CLOSED - 30 * DAY + 25 * DAY)
    incident = a_closed_incident(a_mim(), severity="critical")
    assert hold_of(incident).due_at == HOLD_BY + DAY
    assert hold_of(incident).moved_because == ""


def test_a_decision_taken_after_a_change_keeps_one_open_deadline(administrator: Person) -> None:
    mim = a_mim()
    incident = a_closed_incident(mim, severity="high", impact={"external": True})
    close(MONDAY, by=administrator)
    at = CLOSED + timedelta(hours=1)
    decide(incident.after_action, decision="hold", by=mim, at=at, now=at)
    assert hold_of(incident).moved_because == ""
