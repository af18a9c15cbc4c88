"""Every prepared query of the product is asked both ways, prepared and as Django asks it, and gives the same rows."""

import importlib
import pkgutil
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

import afteractions
import incidents
import majorops
from afteractions.queries.leavers import names_of_those_who_left
from afteractions.queries.search import search
from majorops import clock
from majorops.notices.delivery.sending import deliver
from majorops.people.models import ApiToken, Person
from majorops.prepared import Prepared
from majorops.web.api.envelope import CallerThrottle
from tests.web.access_bodies import call_for, form_for
from tests.web.access_calls import OURS, ask, client_of, path_to
from tests.web.access_cast import House, a_house

READER = "manager"


def prepared_queries() -> Iterator[tuple[str, Prepared[Any, Any]]]:
    for package in (majorops, incidents, afteractions):
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if ".migrations." in found.name or found.name.endswith("__main__"):
                continue
            module = importlib.import_module(found.name)
            for value in vars(module).values():
                if isinstance(value, Prepared) and value.__module__ == module.__name__:
                    yield f"{found.name}.{value.__name__}", value


def ask_what_no_page_asks_here(house: House) -> None:
    """A token, a reference among the words of a search, and somebody below a manager who left."""
    mim = house.people["mim"]
    assert mim is not None
    token = ApiToken.issue(mim, name="a script", at=clock.now())
    calling = Client(headers={"Authorization": f"Bearer {token}"})
    assert calling.get("/api/v1/incidents/").status_code == 200
    assert search(mim, house.things["own"].incident.reference)
    Person.objects.filter(pk=mim.pk).update(is_active=False)
    assert names_of_those_who_left(below=[mim.pk])


@pytest.mark.django_db
def test_every_prepared_query_gives_the_rows_that_django_gives(
    settings: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(CallerThrottle, "THROTTLE_RATES", {CallerThrottle.scope: None})
    settings.EMAIL_BACKEND, settings.MAIL_FOLDER = (
        "majorops.notices.delivery.mail_folder.MailFolder",
        tmp_path,
    )
    settings.PREPARED_QUERIES = "check"
    before = {name: query.compared for name, query in prepared_queries()}
    house = a_house()
    deliver(now=clock.now())
    thing = house.things["own"]
    broken = set()
    for role, methods in (("mim", {"GET", "POST", "PUT", "DELETE"}), (READER, {"GET"})):
        client = client_of(house.people[role])
        for asked in OURS:
            body = call_for(asked.name, thing) if asked.url.is_api else form_for(asked.name, thing)
            for method in methods & set(asked.rule.methods):
                if ask(client, method, asked, path_to(asked, thing), body).status_code >= 500:
                    broken.add(f"{method} {asked.name} as {role}")
    assert not broken
    ask_what_no_page_asks_here(house)
    assert len(before) > 40
    assert not [name for name, query in prepared_queries() if query.compared == before[name]]
