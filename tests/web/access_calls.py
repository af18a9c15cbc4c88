"""How the access matrix asks: each URL as an address for one thing, one request, and what its answer means."""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from afteractions.models import SavedView
from afteractions.operations.review.section_editing import section_content
from majorops import clock
from majorops.notices.delivery import mail_folder
from majorops.notices.models import Notice
from majorops.people.models import Person
from tests.changed_rows import audited
from tests.web.access_audiences import ROLES, SEES, Rule
from tests.web.access_cast import FAR_DAY, Thing
from tests.web.access_rules import RULES
from tests.web.access_urls import Url, rule_name, urls

WITHOUT_ACCOUNT = ("anonymous", "guest")
OUTSIDE = ROLES - SEES["restricted"]
THROUGH = "goes through"
SIGN_IN = "is asked to sign in"
REFUSED = "is told that it is not theirs to do"
ABSENT = "finds nothing"
NO_METHOD = "finds no such method"
# What differs each time a page is asked for: the token of its forms, masked anew.
TOKENS = re.compile(r"(csrfmiddlewaretoken\" value=|X-CSRFToken[\"']: ?)[\"'][^\"']*")

AGES = re.compile(r"(?<=relative\">)[^<]*")


def looks_the_same(page: str) -> str:
    """A page without what differs each time it is asked for; the minutes since something go on meanwhile."""
    return AGES.sub("", TOKENS.sub(r"\1", page))


def client_of(person: Person | None) -> Client:
    """A browser in which somebody is signed in; nobody for None."""
    client = Client(raise_request_exception=False)
    if person is not None:
        client.force_login(person)
    return client


def text_of(answer: HttpResponse) -> str:
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return str(content, "utf-8", "replace")


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


def parameters(url: Url) -> list[str]:
    """The names of what an address is made with."""
    pattern = url.pattern.pattern
    return list(getattr(pattern, "converters", None) or pattern.regex.groupindex)


OURS = [asked for asked in all_asked() if not asked.rule.outside]
THEIRS = [asked for asked in all_asked() if asked.rule.outside]
READ_OF_ONE = [
    asked
    for asked in OURS
    if asked.rule.about
    and not asked.rule.by_link
    and "GET" in asked.rule.methods
    and "reference" in parameters(asked.url)
]


# Pages of what follows that are named by the incident.
OF_INCIDENTS = ("afteractions:request", "afteractions:incident_memory")


def path_to(asked: Asked, thing: Thing) -> str:
    """The address of a URL of ours for one thing."""
    name = asked.url.name
    if name == "api-nowhere":
        return f"/api/v1/{thing.after_action.reference}/"
    known = {wanted: value_of(wanted, asked, thing) for wanted in parameters(asked.url) if wanted != "format"}
    path: str = reverse(name, kwargs=known)
    return path + QUERIES.get(name, "")


# What some must be asked with.
QUERIES = {"afteractions:difference": "?from=1&to=2", "afteractions-api:search": "?q=checkout"}


def value_of(parameter: str, asked: Asked, thing: Thing) -> Any:
    name = asked.url.name
    match parameter:
        case "reference" if name.startswith("incidents") or name in OF_INCIDENTS:
            return thing.incident.reference
        case "reference" if name.startswith(("afteractions-api:action-item", "afteractions:action")):
            return (
                thing.after_action.reference
                if name in ("afteractions:actions_review", "afteractions:action_captured")
                else thing.change.reference
            )
        case "reference" if name in ("afteractions:open_view", "afteractions:delete_view"):
            return view_of(thing).reference
        case "reference":
            return thing.after_action.reference
        case "name":
            return mail_of(thing) if name == "notices:mail_detail" else asked.step
        case "key" if "row" in name:
            return "went_well"
        case "row":
            return section_content(thing.after_action, "went_well", now=clock.now())[0]["id"]
        case "entry" if asked.step:
            return thing.entry_of(asked.step)
        case "entry" if "mtm" in name:
            return thing.mtm.actions.earliest("pk").pk
        case "entry" if "event" in name:
            return thing.entry_of("event")
        case "entry":
            if "role" in name:
                return thing.entry_of("role-end")
            return thing.track.pk if "track" in name else thing.engagement.pk
        case "attendee_id":
            return thing.after_action.attendees.get(person=thing.guest_or_attendee(name)).pk
        case "pk":
            kinds = {
                "notices:open": notice_of(thing, "inbox"),
                "people:revoke": thing.cast.mim.api_tokens.first(),
                "people:end_session": thing.cast.mim.browser_sessions.first(),
                "api-my-token": thing.cast.mim.api_tokens.first(),
                "api-my-session": thing.cast.mim.browser_sessions.first(),
                "people:back_again": thing.cast.mim.absences.first(),
                "afteractions-api:external-message": thing.message,
                "afteractions-api:status-note": thing.note,
                "afteractions-api:vendor": thing.follow_up,
                "afteractions-api:contract": thing.engagement.vendor,
                "incidents-api:service": getattr(thing.incident.affected_services.first(), "service", None),
                "api-team": thing.cast.owner.team,
                "afteractions-api:obligation": thing.after_action.obligations.earliest("pk"),
                "afteractions-api:comment": thing.comment,
            }
            return next(row.pk for begins, row in kinds.items() if name.startswith(begins))
    return {
        "number": thing.mtm.number,
        "key": "root_cause",
        "evidence": thing.evidence.reference,
        "day": FAR_DAY,
        "token": thing.token,
        "topic": "times",
        "subject": "incidents",
        "comment_id": thing.comment.pk,
        "link_id": thing.link.pk,
        "message_id": thing.message.pk,
        "note_id": thing.note.pk,
        "email": thing.cast.mim.email,
        "leaver_id": thing.cast.mim.pk,
        "person_id": thing.cast.mim.pk,
        "session_id": getattr(thing.cast.mim.browser_sessions.first(), "pk", 0),
        "token_id": getattr(thing.cast.mim.api_tokens.first(), "pk", 0),
        "team_id": getattr(thing.cast.owner.team, "pk", 0),
        "service_id": getattr(thing.incident.affected_services.first(), "service_id", 0),
        "obligation_id": thing.after_action.obligations.earliest("pk").pk,
        "engagement_id": thing.engagement.pk,
        "vendor_id": thing.engagement.vendor_id,
        "item": thing.follow_up.items.earliest("pk").pk,
        "follow_up_id": thing.follow_up.pk,
    }[parameter]


