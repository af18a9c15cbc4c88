"""A finding that needs executive action: it alone brings an executive to the meeting (Seed: Who Attends)."""

import pytest

from afteractions.models import AfterAction
from afteractions.operations.meeting.attendees import set_attendees
from afteractions.operations.meeting.named_by_record import read_empty_seats
from afteractions.operations.review.distribution import distribute
from afteractions.operations.review.section_editing import section_content
from incidents.models import Vendor
from incidents.operations.response.vendors import engage
from majorops.people.models import Person
from tests.factories.afteractions import (
    DISTRIBUTED,
    HOUR,
    SCHEDULED,
    a_change,
    a_drafted_review,
    a_meeting,
    an_after_action,
    fresh,
    write,
)
from tests.factories.people import a_mim, a_person

pytestmark = pytest.mark.django_db

WHY = "The budget for a second site is not the team's to give"


@pytest.fixture
def chief() -> Person:
    return a_person("Clara Winterbourne")


@pytest.fixture
def owner(chief: Person) -> Person:
    return a_person("Oskar Wrenfield", manager=a_person("Berta Lang", manager=chief))


@pytest.fixture
def after_action(owner: Person) -> AfterAction:
    return a_drafted_review(a_mim(), action_owner=owner)


def attending(after_action: AfterAction) -> set[Person]:
    return {each.person for each in after_action.attendees.select_related("person")}


def mark(after_action: AfterAction, owner: Person, reason: str | None) -> None:
    content = section_content(after_action, "changes", now=SCHEDULED)
    write(after_action, "changes", [{**content[0], "executive_reason": reason}])


def test_a_finding_that_needs_executive_action_brings_who_leads_above_its_owner(
    after_action: AfterAction, owner: Person, chief: Person
) -> None:
    assert chief not in attending(after_action)
    mark(after_action, owner, WHY)
    executive = after_action.attendees.get(person=chief)
    assert (executive.requirement, executive.roles) == ("situational", ["Executive"])
    assert executive.reason == "A finding requires executive action."
    assert after_action.changes.get().executive_reason == WHY


def test_the_mark_stays_when_a_writer_says_nothing_of_it_and_goes_when_it_is_emptied(
    after_action: AfterAction, owner: Person
) -> None:
    mark(after_action, owner, WHY)
    mark(after_action, owner, None)
    assert after_action.changes.get().executive_reason == WHY
    mark(after_action, owner, "")
    assert after_action.changes.get().executive_reason == ""


def test_it_stands_in_the_revision_that_is_read(after_action: AfterAction, owner: Person) -> None:
    mark(after_action, owner, WHY)
    revision = distribute(fresh(after_action), by=after_action.owner, at=DISTRIBUTED, now=DISTRIBUTED)
    assert revision.content["sections"]["changes"][0]["executive_reason"] == WHY


def test_a_finding_that_requires_organisational_change_brings_the_manager_above_its_owner(
    after_action: AfterAction, owner: Person, chief: Person
) -> None:
    content = section_content(after_action, "changes", now=SCHEDULED)
    write(after_action, "changes", [{**content[0], "organisational_reason": "One team owns both halves"}])
    manager = after_action.attendees.get(person=owner.manager)
    assert (manager.requirement, manager.roles) == ("situational", ["Engineering Manager or Director"])
    assert manager.reason == "Findings require organisational change."
    assert chief not in attending(after_action)
    write(after_action, "changes", [{**content[0], "organisational_reason": None}])
    assert after_action.changes.get().organisational_reason == "One team owns both halves"
    revision = distribute(fresh(after_action), by=after_action.owner, at=DISTRIBUTED, now=DISTRIBUTED)
    (row,) = revision.content["sections"]["changes"]
    assert row["organisational_reason"] == "One team owns both halves"


def test_a_change_of_the_organisation_that_nobody_leads_leaves_a_seat_until_the_mim_fills_it() -> None:
    after_action = a_drafted_review(a_mim(), action_owner=a_person("Otto Lang"))
    content = section_content(after_action, "changes", now=SCHEDULED)
    write(after_action, "changes", [{**content[0], "organisational_reason": "One team owns both halves"}])
    (seat,) = read_empty_seats(fresh(after_action), now=SCHEDULED)
    assert seat.role == "Engineering Manager or Director"
    director = a_person("Berta Lang")
    row = {"person": director, "included": True, "fills": seat.role}
    set_attendees(fresh(after_action), [row], by=after_action.incident.mim, at=SCHEDULED, now=SCHEDULED)
    assert read_empty_seats(fresh(after_action), now=SCHEDULED) == []


def test_nobody_is_proposed_where_no_finding_needs_it(after_action: AfterAction, chief: Person) -> None:
    write(after_action, "changes", [a_change(a_person("Otto Lang", manager=chief))])
    assert chief not in attending(after_action)


def test_an_executive_proposed_for_a_restricted_incident_can_open_it(owner: Person, chief: Person) -> None:
    after_action = a_drafted_review(a_mim(), action_owner=owner, restricted=True)
    seen_by_chief = AfterAction.objects.visible_to(chief).filter(pk=after_action.pk)
    assert not seen_by_chief.exists()
    mark(after_action, owner, WHY)
    assert seen_by_chief.exists()


def test_a_vendors_person_proposed_for_a_restricted_incident_can_open_it() -> None:
    representative = a_person("Vito Arden")
    Vendor.objects.create(name="Cumulus", representative=representative)
    after_action = an_after_action(restricted=True)
    at = SCHEDULED - HOUR / 2
    engage(after_action.incident, vendor="Cumulus", root_cause_related=True, by=None, at=at, now=at)
    seen = AfterAction.objects.visible_to(representative).filter(pk=after_action.pk)
    assert not seen.exists()
    a_meeting(after_action)
    assert representative in attending(after_action)
    assert seen.exists()
