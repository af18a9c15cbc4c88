"""The one policy, changed by an administrator and applied to what is open."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models import F

from afteractions.models import Escalation, Obligation, PolicyVersion
from afteractions.operations.current_policy import current_policy
from afteractions.operations.enforcement import recalculation, sweep
from afteractions.operations.enforcement.policy import change_policy, follow_settings
from afteractions.rules.deadlines.policy import DEFAULT
from incidents.models import Handover, Incident
from majorops.audit.models import AuditEntry
from majorops.errors import BadInput, NotAllowed, VersionConflict
from majorops.notices.models import Notice
from majorops.people.models import Person
from tests.factories.incidents import OPENED, a_closed_incident
from tests.factories.people import a_mim, a_person, an_administrator

pytestmark = pytest.mark.django_db
CLOSED = OPENED + timedelta(minutes=100)  # Tuesday 3 March 2026, 10:40 UTC
SCHEDULE_BY = CLOSED + timedelta(hours=24)
HOUR = timedelta(hours=1)


def schedule_of(incident: Incident) -> Obligation:
    return incident.obligations.get(kind="schedule")


def change(said: dict, *, now: datetime, by: Person | None = None, reason: str = "Too late") -> int:
    return change_policy(said, reason=reason, by=by or an_administrator(), now=now)


def warnings(*said: str) -> dict:
    return {"kinds": {"schedule": {"warnings": list(said)}}}


def steps_told(person: Person) -> list[str]:
    found = Notice.objects.filter(recipient=person, channel="inbox", about_type="obligation")
    return list(found.order_by("id").values_list("step", flat=True))


def test_nobody_but_an_administrator_changes_the_policy() -> None:
    for person in (a_mim(), a_person("Sem Duarte"), None):
        with pytest.raises(NotAllowed):
            change_policy({"stride": 2}, reason="Slower", by=person, now=CLOSED)
    assert current_policy().number == 0


def test_a_change_is_kept_with_who_when_from_to_and_why_and_audited() -> None:
    administrator = an_administrator()
    assert change({**warnings("18 h", "2 h"), "stride": 2}, by=administrator, now=CLOSED) == 1
    row = PolicyVersion.objects.get(number=1)
    assert (row.by, row.at, row.reason) == (administrator, CLOSED, "Too late")
    assert row.changes == [
        ["Business days between the managers of the ladder", "1 business day", "2 business days"],
        ["Schedule the After Action: warnings", "12 h, 4 h", "18 h, 2 h"],
    ]
    entry = AuditEntry.objects.get(verb="changed the policy")
    assert (entry.by, entry.reason) == (administrator, "Too late")
    assert entry.changes["Schedule the After Action: warnings"] == ["12 h, 4 h", "18 h, 2 h"]
    standing = current_policy()
    assert (standing.number, standing.policy.stride) == (1, 2)
    # The same once more is no change.
    assert change({"stride": 2}, by=administrator, now=CLOSED) == 1


def test_a_change_without_a_reason_or_out_of_bounds_is_refused_by_name_and_leaves_everything() -> None:
    administrator = an_administrator()
    with pytest.raises(BadInput) as bad:
        change({"stride": 2}, reason=" ", by=administrator, now=CLOSED)
    assert [each.path for each in bad.value.problems] == ["reason"]
    with pytest.raises(BadInput) as bad:
        change({**warnings("30 h"), "stride": 0}, by=administrator, now=CLOSED)
    assert {each.path for each in bad.value.problems} == {"stride", "kinds.schedule.warnings"}
    assert current_policy().policy == DEFAULT


def test_a_change_of_what_somebody_else_changed_meanwhile_is_stale() -> None:
    administrator = an_administrator()
    change_policy({"stride": 2}, reason="Slower", by=administrator, now=CLOSED, version=0)
    with pytest.raises(VersionConflict) as stale:
        change_policy({"stride": 3}, reason="Slower", by=administrator, now=CLOSED, version=0)
    assert stale.value.current["stride"] == 2  # type: ignore[index]


def test_the_database_keeps_every_version_as_it_was() -> None:
    change({"stride": 2}, now=CLOSED)
    for sql in (
        "UPDATE afteractions_policyversion SET reason = 'other'",
        "DELETE FROM afteractions_policyversion",
        "TRUNCATE afteractions_policyversion CASCADE",
    ):
        with (
            pytest.raises(DatabaseError, match=r"kept as they were|permission denied"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(sql)


def test_a_new_warning_moves_the_next_step_of_what_is_open() -> None:
    mim = a_mim()
    incident = a_closed_incident(mim, severity="critical")
    # Its warnings fall on the night: they come at 17:00 the day before.
    assert schedule_of(incident).next_step_at == datetime(2026, 3, 3, 17, tzinfo=UTC)
    change(warnings("1 h"), now=CLOSED + HOUR)
    row = schedule_of(incident)
    assert (row.next_step, row.next_step_at) == ("warning:1h", SCHEDULE_BY - HOUR)
    assert row.computed_under == 1
    sweep.sweep(now=datetime(2026, 3, 3, 17, tzinfo=UTC))
    assert steps_told(mim) == []
    sweep.sweep(now=SCHEDULE_BY - HOUR)
    assert steps_told(mim) == ["warning:1h"]


def test_what_was_said_is_not_said_again_for_the_same_due_instant() -> None:
    mim = a_mim()
    incident = a_closed_incident(mim, severity="critical")
    sweep.sweep(now=SCHEDULE_BY - 2 * HOUR)
    assert steps_told(mim) == ["warning:4h"]
    # Both lie behind: the warning that was given stands for them.
    change(warnings("20 h", "10 h"), now=SCHEDULE_BY - HOUR)
    assert schedule_of(incident).next_step == "breach"
    sweep.sweep(now=SCHEDULE_BY - HOUR)
    assert steps_told(mim) == ["warning:4h"]


def test_a_warning_that_a_new_policy_would_have_given_already_is_given_now_and_is_not_late() -> None:
    mim = a_mim()
    a_closed_incident(mim, severity="critical")
    at = CLOSED + 5 * HOUR
    change(warnings("20 h"), now=at)
    sweep.sweep(now=at + timedelta(seconds=10))
    notice = Notice.objects.get(recipient=mim, channel="inbox", step="warning:20h")
    assert not notice.late


def test_a_longer_ladder_goes_on_above_where_it_was_and_a_shorter_one_takes_nothing_back() -> None:
    people = [a_person("Olga Brandt")]
    for name in ("Tomas Hale", "Wanda Ilves", "Greta Holm"):
        people.insert(0, a_person(name, manager=people[0]))
    incident = a_closed_incident(a_mim(manager=people[0]), severity="critical")
    sweep.sweep(now=SCHEDULE_BY + timedelta(days=2))
    assert schedule_of(incident).next_step_at is None
    change({"kinds": {"schedule": {"managers": 4}}}, now=SCHEDULE_BY + timedelta(days=2, hours=1))
    row = schedule_of(incident)
    # The third business day after Wednesday is Monday.
    assert (row.next_step, row.next_step_at) == ("escalation:4", SCHEDULE_BY + timedelta(days=5))
    told = Escalation.objects.count()
    change({"kinds": {"schedule": {"managers": 1}}}, now=SCHEDULE_BY + timedelta(days=2, hours=2))
    sweep.sweep(now=SCHEDULE_BY + timedelta(days=9))
    assert schedule_of(incident).next_step_at is None
    assert Escalation.objects.filter(obligation=schedule_of(incident)).count() == told
    assert steps_told(people[3]) == []


def test_a_slower_ladder_climbs_later_from_where_it_stands() -> None:
    boss = a_person("Greta Holm", manager=a_person("Wanda Ilves"))
    incident = a_closed_incident(a_mim(manager=boss), severity="critical")
    sweep.sweep(now=SCHEDULE_BY)
    change({"stride": 2}, now=SCHEDULE_BY + HOUR)
    row = schedule_of(incident)
    assert (row.next_step, row.next_step_at) == ("escalation:2", SCHEDULE_BY + timedelta(days=2))
    sweep.sweep(now=SCHEDULE_BY + timedelta(days=1))
    assert steps_told(boss.manager) == []  # type: ignore[arg-type]


def test_reminders_go_on_each_few_business_days_until_it_is_met() -> None:
    mim = a_mim(manager=a_person("Greta Holm"))
    incident = a_closed_incident(mim, severity="critical")
    sweep.sweep(now=SCHEDULE_BY + timedelta(days=2))
    change({"remind_every": 2}, now=SCHEDULE_BY + timedelta(days=2, hours=1))
    for day in range(3, 20):
        sweep.sweep(now=SCHEDULE_BY + timedelta(days=day))
    about = Notice.objects.filter(recipient=mim, channel="inbox", about_id=schedule_of(incident).pk)
    said = list(about.order_by("id").values_list("step", flat=True))
    # Due on Wednesday the 4th: the first, on Friday the 6th, lay behind; then the 10th, 12th, 16th, 18th and 20th.
    assert said == ["breach", *(f"reminder:2026-03-{day}" for day in (10, 12, 16, 18, 20))]
    assert about.get(step="reminder:2026-03-10").subject.startswith("Still overdue: Schedule")


def test_a_slower_cadence_reminds_on_its_own_days() -> None:
    incident = a_closed_incident(a_mim(manager=a_person("Greta Holm")), severity="critical")
    change({"remind_every": 1}, now=SCHEDULE_BY)
    for day in range(8):
        sweep.sweep(now=SCHEDULE_BY + timedelta(days=day))
    change({"remind_every": 5}, now=SCHEDULE_BY + timedelta(days=7, hours=1))
    row = schedule_of(incident)
    assert (row.next_step, row.next_step_at) == ("reminder:2026-03-18", SCHEDULE_BY + timedelta(days=14))


def test_somebody_new_is_told_though_the_policy_changed_before_the_sweep_came() -> None:
    mim, successor = a_mim(), a_mim("Noor Castell")
    incident = a_closed_incident(mim, severity="critical")
    sweep.sweep(now=SCHEDULE_BY)
    row = schedule_of(incident)
    # As a hand-over leaves it: the breach is to be told to somebody else.
    Obligation.objects.filter(pk=row.pk).update(
        responsible=successor, next_step="breach", next_step_at=SCHEDULE_BY
    )
    Handover.objects.create(incident=incident, at=SCHEDULE_BY, from_person=mim, to_person=successor)
    Incident.objects.filter(pk=incident.pk).update(mim=successor)
    change({"stride": 2}, now=SCHEDULE_BY + HOUR)
    sweep.sweep(now=SCHEDULE_BY + HOUR)
    assert steps_told(successor) == ["breach"]
    assert steps_told(mim).count("breach") == 1


def test_a_change_that_concerns_many_is_left_to_the_sweep_which_goes_on_where_it_stopped(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(recalculation, "AT_ONCE", 1)
    mim = a_mim()
    for _ in range(3):
        a_closed_incident(mim, severity="critical")
    change(warnings("1 h"), now=CLOSED)
    waiting = recalculation.computed_earlier()
    assert waiting.values("incident").distinct().count() == 3
    recalculation.recalculate_few(now=CLOSED)
    assert waiting.values("incident").distinct().count() == 3
    sweep.sweep(now=CLOSED)
    assert not waiting.exists()
    assert set(Obligation.objects.filter(kind="schedule").values_list("next_step", flat=True)) == {
        "warning:1h"
    }


def test_one_that_cannot_be_recalculated_is_set_aside_and_holds_up_no_other() -> None:
    administrator = an_administrator()
    bad = a_mim("Piet Aalders")
    poisoned, fine = a_closed_incident(bad, "critical"), a_closed_incident(a_mim("Noor Castell"), "critical")
    Person.objects.filter(pk=bad.pk).update(time_zone="Nowhere/At_All")
    change(warnings("1 h"), by=administrator, now=CLOSED)
    assert schedule_of(fine).next_step == "warning:1h"
    assert schedule_of(poisoned).set_aside_at == CLOSED
    assert Notice.objects.filter(recipient=administrator, step="set_aside:1").exists()
    assert not recalculation.computed_earlier().exists()
    Person.objects.filter(pk=bad.pk).update(time_zone="UTC")
    sweep.take_up_again(poisoned.obligations.filter(set_aside_at__isnull=False), by=administrator, now=CLOSED)
    sweep.sweep(now=CLOSED)
    assert schedule_of(poisoned).next_step == "warning:1h"


def test_looking_for_what_is_left_is_one_scan_of_its_partial_index() -> None:
    a_closed_incident(severity="critical")
    change({"stride": 2}, now=CLOSED)
    with connection.cursor() as cursor:
        # So few rows are sorted faster than they are walked in order; what is held is that the index has the order.
        for way in ("seqscan", "bitmapscan", "sort", "incremental_sort", "hashagg"):
            cursor.execute(f"SET LOCAL enable_{way} = off")
        asked = recalculation.computed_earlier().order_by("computed_under", "incident_id")
        sql, values = (
            asked.values_list("computed_under", "incident_id").distinct()[:100].query.sql_with_params()
        )
        cursor.execute(f"EXPLAIN {sql}", values)
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "obligation_by_policy" in plan
    assert "Index Cond: (computed_under <" in plan
    assert "Sort" not in plan


def test_other_public_holidays_in_the_settings_hold_from_the_next_sweep_on(
    settings: Any,
) -> None:
    incident = a_closed_incident(severity="critical")
    before = incident.obligations.get(kind="hold", state="open").due_at
    assert not follow_settings(now=CLOSED)
    settings.HOLIDAYS_ARE_SET, settings.HOLIDAYS = True, "RU"  # Monday 9 March 2026 is free there
    sweep.sweep(now=CLOSED + HOUR)
    row = incident.obligations.get(kind="hold", state="open")
    assert row.due_at == before + timedelta(days=1)
    assert "the public holidays are those of RU, no longer of US" in row.moved_because
    assert PolicyVersion.objects.get(number=F("number"), kind="holidays").by is None
    settings.HOLIDAYS = "XX"
    assert not follow_settings(now=CLOSED + HOUR)
