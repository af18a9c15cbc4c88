"""What a Major Technical Meeting agrees is an action item like all others, from the moment that it is captured."""

from datetime import date, timedelta
from typing import Any

import pytest

from afteractions.models import AfterAction, Change, Obligation
from afteractions.operations.enforcement.sweep import sweep
from afteractions.operations.followup.actions import cancel_action, complete_action, hand_on_action
from afteractions.operations.review.document import Review
from afteractions.queries.after_actions import action_list, actions_visible_to
from afteractions.vocabulary import ActionStatus, ObligationKind, ObligationState
from incidents.exchange.exporting import export_document
from incidents.exchange.importing import import_document
from incidents.models import Incident, Mtm
from incidents.operations.close import close
from incidents.operations.response.mtm import ActionOfMtm, record_mtm, update_mtm
from incidents.operations.response.mtm_meeting import prior_actions, review_action
from majorops.errors import BadInput
from majorops.notices.models import Notice
from majorops.people.models import Person
from tests.changed_rows import last_entry
from tests.factories.afteractions import a_published_review, fresh, write
from tests.factories.incidents import OPENED, an_incident, minutes
from tests.factories.people import a_mim, a_person
from tests.web.browsing import browser_of

pytestmark = pytest.mark.django_db

HELD = OPENED + minutes(130)
DAY = timedelta(days=1)


@pytest.fixture
def owner() -> Person:
    return a_person("Rena Holt", manager=a_person("Helena Brandauer"))


@pytest.fixture
def incident(owner: Person) -> Incident:
    """Running and Critical, with an MTM that agreed one action for the next day."""
    incident = an_incident(a_mim(), "critical", OPENED, restricted=True)
    agree(incident, ActionOfMtm("Ask the vendor", owner=owner, due_on=date(2026, 3, 4)))
    return incident


def agree(incident: Incident, *actions: ActionOfMtm, at: Any = HELD) -> Mtm:
    return record_mtm(
        incident, ended_at=at + minutes(10), actions=actions, by=incident.mim, at=at, now=at + minutes(10)
    )


def the_item() -> Change:
    return Change.objects.select_related("after_action__incident", "owner").get(mtm_action__isnull=False)


def the_deadline() -> Obligation:
    return Obligation.objects.get(kind=ObligationKind.ACTION_ITEM)


def test_it_is_owed_by_its_owner_while_the_incident_runs(incident: Incident, owner: Person) -> None:
    item, deadline = the_item(), the_deadline()
    assert (item.owner, item.due_on, item.source) == (owner, date(2026, 3, 4), "mtm")
    assert (deadline.responsible, deadline.state, deadline.due_on) == (owner, "open", date(2026, 3, 4))
    assert not Incident.objects.get().is_closed
    assert list(action_list(owner, at=HELD)) == [item]
    # The incident is restricted: its owner may see it, nobody else.
    assert not actions_visible_to(a_person("Olga Reyes")).exists()
    notices = Notice.objects.filter(recipient=owner, step="agreed")
    assert {item.reference in each.text for each in notices} == {True}


def test_it_is_overdue_and_escalated_like_any_other(incident: Incident, owner: Person) -> None:
    late = the_deadline().due_at + minutes(1)
    sweep(now=late)
    assert list(action_list(owner, {"overdue": "true"}, at=late)) == [the_item()]
    told = set(the_deadline().escalations.values_list("to__full_name", flat=True))
    assert told == {"Rena Holt", "Helena Brandauer"}


def test_the_next_meeting_and_the_owner_settle_the_same_row(incident: Incident, owner: Person) -> None:
    at = HELD + minutes(60)
    agree(incident, ActionOfMtm("Drain the queue", owner=owner, due_on=date(2026, 3, 5)), at=at)
    vendor, queue = Change.objects.order_by("id")
    review_action(vendor.mtm_action, number=2, outcome="done", by=incident.mim, at=at, now=at)
    vendor.refresh_from_db()
    assert (vendor.status, vendor.evidence) == (ActionStatus.DONE, "Done, as MTM 2 says.")
    assert last_entry("settled at an MTM") == (incident.mim, {"status": ["open", "done"]})
    review_action(vendor.mtm_action, number=2, outcome="goes_on", by=incident.mim, at=at, now=at)
    vendor.refresh_from_db()
    assert (vendor.status, vendor.resolved_at) == (ActionStatus.OPEN, None)
    cancel_action(vendor, reason="The vendor is not involved", by=owner, at=at, now=at)
    complete_action(queue, evidence="The queue is empty", by=owner, at=at + minutes(30), now=at + minutes(30))
    third = agree(incident, at=at + minutes(60))
    assert prior_actions(third) == []
    ended = Obligation.objects.filter(kind=ObligationKind.ACTION_ITEM)
    assert {each.state for each in ended} == {ObligationState.MET}


