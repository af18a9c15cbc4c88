"""What is told when a deadline comes near, passes, and stays unmet."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from afteractions.models import AfterAction, Escalation, Obligation
from afteractions.operations import intake
from afteractions.operations.deadlines.obligations import reconcile
from afteractions.operations.enforcement import sweep
from afteractions.vocabulary import ObligationKind
from incidents.models import IncidentAccess
from incidents.operations.close import reopen
from incidents.operations.response.command import assign, hand_over
from incidents.operations.response.mtm import record_mtm
from majorops.notices.models import Heartbeat, Notice
from majorops.people.models import Person
from tests.changed_rows import last_entry
from tests.factories.incidents import OPENED, a_closed_incident, an_incident
from tests.factories.people import a_contact, a_mim, a_person, an_administrator
from tests.web.browsing import browser_of

pytestmark = pytest.mark.django_db
CLOSED = OPENED + timedelta(minutes=100)  # Tuesday 3 March 2026, 10:40 UTC
SCHEDULE_BY = CLOSED + timedelta(hours=24)


@pytest.fixture
def people() -> list[Person]:
    """A MIM and the three managers above: the first of the list is the MIM."""
    top = a_person("Tomas Hale")
    middle = a_person("Wanda Ilves", manager=top)
    boss = a_person("Greta Holm", manager=middle)
    return [a_mim(manager=boss), boss, middle, top]


def told(person: Person, kind: ObligationKind = ObligationKind.SCHEDULE) -> list[tuple[str, str, bool]]:
    rows = Obligation.objects.filter(kind=kind).values_list("pk", flat=True)
    found = Notice.objects.filter(recipient=person, about_type="obligation", about_id__in=list(rows))
    return [(each.step, each.channel, each.late) for each in found.order_by("id")]


def test_the_mim_is_warned_before_the_deadline_and_told_at_the_breach_with_the_manager(
    people: list[Person],
) -> None:
    mim, boss, middle, top = people
    a_closed_incident(mim, severity="critical")
    # Both warnings would fall on a night: one comes instead, on the working day before.
    sweep.sweep(now=datetime(2026, 3, 3, 16, 59, 50, tzinfo=UTC))
    assert told(mim) == []
    sweep.sweep(now=datetime(2026, 3, 3, 17, 0, tzinfo=UTC))
    assert told(mim) == [("warning:4h", "inbox", False), ("warning:4h", "mail", False)]
    sweep.sweep(now=SCHEDULE_BY)
    assert told(mim)[-2:] == [("breach", "inbox", False), ("breach", "mail", False)]
    assert told(boss) == [("escalation:1", "inbox", False), ("escalation:1", "mail", False)]
    assert told(middle) == []
    sweep.sweep(now=SCHEDULE_BY + timedelta(days=1))
    assert told(middle)[0] == ("escalation:2", "inbox", False)
    assert told(top) == []
    sweep.sweep(now=SCHEDULE_BY + timedelta(days=2))
    assert told(top)[0] == ("escalation:3", "inbox", False)
    row = Obligation.objects.get(kind="schedule")
    assert (row.next_step, row.next_step_at) == ("", None)
    assert [(each.step, each.to) for each in row.escalations.all()][-3:] == [
        ("escalation:1", boss),
        ("escalation:2", middle),
        ("escalation:3", top),
    ]


def test_the_subject_says_what_by_when_in_the_readers_zone() -> None:
    mim = a_mim()
    mim.time_zone = "Europe/Berlin"
    mim.save()
    incident = a_closed_incident(mim, severity="critical")
    sweep.sweep(now=SCHEDULE_BY - timedelta(hours=2))
    notice = Notice.objects.get(recipient=mim, channel="mail", step="warning:4h")
    assert notice.subject == f"Schedule the After Action of {incident.reference} by Wed 4 Mar 11:40 CET"
    assert notice.url == f"/after-actions/{incident.after_action.reference}/schedule/"


def test_sweeping_twice_says_nothing_twice(people: list[Person]) -> None:
    a_closed_incident(people[0], severity="critical")
    sweep.sweep(now=SCHEDULE_BY)
    notices, escalations = Notice.objects.count(), Escalation.objects.count()
    Obligation.objects.filter(kind="schedule").update(next_step="breach", next_step_at=SCHEDULE_BY)
    sweep.sweep(now=SCHEDULE_BY)
    assert (Notice.objects.count(), Escalation.objects.count()) == (notices, escalations)


def test_after_three_days_off_each_thing_is_said_once_and_marked_late(people: list[Person]) -> None:
    mim, boss, middle, top = people
    a_closed_incident(mim, severity="critical")
    back = SCHEDULE_BY + timedelta(days=1, hours=12)
    assert sweep.sweep(now=back) == 1
    assert told(mim) == [("breach", "inbox", True), ("breach", "mail", True)]
    assert told(boss) == [("escalation:1", "inbox", True), ("escalation:1", "mail", True)]
    assert told(middle) == [("escalation:2", "inbox", True), ("escalation:2", "mail", True)]
    assert told(top) == []
    assert sweep.sweep(now=back) == 0


def test_somebody_on_several_rungs_hears_the_gravest_alone() -> None:
    administrator = an_administrator()
    a_closed_incident(a_mim(), severity="critical")  # nobody stands above this MIM
    sweep.sweep(now=SCHEDULE_BY + timedelta(days=5))
    assert told(administrator) == [("escalation:3", "inbox", True), ("escalation:3", "mail", True)]


def test_a_disabled_account_is_skipped_upward(people: list[Person]) -> None:
    mim, boss, middle, _ = people
    a_closed_incident(mim, severity="critical")
    Person.objects.filter(pk__in=[mim.pk, boss.pk]).update(is_active=False)
    sweep.sweep(now=SCHEDULE_BY)
    assert told(mim) == told(boss) == []
    assert {step for step, _, _ in told(middle)} == {"escalation:1"}


def test_what_was_done_in_time_is_not_spoken_of_again(people: list[Person]) -> None:
    mim = people[0]
    incident = a_closed_incident(mim, severity="high", impact={"external": True})
    at = CLOSED + timedelta(hours=1)
    intake.decide(incident.after_action, decision="skip", reason="Known", by=mim, at=at, now=at)
    assert sweep.sweep(now=CLOSED + timedelta(days=30)) == 0
    assert not Notice.objects.filter(about_type="obligation").exists()


def test_what_was_met_before_its_mail_was_sent_is_taken_back(people: list[Person]) -> None:
    mim = people[0]
    incident = a_closed_incident(mim, severity="critical")
    sweep.sweep(now=SCHEDULE_BY)
    at = SCHEDULE_BY + timedelta(seconds=5)
    reopen(incident, reason="It is back", by=mim, at=at, now=at)
    mails = Notice.objects.filter(channel="mail", about_type="obligation")
    assert mails.exists()
    assert not mails.waiting(at + timedelta(hours=1)).exists()


def test_a_new_owner_of_an_overdue_deadline_is_told_of_it(people: list[Person]) -> None:
    mim, successor = people[0], a_mim("Noor Castell")
    incident = a_closed_incident(mim, severity="critical")
    sweep.sweep(now=SCHEDULE_BY)
    at = SCHEDULE_BY + timedelta(hours=1)
    hand_over(incident, to=successor, note="Ill", by=mim, at=at, now=at)
    sweep.sweep(now=at)
    assert [step for step, channel, _ in told(successor) if channel == "mail"] == ["breach"]
    assert [step for step, channel, _ in told(mim) if channel == "mail"] == ["breach"]


def test_a_running_mtms_deadlines_reach_the_mim_and_the_scribe_only(people: list[Person]) -> None:
    mim, boss = people[:2]
    scribe = a_person("Sem Duarte")
    incident = an_incident(mim, severity="critical")
    assign(incident, role="scribe", person=scribe, by=mim, at=OPENED, now=OPENED)
    ended = OPENED + timedelta(hours=3)
    record_mtm(incident, by=mim, at=OPENED + timedelta(hours=2), ended_at=ended, now=ended)
    sweep.sweep(now=ended + timedelta(minutes=15))
    for person in (mim, scribe):
        assert [
            step for step, channel, _ in told(person, ObligationKind.MTM_SUMMARY) if channel == "mail"
        ] == ["breach"]
    assert told(boss, ObligationKind.MTM_SUMMARY) == []


def test_a_scribe_from_outside_is_sent_nothing_that_only_an_account_can_do(people: list[Person]) -> None:
    mim = people[0]
    incident = an_incident(mim, severity="critical")
    scribe = a_contact(incident.reference, email="desk@vendor.example")
    assign(incident, role="scribe", person=scribe, by=mim, at=OPENED, now=OPENED)
    ended = OPENED + timedelta(hours=3)
    record_mtm(incident, by=mim, at=OPENED + timedelta(hours=2), ended_at=ended, now=ended)
    sweep.sweep(now=ended + timedelta(minutes=15))
    assert told(mim, ObligationKind.MTM_SUMMARY)
    assert told(scribe, ObligationKind.MTM_SUMMARY) == []


def test_history_tells_nobody_until_it_is_started(people: list[Person]) -> None:
    mim = people[0]
    incident = a_closed_incident(mim, severity="critical")
    AfterAction.objects.filter(incident=incident).update(history=True)
    reconcile(incident, by=None, now=CLOSED)
    assert set(incident.obligations.exclude(state="superseded").values_list("state", flat=True)) == {
        "history"
    }
    assert sweep.sweep(now=CLOSED + timedelta(days=30)) == 0
    started = CLOSED + timedelta(days=40)
    intake.start(incident.after_action, by=mim, at=started, now=started)
    row = incident.obligations.get(kind="schedule", state="open")
    assert row.due_at == started + timedelta(hours=24)


def test_one_poisoned_obligation_is_set_aside_and_the_others_are_handled(people: list[Person]) -> None:
    administrator = an_administrator()
    for _ in range(4):
        a_closed_incident(people[0], severity="critical")
    bad = a_mim("Piet Aalders")
    poisoned = a_closed_incident(bad, severity="critical").obligations.get(kind="schedule")
    Person.objects.filter(pk=bad.pk).update(time_zone="Nowhere/At_All")
    assert sweep.sweep(now=SCHEDULE_BY) == 5
    assert Escalation.objects.filter(step="breach").count() == 4
    poisoned.refresh_from_db()
    assert poisoned.set_aside_at == SCHEDULE_BY
    assert "Nowhere" in poisoned.last_error
    notice = Notice.objects.get(recipient=administrator, channel="inbox", step="set_aside:1")
    assert "cannot be enforced" in notice.subject
    assert sweep.sweep(now=SCHEDULE_BY) == 0
    Person.objects.filter(pk=bad.pk).update(time_zone="UTC")
    again = browser_of(administrator).post("/administration/deadlines/", {"obligation": poisoned.pk})
    assert again["Location"] == "/administration/deadlines/"
    assert last_entry("enforced again")[0] == administrator
    assert sweep.sweep(now=SCHEDULE_BY) == 1


def test_the_sweep_leaves_its_mark_for_the_health_page() -> None:
    sweep.sweep(now=CLOSED)
    sweep.sweep(now=CLOSED + timedelta(seconds=10))
    assert Heartbeat.objects.get(name="sweep").beat_at == CLOSED + timedelta(seconds=10)


def test_a_sweep_reads_the_partial_index_of_what_is_due() -> None:
    a_closed_incident(severity="critical")
    with connection.cursor() as cursor:
        # Whatever is known of a table that other tests filled and emptied: can the index give the order by itself?
        cursor.execute(
            "SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off; SET LOCAL enable_sort = off"
        )
        sql, values = sweep.due_for_a_step(now=SCHEDULE_BY)[:500].query.sql_with_params()
        cursor.execute(f"EXPLAIN {sql}", values)
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "obligation_due_for_a_step" in plan
    assert "Sort" not in plan


def test_a_restricted_incident_is_told_masked_to_a_manager_outside(people: list[Person]) -> None:
    mim, boss = people[:2]
    incident = a_closed_incident(mim, severity="critical", restricted=True)
    sweep.sweep(now=SCHEDULE_BY)
    assert not IncidentAccess.objects.filter(incident=incident, person=boss).exists()
    notice = Notice.objects.get(
        recipient=boss, channel="mail", about_id=incident.obligations.get(kind="schedule").pk
    )
    assert incident.reference not in notice.masked_text
    assert incident.title not in notice.masked_text
    assert mim.full_name in notice.masked_text
