"""The verbs of an After Action beside its straight way: amend, withdraw, errata, comments, items, messages, vendors."""

from typing import Any

import pytest
from django.http import HttpResponse

from afteractions.models import AfterAction
from majorops.people.groups import GroupName
from majorops.people.models import Person
from tests.api.caller import Caller
from tests.api.way import ahead, distributed, held, put, write
from tests.factories.people import a_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def item(mim: Caller, lead: Caller, aa: str) -> str:
    """The action item of a published review, its owner being the lead."""
    distributed(mim, aa, lead.person)
    assert held(mim, aa).status_code == 200
    mim.made(f"after-actions/{aa}/publish/", {})
    [found] = mim.get(f"after-actions/{aa}/").json()["action_items"]
    return str(found["id"])


def test_an_amended_draft_is_a_revision_more_and_a_withdrawn_one_a_draft_again(
    mim: Caller, lead: Caller, aa: str
) -> None:
    distributed(mim, aa, lead.person)
    write(mim, aa, "went_well", [{"text": "The runbook was found at once.", "kind": "tool"}])
    amended = mim.made(f"after-actions/{aa}/amend/", {"reason": "The runbook was missing"})
    assert (amended["number"], amended["kind"]) == (2, "amended")
    mim.made(f"after-actions/{aa}/withdraw/", {"reason": "The root cause is another one"})
    shown = mim.get(f"after-actions/{aa}/").json()
    assert shown["status"] == "draft"
    assert [each["kind"] for each in shown["revisions"]] == ["draft", "amended"]
    assert mim.post(f"after-actions/{aa}/withdraw/", {"reason": "Again"}).status_code == 409


def test_what_is_published_changes_by_an_erratum_alone(mim: Caller, aa: str, item: str) -> None:
    path = f"after-actions/{aa}/sections/went_well/"
    tag = mim.get(path)["ETag"]
    content = [{"text": "The standby was rebuilt within an hour.", "kind": "action"}]
    assert put(mim, path, content, tag).status_code in (200, 409)
    answer = mim.post(f"after-actions/{aa}/amend-published/", {"reason": "A time was wrong"})
    assert answer.status_code == 200, answer.content.decode()
    kinds = [each["kind"] for each in mim.get(f"after-actions/{aa}/").json()["revisions"]]
    assert kinds == ["draft", "published", "erratum"]
    assert mim.post(f"after-actions/{aa}/amend-published/", {}).status_code == 400


def test_an_item_is_started_extended_and_cancelled_with_reasons(
    mim: Caller, lead: Caller, responder: Caller, item: str
) -> None:
    assert lead.made(f"action-items/{item}/start/", {})["status"] == "in_progress"
    assert lead.post(f"action-items/{item}/extend/", {"due_on": ahead(days=40)[:10]}).status_code == 400
    later = {"due_on": ahead(days=40)[:10], "reason": "The vendor delivers in a month"}
    assert responder.post(f"action-items/{item}/extend/", later).status_code == 403
    assert lead.made(f"action-items/{item}/extend/", later)["due_on"] == later["due_on"]
    assert lead.post(f"action-items/{item}/complete/", {}).status_code == 400
    assert lead.post(f"action-items/{item}/cancel/", {"reason": ""}).status_code == 400
    cancelled = lead.made(f"action-items/{item}/cancel/", {"reason": "The service is switched off"})
    assert cancelled["status"] == "cancelled"
    assert lead.post(f"action-items/{item}/complete/", {"evidence": "Done"}).status_code == 409
    assert [each["id"] for each in mim.get("action-items/", status="cancelled").json()["results"]] == [item]


def test_comments_are_threads_of_a_section_and_are_resolved_by_the_writers(
    mim: Caller, lead: Caller, responder: Caller, aa: str
) -> None:
    distributed(mim, aa, lead.person)
    path = f"after-actions/{aa}/comments/"
    first = responder.made(path, {"section": "root_cause", "text": "Which standby?", "revision": 1})
    answer = lead.made(path, {"section": "root_cause", "text": "The second one.", "parent": first["id"]})
    assert texts_of(mim.get(path, page_size=1)) == ["Which standby?"]
    assert texts_of(mim.client.get(mim.get(path, page_size=1).json()["next"])) == ["The second one."]
    assert answer["parent"] == first["id"]
    resolved = mim.made(f"comments/{first['id']}/resolve/", {"resolved": True})
    assert resolved["resolved_at"]
    assert mim.post(path, {"section": "poem", "text": "?"}).status_code == 400


def texts_of(answer: HttpResponse) -> list[str]:
    return [row["text"] for row in answer.json()["results"]]


def test_a_message_is_sent_or_withdrawn_by_communications_alone(mim: Caller, lead: Caller, aa: str) -> None:
    distributed(mim, aa, lead.person)
    messages = [
        {"text": f"To {audience}", "audience": audience, "due_at": ahead(days=2)}
        for audience in ("Customers", "Partners")
    ]
    assert held(mim, aa, external_messages=messages).status_code == 200
    team = Caller(a_person("Colm Adair", groups=[GroupName.COMMUNICATIONS]))
    first, second = (each["id"] for each in team.get("external-messages/").json()["results"])
    assert lead.post(f"external-messages/{first}/send/", {}).status_code == 403
    assert team.post(f"external-messages/{first}/send/", {}).status_code == 409
    assert mim.made(f"external-messages/{first}/approve/", {"approved": True})["stage"] == "approved"
    assert team.made(f"external-messages/{first}/send/", {})["status"] == "sent"
    assert team.post(f"external-messages/{second}/withdraw/", {}).status_code == 400
    withdrawn = team.made(f"external-messages/{second}/withdraw/", {"reason": "Nothing was lost"})
    assert withdrawn["status"] == "withdrawn"


def test_a_vendor_is_followed_by_a_date_and_items(mim: Caller) -> None:
    reference = mim.made("incidents/", {"title": "Mail is late", "severity": "critical"})["reference"]
    mim.made(f"incidents/{reference}/vendors/", {"name": "Cumulus"})
    mim.made(f"incidents/{reference}/close/", {})
    aa = AfterAction.objects.get(incident__reference=reference).reference
    [vendor] = mim.get(f"after-actions/{aa}/vendors/").json()["results"]
    manager: Person = a_person("Sia Manager", groups=[GroupName.SERVICE_MANAGER])
    planned: dict[str, Any] = {"service_manager": manager.email, "due_on": ahead(days=9)[:10]}
    assert mim.made(f"vendors/{vendor['id']}/plan/", planned)["service_manager"] == manager.email
    assert mim.post(f"vendors/{vendor['id']}/items/", {"text": "Send the log"}).status_code == 400
    mim.made(f"vendors/{vendor['id']}/items/", {"text": "Send the log", "due_on": ahead(days=3)[:10]})
    assert [each["text"] for each in mim.get(f"vendors/{vendor['id']}/").json()["items"]] == ["Send the log"]
    kinds = {each["kind"] for each in mim.get(f"after-actions/{aa}/").json()["obligations"]}
    assert {"vendor_rca", "vendor_item"} <= kinds
