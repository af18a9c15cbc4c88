"""SCIM 2.0 (RFC 7643, 7644): a directory provisions people over HTTP, with a token of its own."""

import json
from typing import Any

import pytest
import requests
from django.core.management import CommandError, call_command
from django.test import Client, override_settings
from django.urls import reverse
from pytest_django.live_server_helper import LiveServer
from scim2_client import BaseSyncSCIMClient
from scim2_tester import Status, check_server
from scim2_tester.utils import ResourceManager

from majorops import clock
from majorops.audit.models import AuditEntry
from majorops.configuration import group_map
from majorops.notices.models import Notice
from majorops.people.authentication.second_factor import OWED
from majorops.people.groups import GroupName
from majorops.people.models import Person
from majorops.people.scim.authentication import DirectoryThrottle
from majorops.people.scim.tokens import create_scim_token, revoke_scim_token
from tests.factories.people import a_person, a_token, an_administrator
from tests.web.browsing import browser_of

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
ERROR = "urn:ietf:params:scim:api:messages:2.0:Error"


class OverHttp(BaseSyncSCIMClient):
    """The client of the protocol's own checks, over a real socket."""

    def __init__(self, server: str, token: str) -> None:
        super().__init__()
        self.base, self.session = f"{server}/scim/v2", requests.Session()
        self.session.headers["Authorization"] = f"Bearer {token}"

    def request(self, method: str, url: str, **options: Any) -> Any:
        return self.session.request(
            method, url if url.startswith("http") else self.base + url, timeout=30, **options
        )

    def _stays_under_base_url(self, endpoint: str) -> bool:
        return endpoint.startswith(("/", self.base))

    def _parse_json(self, response: Any) -> Any:
        return response.json()