def test_the_draft_names_it_and_cannot_lose_it(incident: Incident) -> None:
    at = HELD + minutes(60)
    close(incident, by=incident.mim, at=at, now=at)
    after_action = AfterAction.objects.select_related("incident__mim", "owner").get()
    assert after_action.clock_from == at
    assert after_action.attendees.exists()
    write(after_action, "changes", [{"kind": "stop", "change": "Calling late"}], at=at)
    write(after_action, "changes", [], at=at)
    review = Review(fresh(after_action), at=at)
    assert review.changes() == []
    (row,) = review.action_items()
    assert (row["item"], row["source"]) == ("Ask the vendor", "mtm")


def test_after_the_close_the_record_stays_and_the_item_goes_on(incident: Incident, owner: Person) -> None:
    at = HELD + minutes(60)
    close(incident, by=incident.mim, at=at, now=at)
    complete_action(the_item(), evidence="They restored it", by=owner, at=at + DAY, now=at + DAY)
    assert the_item().mtm_action.status == "open"  # type: ignore[union-attr]
    mim = Incident.objects.get().mim
    record_mtm(Incident.objects.get(), ended_at=at, by=mim, at=at, now=at + DAY)
    assert the_item().status == ActionStatus.DONE


def test_an_open_one_comes_to_the_30_day_review() -> None:
    after_action = a_published_review(a_mim(manager=a_person("Helena Brandauer")))
    incident, mim = after_action.incident, after_action.incident.mim
    record_mtm(
        incident, actions=[ActionOfMtm("Ask the vendor", owner=mim, due_on=date(2026, 9, 1))],
        by=mim, at=OPENED + minutes(30), now=after_action.published_at + DAY,
    )  # fmt: skip
    review = Obligation.objects.get(kind=ObligationKind.REVIEW_ACTIONS)
    sweep(now=review.due_at + minutes(1))
    assert Obligation.objects.get(pk=review.pk).state == ObligationState.OPEN
    notices = Notice.objects.filter(about_type="obligation", about_id=review.pk)
    assert mim.manager in {each.recipient for each in notices if "Ask the vendor" in each.text}


def test_an_import_and_its_export_are_the_same_with_items_and_without(incident: Incident) -> None:
    at = HELD + minutes(60)
    close(incident, by=incident.mim, at=at, now=at)
    document = export_document(Incident.objects.get())
    document |= {"external_id": "again-1"}
    imported = import_document(document, history=False, by=incident.mim, now=at + 2 * DAY).incident
    again = export_document(Incident.objects.get(pk=imported.pk))
    assert again["mtms"] == document["mtms"]
    item = Change.objects.get(after_action__incident=imported)
    # The day had passed before the record came here: it is overdue from the start, and vanishes nowhere.
    owed = Obligation.objects.get(change=item)
    assert (item.due_on, owed.due_on, owed.state) == (date(2026, 3, 4), date(2026, 3, 4), "open")
    sweep(now=at + 2 * DAY)
    assert Notice.objects.filter(about_type="obligation", about_id=owed.pk).exists()


def test_the_close_ends_the_next_meeting_as_not_needed_and_nobody_kept_it(incident: Incident) -> None:
    at = HELD + minutes(20)
    update_mtm(Mtm.objects.get(), next_at=HELD + minutes(120), by=incident.mim, at=at, now=at)
    due = Obligation.objects.get(kind=ObligationKind.NEXT_MTM)
    assert due.state == ObligationState.OPEN
    at = HELD + minutes(60)
    close(incident, by=incident.mim, at=at, now=at)
    due.refresh_from_db()
    assert (due.state, due.met_at) == (ObligationState.SUPERSEDED, None)
    record = browser_of(incident.mim).get(incident.get_absolute_url()).content.decode()
    assert "MTM 1" in record
    assert ", next " not in record


def test_a_day_that_has_passed_is_refused_while_the_incident_runs(incident: Incident, owner: Person) -> None:
    passed = ActionOfMtm("Warn support", owner=owner, due_on=date(2026, 3, 2))
    later = HELD + minutes(30)
    meeting = Mtm.objects.get()
    with pytest.raises(BadInput, match="This day has passed") as wrong:
        update_mtm(meeting, actions=[passed], by=incident.mim, at=later, now=later)
    assert wrong.value.problems[0].path == "actions[0].due_on"
    with pytest.raises(BadInput, match="This day has passed"):
        agree(incident, passed, at=later)
    at = HELD + minutes(60)
    close(incident, by=incident.mim, at=at, now=at)
    update_mtm(Mtm.objects.get(), actions=[passed], by=incident.mim, at=at, now=at)
    late = Change.objects.get(change="Warn support")
    assert Obligation.objects.get(change=late).state == "open"


def test_it_is_handed_on_and_a_leaver_owns_it(incident: Incident, owner: Person) -> None:
    at = HELD + minutes(20)
    other = a_person("Jun Castellane")
    hand_on_action(the_item(), owner=other, reason="On leave", by=incident.mim, at=at, now=at)
    assert the_deadline().responsible == other
