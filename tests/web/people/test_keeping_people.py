"""People, teams and services as an administrator keeps them by clicking."""

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from incidents.models import Service
from majorops.notices.models import Notice
from majorops.people.groups import GroupName
from majorops.people.models import ApiToken, Person, Team
from tests.changed_rows import last_entry
from tests.factories.incidents import an_incident
from tests.factories.people import a_mim, a_person, a_token, an_administrator
from tests.web.browsing import browser_of

pytestmark = pytest.mark.django_db
PEOPLE = "/administration/people/"


@pytest.fixture
def administrator() -> Person:
    return an_administrator()


@pytest.fixture
def staff(administrator: Person) -> Client:
    return browser_of(administrator)


def text(answer: HttpResponse) -> str:
    return answer.content.decode()


def a_file(people: int) -> str:
    """A company: one above all, the others below one another, the first of them a MIM."""
    rows = ["email,name,manager,team,time_zone,groups"]
    for number in range(people):
        manager = f"p{(number - 1) // 8}@corp.example" if number else ""
        group = "MIM;Communications" if number == 1 else ""
        rows.append(
            f"p{number}@corp.example,Person {number},{manager},Team {number % 9},Europe/Berlin,{group}"
        )
    return "\n".join(rows)


def look_at(staff: Client, content: str) -> HttpResponse:
    file = SimpleUploadedFile("people.csv", content.encode("utf-8-sig"), "text/csv")
    return staff.post(f"{PEOPLE}import/", {"file": file})


def test_a_company_is_looked_at_first_and_then_taken_in_and_invited(staff: Client) -> None:
    preview = look_at(staff, a_file(60))
    assert "60 new, 0 changed, 0 same, 0 refused. Nothing is changed yet." in text(preview)
    assert "MIM, Communications" in text(preview) or "Communications, MIM" in text(preview)
    assert "Mail reaches nobody yet" in text(preview)
    assert 'id="invited" checked' not in text(preview)
    assert Person.objects.count() == 1
    sent = {"content": preview.context["content"], "invited": "on"}
    taken = staff.post(f"{PEOPLE}import/", sent, follow=True)
    assert "60 added, 0 changed. 60 invitations are on the way." in text(taken)
    assert Person.objects.get(email="p9@corp.example").manager == Person.objects.get(email="p1@corp.example")
    assert Notice.objects.filter(subject__contains="set a password", channel="mail").count() == 60
    assert Person.objects.in_group(GroupName.MIM).get().email == "p1@corp.example"
    again = look_at(staff, a_file(60).replace("Person 7,", "Person Seven,"))
    assert "0 new, 1 changed, 59 same" in text(again)
    assert "<ins>Person Seven</ins>" in text(again)
    for refused in ("email,name\nnew9@b.example,", "", "name\nAda"):
        answer = staff.post(f"{PEOPLE}import/", {"content": refused}, follow=True)
        assert answer.status_code in (200, 422), refused
        assert "notice-error" in text(answer)
    moved = text(look_at(staff, "email,groups\np1@corp.example,Administrator;MIM"))
    assert "<del>Communications, MIM</del> <ins>Administrator, MIM</ins>" in moved
    wrong = look_at(staff, a_file(2) + "\nno-address,Nobody,,,,")
    assert "1 row refused: nothing can be imported yet" in text(wrong)
    assert 'name="content"' not in text(wrong)
    assert look_at(staff, "name\nAda").status_code == 422
    index = text(staff.get("/administration/"))
    assert index.count('class="chip tone-green"') >= 2


def test_people_are_found_by_name_team_group_and_account_in_as_many_statements(staff: Client) -> None:
    team = Team.objects.create(name="Night shift")
    for number in range(55):
        a_person(f"Nora {number:02}", team=team)
    gone = a_person("Nora Gone", is_active=False)
    mim = a_mim()
    page = text(staff.get(f"{PEOPLE}?search=nora&active=yes&team=Night+shift"))
    assert page.count('class="row-title"') == 50
    assert gone.full_name not in page
    following = re.search(r'rel="next" href="([^"]+)"', page)
    assert following
    assert text(staff.get(PEOPLE + following[1].replace("&amp;", "&"))).count('class="row-title"') == 5
    assert mim.full_name in text(staff.get(f"{PEOPLE}?group=MIM"))
    assert text(staff.get(f"{PEOPLE}?active=no")).count('class="row-title"') == 1
    assert "Nobody matches" in text(staff.get(f"{PEOPLE}?search=zzz"))
    counts = []
    for filters in ("?search=nora", "?search=gone"):
        with CaptureQueriesContext(
            connection,
        ) as asked:
            staff.get(PEOPLE + filters)
        counts.append(len(asked))
    assert counts[0] == counts[1] <= 12


def form_of(staff: Client, person: Person, **said: Any) -> dict[str, Any]:
    """What the page sends back, with something changed."""
    initial = staff.get(f"{PEOPLE}{person.pk}/").context["form"].initial
    return {name: value for name, value in {**initial, **said}.items() if value is not None}


