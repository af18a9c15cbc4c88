"""People, teams and services kept over the API, and a company that moves in from one file."""

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.core import mail
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from incidents.models import Service
from incidents.operations.services import change_service
from majorops import clock
from majorops.audit.models import AuditEntry
from majorops.errors import VersionConflict
from majorops.notices.delivery.sending import deliver
from majorops.people.groups import GroupName
from majorops.people.models import Person, Team
from majorops.people.operations.accounts import change_person
from majorops.people.operations.teams import change_team
from tests.api.caller import ROOT, Caller, paths
from tests.changed_rows import last_entry
from tests.factories.people import a_mim, a_person, a_token, an_administrator

pytestmark = pytest.mark.django_db
HEADER = "email,name,manager,team,time_zone,groups\n"


def imported(caller: Caller, content: str | bytes, query: str = "") -> HttpResponse:
    return caller.client.post(f"{ROOT}people/import/{query}", content, content_type="text/csv")


def outcomes(answer: HttpResponse) -> list[tuple[int, str, str]]:
    assert answer.status_code == 200, answer.content.decode()
    return [(row["row"], row["outcome"], row["problem"] or "") for row in answer.json()["rows"]]


def test_the_groups_that_permissions_come_from_are_there_from_the_first_day(administrator: Caller) -> None:
    for group in GroupName:
        answer = administrator.get("people/", group=group.value)
        assert answer.status_code == 200
        made = administrator.made(
            "people/", {"email": f"{group.name}@corp.example", "name": "Ada Moreau", "groups": [group.value]}
        )
        assert made["groups"] == [group.value]


def test_a_person_is_added_read_changed_and_searched(administrator: Caller, responder: Caller) -> None:
    team = administrator.made("teams/", {"name": "Card  payments"})
    assert team["name"] == "Card payments"
    said = {
        "email": " Bo@Corp.example ", "name": "Bo Adler", "manager": responder.person.email,
        "team": "card PAYMENTS", "time_zone": "Europe/Berlin", "groups": ["MIM", "Auditor"],
    }  # fmt: skip
    made = administrator.post("people/", said)
    assert made.status_code == 201, made.content
    assert made.json() == {
        "person": "bo@corp.example", "email": "bo@corp.example", "name": "Bo Adler", "job_title": "",
        "team": "Card payments", "manager": responder.person.email, "time_zone": "Europe/Berlin",
        "groups": ["Auditor", "MIM"], "active": True,
    }  # fmt: skip
    assert last_entry("added")[1]["groups"] == [None, ["Auditor", "MIM"]]
    again = administrator.post("people/", {"email": "BO@corp.EXAMPLE", "name": "Bo Two"})
    assert (again.status_code, paths(again)) == (400, ["email"])
    assert "Bo Adler has this address already" in again.json()["detail"]
    read = responder.get("people/BO@corp.example/")
    assert read["ETag"] == made["ETag"]
    changed = administrator.patch(
        "people/bo@corp.example/", {"name": "Bo Berg", "manager": None, "groups": []}, match=read["ETag"]
    )
    assert changed.json() == {**made.json(), "name": "Bo Berg", "manager": None, "groups": []}
    assert last_entry("changed the groups of") == (
        administrator.person, {"groups": [["Auditor", "MIM"], []]}
    )  # fmt: skip
    assert set(last_entry("changed")[1]) == {"full_name", "manager"}
    stale = administrator.patch("people/bo@corp.example/", {"name": "Bo"}, match=read["ETag"])
    assert stale.status_code == 412
    for query, count in (
        ({"team": "CARD payments"}, 1), ({"search": "berg"}, 1), ({"search": "bo@corp"}, 1),
        ({"active": "false"}, 0), ({"group": "Administrator"}, 1), ({"team": "None such"}, 0),
    ):  # fmt: skip
        assert len(responder.get("people/", **query).json()["results"]) == count, query
    assert paths(responder.get("people/", group="Chefs")) == ["group"]
    assert paths(responder.get("people/", active="perhaps")) == ["active"]
    assert responder.get("people/nobody@corp.example/").status_code == 404
    assert responder.patch("people/bo@corp.example/", {"name": "Bo"}).status_code == 403


