"""People as administrators keep them: addresses, the manager tree, and that somebody stays who can."""

import importlib

import pytest
from django.contrib import admin
from django.core.management.base import CommandError
from django.db import connection
from django.http import HttpResponse
from django.test import Client

from incidents.models import Service, Vendor
from majorops.people.groups import GroupName
from majorops.people.models import Person, Team
from tests.changed_rows import last_entry
from tests.factories.people import PASSWORD, a_person, a_token, an_administrator

pytestmark = pytest.mark.django_db
PEOPLE = "/django-admin/people/person/"


@pytest.fixture
def administrator() -> Person:
    return an_administrator()


@pytest.fixture
def staff(administrator: Person) -> Client:
    client = Client()
    client.force_login(administrator)
    return client


def form_of(person: Person, **said: object) -> dict[str, object]:
    """What the page sends for a person, with something changed."""
    kept = {
        "full_name": person.full_name,
        "email": person.email,
        "time_zone": person.time_zone,
        "manager": person.manager_id or "",
        "is_active": "on",
        "groups": list(person.groups.values_list("pk", flat=True)),
    }
    return {name: value for name, value in {**kept, **said}.items() if value not in (None, "")}


def change(staff: Client, person: Person, **said: object) -> HttpResponse:
    return staff.post(f"{PEOPLE}{person.pk}/change/", form_of(person, **said))


def test_an_account_needs_an_address_and_the_page_says_so(staff: Client) -> None:
    answer = staff.post(f"{PEOPLE}add/", {"full_name": "Bo Adler", "time_zone": "UTC", "email": ""})
    assert answer.status_code == 200
    assert "its person signs in with it" in answer.content.decode()
    assert not Person.objects.filter(full_name="Bo Adler").exists()


def test_one_address_is_one_account_in_whatever_letters(staff: Client) -> None:
    said = {"full_name": "Bo Adler", "time_zone": "UTC", "is_active": "on"}
    assert staff.post(f"{PEOPLE}add/", {**said, "email": "Bo@Corp.example"}).status_code == 302
    again = staff.post(f"{PEOPLE}add/", {**said, "full_name": "Bo Two", "email": "bo@corp.EXAMPLE"})
    assert "Bo Adler has this address already" in again.content.decode()
    [person] = Person.objects.filter(email__iexact="bo@corp.example")
    person.set_password(PASSWORD)
    person.save()
    visitor = Client(REMOTE_ADDR="198.51.100.77")
    visitor.post("/accounts/login/", {"login": "BO@corp.example", "password": PASSWORD})
    assert visitor.get("/").status_code == 200


HOSTILE = ("\u202eada", "Ad\u200ba", "Ada\u2066", "Ada\x07", "\u3164", "Ada\U000e0041", "A\u200da", "A" * 300)


@pytest.mark.parametrize("name", HOSTILE, ids=ascii)
def test_no_name_is_kept_that_shows_as_another_or_as_nothing(staff: Client, name: str) -> None:
    said = {"time_zone": "UTC", "email": "ada@corp.example", "full_name": name, "version": 1}
    for place in ("people/person", "people/team", "incidents/service", "incidents/vendor"):
        answer = staff.post(f"/django-admin/{place}/add/", {**said, "name": name})
        assert answer.status_code == 200, place
    contract = staff.post("/vendors/new/", {"name": name, "representative_name": name})
    assert contract.status_code == 422
    for model in (Team, Service, Vendor):
        assert not model.objects.exists()
    assert not Person.objects.filter(email="ada@corp.example").exists()


def test_names_of_every_script_are_kept(staff: Client) -> None:
    for number, name in enumerate(("علی\u200cرضا", "ක්\u200dෂ", "O'Neil-Łukasz", "Ada  Moreau")):
        said = {"full_name": name, "time_zone": "UTC", "email": f"n{number}@corp.example"}
        assert staff.post(f"{PEOPLE}add/", said).status_code == 302, name
    assert Person.objects.filter(full_name="Ada Moreau").exists()


