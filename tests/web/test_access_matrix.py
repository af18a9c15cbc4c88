"""Every URL, every method, every role, on one's own, on others' and on what is restricted: the answer is the one that
its row in access_rules.py promises. And of what is restricted nothing shows anywhere, not even by its absence.

Whoever must find nothing is tried everywhere, and so is everybody who may not write to what is their own. Of the
others who get the same answer two are tried on one's own and one elsewhere, in turn; MAJOROPS_WHOLE_MATRIX=1 tries
everybody.
"""

import difflib
import os
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.db import transaction
from django.http import HttpResponse
from django.template.base import Template
from django.test import Client, override_settings
from django.test.utils import _TestState
from django.urls import reverse

from afteractions.operations.enforcement.sweep import sweep
from afteractions.views.followup.action_steps import STEPS as STEPS_OF_ACTIONS
from incidents.operations.log import link_repeat
from incidents.views.actions import STEPS as STEPS_OF_INCIDENTS
from majorops import clock
from majorops.notices.delivery import mail_folder
from majorops.notices.delivery.composing import said
from majorops.notices.delivery.sending import deliver
from majorops.notices.models import Heartbeat, Notice
from majorops.notices.visibility import visible_scopes
from majorops.people.models import Person
from majorops.web.api.envelope import CallerThrottle
from tests.web.access_audiences import ROLES, THINGS
from tests.web.access_bodies import call_for, form_for
from tests.web.access_calls import (
    ABSENT,
    OURS,
    OUTSIDE,
    READ_OF_ONE,
    REFUSED,
    SIGN_IN,
    THEIRS,
    WITHOUT_ACCOUNT,
    Asked,
    ask,
    client_of,
    expected,
    looks_the_same,
    outcome,
    parameters,
    path_to,
    text_of,
)
from tests.web.access_cast import SECRET, House, a_house
from tests.web.access_rules import ACTION_STEPS, INCIDENT_STEPS, NOBODYS_IN_ADMINISTRATION, STEPS_OF_ENTRIES
from tests.web.access_urls import methods_of_view
from tests.web.access_verbs import VERBS

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
NOW = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
WHOLE = os.environ.get("MAJOROPS_WHOLE_MATRIX") == "1"
# Where something restricted could show by its number, its words or its place: every page and call about no object,
# and these ways of asking for them.
WAYS = (
    "/incidents/?status=closed&severity=critical",
    f"/incidents/?search={SECRET}",
    "/incidents/?format=csv",
    "/incidents/people/?q=desk",
    f"/incidents/services/?services={SECRET[:3]}",
    "/incidents/services/?services=Service",
    "/incidents/vendor-terms/?vendor=Vendor",
    "/services/memory/?services=Service+of+the+harbour",
    "/search/suggestions/?q=Service+of",
    "/search/suggestions/?q=Vendor+of",
    "/search/?q=Service+of&kind=services",
    "/search/?q=Vendor+of&kind=vendors",
    "/api/v1/contracts/?search=Vendor",
    "/api/v1/services/?search=Service",
    "/api/v1/service-memory/?services=Service+of+the+harbour",
    "/after-actions/?view=list",
    "/after-actions/?view=list&overdue=true",
    "/actions/?whose=all",
    "/actions/?whose=teams",
    "/actions/?whose=all&format=csv",
    "/actions/people/?q=desk",
    f"/library/?search={SECRET}",
    f"/search/?q={SECRET}",
    f"/search/?q={SECRET}&kind=timeline",
    f"/search/suggestions/?q={SECRET}",
    f"/api/v1/search/?q={SECRET}",
    "/insights/findings/?months=120",
    "/insights/vendors/list/?months=120",
    "/insights/deadlines/list/?format=csv",
    "/django-admin/afteractions/obligation/",
    f"/api/v1/incidents/?search={SECRET}",
    "/api/v1/after-actions/?overdue=true",
)
# Say how the machine does, or list one's own sessions: each look round signs in anew.
OF_THE_MOMENT = {"healthz", "metrics", "people:me"}
PLACES = [
    *(
        reverse(asked.name)
        for asked in OURS
        if "GET" in asked.rule.methods
        and not asked.rule.about
        and not {*parameters(asked.url)} - {"format"}
        and asked.name not in {*OF_THE_MOMENT, "api-nowhere"}
        and "session" not in asked.name
    ),
    *WAYS,
]

