"""What opens something is answered once: no kept answer has it, and no token makes a mightier one."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from majorops import clock
from majorops.people.models import ApiToken, Person, Scope
from majorops.people.operations.own_account import issue_token
from majorops.web.models import KeptAnswer
from tests.api.caller import ROOT, Caller
from tests.factories.people import a_contact, a_person

pytestmark = pytest.mark.django_db


def caller_with(person: Person, **said: Any) -> Caller:
    """Somebody who calls with a token of this scope and end."""
    token = issue_token(person, name="first", by=person, now=clock.now(), **said)
    found = Caller(person)
    found.client = Client(headers={"Authorization": f"Bearer {token}"})
    return found


def test_a_token_is_made_once_for_a_key_and_kept_in_no_answer(responder: Caller) -> None:
    said = {"name": "Nightly", "scope": "read"}
    first = responder.made("me/tokens/", said, Idempotency_Key="k-1")
    again = responder.made("me/tokens/", said, Idempotency_Key="k-1")
    assert first["token"].startswith("mo_")
    assert again == {**first, "token": None}
    assert responder.person.api_tokens.filter(name="Nightly").count() == 1
    assert first["token"] not in KeptAnswer.objects.get().body


def test_a_guests_link_is_kept_in_no_answer(mim: Caller, aa: str) -> None:
    incident = mim.get(f"after-actions/{aa}/").json()["incident"]
    guest = a_contact(incident, "helen", "Helen Marsh").identifier
    row = {"person": guest, "included": True, "reason": "Theirs failed"}
    mim.made(f"after-actions/{aa}/attendees/", [row])
    path, said = f"after-actions/{aa}/guest-links/", {"person": guest}
    first = mim.made(path, said, Idempotency_Key="k-1")
    again = mim.made(path, said, Idempotency_Key="k-1")
    assert first["url"]
    assert again == {**first, "url": None}
    assert first["url"].rpartition("/guest/")[2] not in KeptAnswer.objects.get().body
    assert len(mim.get(path).json()["results"]) == 1


def test_a_token_makes_none_that_outlasts_it() -> None:
    person = a_person()
    today = clock.now().date()
    caller = caller_with(person, expires_on=today + timedelta(days=3))
    longer = {"name": "longer", "scope": "all", "expires_on": str(today + timedelta(days=4))}
    refused = caller.post("me/tokens/", longer)
    assert refused.status_code == 400
    assert refused.json()["errors"][0]["path"] == "expires_on"
    as_long = caller.made("me/tokens/", {**longer, "expires_on": str(today + timedelta(days=3))})
    unsaid = caller.made("me/tokens/", {"name": "unsaid", "scope": "read"})
    assert as_long["expires_on"] == unsaid["expires_on"] == str(today + timedelta(days=3))
    made = ApiToken.objects.filter(person=person, name__in=["first", "longer", "unsaid"])
    ends = set(made.values_list("expires_at", flat=True))
    assert len(ends) == 1


@pytest.mark.parametrize("scope", [Scope.READ, Scope.RECORD])
def test_a_token_makes_none_that_may_more(scope: Scope) -> None:
    caller = caller_with(a_person(), scope=scope)
    assert caller.post("me/tokens/", {"name": "wider", "scope": "all"}).status_code == 403


def test_the_description_says_what_is_shown_once(responder: Caller) -> None:
    schemas = responder.client.get(f"{ROOT}schema/?format=json").json()["components"]["schemas"]
    for name, field in (("TokenMade", "token"), ("GuestLinkGiven", "url")):
        assert "Shown this once" in str(schemas[name]["properties"][field])
