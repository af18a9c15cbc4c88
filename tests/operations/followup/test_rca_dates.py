"""The date of a vendor's RCA: one answer for its deadline, the draft, what is missing, the pages and the API."""

from datetime import date, timedelta
from typing import Any

import pytest

from afteractions.models import AfterAction, Obligation, VendorFollowUp
from afteractions.operations.followup.contracts import keep_contract
from afteractions.operations.followup.vendors import plan_rca
from afteractions.operations.review.document import Review
from afteractions.operations.review.readiness import missing_before_publishing
from afteractions.queries.after_actions import rca_dues
from afteractions.vocabulary import ObligationKind, ObligationState
from incidents.operations.response.vendors import engage
from majorops import clock
from majorops.formatting import formats
from majorops.people.groups import GroupName
from majorops.people.models import Person
from tests.factories.afteractions import SCHEDULED, an_after_action, fresh
from tests.factories.incidents import OPENED, an_incident, close, minutes
from tests.factories.people import a_mim, a_person
from tests.web.afteractions.pages import at, words
from tests.web.browsing import browser_of

pytestmark = pytest.mark.django_db

ENGAGED = OPENED + minutes(20)


@pytest.fixture
def keeper() -> Person:
    return a_person("Kit Marlow", groups=[GroupName.SERVICE_MANAGER])


@pytest.fixture
def after_action() -> AfterAction:
    return an_after_action()


def engaged(after_action: AfterAction, keeper: Person, *, related: bool | None, term: int | None) -> None:
    when: Any = {"at": SCHEDULED, "now": SCHEDULED}
    keep_contract(
        None, name="Cloudgate", rca_term_days=term, response_sla_minutes=60, service_manager=keeper, by=keeper, **when
    )  # fmt: skip
    incident = after_action.incident
    engage(
        incident, vendor="Cloudgate", root_cause_related=related, responded_at=ENGAGED + minutes(95),
        by=incident.mim, at=ENGAGED, now=SCHEDULED,
    )  # fmt: skip


def owed() -> list[Obligation]:
    return list(Obligation.objects.filter(kind=ObligationKind.VENDOR_RCA, state=ObligationState.OPEN))


def follow_up() -> VendorFollowUp:
    return VendorFollowUp.objects.select_related("after_action__incident", "engagement__vendor").get()


def said_due(after_action: AfterAction) -> Any:
    (vendor,) = Review(fresh(after_action), at=SCHEDULED).vendors()
    return vendor["rca"]["due_on"]


def test_a_term_of_the_contract_is_a_date_everywhere(after_action: AfterAction, keeper: Person) -> None:
    engaged(after_action, keeper, related=True, term=10)
    (deadline,) = owed()
    assert said_due(after_action) == deadline.due_at.date().isoformat()
    assert rca_dues([follow_up()]) == {follow_up().pk: deadline.due_at}
    missing = missing_before_publishing(fresh(after_action), now=SCHEDULED)
    assert not [each.text for each in missing if "date of its RCA" in each.text]


def test_without_a_term_and_a_date_it_is_missing_everywhere(
    after_action: AfterAction, keeper: Person
) -> None:
    engaged(after_action, keeper, related=True, term=None)
    assert (owed(), said_due(after_action), rca_dues([follow_up()])) == ([], None, {})
    missing = missing_before_publishing(fresh(after_action), now=SCHEDULED)
    assert [each.text for each in missing if "set the date of its RCA" in each.text]


def test_no_rca_is_owed_by_a_vendor_whose_cause_it_is_not(after_action: AfterAction, keeper: Person) -> None:
    engaged(after_action, keeper, related=False, term=10)
    assert (owed(), said_due(after_action)) == ([], None)
    # A date that was agreed all the same holds.
    plan_rca(follow_up(), due_on=date(2026, 4, 1), by=keeper, at=SCHEDULED, now=SCHEDULED)
    (deadline,) = owed()
    assert (deadline.due_on, said_due(after_action)) == (date(2026, 4, 1), "2026-04-01")


def test_an_rca_is_owed_while_nobody_knows_whose_the_cause_is_and_no_longer_once_it_is_not_theirs(
    after_action: AfterAction, keeper: Person
) -> None:
    engaged(after_action, keeper, related=None, term=10)
    assert len(owed()) == 1
    at = SCHEDULED + timedelta(hours=1)
    plan_rca(follow_up(), root_cause_related=False, by=keeper, at=at, now=at)
    assert (owed(), said_due(after_action)) == ([], None)
    plan_rca(follow_up(), root_cause_related=True, by=keeper, at=at, now=at)
    assert len(owed()) == 1


def test_the_review_says_the_response_against_the_sla(after_action: AfterAction, keeper: Person) -> None:
    engaged(after_action, keeper, related=True, term=10)
    (vendor,) = Review(fresh(after_action), at=SCHEDULED).vendors()
    assert vendor["response_verdict"] == "1 h 35 min, 35 min over the SLA of 60 min"


def test_a_date_to_follow_up_that_was_typed_while_the_incident_ran_stands_where_one_looks() -> None:
    mim, opened = a_mim(), clock.now() - minutes(30)
    incident, client = an_incident(mim, "critical", opened), browser_of(mim)
    engaged = engage(incident, vendor="Cloudgate", by=mim, at=opened, now=opened)
    address, due = incident.get_absolute_url(), opened.date() + timedelta(days=40)
    said = {"rca_status": "promised", "rca_follow_up_on": due.isoformat()}
    assert client.post(f"{address}vendor-change/{engaged.pk}/", said).status_code == 302
    on_the_day = formats.day(due, today=opened.date())
    assert f"RCA promised, follow up on {on_the_day}" in words(client.get(address))
    close(incident, by=mim, at=clock.now(), now=clock.now())
    after_action = AfterAction.objects.get()
    assert "Obtain the vendor's RCA Cloudgate" in words(client.get(at(after_action, "deadlines/")))
    assert f"RCA due {on_the_day}" in words(client.get(at(after_action, "publication/")))
    assert rca_dues(VendorFollowUp.objects.all())
