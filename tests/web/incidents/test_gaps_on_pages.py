"""Gaps on console, record and workspace, and by the API: few at first, grouped, the serious ones first."""

import re

import pytest
from django.urls import reverse

from incidents.operations.log import enter_phase
from incidents.operations.response.vendors import engage, update_engagement
from tests.api.caller import Caller
from tests.factories.afteractions import a_drafted_review
from tests.factories.incidents import OPENED, a_closed_incident, an_incident, minutes
from tests.factories.people import a_mim
from tests.web.browsing import browser_of
from tests.web.overview.looking import look, the_time, words

pytestmark = pytest.mark.django_db


def test_a_console_begins_with_a_checklist_and_no_gap() -> None:
    mim = a_mim()
    incident = an_incident(mim, "critical")
    page = words(look(mim, incident.get_absolute_url(), OPENED))
    assert "Gaps so far 0" in page
    assert re.search(r"Still to capture .*No customer count", page)
    later = words(look(mim, incident.get_absolute_url(), OPENED + minutes(20)))
    assert re.search(r"Gaps so far \d+ Serious .*Still to capture", later)


def test_skipped_phases_are_one_line_after_the_serious_ones() -> None:
    mim = a_mim()
    incident = an_incident(mim, "critical")
    now = OPENED + minutes(50)
    enter_phase(incident, phase="validating", by=mim, at=now, now=now)
    page = words(look(mim, incident.get_absolute_url(), now + minutes(16)))
    assert "4 phases skipped" in page
    assert page.index("No customer count") < page.index("4 phases skipped")


def test_the_record_says_when_each_of_a_group_was_due() -> None:
    incident = a_closed_incident(severity="critical")
    page = words(look(incident.mim, incident.get_absolute_url(), OPENED + minutes(300)))
    assert "Serious: No alert time" in page
    assert "4 roles not assigned" in page
    assert "Nobody was recorded as Scribe. It should have been" in page


def test_the_api_groups_them_too_and_says_which_are_serious() -> None:
    mim = Caller(a_mim())
    running, closed = an_incident(mim.person, "critical"), a_closed_incident(mim.person, "critical")
    with the_time(OPENED + minutes(1)):
        assert mim.get(f"incidents/{running.reference}/").json()["gaps"] == []
    found = mim.get(f"incidents/{closed.reference}/").json()["gaps"]
    kinds = [gap["kind"] for gap in found]
    assert len(kinds) == len(set(kinds))
    by_kind = {gap["kind"]: gap for gap in found}
    assert (by_kind["no_alert_time"]["serious"], by_kind["no_alert_time"]["count"]) == (True, 1)
    assert (by_kind["role_not_assigned"]["serious"], by_kind["role_not_assigned"]["count"]) == (False, 4)
    assert by_kind["role_not_assigned"]["text"].startswith("4 roles not assigned: ")
    assert [gap["serious"] for gap in found] == sorted((gap["serious"] for gap in found), reverse=True)


def test_a_group_of_gaps_becomes_one_change() -> None:
    review = a_drafted_review()
    client, place = browser_of(review.incident.mim), f"{review.get_absolute_url()}draft/"
    page = client.get(place).content.decode()
    assert "4 roles not assigned: " in page
    assert 'value="role_not_assigned"' in page
    answer = client.post(f"{review.get_absolute_url()}draft/gaps/", {"gap": "role_not_assigned"}, follow=True)
    assert "Name who holds each role in the record" in answer.content.decode()
    assert 'value="role_not_assigned"' not in client.get(place).content.decode()


def test_a_late_answer_of_a_vendor_is_said_and_gap_lines_lead_to_their_steps() -> None:
    mim = a_mim()
    incident = an_incident(mim, "critical")
    at = OPENED + minutes(5)
    answered, waiting = (
        engage(incident, vendor=name, response_sla_minutes=60, by=mim, at=at, now=at)
        for name in ("Cumulus", "Nimbus")
    )
    later = at + minutes(75)
    update_engagement(answered, responded_at=later, by=mim, at=later, now=later)
    html = look(mim, incident.get_absolute_url(), later).content.decode()
    assert "15 min over the SLA" in html
    assert html.count("over the SLA") == 1
    gaps = html[html.index("Gaps so far") :]
    assert reverse("incidents:step_of", args=[incident.reference, "vendor-change", waiting.pk]) in gaps
    silence = re.search(r"<li[^>]*>(?:(?!</li>).)*No status update from.*?</li>", gaps, re.S)
    assert silence is not None
    assert reverse("incidents:step", args=[incident.reference, "status"]) in silence[0]