@pytest.mark.parametrize(
    ("said", "path"),
    [
        ({"email": "one,two@corp.example"}, "email"),
        ({"email": ""}, "email"),
        # A dotless i, a long s and a Kelvin sign: by their case the addresses of others.
        ({"email": "adm\u0131n@corp.example"}, "email"),
        ({"email": "vendor\u017f@corp.example"}, "email"),
        ({"email": "\u212aim@corp.example"}, "email"),
        ({"name": " "}, "name"),
        ({"name": "\u202eada"}, "name"),
        ({"time_zone": "Europe/Atlantis"}, "time_zone"),
        ({"team": "None such"}, "team"),
        ({"groups": ["Chefs"]}, "groups[0]"),
        ({"manager": "nobody@corp.example"}, "manager"),
        ({"full_name": "Bo"}, "full_name"),
    ],
)
def test_what_is_wrong_with_a_person_is_said_at_its_place(
    administrator: Caller, said: dict[str, Any], path: str
) -> None:
    answer = administrator.post("people/", {"email": "bo@corp.example", "name": "Bo Adler", **said})
    assert (answer.status_code, paths(answer)) == (400, [path])
    assert not Person.objects.filter(full_name="Bo Adler").exists()


def test_the_tree_has_no_cycle_and_the_last_administrator_stays(administrator: Caller) -> None:
    above = a_person("Ida Above")
    below = a_person("Bea Below", manager=above)
    refused = administrator.patch(f"people/{above.email}/", {"manager": below.email})
    assert (refused.status_code, paths(refused)) == (400, ["manager"])
    assert "Bea Below reports to Ida Above" in refused.json()["detail"]
    path = f"people/{administrator.person.email}/"
    for answer in (
        administrator.patch(path, {"groups": ["MIM"]}), administrator.post(f"{path}disable/", {"leave": True}),
    ):  # fmt: skip
        assert (answer.status_code, "is the last administrator" in answer.json()["detail"]) == (409, True)
    answer = imported(administrator, f"email,groups\n{administrator.person.email},MIM\n")
    assert "Nobody would be an administrator" in answer.json()["detail"]
    other = an_administrator("Zoe Second")
    # Invited, and never came: who knows whether she will.
    other.set_unusable_password()
    other.save()
    refused = administrator.patch(path, {"groups": ["MIM"]})
    assert (refused.status_code, "have never signed in" in refused.json()["detail"]) == (409, True)
    answer = imported(
        administrator, f"email,groups\n{administrator.person.email},MIM\n{other.email},Administrator\n"
    )
    assert "Nobody would be an administrator" in answer.json()["detail"]
    Person.objects.filter(pk=other.pk).update(last_login=clock.now())
    assert administrator.patch(path, {"groups": ["MIM"]}).status_code == 200


def test_who_leaves_hands_over_or_leaves_it_to_the_groups(administrator: Caller) -> None:
    leaver, heir = a_mim(), a_mim("Juno Vale")
    token = a_token(leaver)
    reference = Caller(leaver).made("incidents/", {"title": "Checkout fails", "severity": "high"})[
        "reference"
    ]
    Service.objects.create(name="Checkout", owner=leaver)
    Team.objects.create(name="Payments", lead=leaver)
    path = f"people/{leaver.email}/"
    asked = administrator.post(f"{path}disable/", {})
    assert asked.status_code == 409
    listed = {problem["path"]: problem["message"] for problem in asked.json()["errors"]}
    assert {"teams": "Payments", "services": "Checkout", "chairs": f"{reference} Checkout fails"}.items() <= (
        listed.items()
    )
    nobody = administrator.post(f"{path}disable/", {"hand_over_to": leaver.email})
    assert (nobody.status_code, paths(nobody)) == (400, ["hand_over_to"])
    assert Person.objects.get(pk=leaver.pk).is_active
    done = administrator.made(f"{path}disable/", {"hand_over_to": heir.email})
    assert (done["active"], done["handed_over"], done["left"]) == (False, 3, [])
    assert Service.objects.get().owner == Team.objects.get().lead == heir
    assert administrator.get(f"incidents/{reference}/").json()["mim"] == heir.email
    assert last_entry("disabled") == (administrator.person, {"is_active": [True, False]})
    stale = Client(headers={"Authorization": f"Bearer {token}"})
    assert stale.get(f"{ROOT}people/").status_code == 401
    enabled = administrator.made(f"{path}enable/")
    assert (enabled["active"], last_entry("enabled")[0]) == (True, administrator.person)
    # The tokens of before stay revoked.
    assert stale.get(f"{ROOT}people/").status_code == 401
    left = administrator.made(f"people/{heir.email}/disable/", {"leave": True})
    assert ("services", "Checkout") in {(row["kind"], row["label"]) for row in left["left"]}


