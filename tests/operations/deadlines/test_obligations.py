"""Obligations follow from facts: each step of the way opens, meets, moves or ends them."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from afteractions.models import AfterAction, Change, Escalation, Obligation
from afteractions.operations.deadlines.obligations import reconcile
from afteractions.operations.enforcement import sweep
from afteractions.operations.followup.actions import complete_action, settle_item
from afteractions.operations.meeting.scheduling import reschedule
from majorops.notices.models import Notice
from tests.factories.afteractions import (
    CLOSED,
    HOUR,
    MEETING,
    MEETING_END,
    PUBLISHED,
    REVIEW_DUE,
    SCHEDULED,
    a_distributed_review,
    a_meeting,
    a_published_review,
    a_reviewed_review,
    an_after_action,
    hold_meeting,
    read_by_all,
)
from tests.factories.people import a_mim, a_person

pytestmark = pytest.mark.django_db


def rows(after_action: AfterAction, kind: str) -> list[tuple[str, str, datetime]]:
    found = Obligation.objects.filter(incident=after_action.incident, kind=kind).order_by("id")
    return [(row.subject_key, row.state, row.due_at) for row in found]


def test_scheduling_meets_its_deadline_and_opens_the_one_of_the_draft() -> None:
    after_action = an_after_action()
    a_meeting(after_action)
    assert rows(after_action, "schedule") == [("meeting:1", "met", CLOSED + timedelta(hours=24))]
    assert rows(after_action, "distribute") == [("meeting:1", "open", MEETING - timedelta(hours=48))]


def test_a_reschedule_moves_the_drafts_deadline_and_never_the_one_to_hold() -> None:
    after_action = an_after_action()
    a_meeting(after_action)
    held_by = rows(after_action, "hold")
    later = MEETING + timedelta(hours=20)
    at = SCHEDULED + HOUR
    reschedule(
        after_action,
        starts_at=later,
        ends_at=later + HOUR,
        reason="The lead is ill",
        by=after_action.incident.mim,
        at=at,
        now=at,
    )
    assert rows(after_action, "distribute") == [
        ("meeting:1", "superseded", MEETING - timedelta(hours=48)),
        ("meeting:1", "open", later - timedelta(hours=48)),
    ]
    assert rows(after_action, "hold") == held_by


def test_the_whole_way_leaves_no_deadline_open_but_those_that_go_on() -> None:
    after_action = a_published_review()
    states = dict(
        Obligation.objects.filter(incident=after_action.incident)
        .exclude(kind__in=["status_note"])
        .values_list("kind", "state")
    )
    assert states == {
        "schedule": "met",
        "distribute": "met",
        "hold": "met",
        "publish": "met",
        "action_item": "open",
        "effect_check": "open",
        "review_actions": "open",
        "read_draft": "met",
    }
    assert rows(after_action, "publish")[0][2] == MEETING_END + timedelta(hours=48)
    assert rows(after_action, "review_actions") == [("review:1", "open", REVIEW_DUE)]


def test_a_meeting_that_did_not_agree_is_followed_by_a_second_within_five_business_days() -> None:
    after_action = a_distributed_review()
    read_by_all(after_action)
    hold_meeting(after_action, agreed=False)
    assert [(subject, state) for subject, state, _ in rows(after_action, "hold")] == [
        ("meeting:1", "met"),
        ("meeting:2", "open"),
    ]
    # Held on Monday 9 March: the fifth business day after is Monday the 16th.
    assert rows(after_action, "hold")[1][2] == datetime(2026, 3, 17, tzinfo=UTC)
    assert rows(after_action, "publish") == []


def test_an_external_message_has_its_own_date_and_belongs_to_the_communications_team() -> None:
    due = MEETING_END + timedelta(days=3)
    after_action = a_reviewed_review(
        external_messages=[{"text": "What happened and what changes", "audience": "Customers", "due_at": due}]
    )
    row = Obligation.objects.get(incident=after_action.incident, kind="external_message")
    assert (row.due_at, row.responsible, row.responsible_group) == (due, None, "Communications")
    assert row.subject_label == "Customers"


def test_an_action_item_is_due_at_the_end_of_its_day_where_its_owner_is() -> None:
    owner = a_person("Kei Tanabe", time_zone="Asia/Tokyo")
    after_action = a_reviewed_review(action_owner=owner)
    row = Obligation.objects.get(incident=after_action.incident, kind="action_item")
    assert row.due_at == datetime(2026, 3, 31, 15, 0, tzinfo=UTC)
    assert (row.due_on, row.responsible) == (date(2026, 3, 31), owner)
    assert row.change == Change.objects.get()
    at = PUBLISHED + timedelta(days=1)
    complete_action(row.change, evidence="https://example.org/commit/1", by=owner, at=at, now=at)
    row.refresh_from_db()
    assert (row.state, row.met_at) == ("met", at)


def test_unresolved_items_go_to_the_managers_at_the_review_once_each() -> None:
    manager = a_person("Greta Holm")
    owner = a_person("Kei Tanabe", manager=manager)
    after_action = a_published_review(action_owner=owner)
    sweep.sweep(now=REVIEW_DUE)
    mine = Notice.objects.filter(recipient=manager, step="unresolved", channel="mail")
    assert "1 action item is unresolved" in mine.get().subject
    assert Change.objects.get().reference in mine.get().text
    change, at = Change.objects.get(), REVIEW_DUE + HOUR
    settle_item(
        change,
        disposition="extended",
        due_on=date(2026, 5, 20),
        reason="The part is late",
        by=after_action.incident.mim,
        at=at,
        now=at,
    )
    sweep.sweep(now=at)
    assert mine.count() == 1
    # It comes back until it is resolved.
    assert [(subject, state) for subject, state, _ in rows(after_action, "review_actions")] == [
        ("review:1", "met_late"),
        ("review:2", "open"),
    ]


def test_an_item_extended_before_the_review_is_escalated_all_the_same() -> None:
    manager = a_person("Greta Holm")
    after_action = a_published_review(action_owner=a_person("Kei Tanabe", manager=manager))
    at = REVIEW_DUE - timedelta(days=2)
    settle_item(
        Change.objects.get(),
        disposition="extended",
        due_on=date(2026, 5, 20),
        reason="The part is late",
        by=after_action.incident.mim,
        at=at,
        now=at,
    )
    assert Escalation.objects.filter(step="unresolved", to=manager).count() == 1


def test_reconciling_what_agrees_changes_nothing_in_the_same_few_statements() -> None:
    small = a_published_review(a_mim())
    large = a_published_review(a_mim("Noor Castell"))
    change = large.changes.get()
    for position in range(1, 30):
        change.pk, change.reference, change.position = None, f"ACT-{position:06}", position
        change.save(force_insert=True)
    counts = []
    for after_action in (small, large):
        reconcile(after_action.incident, by=None, now=PUBLISHED)
        before = list(Obligation.objects.order_by("id").values())
        with CaptureQueriesContext(
            connection,
        ) as asked:
            reconcile(after_action.incident, by=None, now=PUBLISHED)
        counts.append(len(asked))
        assert list(Obligation.objects.order_by("id").values()) == before
    assert counts[0] == counts[1] <= 16