@pytest.mark.django_db(transaction=True)
def test_the_protocols_own_checks_find_nothing_wrong(
    live_server: LiveServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    # After each check they take away all that was made until then, again and again.
    monkeypatch.setattr(ResourceManager, "cleanup", lambda manager: None)
    an_administrator()
    client = OverHttp(live_server.url, create_scim_token("Checks", now=clock.now()))
    results = check_server(client)
    wrong = [result for result in results if result.status in (Status.ERROR, Status.CRITICAL)]
    assert wrong == []
    passed = {result.title for result in results if result.status is Status.SUCCESS}
    assert {
        "object_creation",
        "object_deletion",
        "check_replace_attribute",
        "object_list_with_attributes",
    } <= passed


class Directory:
    """What a directory with a token sends, and reads."""

    def __init__(self, token: str) -> None:
        self.client = Client(headers={"Authorization": f"Bearer {token}"}, raise_request_exception=False)

    def __call__(
        self, method: str, path: str, body: Any = None, *, expect: int = 200, **headers: str
    ) -> dict[str, Any]:
        data = "" if body is None else json.dumps(body)
        answer = self.client.generic(
            method, f"/scim/v2/{path}", data, content_type="application/scim+json", headers=headers
        )
        assert answer.status_code == expect, answer.content.decode()
        assert expect in (204, 304) or answer["Content-Type"] == "application/scim+json"
        said: dict[str, Any] = json.loads(answer.content) if answer.content else {}
        assert (said.get("schemas") == [ERROR]) is (expect >= 400)
        return said

    def user(self, user_name: str, **more: Any) -> dict[str, Any]:
        return self("POST", "Users", {"schemas": [USER], "userName": user_name, **more}, expect=201)

    def patch(self, path: str, *operations: dict[str, Any], expect: int = 200) -> dict[str, Any]:
        return self("PATCH", path, {"schemas": [PATCH], "Operations": operations}, expect=expect)

    def names(self, expression: str, kind: str = "Users", key: str = "userName") -> list[str]:
        page = self("GET", f"{kind}?filter={requests.utils.quote(expression)}")
        assert page["totalResults"] == len(page["Resources"])
        return [row[key] for row in page["Resources"]]


@pytest.fixture
def directory(db: None) -> Directory:
    an_administrator()
    return Directory(create_scim_token("Harbour ID", now=clock.now()))


def audited(row: Any) -> list[str]:
    kind = row._meta.label_lower
    return list(
        AuditEntry.objects.filter(subject_type=kind, subject_id=row.pk).values_list("verb", flat=True)
    )


def test_an_account_is_made_with_its_manager_and_its_team(directory: Directory) -> None:
    boss = a_person("Grace Imai")
    made = directory.user(
        "Ada@MajorOps.example",
        externalId="7",
        name={"givenName": "Ada", "familyName": "Moreau"},
        phoneNumbers=[{"value": "1"}],
        **{ENTERPRISE: {"manager": {"value": str(boss.pk)}, "department": "Payments", "costCenter": "4"}},
    )
    person = Person.objects.get(email="ada@majorops.example")
    assert (person.full_name, person.manager, str(person.team)) == ("Ada Moreau", boss, "Payments")
    assert not person.has_usable_password()
    assert made["id"] == str(person.pk)
    assert made["meta"]["created"] <= made["meta"]["lastModified"]
    assert (made["userName"], made["externalId"], made["active"]) == ("Ada@MajorOps.example", "7", True)
    assert made[ENTERPRISE]["manager"]["value"] == str(boss.pk)
    assert "phoneNumbers" not in made
    assert {"added", "provisioned"} <= set(audited(person))
    entries = AuditEntry.objects.filter(subject_type="people.person", subject_id=person.pk)
    assert set(entries.values_list("road", flat=True)) == {"scim"}
    assert entries.get(verb="provisioned").reason == "SCIM: Harbour ID"
    # A second one of the name, or of the address, is refused.
    for name in ("ada@majorops.example", boss.email):
        refused = directory("POST", "Users", {"schemas": [USER], "userName": name}, expect=409)
        assert refused["scimType"] == "uniqueness"
    refused = directory("POST", "Users", {"schemas": [USER], "userName": "no address"}, expect=400)
    assert refused["scimType"] == "invalidValue"
    # A department of other letters is the same team; an address that changes with the name is mailed to both.
    changed = directory.patch(
        f"Users/{made['id']}",
        {"op": "Replace", "path": f"{ENTERPRISE}:department", "value": "PAYMENTS"},
        {"op": "Replace", "path": "userName", "value": "moreau@majorops.example"},
        {"op": "Add", "path": f"{ENTERPRISE}:manager", "value": made["id"]},
        expect=400,
    )
    assert "their own manager" in changed["detail"]
    changed = directory.patch(
        f"Users/{made['id']}",
        {"op": "Replace", "path": f"{ENTERPRISE}:department", "value": "PAYMENTS"},
        {"op": "Replace", "path": 'emails[type eq "work"].value', "value": "moreau@majorops.example"},
    )
    assert changed[ENTERPRISE]["department"] == "PAYMENTS"
    person.refresh_from_db()
    assert (person.email, str(person.team)) == ("moreau@majorops.example", "Payments")
    assert Notice.objects.filter(address="ada@majorops.example").exists()


def test_what_a_replacement_leaves_out_stays_unless_the_directory_wrote_it(directory: Directory) -> None:
    boss = a_person("Grace Imai")
    made = directory.user("ada@majorops.example", displayName="Ada", title="Engineer")
    Person.objects.filter(pk=made["id"]).update(manager=boss)
    directory("PUT", f"Users/{made['id']}", {"schemas": [USER], "userName": "ada@majorops.example"})
    person = Person.objects.get(pk=made["id"])
    assert (person.manager, person.job_title, person.full_name) == (boss, "", "Ada")


def test_who_is_taken_out_is_disabled_and_may_come_back(directory: Directory) -> None:
    person = a_person("Ada Moreau", email="ada@majorops.example")
    browser, token = browser_of(person), a_token(person)
    call = {"headers": {"Authorization": f"Bearer {token}"}}
    assert Client().get("/api/v1/incidents/", **call).status_code == 200
    # Whoever was here before is seen by the directory, under the address.
    found = directory("GET", 'Users?filter=userName eq "ADA@majorops.example"')["Resources"][0]
    path = f"Users/{found['id']}"
    directory.patch(path, {"op": "Replace", "path": "active", "value": "False"})
    assert browser.get("/inbox/").status_code == 302
    assert Client().get("/api/v1/incidents/", **call).status_code == 401
    person.refresh_from_db()
    assert not person.is_active
    assert "disabled" in audited(person)
    directory.patch(path, {"op": "Replace", "value": {"active": True}})
    directory("DELETE", path, expect=204)
    directory("GET", path, expect=404)
    assert directory.names('userName eq "ada@majorops.example"') == []
    person.refresh_from_db()
    assert not person.is_active
    again = directory.user("ada@majorops.example")
    person.refresh_from_db()
    assert (again["id"], person.is_active, person.full_name) == (found["id"], True, "Ada Moreau")


def test_the_last_administrator_stays(directory: Directory) -> None:
    administrator = Person.objects.in_group(GroupName.ADMINISTRATOR).get()
    path = f"Users/{administrator.pk}"
    for method, body in (
        ("DELETE", None),
        ("PUT", {"schemas": [USER], "userName": "a@b.example", "active": False}),
    ):
        refused = directory(method, path, body, expect=409)
        assert "last administrator" in refused["detail"]
    administrator.refresh_from_db()
    assert administrator.is_active
    assert administrator.email != "a@b.example", "all of a refused request is taken back"
    # Nor is the last one taken out of the group that makes them one.
    made = directory.user("ada@majorops.example")
    group = {"schemas": [GROUP], "displayName": "administrator", "members": [{"value": made["id"]}]}
    ours = directory("POST", "Groups", group, expect=201)
    Person.objects.get(pk=administrator.pk).groups.clear()
    for method in ("DELETE", "PUT"):
        refused = directory(method, f"Groups/{ours['id']}", {**group, "members": []}, expect=409)
        assert "last administrator" in refused["detail"]


@override_settings(OIDC_GROUP_MAP=group_map("incident-managers=MIM,incident-managers=Communications"))
def test_groups_give_our_groups_by_their_names(directory: Directory) -> None:
    one, two = (directory.user(f"{name}@majorops.example")["id"] for name in ("ada", "grace"))
    ada = Person.objects.get(pk=one)
    groups = {
        name: directory("POST", "Groups", {"schemas": [GROUP], "displayName": name}, expect=201)["id"]
        for name in ("auditor", "incident-managers", "canteen")
    }
    for key in groups.values():
        read = directory.patch(
            f"Groups/{key}", {"op": "Add", "path": "members", "value": [{"value": one}, {"value": two}]}
        )
        assert {member["value"] for member in read["members"]} == {one, two}
    assert groups_of(ada) == {"Auditor", "MIM", "Communications"}
    assert {group["display"] for group in directory("GET", f"Users/{one}")["groups"]} == set(groups)
    administrator = Person.objects.in_group(GroupName.ADMINISTRATOR).get()
    page = browser_of(administrator).get(reverse("afteractions:person", args=[one]))
    assert "whenever it says so: Auditor (SCIM)," in page.content.decode()
    # As Microsoft Entra takes a member out.
    path = f"Groups/{groups['incident-managers']}"
    directory.patch(path, {"op": "Remove", "path": "members", "value": [{"value": one}]})
    directory.patch(f"Groups/{groups['auditor']}", {"op": "replace", "path": "displayName", "value": "choir"})
    assert groups_of(ada) == set()
    assert groups_of(Person.objects.get(pk=two)) == {"MIM", "Communications"}
    assert "changed the groups of" in audited(ada)
    ada.groups.set(Person.objects.get(pk=two).groups.all())
    directory("DELETE", path, expect=204)
    assert groups_of(ada) == {"MIM", "Communications"}, "given by hand"
    assert groups_of(Person.objects.get(pk=two)) == set()
    refused = directory.patch(
        f"Groups/{groups['canteen']}", {"op": "add", "path": "members", "value": [{"value": "0"}]}, expect=400
    )
    assert refused["scimType"] == "invalidValue"
    assert "members" not in directory("GET", "Groups?excludedAttributes=members")["Resources"][0]
    assert directory.names(f'displayName sw "CHO" and members eq "{one}"', "Groups", "displayName") == [
        "choir"
    ]


def groups_of(person: Person) -> set[str]:
    return set(person.groups.values_list("name", flat=True))


def test_users_are_filtered_and_paged(directory: Directory) -> None:
    for name in ("ada", "grace", "odile"):
        directory.user(
            f"{name}@majorops.example", externalId=name.title(), displayName=f"{name} of the harbour"
        )
    directory.patch(
        f"Users/{Person.objects.get(email='odile@majorops.example').pk}",
        {"op": "replace", "path": "active", "value": False},
    )
    for expression, expected in {
        'userName co "DA@" or emails.value sw "grace"': ["ada", "grace"],
        'emails[value eq "Ada@majorops.example"]': ["ada"],
        'emails[type eq "work"].value eq "ada@majorops.example"': ["ada"],
        'emails[type eq "home" and value eq "ada@majorops.example"]': [],
        'externalId eq "Ada" and active eq true': ["ada"],
        'externalId eq "ada"': [],
        'displayName ew "harbour" and not (userName sw "ada")': ["grace", "odile"],
        "externalId pr and active eq false": ["odile"],
        'id eq "nothing"': [],
        'meta.lastModified gt "2999-01-01T00:00:00Z"': [],
        'meta.lastModified gt "2001-01-01T00:00:00Z" and externalId ne "Ada" and externalId pr': [
            "grace",
            "odile",
        ],
    }.items():
        assert directory.names(expression) == [f"{name}@majorops.example" for name in expected], expression
    for expression in (
        'title eq "x"',
        "nothing eq 1",
        'userName gt "a"',
        "userName eq",
        'active co "t"',
        "(",
    ):
        refused = directory("GET", f"Users?filter={requests.utils.quote(expression)}", expect=400)
        assert refused["scimType"] == "invalidFilter", expression
    page = directory("GET", "Users?startIndex=3&count=1&attributes=userName")
    assert (page["totalResults"], page["startIndex"], page["itemsPerPage"]) == (4, 3, 1)
    assert set(page["Resources"][0]) == {"schemas", "id", "userName"}
    assert directory("GET", "Users?count=0")["Resources"] == []
    assert directory("GET", f"Users?startIndex={'9' * 23}")["Resources"] == []
    many = [{"op": "replace", "path": "displayName", "value": "Ada"}] * 201
    directory.patch(f"Users/{Person.objects.get(email='ada@majorops.example').pk}", *many, expect=413)
    twin = {"schemas": [USER], "userName": "twin", "emails": [{"value": "\u0131da@majorops.example"}]}
    directory("POST", "Users", twin, expect=400)
    directory("GET", "Users?count=many", expect=400)


def test_a_stale_write_is_refused_and_what_is_unchanged_not_sent_again(directory: Directory) -> None:
    made = directory.user("ada@majorops.example")
    path, version = f"Users/{made['id']}", made["meta"]["version"]
    directory("GET", path, expect=304, if_none_match=version)
    body = {"schemas": [USER], "userName": "ada@majorops.example", "title": "Engineer"}
    changed = directory("PUT", path, body, if_match=version)
    assert changed["meta"]["version"] != version
    directory("PUT", path, body, expect=412, if_match=version)
    directory("DELETE", path, expect=412, if_match=version)


def test_errors_are_scims_own_and_only_a_usable_token_opens(
    directory: Directory, monkeypatch: pytest.MonkeyPatch
) -> None:
    administrator = Person.objects.in_group(GroupName.ADMINISTRATOR).get()
    signed_in, person = browser_of(administrator), a_token(administrator)
    session = signed_in.session
    session[OWED] = True
    session.save()
    for client in (Client(), signed_in, Client(headers={"Authorization": f"Bearer {person}"})):
        for path in ("Users", "Users/1", "Schemas", "nowhere", "nowhere/"):
            answer = client.get(f"/scim/v2/{path}")
            assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "Bearer")
            assert (answer["Content-Type"], answer.json()["schemas"]) == ("application/scim+json", [ERROR])
    for method, path, body, expect in (
        ("GET", "nowhere", None, 404),
        ("GET", "Users/1%00", None, 400),
        ("POST", "Bulk", {}, 501),
        ("POST", "Users/.search", {}, 501),
        ("DELETE", "Users", None, 405),
        ("POST", "Users", [], 400),
        ("POST", "Users", {"schemas": [USER], "userName": "\x00"}, 400),
        ("GET", "Schemas?filter=id eq 1", None, 403),
        ("PUT", "Users/0", {"schemas": [USER], "userName": "a@b.example"}, 404),
    ):
        directory(method, path, body, expect=expect)
    assert json.loads(Client().get("/scim/").content)["status"] == "404"
    too_long = {
        "schemas": [USER],
        "userName": "a@b.example",
        "displayName": "A",
        "name": {"givenName": "a" * 300},
    }
    assert "At most 254 characters" in directory("POST", "Users", too_long, expect=400)["detail"]
    nested = directory.client.generic(
        "POST", "/scim/v2/Users", '{"a":' * 950 + "1" + "}" * 950, content_type="application/scim+json"
    )
    assert nested.status_code == 400, nested.content
    monkeypatch.setattr(DirectoryThrottle, "THROTTLE_RATES", {"scim": "1/hour"})
    directory("GET", "Schemas", expect=429)
    monkeypatch.undo()
    revoke_scim_token("harbour id", now=clock.now())
    directory("GET", "Users", expect=401)


def test_tokens_are_made_and_revoked_by_command(db: None, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("create_scim_token", "Harbour ID")
    directory = Directory(capsys.readouterr().out.strip())
    directory("GET", "ServiceProviderConfig")
    with pytest.raises(CommandError, match="Revoke it first"):
        call_command("create_scim_token", "harbour ID")
    with pytest.raises(CommandError, match="There is “Harbour ID”"):
        call_command("revoke_scim_token", "Another")
    call_command("revoke_scim_token", "Harbour ID")
    directory("GET", "ServiceProviderConfig", expect=401)
    verbs = AuditEntry.objects.filter(subject_type="scim.scimtoken").values_list("verb", flat=True)
    assert sorted(verbs) == ["issued", "revoked"]