def test_an_invitation_opens_once_within_a_day(administrator: Caller) -> None:
    now = clock.now()
    administrator.made("people/", {"email": "bo@corp.example", "name": "Bo Adler", "invite": True})
    assert last_entry("invited")[0] == administrator.person
    deliver(now=clock.now())
    [message] = [each for each in mail.outbox if each.to == ["bo@corp.example"]]
    [link] = re.findall(rf"{settings.SITE_URL}(\S+)", str(message.body))
    browser = Client()
    chosen = "a-new-password-for-bo"
    with time_machine.travel(now + timedelta(hours=25), tick=False):
        assert "password1" not in browser.get(link, follow=True).content.decode()
    form = browser.get(link, follow=True)
    browser.post(form.request["PATH_INFO"], {"password1": chosen, "password2": chosen})
    signed_in = Client()
    signed_in.post("/accounts/login/", {"login": "bo@corp.example", "password": chosen})
    assert signed_in.get("/").status_code == 200
    assert "password1" not in Client().get(link, follow=True).content.decode()
    administrator.made("people/bo@corp.example/invite/")
    deliver(now=clock.now())
    [again] = re.findall(rf"{settings.SITE_URL}(\S+)", str(mail.outbox[-1].body))
    assert "password1" in Client().get(again, follow=True).content.decode()
    administrator.made("people/bo@corp.example/disable/", {})
    assert "password1" not in Client().get(again, follow=True).content.decode()
    assert administrator.post("people/bo@corp.example/invite/").status_code == 409


def test_a_file_of_people_is_looked_at_first_and_taken_in_whole(administrator: Caller) -> None:
    known = a_person("Ada Moreau", email="ada@corp.example", groups=[GroupName.MIM])
    content = (
        f"\ufeff{HEADER}"
        "bea@corp.example,Bea Below,ida@corp.example,Payments,Europe/Berlin,MIM;auditor\n"
        "ida@corp.example,Ida Above,,payments,,\n"
        ",,,,,\n"
        "ADA@corp.example,,ida@corp.example,,,\n"
    )
    preview = imported(administrator, content, "?preview=true")
    assert outcomes(preview) == [(1, "new", ""), (2, "new", ""), (4, "changed", "")]
    assert [row["note"] for row in preview.json()["rows"]] == ["Makes the team “Payments”.", None, None]
    assert not Person.objects.filter(email="bea@corp.example").exists()
    assert not Team.objects.exists()
    assert outcomes(imported(administrator, content)) == outcomes(preview)
    bea = administrator.get("people/bea@corp.example/").json()
    assert (bea["manager"], bea["team"], bea["time_zone"], bea["groups"]) == (
        "ida@corp.example", "Payments", "Europe/Berlin", ["Auditor", "MIM"],
    )  # fmt: skip
    ada = administrator.get("people/ada@corp.example/").json()
    # An empty cell leaves what is there.
    assert (ada["name"], ada["manager"], ada["groups"]) == (known.full_name, "ida@corp.example", ["MIM"])
    # Whoever sends it as the file of a form gets the same, and twice is once.
    file = SimpleUploadedFile("people.csv", content.encode(), content_type="text/csv")
    form = administrator.client.post(f"{ROOT}people/import/", {"file": file})
    assert {outcome for _, outcome, _ in outcomes(form)} == {"same"}
    verbs = AuditEntry.objects.filter(by=administrator.person).values_list("verb", "subject_label")
    assert set(verbs) == {
        ("added", "Payments"), ("added", "Bea Below"), ("added", "Ida Above"), ("changed", "Ada Moreau"),
    }  # fmt: skip