def test_the_manager_tree_has_no_cycle_on_the_page(staff: Client) -> None:
    above = a_person("Ida Above")
    middle = a_person("Max Middle", manager=above)
    below = a_person("Bea Below", manager=middle)
    answer = change(staff, above, manager=below.pk)
    assert "Bea Below reports to Ida Above" in answer.content.decode().replace("&quot;", '"')
    assert "their own manager" in change(staff, above, manager=above.pk).content.decode()
    above.refresh_from_db()
    assert above.manager is None
    assert change(staff, below, manager=above.pk).status_code == 302


def test_the_last_administrator_is_neither_disabled_nor_taken_out_of_the_group(
    staff: Client, administrator: Person
) -> None:
    for said in ({"is_active": ""}, {"groups": ""}):
        answer = change(staff, administrator, **said)
        assert "is the last administrator" in answer.content.decode()
    administrator.refresh_from_db()
    assert administrator.is_active
    assert administrator.groups.filter(name=GroupName.ADMINISTRATOR).exists()
    other = an_administrator("Zoe Second")
    a_token(other)
    assert change(staff, other, is_active="").status_code == 302
    assert last_entry("disabled") == (administrator, {"is_active": [True, False]})
    assert last_entry("revoked")[0] == administrator
    assert change(staff, other, groups="").status_code == 302
    assert last_entry("changed the groups of") == (administrator, {"groups": [["Administrator"], []]})
    # A disabled one is no second.
    assert "is the last administrator" in change(staff, administrator, is_active="").content.decode()
    # Nor does the group go under another name: without it nobody administers.
    assert staff.get("/django-admin/auth/group/").status_code == 404


@pytest.mark.parametrize(("kind", "more"), [("service", {}), ("vendor", {"taken_in": "on"})])
def test_a_service_and_a_vendor_are_one_in_whatever_letters(
    staff: Client, kind: str, more: dict[str, str]
) -> None:
    add = f"/django-admin/incidents/{kind}/add/"
    assert staff.post(add, {"name": "Card payments", **more}).status_code == 302
    again = staff.post(add, {"name": "card  PAYMENTS", **more})
    assert f"There is a {kind} called Card payments already" in again.content.decode()


def test_lists_are_asked_by_nothing_but_their_filters(staff: Client) -> None:
    sites = {model._meta.label_lower.replace(".", "/") for model in admin.site._registry}
    assert len(sites) == 5
    for site in sites:
        assert staff.get(f"/django-admin/{site}/").status_code == 200, site
        assert staff.get(f"/django-admin/{site}/?id__gte=0").status_code == 400, site
    guesses = (
        "password__startswith=pbkdf2",
        "groups__name=x",
        "manager__password__gt=a",
        "team__members__password=x",
    )
    for guess in guesses:
        assert staff.get(f"{PEOPLE}?{guess}").status_code == 400, guess
    for offered in ("is_active__exact=1", "groups__id__exact=1", "team__isnull=True", "q=anselm"):
        assert staff.get(f"{PEOPLE}?{offered}").status_code == 200, offered
    for offered in ("set_aside=yes", "state__exact=met"):
        assert staff.get(f"/django-admin/afteractions/obligation/?{offered}").status_code == 200, offered


class Doubles:
    """The accounts of a database that is older than the rule."""

    def get_model(self, app: str, model: str) -> type[Person]:
        return Person


def test_addresses_of_older_accounts_are_written_small_and_two_of_one_stop_the_upgrade() -> None:
    migration = importlib.import_module("majorops.people.migrations.0004_addresses_in_small_letters")
    one = a_person(email="one@corp.example")
    Person.objects.filter(pk=one.pk).update(email="One@Corp.example")
    migration.write_small(Doubles(), None)
    one.refresh_from_db()
    assert one.email == "one@corp.example"
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMP TABLE people_person (id bigint, email text, full_name text)")
        cursor.execute("INSERT INTO people_person VALUES (1, 'One@corp.example'), (2, 'one@Corp.example')")
        with pytest.raises(CommandError, match=r"one@corp\.example"):
            migration.write_small(Doubles(), None)
