"""Earlier look-alikes on the record and the console, confirmed and dismissed there and by the API."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from incidents.models import Incident, RepeatDecision
from incidents.operations.similar import propose
from majorops.people.models import Person
from tests.api.caller import Caller
from tests.factories.afteractions import a_published_review
from tests.factories.incidents import OPENED, a_closed_incident
from tests.factories.people import a_person

pytestmark = pytest.mark.django_db
TITLE = "Expired certificate stops the ingress"


def signed_in(person: Person) -> Client:
    browser = Client()
    browser.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return browser


@pytest.fixture
def earlier(mim: Person) -> Incident:
    a_closed_incident(mim, title="Disk of the search cluster is full")
    return a_closed_incident(mim, title=TITLE, services=["Checkout"])


@pytest.fixture
def later(mim: Person, earlier: Incident) -> Incident:
    return a_closed_incident(
        mim,
        severity="low",
        opened_at=OPENED + timedelta(days=30),
        title="Ingress refuses: the certificate has expired",
        services=["Checkout"],
    )


def part(incident: Incident, reader: Person) -> str:
    return (
        signed_in(reader)
        .get(f"{incident.get_absolute_url()}look-alikes/", headers={"HX-Request": "true"})
        .text
    )


def test_the_record_loads_its_look_alikes_after_itself(
    mim: Person, later: Incident, earlier: Incident
) -> None:
    browser = signed_in(mim)
    page = browser.get(later.get_absolute_url()).text
    assert f'hx-get="/incidents/{later.reference}/look-alikes/"' in page
    assert earlier.reference not in page
    shown = part(later, mim)
    assert earlier.title in shown
    assert "Same service Checkout; both speak of" in shown
    assert "<html" not in shown
    assert "<html" in browser.get(f"{later.get_absolute_url()}look-alikes/").text


def test_it_repeats_it_makes_the_after_action_mandatory(
    mim: Person, later: Incident, earlier: Incident
) -> None:
    assert f"answer=repeats&amp;reference={earlier.reference}" in part(later, mim)
    signed_in(mim).post(
        f"{later.get_absolute_url()}repeat/",
        {"answer": "repeats", "reference": earlier.reference, "reason": ""},
    )
    later.refresh_from_db()
    assert (later.repeat_of, later.requirement_level) == (earlier, "mandatory")
    assert earlier.title not in part(later, mim)


def test_it_does_not_dismisses_one_for_good(mim: Person, later: Incident, earlier: Incident) -> None:
    browser = signed_in(mim)
    answer = browser.post(f"{later.get_absolute_url()}not-a-repeat/", {"reference": earlier.reference})
    assert answer.status_code == 302
    assert RepeatDecision.objects.get().repeat_of == earlier
    assert earlier.title not in part(later, mim)


def test_who_may_not_command_reads_the_evidence_and_no_buttons(later: Incident, earlier: Incident) -> None:
    shown = part(later, a_person())
    assert earlier.title in shown
    assert "It does not" not in shown


def test_a_restricted_look_alike_is_told_to_nobody_who_may_not_see_it(mim: Person, later: Incident) -> None:
    secret = a_closed_incident(mim, title="The certificate of the ingress has expired", restricted=True)
    outsider = a_person()
    assert secret.reference in part(later, mim)
    assert secret.reference not in part(later, outsider)
    listed = Caller(outsider).get(f"incidents/{later.reference}/look-alikes/").json()["results"]
    assert secret.reference not in [one["reference"] for one in listed]
    assert TITLE in [one["title"] for one in listed]


def test_the_api_lists_and_dismisses(mim: Person, later: Incident, earlier: Incident) -> None:
    caller = Caller(mim)
    [only] = caller.get(f"incidents/{later.reference}/look-alikes/").json()["results"]
    assert (only["reference"], only["services"]) == (earlier.reference, ["Checkout"])
    assert only["evidence"].startswith("Same service Checkout; both speak of")
    answer = caller.post(f"incidents/{later.reference}/not-a-repeat-of/", {"reference": earlier.reference})
    assert answer.status_code == 200
    assert caller.get(f"incidents/{later.reference}/look-alikes/").json()["results"] == []
    unknown = caller.post(f"incidents/{later.reference}/not-a-repeat-of/", {"reference": "INC-00000"})
    assert unknown.status_code == 400


def test_a_published_root_cause_is_what_later_incidents_are_compared_with(mim: Person) -> None:
    after_action = a_published_review(mim)
    incident = after_action.incident
    incident.refresh_from_db()
    section = after_action.sections.get(key="root_cause")
    assert section.content["failure"]
    assert incident.root_cause.startswith(section.content["failure"])


def test_proposals_take_the_same_statements_among_few_and_among_many(
    mim: Person, later: Incident, earlier: Incident
) -> None:
    with CaptureQueriesContext(
        connection,
    ) as few:
        propose(later, reader=mim)
    for number in range(10):
        a_closed_incident(mim, title=f"{TITLE} number {number}", services=["Checkout"])
    with CaptureQueriesContext(connection) as many:
        assert len(propose(later, reader=mim)) == 5
    assert len(many) == len(few) <= 6