def test_the_refused_rows_of_a_file_are_named_and_nothing_of_it_is_kept(administrator: Caller) -> None:
    gone = a_person("Gone Before", email="gone@corp.example", is_active=False)
    top = a_person("Tom Top", email="top@corp.example")
    rows = {
        "a@corp.example,A,b@corp.example,,,": "cycle: a@corp.example → b@corp.example → a@corp.example",
        "b@corp.example,B,a@corp.example,,,": "cycle",
        "top@corp.example,,mid@corp.example,,,": "cycle",
        "mid@corp.example,Mid,top@corp.example,,,": "cycle",
        "c@corp.example,C,c@corp.example,,,": "their own manager",
        "C@corp.example,C again,,,,": "Row 5 has this address already",
        "d@corp.example,,,,,": "needs a name",
        "one two,E,,,,": "not an e-mail address",
        "f@corp.example,F,nobody@corp.example,,,": "neither known nor in this file",
        "g@corp.example,G,,,Europe/Atlantis,": "not an IANA time zone",
        "h@corp.example,H,,,,Chefs": "no group “Chefs”",
        f"k@corp.example,K,,,,{'Cooks;' * 9_999}Cooks": "no group “Cooks”",
        "i@corp.example,I,gone@corp.example,,,": "Gone Before cannot sign in",
        "j@corp.example,J,,,,,MIM": "more cells than columns",
        "fine@corp.example,Fine,top@corp.example,New team,,": "",
    }
    content = HEADER + "\n".join(rows)
    preview = outcomes(imported(administrator, content, "?preview=true"))
    for (number, outcome, problem), said in zip(preview, rows.values(), strict=True):
        assert said in problem, (number, problem)
        assert len(problem) < 500
        assert outcome == ("refused" if said else "new")
    people = Person.objects.count()
    refused = imported(administrator, content)
    assert (refused.status_code, len(refused.json()["errors"])) == (400, len(rows) - 1)
    assert paths(refused)[:2] == ["rows[1]", "rows[2]"]
    assert (Person.objects.count(), Team.objects.count()) == (people, 0)
    assert {top.manager, gone.manager} == {None}


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("name\nAda\n", "no column “email”"),
        ("email,nmae\na@corp.example,A\n", "Did you mean name?"),
        ("email,email\n", "there twice"),
        ("email" + ",x" * 100_000, "at most 20 columns"),
        ("", "No file"),
        (b"email,name\na@corp.example,\xe4\n", "not UTF-8"),
        ("email,name\na@corp.example,A\0\n", "NUL"),
        ('email,name\na@corp.example,"' + "A" * 200_000, "not CSV"),
    ],
)
def test_what_is_no_file_of_people_is_refused_in_words(
    administrator: Caller, content: str | bytes, sentence: str
) -> None:
    answer = imported(administrator, content, "?preview=true")
    assert (answer.status_code, paths(answer)[0]) == (400, "file")
    assert sentence in answer.json()["detail"]


def company(count: int, prefix: str) -> str:
    """A file of `count` people, each before their manager, in teams of ten."""
    rows = [
        f"{prefix}{n}@corp.example,Person {n},{prefix}{n // 10}@corp.example,Team {n // 10},UTC,Auditor;MIM"
        for n in range(count - 1, 0, -1)
    ]
    return "\n".join([HEADER.strip(), *rows, f"{prefix}0@corp.example,The First,,,UTC,"])


def test_a_company_of_500_moves_in_by_as_many_statements_as_one_of_20(administrator: Caller) -> None:
    imported(administrator, HEADER)
    costs = []
    for count, prefix in ((20, "small"), (500, "large")):
        began = clock.now()
        with CaptureQueriesContext(connection) as captured:
            assert {
                outcome for _, outcome, _ in outcomes(imported(administrator, company(count, prefix)))
            } == {"new"}
        assert clock.now() - began < timedelta(seconds=5)
        costs.append(len(captured))
    assert costs[0] == costs[1] < 40
    # The tree turned upside down and back: no cycle on the way from the one to the other.
    a_person("Adam Top", email="admin@corp.example")
    for above, below in (("large1", "large0"), ("large0", "large1")):
        turned = f"{above}@corp.example,admin@corp.example\n{below}@corp.example,{above}@corp.example\n"
        answer = imported(administrator, f"email,manager\n{turned}")
        assert [outcome for _, outcome, _ in outcomes(answer)] == ["changed", "changed"]
        assert administrator.get(f"people/{below}@corp.example/").json()["manager"] == f"{above}@corp.example"


