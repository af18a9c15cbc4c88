"""The demonstration data: each of the ten incidents stands where its story says, and what its pages offer works."""

import os
from datetime import UTC, datetime
from io import StringIO

import pytest
from django.core.management import call_command
from django.template.base import Template
from django.test import Client
from django.test.utils import _TestState

from afteractions.demonstration.people import CAST, address
from afteractions.demonstration.vendors import guest_link
from afteractions.models import AfterAction, Change, Escalation, GuestLink, Obligation
from incidents.models import Incident
from majorops.people.models import Person
from tests.demonstration.sending import may_send
from tests.demonstration.walking import Walk
from tests.web.access_rules import PAGES

pytestmark = pytest.mark.usefixtures("loaded", "db")
# script/walk opens every address as everybody, in some minutes.
WHOLE = os.environ.get("MAJOROPS_WALK") == "long"
WALKERS = [
    role.key
    for role in CAST
    if role.key != "former"
    and (WHOLE or role.key not in ("director", "mim2", "platform", "engineer", "security"))
]


# Pages that no walk comes to. Browsers and machines ask for the first ones, and while one types for the next; for the
# others the demonstration lacks what leads there, or has it at an incident that another walker begins at.
NOT_OFFERED = {
    *("favicon", "metrics", "readyz", "healthz", "afteractions:people_known", "incidents:mtm_step"),
    *(
        "afteractions:assessments",
        "afteractions:delete_view",
        # The walk opens one person, who may be disabled; and nobody is led to the first page.
        "afteractions:disable_person",
        "afteractions:setup",
        "afteractions:distribute",
        "afteractions:open_day",
    ),
    *(
        "afteractions:rca",
        "afteractions:request",
        "afteractions:section",
        "afteractions:start",
        "afteractions:waive",
        "people:revoke",
    ),
    *("notices:mail", "notices:mail_detail", "notices:open"),
}


@pytest.fixture(scope="module")
def loaded(rows_of_the_module: None) -> str:
    """The demonstration; what was printed of it."""
    out = StringIO()
    call_command("load_demonstration", "--sign-ins", stdout=out)
    return out.getvalue()


def test_the_demonstration_shows_every_stage_and_is_loaded_once(loaded: str) -> None:
    again = StringIO()
    call_command("load_demonstration", "--sign-ins", stdout=again)
    assert again.getvalue() == loaded
    assert "mim@majorops.example" in loaded
    assert "/guest/" in loaded
    now = datetime.now(UTC)
    assert Incident.objects.count() == 10
    assert Incident.objects.running().count() == 2
    held = AfterAction.objects.going_on()
    stages = sorted((one.status, bool(one.meetings.count())) for one in held)
    assert stages == [
        ("closed", True),
        ("closed", True),
        ("draft", False),
        ("draft", False),
        # Of an incident that runs: it holds what its MTM agreed.
        ("draft", False),
        ("draft", True),
        ("in_review", True),
        ("in_review", True),
        ("reviewed", True),
    ]
    assert Incident.objects.filter(restricted=True).count() == 1
    assert Incident.objects.filter(is_repeat=True, repeat_of__isnull=False).count() == 1
    assert Obligation.objects.overdue(at=now).exists()
    assert Change.objects.filter(due_on__lt=now.date(), resolved_at__isnull=True).exists()
    assert Escalation.objects.filter(step__contains="manager").exists() or Escalation.objects.count() > 5
    assert GuestLink.objects.count() == 1
    [change] = Change.objects.exclude(executive_reason="").select_related("after_action__incident")
    assert change.after_action.published_at is not None
    published = change.after_action.revisions.get(kind="published").content["sections"]["changes"]
    assert change.executive_reason in [row["executive_reason"] for row in published]
    [executive] = change.after_action.attendees.filter(reason="A finding requires executive action.")
    assert (executive.person.full_name, executive.roles, executive.included) == (
        "Idris Falkenrath",
        ["Executive"],
        True,
    )
    assert Person.objects.accounts().count() == 15


@pytest.fixture(scope="module")
def opened() -> set[str]:
    """The names of the URLs that somebody opened."""
    return set()


@pytest.fixture(autouse=True)
def plain_templates(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the copies of every template's context that Django's test client keeps: they double the time."""
    monkeypatch.setattr(Template, "_render", _TestState.saved_data.template_render)


@pytest.mark.parametrize("who", WALKERS)
def test_whatever_a_page_offers_opens_and_is_theirs_to_send(who: str, opened: set[str]) -> None:
    person = Person.objects.get(email=address(who))
    client = Client(raise_request_exception=False)
    client.force_login(person, "django.contrib.auth.backends.ModelBackend")
    walk = Walk(client, filters=who == WALKERS[0], whole=WHOLE)
    # Everybody begins at another incident: together they see each stage.
    seen = Incident.objects.visible_to(person).order_by("pk")
    incident = seen[WALKERS.index(who) % seen.count()]
    after_action = AfterAction.objects.filter(incident=incident).first()
    begin = (incident, after_action) if after_action else (incident,)
    walk.go(*(each.get_absolute_url() for each in begin), "/")
    opened |= walk.names
    refused = [f"{page}: {path}" for path, page in walk.sent_to.items() if not may_send(person, path)]
    assert (walk.faults, refused) == ([], [])


def test_whatever_the_page_of_a_guest_offers_opens(opened: set[str]) -> None:
    walk = Walk(Client(raise_request_exception=False))
    place = guest_link(now=datetime.now(UTC))
    assert place is not None
    walk.go(place, "/accounts/login/")
    opened |= walk.names
    assert walk.faults == []
    assert {"read", "answer", "comments"} <= {path.rstrip("/").rpartition("/")[2] for path in walk.sent_to}


def test_each_page_is_offered_to_somebody(opened: set[str]) -> None:
    pages = {name for name, rule in PAGES.items() if "GET" in rule.methods or rule.steps}
    # Where a few of these tests were asked for, not everybody walked.
    assert len(opened) < len(pages) / 2 or pages - opened <= NOT_OFFERED
