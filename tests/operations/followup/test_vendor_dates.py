"""The dates of what vendors owe: none that has passed is set, one that has is moved with its reason, none is asked of
nobody."""

from datetime import date, timedelta

import pytest

from afteractions.models import Obligation, VendorFollowUp, VendorItem, VendorItemMove
from afteractions.operations.enforcement.sweep import sweep
from afteractions.operations.followup.contracts import keep_contract
from afteractions.operations.followup.vendors import add_item, move_item, plan_rca
from afteractions.operations.review.document import Review
from afteractions.queries.after_action_board import Circle
from afteractions.queries.home import all_needs_of
from afteractions.queries.vendors import dateless
from afteractions.vocabulary import ObligationKind, ObligationState
from incidents.models import Incident, Vendor
from majorops.audit.models import AuditEntry
from majorops.errors import BadInput
from majorops.people.groups import GroupName
from majorops.people.models import Person
from tests.changed_rows import last_entry
from tests.factories.afteractions import fresh
from tests.factories.people import a_person
from tests.operations.followup.test_contracts import NOW, a_contract, engaged

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=30)


@pytest.fixture
def keeper() -> Person:
    return a_person("Vito Arden", groups=[GroupName.SERVICE_MANAGER])


def an_item(keeper: Person, due_on: date = date(2026, 3, 9)) -> VendorItem:
    follow_up = engaged(a_contract(keeper))
    return add_item(follow_up, text="Logs of the gateway", due_on=due_on, by=keeper, at=NOW, now=NOW)


def owed(kind: ObligationKind) -> list[date | None]:
    return [row.due_on for row in Obligation.objects.filter(kind=kind, state=ObligationState.OPEN)]


def needs(person: Person) -> list[str]:
    found = all_needs_of(person, Circle.of(person), at=NOW)
    return [each.what for each in [*found.now, *found.this_week, *found.later]]


def open_item_of(item: VendorItem) -> tuple[str | None, str | None]:
    """The day that the vendor committed to and the one to follow up on, as the review has them."""
    (vendor,) = Review(fresh(item.follow_up.after_action), at=NOW).vendors()
    (open_item,) = vendor["open_items"]
    return open_item["committed_on"], open_item["follow_up_on"]


def test_what_a_vendor_owes_gets_its_committed_date_later_and_the_one_before_is_kept(keeper: Person) -> None:
    item = an_item(keeper)
    assert open_item_of(item) == (None, "2026-03-09")
    moved = move_item(item, due_on=date(2026, 3, 20), committed=True, by=keeper, at=NOW, now=NOW)
    assert (moved.due_on, moved.committed, owed(ObligationKind.VENDOR_ITEM)) == (
        date(2026, 3, 20),
        True,
        [date(2026, 3, 20)],
    )
    kept = VendorItemMove.objects.get()
    assert (kept.from_on, kept.due_on, kept.committed) == (date(2026, 3, 9), date(2026, 3, 20), True)
    assert open_item_of(item) == ("2026-03-20", None)


def test_a_follow_up_date_that_passes_goes_to_the_service_managers_manager() -> None:
    manager = a_person("Helena Brandauer")
    keeper = a_person("Vito Arden", groups=[GroupName.SERVICE_MANAGER], manager=manager)
    an_item(keeper)
    due = Obligation.objects.get(kind=ObligationKind.VENDOR_ITEM)
    sweep(now=due.due_at - timedelta(seconds=1))
    assert not due.escalations.filter(to=manager).exists()
    sweep(now=due.due_at)
    told = {(each.step, each.to) for each in due.escalations.exclude(step__startswith="warning")}
    assert told == {("breach", keeper), ("escalation:1", manager)}


def test_another_follow_up_of_an_item_whose_date_passed_says_why(keeper: Person) -> None:
    item = an_item(keeper)
    when = {"by": keeper, "at": LATER, "now": LATER}
    with pytest.raises(BadInput) as wrong:
        move_item(item, due_on=date(2026, 4, 20), **when)
    assert wrong.value.problems[0].path == "note"
    with pytest.raises(BadInput) as wrong:
        move_item(item, due_on=date(2026, 3, 20), note="They are slow.", **when)
    assert wrong.value.problems[0].path == "due_on"
    move_item(item, due_on=date(2026, 4, 20), note="Their expert is back on the 20th.", **when)
    assert VendorItemMove.objects.get().note == "Their expert is back on the 20th."
    by, changes = last_entry("gave an open item another date")
    assert (by, changes["due_on"][1]) == (keeper, "2026-04-20")
    assert owed(ObligationKind.VENDOR_ITEM) == [date(2026, 4, 20)]


