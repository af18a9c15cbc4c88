"""Every URL, every method, every role, on one's own, on others' and on what is restricted: the answer is the one that
its row in access_rules.py promises. And of what is restricted nothing shows anywhere, not even by its absence.

Whoever finds nothing, or is asked to sign in, is tried everywhere; so is everybody who writes to what is their own.
Of the others who get the same answer two are tried at each URL, in turn; MAJOROPS_WHOLE_MATRIX=1 tries all of them.
"""

import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.db import transaction
from django.http import HttpResponse
from django.template.base import Template
from django.test import Client, override_settings
from django.test.utils import _TestState
from django.urls import reverse

from afteractions.operations.enforcement import sweep
from afteractions.views.action_steps import STEPS as STEPS_OF_ACTIONS
from incidents.operations.log import link_repeat
from incidents.views.steps import STEPS as STEPS_OF_INCIDENTS
from majorops import clock
from majorops.notices import mail_folder
from majorops.notices.composing import said
from majorops.notices.models import Notice
from majorops.notices.sending import deliver
from majorops.notices.visibility import visible_scopes
from majorops.people.models import Person
from tests.web.access_bodies import call_for, form_for
from tests.web.access_cast import SECRET, House, Thing, a_house
from tests.web.access_rules import (
    ACTION_STEPS,
    INCIDENT_STEPS,
    ROLES,
    RULES,
    SEES,
    STEPS_OF_ENTRIES,
    THINGS,
    Rule,
    Url,
    methods_of_view,
    rule_name,
    urls,
)

WITHOUT_ACCOUNT = ("anonymous", "guest")
OUTSIDE = ROLES - SEES["restricted"]
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
THROUGH = "goes through"
SIGN_IN = "is asked to sign in"
REFUSED = "is told that it is not theirs to do"
ABSENT = "finds nothing"
NO_METHOD = "finds no such method"
NOW = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
WHOLE = os.environ.get("MAJOROPS_WHOLE_MATRIX") == "1"
IN_TURN = 2
# Where something restricted could show by its number, its words or its place.
LISTS = (
    "/",
    "/incidents/",
    "/incidents/?status=closed&severity=critical",
    f"/incidents/?search={SECRET}",
    "/incidents/?format=csv",
    "/incidents/people/?q=desk",
    f"/incidents/services/?services={SECRET[:3]}",
    "/after-actions/",
    "/after-actions/?view=list",
    "/after-actions/?view=list&overdue=true",
    "/actions/?whose=all",
    "/actions/?whose=teams",
    "/actions/?whose=all&format=csv",
    "/actions/people/?q=desk",
    "/overdue/",
    "/library/",
    f"/library/?search={SECRET}",
    "/inbox/",
    "/mail/",
    "/administration/afteractions/obligation/",
    "/api/v1/incidents/",
    f"/api/v1/incidents/?search={SECRET}",
    "/api/v1/after-actions/",
    "/api/v1/after-actions/?overdue=true",
    "/api/v1/action-items/",
    "/api/v1/external-messages/",
    "/api/v1/vendors/",
    "/api/v1/comments/",
    "/api/v1/people/",
)


def looks_the_same(page: str) -> str:
    """A page without what differs each time it is asked for."""
    return re.sub(
        r'(csrfmiddlewaretoken" value=|X-CSRFToken&quot;: &quot;|csrf[^"]*content=)"?[\w-]+', "", page
    )


def client_of(person: Person | None) -> Client:
    client = Client(raise_request_exception=False)
    if person is not None:
        client.force_login(person)
    return client


def text_of(answer: HttpResponse) -> str:
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return str(content, "utf-8", "replace")


@pytest.fixture(scope="module")
def seen_before() -> dict[tuple[str, str], str]:
    """What those outside were shown before there was anything restricted."""
    return {}