def test_a_person_is_added_changed_and_refused_in_words(staff: Client, administrator: Person) -> None:
    team = Team.objects.create(name="Payments")
    said = {"name": "Nils Next", "email": "Nils@Corp.example", "time_zone": "Europe/Oslo", "invited": "on"}
    added = staff.post(f"{PEOPLE}new/", {**said, "manager": administrator.email, "team": team.pk})
    nils = Person.objects.get(email="nils@corp.example")
    assert added["Location"] == f"{PEOPLE}{nils.pk}/"
    assert (nils.manager, nils.team) == (administrator, team)
    assert "Invite again" in text(staff.get(f"{PEOPLE}{nils.pk}/"))
    again = staff.post(f"{PEOPLE}new/", {**said, "name": "Other"})
    assert (again.status_code, "has this address already" in text(again)) == (422, True)
    assert 'value="Other"' in text(again)
    cycle = staff.post(f"{PEOPLE}{administrator.pk}/", form_of(staff, administrator, manager=nils.email))
    assert "reports to" in text(cycle)
    assert 'id="id_manager_error"' in text(cycle)
    last = staff.post(f"{PEOPLE}{administrator.pk}/", form_of(staff, administrator, groups=[]))
    assert "is the last administrator" in text(last)
    stale = form_of(staff, nils)
    sent = form_of(staff, nils, name="Nils Berg", email="nils.berg@corp.example", groups=["MIM"])
    assert staff.post(f"{PEOPLE}{nils.pk}/", sent).status_code == 302
    nils = Person.objects.get(pk=nils.pk)
    assert (nils.full_name, nils.email, nils.is_in(GroupName.MIM)) == (
        "Nils Berg",
        "nils.berg@corp.example",
        True,
    )
    assert last_entry("changed the address of")[0] == administrator
    assert staff.post(f"{PEOPLE}{nils.pk}/", stale).status_code == 412


def test_whoever_leaves_hands_over_or_leaves_it_in_one_dialog(staff: Client, administrator: Person) -> None:
    leaver, heir = a_person("Lea Leaver"), a_person("Hal Heir")
    Service.objects.create(name="Ticket machines", owner=leaver, taken_in=True)
    Team.objects.create(name="Payments", lead=leaver)
    browser = browser_of(leaver)
    a_token(leaver)
    browser.get("/")
    page = text(staff.get(f"{PEOPLE}{leaver.pk}/"))
    assert "Disable…" in page
    way = f"{PEOPLE}{leaver.pk}/disable/"
    asked = text(staff.get(way))
    assert "2 things are theirs" in asked
    assert "Payments" in asked
    unsaid = staff.post(way, {"hand_over_to": ""})
    assert (unsaid.status_code, "Say who takes over" in text(unsaid)) == (422, True)
    done = staff.post(way, {"hand_over_to": heir.email}, follow=True)
    assert "2 things handed over" in text(done)
    assert Service.objects.get().owner == Team.objects.get().lead == heir
    assert browser.get("/").status_code == 302
    assert not ApiToken.objects.filter(person=leaver, revoked_at__isnull=True).exists()
    assert "is the last administrator" in text(staff.post(f"{PEOPLE}{administrator.pk}/disable/", {}))
    staff.post(f"{PEOPLE}{leaver.pk}/enable/")
    assert Person.objects.get(pk=leaver.pk).is_active


def test_sessions_and_tokens_of_somebody_are_ended_by_an_administrator(
    staff: Client, administrator: Person
) -> None:
    person = a_person("Sam Session")
    browser = browser_of(person)
    browser.get("/")
    a_token(person)
    page = text(staff.get(f"{PEOPLE}{person.pk}/"))
    [session] = re.findall(rf"{PEOPLE}{person.pk}/sessions/\d+/end/", page)
    [token] = re.findall(rf"{PEOPLE}{person.pk}/tokens/\d+/revoke/", page)
    assert staff.post(session).status_code == staff.post(token).status_code == 302
    assert browser.get("/").status_code == 302
    assert last_entry("ended a session of")[0] == last_entry("revoked")[0] == administrator
    assert staff.post(session.replace(str(person.pk), str(administrator.pk), 1)).status_code == 404


def test_teams_and_services_are_kept_and_go_where_nothing_refers_to_them(staff: Client) -> None:
    lead = a_person("Tea Lead")
    for place, field in (("teams", "lead"), ("services", "owner")):
        path = f"/administration/{place}/"
        assert staff.post(path, {"name": "Payments", field: lead.email}).status_code == 302
        assert "already" in text(staff.post(path, {"name": "PAYMENTS "}))
    team, service = Team.objects.get(), Service.objects.get()
    assert (team.lead, service.owner) == (lead, lead)
    staff.post(
        f"/administration/services/{service.pk}/", {"name": "Cards", "owner": lead.email, "team": team.pk}
    )
    kept = staff.post(f"/administration/teams/{team.pk}/delete/")
    assert "1 service belongs to Payments" in text(kept)
    an_incident(services=["Cards"])
    assert "Incidents speak of Cards" in text(staff.post(f"/administration/services/{service.pk}/delete/"))
    staff.post("/administration/services/", {"name": "Nothing"})
    nothing = Service.objects.get(name="Nothing")
    staff.post(f"/administration/services/{nothing.pk}/delete/")
    assert not Service.objects.filter(name="Nothing").exists()