def test_an_item_is_not_noted_for_a_day_that_has_passed(keeper: Person) -> None:
    with pytest.raises(BadInput, match="This day has passed"):
        an_item(keeper, due_on=NOW.date() - timedelta(days=1))


def test_an_rca_is_not_planned_for_a_day_that_has_passed_and_a_passed_one_moves_with_a_reason(
    keeper: Person,
) -> None:
    follow_up = engaged(a_contract(keeper))
    with pytest.raises(BadInput, match="This day has passed"):
        plan_rca(follow_up, due_on=NOW.date() - timedelta(days=3), by=keeper, at=NOW, now=NOW)
    later = {"by": keeper, "at": LATER, "now": LATER}
    with pytest.raises(BadInput) as wrong:
        plan_rca(follow_up, due_on=date(2026, 4, 20), **later)
    assert wrong.value.problems[0].path == "reason"
    plan_rca(follow_up, due_on=date(2026, 4, 20), reason="Their lab lost a week.", **later)
    assert owed(ObligationKind.VENDOR_RCA) == [date(2026, 4, 20)]
    assert AuditEntry.objects.filter(verb="planned the RCA").latest("id").reason == "Their lab lost a week."


def test_what_else_is_planned_leaves_the_day_of_the_contract_to_the_contract(keeper: Person) -> None:
    follow_up = engaged(a_contract(keeper))
    stands = (NOW + timedelta(days=10)).date()
    plan_rca(follow_up, due_on=stands, root_cause_related=True, by=keeper, at=NOW, now=NOW)
    assert VendorFollowUp.objects.get().rca_due_at is None
    # A day that has passed and stays is no new one.
    plan_rca(follow_up, due_on=stands, root_cause_related=True, by=keeper, at=LATER, now=LATER)


def test_an_rca_without_a_date_is_asked_of_its_service_manager_and_else_of_all(keeper: Person) -> None:
    follow_up = engaged(a_contract(keeper, rca_term_days=None))
    incident = follow_up.after_action.incident
    asked = f"Set the date of the RCA of Cumulus for {incident.reference}, or settle that none is owed"
    other = a_person("Wanda Iles", groups=[GroupName.SERVICE_MANAGER])
    assert (asked in needs(keeper), asked in needs(other)) == (True, False)
    VendorFollowUp.objects.update(service_manager=None)
    assert (asked in needs(keeper), asked in needs(other), asked in needs(incident.mim)) == (
        True,
        True,
        False,
    )
    plan_rca(follow_up, due_on=date(2026, 3, 20), by=keeper, at=NOW, now=NOW)
    assert asked not in needs(keeper)


def test_an_rca_that_is_not_owed_or_not_to_be_seen_is_asked_of_nobody(keeper: Person) -> None:
    follow_up = engaged(a_contract(keeper, rca_term_days=None), root_cause_related=False)
    assert list(dateless(keeper)) == []
    plan_rca(follow_up, root_cause_related=True, by=keeper, at=NOW, now=NOW)
    assert list(dateless(keeper)) == [follow_up]
    Incident.objects.update(restricted=True)
    assert list(dateless(keeper)) == []


def test_the_review_knows_the_stated_sla_from_the_contract(keeper: Person) -> None:
    Vendor.objects.create(name="Cumulus")
    after_action = engaged(Vendor(name="Cumulus")).after_action
    keep_contract(None, name="Cumulus", response_sla_minutes=15, by=keeper, at=NOW, now=NOW)
    (vendor,) = Review(fresh(after_action), at=NOW).vendors()
    assert vendor["response_verdict"] == "20 min, 5 min over the SLA of 15 min"


def test_a_record_states_its_own_sla_before_the_contract_does(keeper: Person) -> None:
    after_action = engaged(a_contract(keeper), response_sla_minutes=30).after_action
    (vendor,) = Review(fresh(after_action), at=NOW).vendors()
    assert vendor["response_verdict"] == "20 min, within the SLA of 30 min"