Seen = dict[tuple[str, str], str]


@pytest.fixture(scope="module")
def seen_before() -> Seen:
    """What those outside were shown before there was anything restricted."""
    return {}


@pytest.fixture(scope="module")
def house(
    seen_before: Seen,
    django_db_setup: None,
    django_db_blocker: Any,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[House]:
    """One set of people and things for the whole module; what a request changes is taken back after it."""

    def look_round(people: dict[str, Person | None]) -> None:
        deliver(now=clock.now())
        seen_before.update(shown_in_lists(people))

    mail = {
        "EMAIL_BACKEND": "majorops.notices.delivery.mail_folder.MailFolder",
        "MAIL_FOLDER": tmp_path_factory.mktemp("mail"),
    }
    with (
        override_settings(**mail),
        pytest.MonkeyPatch.context() as patch,
        django_db_blocker.unblock(),
        transaction.atomic(),
    ):
        # Without the copies of every template's context that Django's test client keeps: they double the time.
        patch.setattr(Template, "_render", _TestState.saved_data.template_render)
        # Thousands of calls of a few people in a minute; tests/api/test_envelope.py holds the limit.
        patch.setattr(CallerThrottle, "THROTTLE_RATES", {CallerThrottle.scope: None})
        made = a_house(look_round)
        deliver(now=clock.now())
        # However long the module takes, no page begins to say meanwhile that no deadline is looked at.
        Heartbeat.objects.update(beat_at=clock.now() + timedelta(days=1))
        yield made
        transaction.set_rollback(True)


def shown_in_lists(people: dict[str, Person | None]) -> Seen:
    found = {}
    with time_machine.travel(NOW, tick=False):
        for role in sorted(OUTSIDE - set(WITHOUT_ACCOUNT)):
            client = client_of(people[role])
            for path in PLACES:
                found[role, path] = looks_the_same(text_of(client.get(path)))
    return found


@pytest.fixture(scope="module")
def clients(house: House) -> dict[str, Client]:
    found = {role: client_of(person) for role, person in house.people.items()}
    # The guest has followed the link, and holds whatever a browser was given on that way.
    found["guest"].get(f"/guest/{house.things['own'].token}/")
    return found


# Only the MIM of the cast is signed in elsewhere too.
ENDS_WHAT_THE_MIM_HAS = {"people:end_other_sessions"}


def who_asks(asked: Asked, method: str, thing: str) -> list[str]:
    """The roles that are tried: see the head of this file."""
    if WHOLE:
        return sorted(ROLES)
    by_answer: dict[str, list[str]] = {}
    for role in sorted(ROLES):
        by_answer.setdefault(expected(asked.rule, method, role, thing), []).append(role)
    turn = OURS.index(asked) + THINGS.index(thing)
    found = []
    for answer, roles in by_answer.items():
        everybody = answer == ABSENT or (answer == REFUSED and thing == "own" and method != "GET")
        many = len(roles) if everybody else min(2 if thing == "own" else 1, len(roles))
        found += [roles[(turn + step) % len(roles)] for step in range(many)]
    if asked.name in ENDS_WHAT_THE_MIM_HAS and "mim" not in found:
        found.append("mim")
    return found


def test_every_step_says_who_may_take_it() -> None:
    assert set(STEPS_OF_INCIDENTS) == set(INCIDENT_STEPS) | set(STEPS_OF_ENTRIES)
    assert {name for name, step in STEPS_OF_INCIDENTS.items() if step.entry} == set(STEPS_OF_ENTRIES)
    assert set(STEPS_OF_ACTIONS) == set(ACTION_STEPS)


def test_every_method_of_a_call_says_who_may_use_it() -> None:
    said_of = {asked.name: methods_of_view(asked.url) for asked in OURS if methods_of_view(asked.url)}
    assert len(said_of) > 50
    promised = {asked.name: frozenset(asked.rule.methods) for asked in OURS if asked.name in said_of}
    assert promised == said_of


@pytest.mark.parametrize("asked", OURS, ids=lambda asked: asked.name)
def test_whoever_asks_gets_what_is_theirs(asked: Asked, house: House, clients: dict[str, Client]) -> None:
    wrong, written = [], set[str]()
    for name in THINGS if asked.rule.about else THINGS[:1]:
        thing = house.things[name]
        path = path_to(asked, thing)
        body = call_for(asked.name, thing) if asked.url.is_api else form_for(asked.name, thing)
        for method in asked.rule.methods:
            for role in who_asks(asked, method, name):
                answer = ask(clients[role], method, asked, path, body)
                written |= answer.verbs
                got, wanted = outcome(answer), expected(asked.rule, method, role, name)
                if got != wanted:
                    wrong.append(f"{method} {name}: {role} {got} ({answer.status_code}), not: {wanted}")
                if role in OUTSIDE and not asked.rule.by_link and SECRET in answer.text:
                    wrong.append(f"{method} {name}: {role} reads of what is restricted")
    assert not wrong, "\n".join(wrong)
    assert not VERBS.get(asked.name, set()) - written, written


@pytest.mark.parametrize("asked", OURS, ids=lambda asked: asked.name)
def test_no_other_method_does_anything(asked: Asked, house: House, clients: dict[str, Client]) -> None:
    path = path_to(asked, house.things["own"])
    answers = {
        method: ask(clients["administrator"], method, asked, path, {}).status_code
        for method in METHODS
        if method not in asked.rule.methods
    }
    nothing = 404 if asked.name == "api-nowhere" else 405
    assert set(answers.values()) <= {nothing}, answers


@pytest.mark.parametrize("asked", THEIRS, ids=lambda asked: asked.url.route)
def test_pages_that_are_not_ours_keep_the_same_door(asked: Asked, clients: dict[str, Client]) -> None:
    path = "/" + re.sub(r"\(\?P<\w+>[^)]*\)\$?|<[^>]*>", "1", asked.url.route).replace("^", "").rstrip("$")
    let_in = asked.rule.methods["GET"].own
    of_staff = asked.url.route.startswith("django-admin/")
    for role in ("anonymous", "outsider", "administrator"):
        answer = ask(clients[role], "GET", asked, path)
        assert answer.status_code < 500, role
        if role in let_in:
            forbidden = asked.url.name in NOBODYS_IN_ADMINISTRATION
            assert (outcome(answer) == REFUSED) is forbidden, (role, answer.status_code)
            # The pages before signing in may lead there: a code to confirm, say, when nobody is signing in.
            assert outcome(answer) != SIGN_IN or "anonymous" in let_in, role
        elif of_staff:
            door = ("/accounts/login/", "/django-admin/login/")
            after = "/django-admin/" if asked.url.name == "admin:logout" else None
            assert (
                answer.status_code == 403
                or answer["Location"].startswith(door)
                or answer["Location"] == after
            )
        else:
            assert outcome(answer) == SIGN_IN, (role, answer.status_code)


def test_what_is_restricted_changes_nothing_that_is_shown_outside(house: House, seen_before: Seen) -> None:
    assert len(seen_before) == 4 * len(PLACES)
    assert any("lighthouse" in page for page in seen_before.values())
    for key, page in shown_in_lists(house.people).items():
        more = difflib.unified_diff(seen_before[key].splitlines(), page.splitlines(), lineterm="", n=0)
        assert page == seen_before[key], (*key, "\n".join(more))


def test_what_is_restricted_is_shown_to_its_people(house: House, clients: dict[str, Client]) -> None:
    found = {
        path
        for path in PLACES
        for role in ("mim", "action_owner", "auditor")
        if SECRET in text_of(clients[role].get(path))
    }
    assert found >= {
        "/",
        "/incidents/",
        "/incidents/?format=csv",
        "/after-actions/",
        "/actions/?whose=all",
        "/mail/",
        "/inbox/",
        "/api/v1/incidents/",
        "/api/v1/after-actions/",
        "/api/v1/action-items/",
        "/api/v1/comments/",
    }


def headers_of(answer: HttpResponse) -> dict[str, str]:
    """What is said of the answer; each request has a name of its own."""
    return {name: value for name, value in answer.headers.items() if name != "X-Request-ID"}


@pytest.mark.parametrize("asked", READ_OF_ONE, ids=lambda asked: asked.name)
def test_forbidden_and_absent_look_alike(asked: Asked, house: House, clients: dict[str, Client]) -> None:
    thing = house.things["restricted"]
    path = path_to(asked, thing)
    reference = next(each for each in thing.names if f"/{each}/" in path)
    invented = f"{reference[:-5]}ZZZZ9"
    for role in ("outsider", "administrator"):
        there = ask(clients[role], "GET", asked, path)
        nowhere = ask(clients[role], "GET", asked, path.replace(reference, invented))
        assert there.status_code == nowhere.status_code == 404
        assert headers_of(there) == headers_of(nowhere)
        assert looks_the_same(there.text).replace(reference, invented) == looks_the_same(nowhere.text)


def test_what_repeats_something_restricted_does_not_say_what(
    house: House, clients: dict[str, Client]
) -> None:
    own, restricted = house.things["own"], house.things["restricted"]
    said_by = {"by": own.cast.mim, "at": clock.now(), "now": clock.now()}
    told = []
    with transaction.atomic():
        link_repeat(
            own.incident, repeat_of=restricted.incident, is_repeat=True, reason="The same pump", **said_by
        )
        for asked in OURS:
            if asked.rule.about and "GET" in asked.rule.methods:
                path = path_to(asked, own)
                for role in ("outsider", "guest"):
                    page = ask(clients[role], "GET", asked, path).text
                    told += [
                        f"{asked.name}: {role} reads {name}" for name in restricted.names if name in page
                    ]
        transaction.set_rollback(True)
    assert told == []


def test_nobody_outside_is_mailed_or_told_of_what_is_restricted(house: House) -> None:
    restricted = house.things["restricted"]
    outside = {person.pk: person for role in OUTSIDE if (person := house.people[role])}
    with transaction.atomic():
        now = clock.now()
        assert sweep(now=now) > 10
        deliver(now=now, run_seconds=600)
        of_it = Notice.objects.filter(scope=restricted.incident.reference)
        assert of_it.exclude(recipient__in=outside).exists()
        escalated = list(of_it.filter(recipient__in=outside).select_related("recipient"))
        # Their managers hear that somebody is late, and not with what.
        assert {notice.recipient for notice in escalated} >= {house.people["manager"]}
        for notice in escalated:
            assert notice.recipient is not None
            assert notice.scope not in visible_scopes(notice.recipient, [notice.scope])
            told = " ".join(said(notice, masked=True))
            assert not [name for name in restricted.names if name in told], told
        mails = [mail_folder.read(name) for name in mail_folder.names()]
        assert any(mail and SECRET in mail.text for mail in mails)
        addresses = {person.address for person in outside.values()}
        for mail in mails:
            assert mail is not None
            if mail.to in addresses:
                assert not [name for name in restricted.names if name in str(mail.content)]
            if mail.scope == "masked":
                asked = client_of(house.people["administrator"]).get(f"/mail/{mail.name}/")
                assert (asked.status_code == 200) is (mail.to == house.people["administrator"].address)
        for role in OUTSIDE - set(WITHOUT_ACCOUNT):
            client = client_of(house.people[role])
            shown = "".join(text_of(client.get(path)) for path in ("/", "/inbox/", "/overdue/", "/mail/"))
            assert not [name for name in restricted.names if name in shown], role
        transaction.set_rollback(True)
