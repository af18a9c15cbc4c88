"""The API's description of itself: for machines, and for people."""

import pytest
from django.test import Client
from django.urls import get_resolver

from tests.api.caller import ROOT, Caller
from tests.factories.people import a_mim

pytestmark = pytest.mark.django_db
CONTRACT = {
    "incidents/": {"get", "post"},
    "incidents/import/": {"post"},
    "incidents/{reference}/": {"get"},
    "incidents/{reference}/export/": {"get"},
    "incidents/{reference}/look-alikes/": {"get"},
    **{
        f"incidents/{{reference}}/{verb}/": {"post"}
        for verb in (
            "events",
            "phases",
            "milestones",
            "status-updates",
            "command",
            "tracks",
            "severity",
            "vendors",
            "mtms",
            "close",
            "reopen",
            "repeat-of",
            "not-a-repeat-of",
        )
    },
    "people/": {"get"},
}


def test_the_schema_is_json_and_describes_each_call_of_the_contract(mim: Caller) -> None:
    answer = mim.get("schema/", format="json")
    assert answer["Content-Type"] == "application/json"
    schema = answer.json()
    assert schema["openapi"].startswith("3.")
    for path, methods in CONTRACT.items():
        assert methods <= set(schema["paths"][ROOT + path]), path
    assert {"type": "http", "scheme": "bearer"} in schema["components"]["securitySchemes"].values()


def test_what_grows_with_use_is_given_in_pages(mim: Caller) -> None:
    """Every list of calls, but those that follow from the record alone and the one that the contract gives whole."""
    whole = {"me/sessions", "reading-list", "empty-seats", "starting-texts"}
    lists = {}
    for path, methods in mim.get("schema/").json()["paths"].items():
        for said in methods.get("get", {}).get("responses", {}).get("200", {}).get("content", {}).values():
            lists[path] = said["schema"].get("type") == "array"
    bare = {path for path, is_bare in lists.items() if is_bare}
    assert {path for path in bare if not path.strip("/").endswith(tuple(whole))} == set()


def test_every_call_says_what_it_does_and_how_it_refuses(mim: Caller) -> None:
    for path, methods in mim.get("schema/").json()["paths"].items():
        for method, call in methods.items():
            assert call["summary"], (method, path)
            assert {"400", "401", "403"} <= set(call["responses"]), (method, path)
            if method != "get" and not path.endswith("/wording/"):
                names = {given["name"] for given in call.get("parameters", ())}
                assert "Idempotency-Key" in names, (method, path)


def test_the_page_names_every_call_and_needs_nothing_from_elsewhere(mim: Caller) -> None:
    browser = Client()
    browser.force_login(a_mim(), backend="django.contrib.auth.backends.ModelBackend")
    for answer in (browser.get(f"{ROOT}docs/", headers={"Accept": "text/html"}), mim.get("docs/")):
        assert answer.status_code == 200
        page = answer.content.decode()
        for path in CONTRACT:
            assert f"<code>{ROOT}{path}</code>" in page
        assert "<script>" not in page
        assert "style=" not in page
        assert 'src="http' not in page
        assert "default-src 'none'" in answer["Content-Security-Policy"]


def test_who_is_not_signed_in_is_sent_to_sign_in_and_a_program_is_told(client: Client) -> None:
    page = client.get(f"{ROOT}docs/", headers={"Accept": "text/html"})
    assert page.status_code == 302
    assert page["Location"].startswith("/accounts/login/")
    program = client.get(f"{ROOT}docs/")
    assert program.status_code == 401
    assert program.json()["errors"] == []


def test_no_address_of_the_api_is_left_to_the_pages() -> None:
    assert get_resolver().resolve(f"{ROOT}no/such/call/").view_name == "api-nowhere"
