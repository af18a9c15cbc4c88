"""The recipes of the administration: people, teams, services, sign-in, mail, what was set aside."""

import re
from typing import Any

from django.conf import settings
from django.db import connection
from playwright.sync_api import expect

from afteractions.models import Obligation
from majorops import clock
from majorops.people.models import Organisation, Person
from majorops.people.operations.setup import new_setup_address
from tests.browser.controls.people_recipes import ACCOUNTS
from tests.browser.controls.recipes import Recipe, in_world, noticed, page_at
from tests.services import services


def administration(name: str, does: str, path: str, place: str, **said: Any) -> Recipe:
    template, _, number = place.partition(" ")
    form = f"afteractions/administration/{template}.html form {number or 1}"
    return Recipe(does, "admin", page_at(f"/administration/{path}"), form, name, **said)


def one_is_set_aside() -> None:
    first = Obligation.objects.open().earliest("pk")
    Obligation.objects.filter(pk=first.pk).update(set_aside_at=clock.now(), last_error="No such zone")


def nobody_administers() -> None:
    """As on the first day: the database lets no product take its last administrator away."""
    with services.postgres.connect(connection.settings_dict["NAME"]) as owner, owner.transaction():
        owner.execute("SET LOCAL session_replication_role = replica")
        owner.execute(
            "DELETE FROM people_person_groups USING auth_group"
            " WHERE auth_group.id = group_id AND auth_group.name = 'Administrator'"
        )


def setup_path() -> str:
    return (new_setup_address(by=None, now=clock.now()) or "").partition(settings.SITE_URL)[2]


ADMINISTRATION = (
    administration(
        "filter",
        "filters the audit",
        "audit/",
        "audit",
        button="[type=submit]",
        good={"by": "system"},
        seen=lambda page: expect(page).to_have_url(re.compile(r"[?&]by=system")),
    ),
    administration(
        "set_aside",
        "has a deadline enforced again",
        "deadlines/",
        "set_aside",
        before=one_is_set_aside,
        kept=lambda: Obligation.objects.filter(set_aside_at__isnull=False).count(),
        seen=noticed("is enforced again"),
    ),
    administration("mail", "sends a test mail", "mail/", "mail", seen=noticed("test mail")),
    administration(
        "organisation",
        "describes the organisation",
        "organisation/",
        "organisation",
        needs="organisation",
        good={"organisation": "Northwind Rail", "time_zone": "UTC", "holidays": "DE-BY"},
        kept=lambda: list(Organisation.objects.values("name")),
        seen=noticed("Saved"),
    ),
    administration(
        "sign_in",
        "asks a group for a second factor",
        "sign-in/",
        "sign_in",
        opens=["[value='Communications']"],
        kept=lambda: list(Organisation.objects.values("second_factor_groups")),
        seen=noticed("Saved"),
    ),
    administration(
        "hide_first_steps",
        "hides the first steps",
        "",
        "first_steps",
        before=lambda: Organisation.objects.update(first_steps_hidden_at=None),
        kept=lambda: list(Organisation.objects.values("first_steps_hidden_at")),
        seen=noticed("are hidden"),
    ),
)
SETUP = (
    Recipe(
        "sets an empty installation up",
        "stranger",
        setup_path,
        "afteractions/administration/setup.html form 1",
        "setup",
        before=nobody_administers,
        needs="organisation",
        good={
            "organisation": "Northwind Rail",
            "time_zone": "UTC",
            "holidays": "US",
            "name": "Frida First",
            "email": "frida@corp.example",
            "password": "what-we-do-on-the-first-day",
            "again": "what-we-do-on-the-first-day",
        },
        kept=lambda: Person.objects.filter(email="frida@corp.example").count(),
        seen=noticed("test mail"),
    ),
)
RECIPES = (
    *in_world("lists", ADMINISTRATION),
    *in_world("administered", ACCOUNTS),
    *in_world("first day", SETUP),
)