def notice_of(thing: Thing, channel: str) -> Notice:
    """What the MIM was told of a thing."""
    told = Notice.objects.filter(recipient=thing.cast.mim, scope=thing.incident.reference, channel=channel)
    return told.filter(withheld=False).latest("pk")


def view_of(thing: Thing) -> SavedView:
    """A view of the MIM's, kept for the first time that it is asked for."""
    # Not by the operation: outside of a request nothing is taken back, and the audit would go on to show it.
    view, _ = SavedView.objects.get_or_create(
        person=thing.cast.mim, name="Late", defaults={"created_at": clock.now()}
    )
    return view


def mail_of(thing: Thing) -> str:
    about = mail_folder.digest(notice_of(thing, "mail").message_id)
    return next(path.stem for path in Path(settings.MAIL_FOLDER).glob(f"*-{about}-*.eml"))


def is_kept_private(answer: HttpResponse) -> bool:
    """Whether nothing between the product and the reader keeps the answer for somebody else."""
    said = answer.get("Cache-Control", "")
    return "public" not in said and ("private" in said or "no-store" in said)


@contextmanager
def mails_taken_back() -> Iterator[None]:
    """What a page sends while somebody waits is no matter of the database."""
    folder = Path(settings.MAIL_FOLDER)
    before = set(folder.glob("*.eml"))
    yield
    for path in set(folder.glob("*.eml")) - before:
        path.unlink()


# They send while somebody waits.
SEND_AT_ONCE = {"afteractions:mail"}


def ask(client: Client, method: str, asked: Asked, path: str, body: Any = None) -> HttpResponse:
    """One request; what it changed is audited, and taken back."""
    with transaction.atomic(), mails_taken_back() if asked.name in SEND_AT_ONCE else nullcontext():
        # Whoever opens a link by hand or by its pages has used it: its row says when.
        used = {"afteractions_guestlink"} if asked.rule.by_link else set()
        with audited(f"{method} {path}", but=used) as watched:
            if asked.url.is_api and method != "GET":
                sent = json.dumps({} if method == "DELETE" else body)
                answer = client.generic(
                    method, path, sent, content_type="application/json", headers={"If-Match": "*"}
                )
            elif method == "POST":
                answer = client.post(path, body)
            else:
                answer = client.generic(method, path)
            answer.text = text_of(answer)
            watched.called_off = answer.status_code >= 400
        answer.verbs = watched.verbs
        assert is_kept_private(answer) or path == "/favicon.ico", path
        transaction.set_rollback(True)
    return answer


def outcome(answer: HttpResponse) -> str:
    """What an answer means for whoever asked: input that is refused went through the door."""
    status = answer.status_code
    if status == 401 or (status == 302 and answer["Location"].startswith("/accounts/login/")):
        return SIGN_IN
    if status in (200, 201, 202, 204, 301, 302, 400, 409, 412, 415, 422, 428):
        return THROUGH
    return {403: REFUSED, 404: ABSENT, 405: NO_METHOD}.get(status, f"gets {status}")


def expected(rule: Rule, method: str, role: str, thing: str) -> str:
    """What the row promises this role."""
    if role in rule.methods[method].of(thing):
        return THROUGH
    if role in WITHOUT_ACCOUNT and not rule.without_door:
        return SIGN_IN
    if rule.hides or (rule.about and role not in SEES[thing]):
        return ABSENT
    return REFUSED