@pytest.fixture(scope="module")
def house(
    seen_before: dict[tuple[str, str], str],
    django_db_setup: None,
    django_db_blocker: Any,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[House]:
    """One set of people and things for the whole module; what a request changes is taken back after it."""

    def look_round(people: dict[str, Person | None]) -> None:
        seen_before.update(shown_in_lists(people))

    mail = {
        "EMAIL_BACKEND": "majorops.notices.mail_folder.MailFolder",
        "MAIL_FOLDER": tmp_path_factory.mktemp("mail"),
    }
    with override_settings(**mail), django_db_blocker.unblock(), transaction.atomic():
        # Without the copies of every template's context that Django's test client keeps: they double the time.
        instrumented, Template._render = Template._render, _TestState.saved_data.template_render
        made = a_house(look_round)
        deliver(now=clock.now())
        yield made
        Template._render = instrumented
        transaction.set_rollback(True)


def shown_in_lists(people: dict[str, Person | None]) -> dict[tuple[str, str], str]:
    found = {}
    with time_machine.travel(NOW, tick=False):
        for role in sorted(OUTSIDE):
            client = client_of(people[role])
            for path in LISTS:
                found[role, path] = looks_the_same(text_of(client.get(path)))
    return found


@pytest.fixture(scope="module")
def clients(house: House) -> dict[str, Client]:
    found = {role: client_of(person) for role, person in house.people.items()}
    # The guest has followed the link, and holds whatever a browser was given on that way.
    found["guest"].get(f"/guest/{house.things['own'].token}/")
    return found


@dataclass(frozen=True)
class Asked:
    """One URL, or one step of a URL that has several."""

    url: Url
    rule: Rule
    step: str = ""

    @property
    def name(self) -> str:
        return f"{self.url.name}/{self.step}" if self.step else self.url.name


def all_asked() -> Iterator[Asked]:
    for url in urls():
        rule = RULES[rule_name(url)]
        if rule.steps:
            yield from (Asked(url, one, step) for step, one in rule.steps.items())
        else:
            yield Asked(url, rule)


OURS = [asked for asked in all_asked() if not asked.rule.outside]
THEIRS = [asked for asked in all_asked() if asked.rule.outside]
READ_OF_ONE = [asked for asked in OURS if asked.rule.about and "GET" in asked.rule.methods]


def parameters(url: Url) -> list[str]:
    pattern = url.pattern.pattern
    return [
        *getattr(pattern, "converters", {}),
        *(pattern.regex.groupindex if not getattr(pattern, "converters", None) else ()),
    ]


def path_to(asked: Asked, thing: Thing) -> str:
    """The address of a URL of ours for one thing."""
    name = asked.url.name
    if name == "api-nowhere":
        return f"/api/v1/{thing.after_action.reference}/"
    known = {wanted: value_of(wanted, asked, thing) for wanted in parameters(asked.url) if wanted != "format"}
    path: str = reverse(name, kwargs=known)
    return path + ("?from=1&to=2" if name == "afteractions:difference" else "")


def value_of(parameter: str, asked: Asked, thing: Thing) -> Any:
    name = asked.url.name
    match parameter:
        case "reference" if name.startswith("incidents"):
            return thing.incident.reference
        case "reference" if name.startswith(("afteractions-api:action-item", "afteractions:action")):
            return (
                thing.after_action.reference
                if name in ("afteractions:actions_review", "afteractions:action_captured")
                else thing.change.reference
            )
        case "reference":
            return thing.after_action.reference
        case "name":
            return mail_of(thing) if name == "notices:mail_detail" else asked.step
        case "entry" if asked.step:
            return thing.entry_of(asked.step)
        case "entry":
            return thing.track.pk if "track" in name else thing.engagement.pk
        case "attendee_id":
            return thing.after_action.attendees.get(person=thing.guest_or_attendee(name)).pk
        case "pk":
            kinds = {
                "notices:open": notice_of(thing, "inbox"),
                "people:revoke": thing.message,
                "afteractions-api:external-message": thing.message,
                "afteractions-api:vendor": thing.follow_up,
                "afteractions-api:comment": thing.comment,
            }
            return next(row.pk for begins, row in kinds.items() if name.startswith(begins))
    return {
        "number": thing.mtm.number,
        "key": "root_cause",
        "token": thing.token,
        "comment_id": thing.comment.pk,
        "link_id": thing.link.pk,
        "message_id": thing.message.pk,
        "note_id": thing.note.pk,
        "engagement_id": thing.engagement.pk,
        "follow_up_id": thing.follow_up.pk,
    }[parameter]


def notice_of(thing: Thing, channel: str) -> Notice:
    """What the MIM was told of a thing."""
    told = Notice.objects.filter(recipient=thing.cast.mim, scope=thing.incident.reference, channel=channel)
    return told.filter(withheld=False).latest("pk")


def mail_of(thing: Thing) -> str:
    about = mail_folder.digest(notice_of(thing, "mail").message_id)
    return next(path.stem for path in Path(settings.MAIL_FOLDER).glob(f"*-{about}-*.eml"))


def ask(client: Client, method: str, asked: Asked, path: str, body: Any = None) -> HttpResponse:
    """One request; what it changed is taken back."""
    with transaction.atomic():
        if asked.url.is_api and method != "GET":
            answer = client.generic(
                method, path, json.dumps(body), content_type="application/json", headers={"If-Match": "*"}
            )
        elif method == "POST":
            answer = client.post(path, body)
        else:
            answer = client.generic(method, path)
        answer.text = text_of(answer)
        transaction.set_rollback(True)
    return answer


def outcome(answer: HttpResponse) -> str:
    status = answer.status_code
    if status == 401 or (status == 302 and answer["Location"].startswith("/accounts/login/")):
        return SIGN_IN
    if status in (200, 201, 202, 204, 302, 400, 409, 412, 422, 428):
        return THROUGH
    return {403: REFUSED, 404: ABSENT, 405: NO_METHOD}.get(status, f"gets {status}")


def expected(rule: Rule, method: str, role: str, thing: str) -> str:
    if role in rule.methods[method].of(thing):
        return THROUGH
    if role in WITHOUT_ACCOUNT:
        return SIGN_IN
    if rule.hides or (rule.about and role not in SEES[thing]):
        return ABSENT
    return REFUSED


def who_asks(asked: Asked, method: str, thing: str) -> list[str]:
    """The roles that are tried: see the head of this file."""
    if WHOLE or (thing == "own" and method != "GET"):
        return sorted(ROLES)
    by_answer: dict[str, list[str]] = {}
    for role in sorted(ROLES):
        by_answer.setdefault(expected(asked.rule, method, role, thing), []).append(role)
    turn = OURS.index(asked) + THINGS.index(thing)
    found = []
    for answer, roles in by_answer.items():
        if answer in (THROUGH, REFUSED):
            roles = [roles[(turn * IN_TURN + step) % len(roles)] for step in range(min(IN_TURN, len(roles)))]
        found += roles
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
    wrong = []
    for name in THINGS if asked.rule.about else THINGS[:1]:
        thing = house.things[name]
        path = path_to(asked, thing)
        body = call_for(asked.name, thing) if asked.url.is_api else form_for(asked.name, thing)
        for method in asked.rule.methods:
            for role in who_asks(asked, method, name):
                answer = ask(clients[role], method, asked, path, body)
                got, wanted = outcome(answer), expected(asked.rule, method, role, name)
                if got != wanted:
                    wrong.append(f"{method} {name}: {role} {got} ({answer.status_code}), not: {wanted}")
                if role in OUTSIDE and not asked.rule.by_link and SECRET in answer.text:
                    wrong.append(f"{method} {name}: {role} reads of what is restricted")
    assert wrong == []


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
    who = asked.rule.methods["GET"]
    for role in ("anonymous", "outsider", "administrator"):
        answer = ask(clients[role], "GET", asked, path)
        assert answer.status_code < 500, role
        if role in who.own:
            assert outcome(answer) not in (SIGN_IN, REFUSED), role
        elif asked.url.name == "admin:login":
            assert outcome(answer) == (SIGN_IN if role == "anonymous" else REFUSED)
        else:
            assert answer.status_code in (302, 403, 404), role
            assert answer.get("Location", "/accounts/login/").startswith(
                ("/accounts/login/", "/administration/login/")
            ), role


def test_what_is_restricted_changes_nothing_that_is_shown_outside(
    house: House, seen_before: dict[tuple[str, str], str]
) -> None:
    assert len(seen_before) == len(OUTSIDE) * len(LISTS)
    assert any("lighthouse" in page for page in seen_before.values())
    now = shown_in_lists(house.people)
    assert [key for key, page in now.items() if page != seen_before[key]] == []


def test_what_is_restricted_is_shown_to_its_people(house: House, clients: dict[str, Client]) -> None:
    found = {
        path for path in LISTS for role in ("mim", "auditor") if SECRET in text_of(clients[role].get(path))
    }
    assert found >= {"/incidents/", "/incidents/?format=csv", "/after-actions/", "/api/v1/action-items/"}


@pytest.mark.parametrize("asked", READ_OF_ONE, ids=lambda asked: asked.name)
def test_forbidden_and_absent_look_alike(asked: Asked, house: House, clients: dict[str, Client]) -> None:
    if asked.rule.by_link or "reference" not in parameters(asked.url):
        return
    thing = house.things["restricted"]
    path = path_to(asked, thing)
    for role in ("outsider", "administrator"):
        there = ask(clients[role], "GET", asked, path)
        reference = next(each for each in thing.names if f"/{each}/" in path)
        invented = f"{reference[:-5]}ZZZZ9"
        nowhere = ask(clients[role], "GET", asked, path.replace(reference, invented))
        assert there.status_code == nowhere.status_code == 404
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
        for asked in READ_OF_ONE:
            path = path_to(asked, own)
            for role in ("outsider", "guest"):
                page = ask(clients[role], "GET", asked, path).text
                told += [f"{asked.name}: {role} reads {name}" for name in restricted.names if name in page]
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
        addresses = {person.address for person in outside.values() if person != house.people["auditor"]}
        for mail in mails:
            assert mail is not None
            if mail.to in addresses:
                assert not [name for name in restricted.names if name in str(mail.content)]
        for role in OUTSIDE - {"anonymous", "guest"}:
            client = client_of(house.people[role])
            shown = (
                text_of(client.get("/inbox/")) + text_of(client.get("/")) + text_of(client.get("/overdue/"))
            )
            assert not [name for name in restricted.names if name in shown], role
        transaction.set_rollback(True)
