"""The recipes of the people, teams and services that an administrator keeps."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from allauth.mfa.models import Authenticator
from playwright.sync_api import Page, expect

from afteractions.demonstration.people import address
from incidents.models import Service
from majorops import clock
from majorops.audit.models import AuditEntry
from majorops.people.models import ApiToken, BrowserSession, Person, Team
from tests.browser.controls.account_recipes import has_a_second_factor, signed_in_elsewhere
from tests.browser.controls.recipes import Recipe, noticed, page_at

CSV = Path(__file__).parent / "people.csv"


def on_page(name: str, does: str, path: str, place: str, **said: Any) -> Recipe:
    return Recipe(does, "admin", page_at(f"/administration/{path}"), _form(place), name, **said)


def of_person(name: str, does: str, place: str, key: str = "engineer", **said: Any) -> Recipe:
    def at() -> str:
        return f"/administration/people/{Person.objects.get(email=address(key)).pk}/"

    return Recipe(does, "admin", at, _form(place), name, **said)


def of_row(name: str, does: str, row: Callable[[], Any], place: str, path: str, **said: Any) -> Recipe:
    return Recipe(does, "admin", lambda: f"/administration/{path}/{row().pk}/", _form(place), name, **said)


def _form(place: str) -> str:
    template, _, number = place.partition(" ")
    return f"afteractions/administration/{template}.html form {number or 1}"


def fact(key: str, name: str) -> Callable[[], object]:
    return lambda: list(Person.objects.filter(email=address(key)).values_list(name))


def sessions_of(key: str) -> Callable[[], object]:
    return lambda: BrowserSession.objects.filter(person__email=address(key), ended_at__isnull=True).count()


def has_a_token() -> None:
    person = Person.objects.get(email=address("engineer"))
    ApiToken.issue(person, name="Weekly report", at=clock.now())


def looks_at_the_file(page: Page) -> None:
    page.locator("[name=file]").set_input_files(CSV)
    page.locator("main form.form [type=submit]").click()
    page.locator("[name=content]").wait_for(state="attached")


def a_team() -> Team:
    return Team.objects.get_or_create(name="Night shift")[0]


def a_service() -> Service:
    return Service.objects.get_or_create(name="Left luggage", defaults={"taken_in": True})[0]


PEOPLE = (
    on_page(
        "directory",
        "filters the people",
        "people/",
        "people",
        good={"search": "narayan"},
        seen=lambda page: expect(page.locator(".row-title")).to_have_count(1),
    ),
    on_page(
        "new_person",
        "adds a person",
        "people/new/",
        "new_person",
        needs="name",
        good={"name": "Nils Next", "email": "nils@corp.example", "time_zone": "Europe/Oslo"},
        kept=lambda: Person.objects.filter(email="nils@corp.example").count(),
        seen=noticed("is added"),
    ),
    on_page(
        "import_people",
        "looks at a file of people",
        "people/import/",
        "import_people",
        needs="file",
        good={"file": CSV},
        seen="Nothing is changed yet",
    ),
    on_page(
        "import_people",
        "takes people in from a file",
        "people/import/",
        "preview",
        before=lambda: None,
        opens=[looks_at_the_file],
        kept=lambda: Person.objects.filter(email="noa@corp.example").count(),
        seen=noticed("1 added"),
    ),
    of_person(
        "person",
        "changes a person",
        "person",
        needs="name",
        good={"name": "Priya Narayan", "email": address("engineer"), "time_zone": "UTC"},
        kept=fact("engineer", "full_name"),
        seen=noticed("Saved"),
    ),
    of_person(
        "end_persons_session",
        "signs somebody out",
        "person 2",
        before=lambda: signed_in_elsewhere("engineer"),
        kept=sessions_of("engineer"),
        seen=noticed("is signed out"),
    ),
    of_person(
        "end_persons_token",
        "revokes a token of somebody",
        "person 3",
        before=has_a_token,
        kept=lambda: ApiToken.objects.filter(revoked_at__isnull=True).count(),
        seen=noticed("is revoked"),
    ),
    of_person(
        "invite_person",
        "mails an invitation to a person",
        "person 4",
        kept=lambda: AuditEntry.objects.filter(verb="invited").count(),
        seen=noticed("on its way"),
    ),
    of_person("forget_tries", "lets somebody try again", "person 5", seen=noticed("can try to sign in")),
    of_person(
        "remove_second_factor",
        "takes the second factor of somebody away",
        "person 6",
        before=lambda: has_a_second_factor("engineer"),
        kept=lambda: Authenticator.objects.filter(user__email=address("engineer")).count(),
        seen=noticed("signs in without it"),
    ),
    of_person(
        "enable_person",
        "enables an account again",
        "person 7",
        key="former",
        kept=fact("former", "is_active"),
        seen=noticed("can sign in again"),
    ),
    of_person(
        "disable_person",
        "disables an account",
        "disable",
        key="former",
        before=lambda: Person.objects.filter(email=address("former")).update(is_active=True),
        opens=['[hx-get$="/disable/"]'],
        needs="hand_over_to",
        untouched=True,
        good={"hand_over_to": address("engineer")},
        kept=fact("former", "is_active"),
        seen=noticed("cannot sign in any more"),
    ),
)
TEAMS = (
    on_page(
        "teams",
        "adds a team",
        "teams/",
        "teams",
        needs="name",
        good={"name": "Day shift"},
        kept=lambda: Team.objects.count(),
        seen=noticed("is added"),
    ),
    of_row(
        "team",
        "renames a team",
        a_team,
        "team",
        "teams",
        needs="name",
        good={"name": "Late shift"},
        kept=lambda: Team.objects.filter(name="Late shift").count(),
        seen=noticed("Saved"),
    ),
    of_row(
        "delete_team",
        "deletes a team",
        a_team,
        "team 2",
        "teams",
        before=a_team,
        kept=lambda: Team.objects.filter(name="Night shift").count(),
        seen=noticed("is deleted"),
    ),
)
SERVICES = (
    on_page(
        "services",
        "adds a service",
        "services/",
        "services",
        needs="name",
        good={"name": "Ticket machines"},
        kept=lambda: Service.objects.count(),
        seen=noticed("is added"),
    ),
    on_page(
        "services",
        "looks for a service",
        "services/",
        "services 2",
        good={"search": "ticket"},
        seen=lambda page: expect(page.locator(".row-title")).to_have_count(1),
    ),
    of_row(
        "service",
        "renames a service",
        a_service,
        "service",
        "services",
        needs="name",
        good={"name": "Lost property"},
        kept=lambda: Service.objects.filter(name="Lost property").count(),
        seen=noticed("Saved"),
    ),
    of_row(
        "delete_service",
        "deletes a service",
        a_service,
        "service 2",
        "services",
        before=a_service,
        kept=lambda: Service.objects.filter(name="Left luggage").count(),
        seen=noticed("is deleted"),
    ),
)
ACCOUNTS = (*PEOPLE, *TEAMS, *SERVICES)
