"""From the close of an incident to its deadlines."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from icalendar import Calendar, Component

from afteractions.models import AfterAction, Obligation
from afteractions.operations import intake
from afteractions.operations.enforcement import sweep
from afteractions.operations.meeting.scheduling import schedule
from afteractions.vocabulary import ObligationKind
from incidents.models import Incident
from incidents.operations.close import close, reopen
from incidents.operations.log import change_severity, enter_phase, log_event
from incidents.operations.response.command import assign, hand_over
from majorops.audit.models import AuditEntry
from majorops.errors import BadInput, NotAllowed, RuleViolation
from majorops.notices.models import Notice
from majorops.people.models import Person
from tests.factories.incidents import OPENED, a_closed_incident, an_incident
from tests.factories.people import a_mim, a_person, an_auditor

pytestmark = pytest.mark.django_db
CLOSED = OPENED + timedelta(minutes=100)


def state_of(incident: Incident, kind: ObligationKind) -> tuple[str, datetime] | None:
    row = Obligation.objects.filter(incident=incident, kind=kind).order_by("-id").first()
    return (row.state, row.due_at) if row else None


def optional_incident(by: Person) -> Incident:
    return a_closed_incident(by, severity="high", impact={"external": False, "customers_affected": 0})


def test_closing_a_critical_incident_creates_a_mandatory_after_action_with_its_deadlines() -> None:
    mim = a_mim()
    incident = a_closed_incident(mim, severity="critical")
    after_action = incident.after_action
    assert (after_action.decision, after_action.decided_by, after_action.owner) == ("hold", None, mim)
    assert after_action.clock_from == CLOSED
    rows = {
        row.kind: (row.state, row.due_at, row.responsible) for row in after_action.obligations.order_by("id")
    }
    assert rows == {
        "schedule": ("open", CLOSED + timedelta(hours=24), mim),
        # Closed on Tuesday 3 March: the fifth business day after is Tuesday 10 March.
        "hold": ("open", datetime(2026, 3, 11, tzinfo=UTC), mim),
    }


def test_an_incident_that_requires_nothing_gets_no_after_action() -> None:
    incident = a_closed_incident(severity="low")
    assert not AfterAction.objects.filter(incident=incident).exists()
    assert not incident.obligations.exists()


def test_a_recommended_one_is_to_be_decided_within_a_day_and_is_held_once_decided() -> None:
    mim = a_mim()
    incident = a_closed_incident(mim, severity="high", impact={"external": True})
    assert state_of(incident, ObligationKind.DECIDE) == ("open", CLOSED + timedelta(hours=24))
    assert state_of(incident, ObligationKind.HOLD) is None
    at = CLOSED + timedelta(hours=30)
    intake.decide(incident.after_action, decision="hold", by=mim, at=at, now=at)
    assert state_of(incident, ObligationKind.DECIDE) == ("met_late", CLOSED + timedelta(hours=24))
    assert state_of(incident, ObligationKind.SCHEDULE) == ("open", CLOSED + timedelta(hours=24))


def test_skipping_a_recommended_one_needs_a_reason() -> None:
    mim = a_mim()
    incident = a_closed_incident(mim, severity="high", impact={"external": True})
    at = CLOSED + timedelta(hours=1)
    with pytest.raises(BadInput):
        intake.decide(incident.after_action, decision="skip", by=mim, at=at, now=at)
    intake.decide(
        incident.after_action, decision="skip", reason="Same cause, reviewed", by=mim, at=at, now=at
    )
    assert state_of(incident, ObligationKind.DECIDE) == ("met", CLOSED + timedelta(hours=24))


def test_the_audit_keeps_what_was_decided_before() -> None:
    mim = a_mim()
    after_action = a_closed_incident(mim, severity="high", impact={"external": True}).after_action
    for hours, decision in enumerate(("skip", "hold"), start=1):
        at = CLOSED + timedelta(hours=hours)
        intake.decide(after_action, decision=decision, reason="Same cause", by=mim, at=at, now=at)
    kept = AuditEntry.objects.filter(verb="decided").order_by("pk").values_list("changes", flat=True)
    assert list(kept) == [{"decision": [None, "skip"]}, {"decision": ["skip", "hold"]}]


@pytest.mark.parametrize("decision", ["hold", "skip"])
def test_what_is_entered_afterwards_leaves_the_decision_as_it_was_taken(decision: str) -> None:
    mim = a_mim()
    incident = a_closed_incident(mim, severity="high", impact={"external": True})
    at = CLOSED + timedelta(hours=1)
    intake.decide(incident.after_action, decision=decision, reason="Known cause", by=mim, at=at, now=at)
    assign(incident, role="scribe", person=a_person("Sem Duarte"), by=mim, at=OPENED, now=at)
    kept = AfterAction.objects.get(incident=incident)
    assert (kept.decision, kept.decided_by, kept.decision_reason) == (decision, mim, "Known cause")


def test_a_mandatory_after_action_cannot_be_skipped_by_anyone() -> None:
    mim = a_mim()
    incident = a_closed_incident(mim, severity="critical")
    with pytest.raises(RuleViolation, match="cannot be skipped"):
        intake.decide(
            incident.after_action, decision="skip", reason="Calm now", by=mim, at=CLOSED, now=CLOSED
        )


def test_only_the_mim_decides() -> None:
    incident = a_closed_incident(severity="high", impact={"external": True})
    with pytest.raises(NotAllowed):
        intake.decide(incident.after_action, decision="hold", by=a_person(), at=CLOSED, now=CLOSED)


def test_an_optional_one_that_nobody_decides_on_lapses_and_says_so() -> None:
    mim = a_mim()
    incident = optional_incident(mim)
    fifth_day_is_over = datetime(2026, 3, 11, tzinfo=UTC)
    sweep.sweep(now=fifth_day_is_over - timedelta(seconds=1))
    assert AfterAction.objects.get(incident=incident).decision == ""
    sweep.sweep(now=fifth_day_is_over)
    after_action = AfterAction.objects.get(incident=incident)
    assert (after_action.decision, after_action.lapsed, after_action.decided_by) == ("skip", True, None)
    assert state_of(incident, ObligationKind.DECIDE) == ("missed", CLOSED + timedelta(hours=24))
    assert Notice.objects.filter(recipient=mim, subject__contains="is skipped", channel="inbox").count() == 1
    sweep.sweep(now=fifth_day_is_over + timedelta(days=1))
    assert Notice.objects.filter(recipient=mim, subject__contains="is skipped", channel="inbox").count() == 1


def test_nobody_above_the_mim_hears_of_an_undecided_optional_one() -> None:
    boss = a_person("Greta Holm")
    incident = optional_incident(a_mim(manager=boss))
    sweep.sweep(now=CLOSED + timedelta(days=3))
    assert not Notice.objects.filter(recipient=boss).exists()
    assert Notice.objects.filter(about_id=incident.obligations.get().pk).exists()


def test_a_later_decision_upward_starts_the_clocks_at_the_decision() -> None:
    mim = a_mim()
    incident = optional_incident(mim)
    later = CLOSED + timedelta(days=2)
    change_severity(incident, severity="critical", reason="Data was lost", by=mim, at=later, now=later)
    after_action = AfterAction.objects.get(incident=incident)
    assert (after_action.decision, after_action.clock_from) == ("hold", later)
    assert state_of(incident, ObligationKind.SCHEDULE) == ("open", later + timedelta(hours=24))


def test_what_was_skipped_is_taken_up_when_it_becomes_mandatory() -> None:
    mim = a_mim()
    incident = optional_incident(mim)
    intake.decide(incident.after_action, decision="skip", by=mim, at=CLOSED, now=CLOSED)
    later = CLOSED + timedelta(days=2)
    change_severity(incident, severity="critical", reason="Data was lost", by=mim, at=later, now=later)
    assert AfterAction.objects.get(incident=incident).decision == "hold"


def test_reopening_supersedes_the_open_obligations_and_closing_anew_starts_them_again() -> None:
    mim = a_mim()
    incident = a_closed_incident(mim, severity="critical")
    at = CLOSED + timedelta(hours=2)
    reopen(incident, reason="It is back", by=mim, at=at, now=at)
    assert set(incident.obligations.values_list("state", flat=True)) == {"superseded"}
    again = CLOSED + timedelta(hours=5)
    close(incident, by=mim, at=again, now=again)
    assert state_of(incident, ObligationKind.SCHEDULE) == ("open", again + timedelta(hours=24))
    assert AfterAction.objects.filter(incident=incident).count() == 1


def test_whether_to_hold_one_is_decided_again_once_the_reopened_incident_is_closed() -> None:
    incident = a_closed_incident(severity="high", impact={"external": True})
    reopen(incident, reason="It came back", by=incident.mim, at=CLOSED, now=CLOSED)
    said = {"by": incident.mim, "at": CLOSED, "now": CLOSED}
    for decision in ("hold", "skip"):
        with pytest.raises(RuleViolation, match="once it is closed"):
            intake.decide(AfterAction.objects.get(), decision=decision, reason="Known.", **said)
    assert not Obligation.objects.open().exists()


def test_what_closed_more_than_a_day_before_it_was_entered_has_its_clocks_from_then() -> None:
    entered = CLOSED + timedelta(days=3)
    incident = a_closed_incident(severity="critical", now=entered)
    assert incident.after_action.clock_from == entered
    within = CLOSED + timedelta(hours=23)
    assert a_closed_incident(severity="critical", now=within).after_action.clock_from == CLOSED


def test_handing_over_passes_the_draft_and_the_obligations() -> None:
    mim, successor = a_mim(), a_mim("Noor Castell")
    incident = a_closed_incident(mim, severity="critical")
    at = CLOSED + timedelta(hours=1)
    hand_over(incident, to=successor, note="End of my shift", by=mim, at=at, now=at)
    assert AfterAction.objects.get(incident=incident).owner == successor
    assert set(incident.obligations.values_list("responsible", flat=True)) == {successor.pk}


def test_anyone_may_ask_for_one_that_is_not_required_and_accepting_starts_its_clocks() -> None:
    mim, asker = a_mim(), a_person("Ida Lindqvist")
    incident = a_closed_incident(mim, severity="low")
    at = CLOSED + timedelta(days=4)
    after_action = intake.request(incident, reason="The runbook failed us", by=asker, at=at, now=at)
    assert not incident.obligations.exists()
    assert Notice.objects.filter(recipient=mim, subject__startswith="Accept or decline").exists()
    intake.decide(after_action, decision="hold", by=mim, at=at, now=at)
    assert state_of(incident, ObligationKind.SCHEDULE) == ("open", at + timedelta(hours=24))
    assert Notice.objects.filter(recipient=asker, subject__endswith="is accepted").exists()


def the_calendar_of(person: Person) -> Component:
    """The last calendar part that this person was sent."""
    told = Notice.objects.filter(recipient=person, channel="mail").exclude(calendar="").latest("id")
    return Calendar.from_ical(told.calendar)


def test_skipping_takes_its_meeting_out_of_every_calendar_and_holding_it_after_all_brings_it_back() -> None:
    mim = a_mim()
    incident = a_closed_incident(mim, severity="high", impact={"external": True})
    after_action = intake.decide(incident.after_action, decision="hold", by=mim, at=CLOSED, now=CLOSED)
    starts_at = CLOSED + timedelta(days=4)
    meeting = schedule(
        after_action,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=1),
        by=mim,
        at=CLOSED,
        now=CLOSED,
    )
    later = CLOSED + timedelta(hours=5)
    intake.decide(after_action, decision="skip", reason="Same as Monday's", by=mim, at=later, now=later)
    cancelled = the_calendar_of(mim)
    (event,) = cancelled.walk("VEVENT")
    assert (cancelled["METHOD"], event["STATUS"]) == ("CANCEL", "CANCELLED")
    assert (event["UID"], event["SEQUENCE"]) == (meeting.uid, 1)
    mail = Notice.objects.filter(recipient=mim, channel="mail", calendar_method="CANCEL").get()
    assert "will not be held" in mail.text
    assert "Same as Monday's" in mail.text
    after_all = CLOSED + timedelta(hours=7)
    intake.decide(after_action, decision="hold", by=mim, at=after_all, now=after_all)
    again = the_calendar_of(mim)
    (event,) = again.walk("VEVENT")
    assert (again["METHOD"], event["UID"], event["SEQUENCE"]) == ("REQUEST", meeting.uid, 2)


def test_skipping_what_has_no_meeting_cancels_nothing() -> None:
    mim = a_mim()
    incident = a_closed_incident(mim, severity="high", impact={"external": True})
    intake.decide(incident.after_action, decision="hold", by=mim, at=CLOSED, now=CLOSED)
    intake.decide(incident.after_action, decision="skip", reason="Reviewed", by=mim, at=CLOSED, now=CLOSED)
    assert not Notice.objects.filter(calendar_method="CANCEL").exists()


def test_a_request_is_declined_with_a_reason_only_and_auditors_ask_for_nothing() -> None:
    mim = a_mim()
    incident = a_closed_incident(mim, severity="low")
    with pytest.raises(NotAllowed):
        intake.request(incident, reason="To see", by=an_auditor(), at=CLOSED, now=CLOSED)
    after_action = intake.request(incident, reason="To see", by=a_person(), at=CLOSED, now=CLOSED)
    with pytest.raises(BadInput):
        intake.decide(after_action, decision="skip", by=mim, at=CLOSED, now=CLOSED)


def test_a_running_incident_cannot_be_asked_one_for() -> None:
    with pytest.raises(RuleViolation, match="still running"):
        intake.request(an_incident(), reason="To see", by=a_person(), at=OPENED, now=OPENED)


def test_an_incident_without_a_mim_belongs_to_the_mim_group() -> None:
    incident = an_incident(severity="critical")
    Incident.objects.filter(pk=incident.pk).update(mim=None)
    close(incident, by=a_mim(), at=CLOSED, now=CLOSED)
    assert set(incident.obligations.values_list("responsible_group", flat=True)) == {"MIM"}


def test_no_deadline_and_no_after_action_asks_for_what_only_tells() -> None:
    """An event or a status update is logged without deadlines being counted anew: here is why that is right."""
    incident = a_closed_incident(severity="critical")
    at = CLOSED + timedelta(hours=1)
    entered = enter_phase(incident, phase="validating", by=incident.mim, at=at, now=at)
    incident = Incident.objects.get(pk=incident.pk)
    with CaptureQueriesContext(connection) as asked:
        intake.on_record_changed(Incident, incident=incident, entry=entered, by=incident.mim, at=at, now=at)
    statements = [each["sql"] for each in asked]
    assert any("afteractions_obligation" in sql for sql in statements)
    for telling in intake.TELLING:
        assert not any(telling._meta.db_table in sql for sql in statements)


def test_one_logged_event_costs_the_same_whatever_was_logged_before() -> None:
    mim = a_mim()
    incident = a_closed_incident(mim, severity="critical")
    at = CLOSED + timedelta(hours=1)

    def statements(text: str) -> int:
        with CaptureQueriesContext(connection) as asked:
            log_event(incident, kind="action", text=text, by=mim, at=at, now=at)
        return len(asked)

    first = statements("A note")
    for number in range(50):
        log_event(incident, kind="action", text=f"Note {number}", by=mim, at=at, now=at)
    assert statements("One more note") <= first