def test_teams_are_one_by_name_and_go_when_nothing_refers_to_them(
    administrator: Caller, responder: Caller
) -> None:
    team = administrator.made("teams/", {"name": "Payments", "lead": responder.person.email})
    path = f"teams/{team['id']}/"
    double = administrator.post("teams/", {"name": " payments "})
    assert (double.status_code, paths(double)) == (400, ["name"])
    read = responder.get(path)
    assert read.json() == {"id": team["id"], "name": "Payments", "lead": responder.person.email}
    changed = administrator.patch(path, {"name": "PAYMENTS", "lead": None}, match=read["ETag"])
    assert changed.json() == {"id": team["id"], "name": "PAYMENTS", "lead": None}
    assert administrator.patch(path, {"name": "X"}, match=read["ETag"]).status_code == 412
    administrator.patch(f"people/{responder.person.email}/", {"team": "payments"})
    kept = administrator.client.delete(ROOT + path)
    assert (kept.status_code, "1 person belongs to PAYMENTS" in kept.json()["detail"]) == (409, True)
    administrator.patch(f"people/{responder.person.email}/", {"team": None})
    assert responder.client.delete(ROOT + path).status_code == 403
    stale = administrator.client.delete(ROOT + path, headers={"If-Match": read["ETag"]})
    assert stale.status_code == 412
    assert administrator.client.delete(ROOT + path).status_code == 204
    assert administrator.get(path).status_code == 404
    assert last_entry("removed") == (administrator.person, {"name": ["PAYMENTS", None]})


def test_services_are_one_by_name_and_go_when_no_incident_speaks_of_them(
    administrator: Caller, responder: Caller
) -> None:
    service = administrator.made("services/", {"name": "Checkout", "owner": responder.person.email})
    path = f"services/{service['id']}/"
    double = administrator.post("services/", {"name": "CHECK OUT"})
    assert double.status_code == 201
    double = administrator.post("services/", {"name": " checkout"})
    assert (double.status_code, paths(double)) == (400, ["name"])
    read = responder.get(path)
    changed = administrator.patch(path, {"owner": None, "name": "Check-out"}, match=read["ETag"])
    assert changed.json() == {"id": service["id"], "name": "Check-out", "owner": None, "team": None}
    assert administrator.patch(path, {"name": "X"}, match=read["ETag"]).status_code == 412
    assert last_entry("changed")[1]["name"] == ["Checkout", "Check-out"]
    assert [row["name"] for row in responder.get("services/", search="check").json()["results"]] == [
        "CHECK OUT", "Check-out",
    ]  # fmt: skip
    responder.made("incidents/", {"title": "Down", "severity": "low", "services": ["check-out"]})
    assert administrator.client.delete(ROOT + path).status_code == 409
    assert responder.post("services/", {"name": "Another"}).status_code == 403


def test_whoever_was_overtaken_while_they_waited_for_the_lock_changes_nothing(administrator: Caller) -> None:
    said: Any = {"version": "read before", "by": administrator.person, "now": clock.now()}
    for overtaken in (
        lambda: change_person(administrator.person, {"name": "Another"}, **said),
        lambda: change_team(Team.objects.create(name="Payments"), {"name": "Another"}, **said),
        lambda: change_service(Service.objects.create(name="Checkout"), {"name": "Another"}, **said),
    ):
        with pytest.raises(VersionConflict):
            overtaken()


def test_a_service_of_a_restricted_incident_is_told_by_no_call(mim: Caller, administrator: Caller) -> None:
    hidden = {"title": "Breach", "severity": "low", "restricted": True, "services": ["Vault of keys"]}
    mim.made("incidents/", hidden)
    path = f"services/{Service.objects.get().pk}/"
    assert administrator.get("services/", search="vault").json()["results"] == []
    assert administrator.get(path).status_code == 404
    named, new = (administrator.post("services/", {"name": name}) for name in ("vault of KEYS", "Lake"))
    told = [{**answer.json(), "id": 0, "name": ""} for answer in (named, new)]
    assert (named.status_code, told[0]) == (new.status_code, told[1])
    assert administrator.get(path).status_code == 200
    assert administrator.client.delete(ROOT + path).status_code == 204
    assert administrator.get(path).status_code == 404
    assert mim.get(path).status_code == 200
