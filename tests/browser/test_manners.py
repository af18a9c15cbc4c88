"""Every page with demonstration data, a hostile name and a long record: accessible, within its window, and quiet."""

import hashlib
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import override_settings
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from playwright.sync_api import Browser, BrowserContext, Page

from afteractions.demonstration.people import address
from afteractions.demonstration.vendors import guest_link
from afteractions.models import AfterAction, Change, ExternalMessage, Obligation, Revision, SavedView
from afteractions.operations.enforcement.policy import close_day
from afteractions.operations.facts import business_calendar
from afteractions.operations.saved_views import save_view
from afteractions.vocabulary import Status
from incidents.models import Incident, Service, Vendor
from incidents.operations.close import close
from incidents.operations.declare import declare
from incidents.operations.log import log_event
from incidents.vocabulary import EventKind
from majorops import clock
from majorops.notices.delivery.sending import deliver
from majorops.people.models import Person, Team
from tests.browser.visitor import NewContext, Visitor, browser_for, visit

pytestmark = pytest.mark.usefixtures("demonstration")

VENDOR = Path(__file__).parent / "vendor"
AXE = VENDOR / "axe-core" / "axe.min.js"
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
# What can differ in a narrow window, besides the colours.
OF_THE_LAYOUT = [
    "target-size",
    "scrollable-region-focusable",
    "aria-hidden-focus",
    "link-name",
    "button-name",
]
HOSTILE = "Zoë O'Brien-Łukasz <script>alert(1)</script>"
# Beside the places there is the least room for a table here.
DESK = {"width": 1360, "height": 860}
PHONE = {"width": 360, "height": 760}
EVENTS = 300
# script/manners looks at every page a second time, in the dark and by axe on a phone.
LONG = os.environ.get("MAJOROPS_MANNERS") == "long"

Data = SimpleNamespace


@dataclass(frozen=True)
class Shown:
    """One page: who opens it (nobody: signed out), and where it is in the data of this module."""

    name: str
    who: str | None
    place: Callable[[Data], str]
    status: int = 200


def at(name: str, *args: str, query: str = "") -> Callable[[Data], str]:
    """The address of a URL name; an argument that names something of the data stands for its reference."""
    return lambda data: reverse(name, args=[getattr(data, each, each) for each in args]) + query


def left_by(email: str) -> str:
    return reverse("afteractions:left_by", args=[Person.objects.get(email=email).pk])


PAGES = [
    Shown("account_login", None, at("account_login")),
    Shown("home", "mim", at("home")),
    Shown("home of a manager", "manager", at("home")),
    Shown("home of an action owner", "owner", at("home")),
    Shown("incidents:list", "attendee", at("incidents:list")),
    Shown("incidents:declare", "mim", at("incidents:declare")),
    Shown("incidents:import", "admin", at("incidents:import")),
    Shown("incidents:detail, running and long", "attendee", at("incidents:detail", "long")),
    Shown("incidents:detail, running", "mim2", at("incidents:detail", "running")),
    Shown("incidents:detail, closed", "attendee", at("incidents:detail", "closed")),
    Shown("incidents:history", "mim", at("incidents:history", "closed")),
    Shown("incidents:look_alikes", "mim", at("incidents:look_alikes", "closed")),
    Shown("afteractions:service_memory", "mim", at("afteractions:service_memory", query="?services=Nothing")),
    Shown("afteractions:incident_memory", "mim2", at("afteractions:incident_memory", "running")),
    Shown("incidents:step", "mim2", at("incidents:step", "running", "close")),
    Shown("incidents:step of many fields", "mim2", at("incidents:step", "running", "impact")),
    Shown("incidents:mtm, under way", "mim2", at("incidents:mtm", "running", "2")),
    Shown("incidents:mtm, ended", "mim2", at("incidents:mtm", "running", "1")),
    Shown("afteractions:board", "mim", at("afteractions:board")),
    Shown("afteractions:board as a list", "mim", at("afteractions:board", query="?view=list")),
    Shown("afteractions:workspace", "attendee", at("afteractions:workspace", "in_review")),
    Shown("afteractions:decide", "mim", at("afteractions:decide", "undecided")),
    Shown("afteractions:schedule", "mim", at("afteractions:schedule", "in_review")),
    Shown("afteractions:draft", "mim", at("afteractions:draft", "draft")),
    Shown("afteractions:section root_cause", "mim", at("afteractions:section", "draft", "root_cause")),
    Shown("afteractions:assessments", "mim", at("afteractions:assessments", "draft")),
    Shown("afteractions:close_out", "mim", at("afteractions:close_out", "draft")),
    Shown("afteractions:evidence", "mim", at("afteractions:evidence", "in_review")),
    Shown("afteractions:reading_list", "mim", at("afteractions:reading_list", "draft")),
    Shown("afteractions:distribute", "mim", at("afteractions:distribute", "draft")),
    Shown("afteractions:withdraw", "mim", at("afteractions:withdraw", "in_review")),
    Shown("afteractions:amend", "mim", at("afteractions:amend", "in_review")),
    Shown("afteractions:read", "attendee", at("afteractions:read", "in_review")),
    Shown("afteractions:read, published", "manager", at("afteractions:read", "published")),
    Shown("afteractions:meeting", "mim", at("afteractions:meeting", "in_review")),
    Shown("afteractions:meeting under way", "mim", at("afteractions:meeting", "meeting")),
    Shown("afteractions:people", "mim", at("afteractions:people", "in_review")),
    Shown("afteractions:naming", "mim", at("afteractions:naming", "in_review")),
    Shown("afteractions:publication", "mim", at("afteractions:publication", "reviewed")),
    Shown("afteractions:publication, closed", "vendors", at("afteractions:publication", "published")),
    Shown("afteractions:deadlines", "mim", at("afteractions:deadlines", "published")),
    Shown("afteractions:deadlines, to be waived", "manager", at("afteractions:deadlines", "undecided")),
    Shown("afteractions:waive", "manager", at("afteractions:waive", "undecided", "owed")),
    Shown("afteractions:request", "attendee", at("afteractions:request", "unasked")),
    Shown("incidents:detail, to be asked for", "attendee", at("incidents:detail", "unasked")),
    Shown("afteractions:actions_review", "mim", at("afteractions:actions_review", "published")),
    Shown("afteractions:history", "mim", at("afteractions:history", "published")),
    Shown("afteractions:difference", "mim", at("afteractions:difference", "published", query="?from=1&to=2")),
    Shown("afteractions:pdf, being made", "mim", at("afteractions:pdf", "in_review"), 202),
    Shown("afteractions:actions", "owner", at("afteractions:actions")),
    Shown("afteractions:actions, all", "mim", at("afteractions:actions", query="?whose=all")),
    Shown("afteractions:action", "owner", at("afteractions:action", "action")),
    Shown("afteractions:action_step", "owner", at("afteractions:action_step", "action", "complete")),
    Shown("afteractions:overdue", "manager", at("afteractions:overdue")),
    Shown("afteractions:overdue, soon", "manager", at("afteractions:overdue", query="?due=soon&whose=all")),
    Shown("afteractions:save_view", "manager", at("afteractions:save_view", query="?severity=critical")),
    Shown("afteractions:delete_view", "manager", at("afteractions:delete_view", "view")),
    Shown("afteractions:library", "attendee", at("afteractions:library")),
    Shown("afteractions:messages", "communications", at("afteractions:messages")),
    Shown("afteractions:message", "communications", at("afteractions:message", "reviewed", "message")),
    Shown("afteractions:message, to be approved", "mim", at("afteractions:message", "reviewed", "message")),
    Shown("afteractions:notes", "liaison", at("afteractions:notes")),
    Shown("search", "attendee", at("search", query="?q=review")),
    Shown("search, of one kind", "attendee", at("search", query="?q=review&kind=timeline")),
    Shown("afteractions:insights", "manager", at("afteractions:insights")),
    *[
        Shown(f"afteractions:insights_topic {topic}", "manager", at("afteractions:insights_topic", topic))
        for topic in ("times", "findings", "vendors", "learning")
    ],
    Shown("afteractions:insights_list", "manager", at("afteractions:insights_list", "incidents")),
    Shown("afteractions:left_behind", "manager", at("afteractions:left_behind")),
    Shown("afteractions:left_by", "manager", lambda data: left_by(address("former"))),
    Shown("afteractions:guest", None, lambda data: data.guest),
    Shown("afteractions:guest, ended", None, lambda data: "/guest/nothing-like-it/", 404),
    Shown("afteractions:vendors", "vendors", at("afteractions:vendors")),
    Shown("afteractions:vendors_due", "vendors", at("afteractions:vendors_due")),
    Shown("afteractions:vendor_new", "vendors", at("afteractions:vendor_new")),
    Shown("afteractions:vendor_history", "vendors", at("afteractions:vendor_history", "vendor")),
    Shown("afteractions:vendor_contract", "vendors", at("afteractions:vendor_contract", "vendor")),
    Shown("afteractions:policy", "admin", at("afteractions:policy")),
    Shown("afteractions:audit", "admin", at("afteractions:audit")),
    Shown("afteractions:open_day", "admin", at("afteractions:open_day", "closing_day")),
    *[
        Shown(f"afteractions:{name}", "admin", at(f"afteractions:{name}"))
        for name in ("administration", "directory", "new_person", "import_people", "services", "teams", "sign_in",
                     "organisation", "mail", "set_aside")
    ],
    Shown("afteractions:person", "admin", at("afteractions:person", "leaver")),
    Shown("afteractions:disable_person", "admin", at("afteractions:disable_person", "leaver")),
    Shown("afteractions:service", "admin", at("afteractions:service", "service")),
    Shown("afteractions:team", "admin", at("afteractions:team", "team")),
    Shown("notices:inbox", "manager", at("notices:inbox")),
    Shown("notices:settings", "attendee", at("notices:settings")),
    Shown("notices:mail", "admin", at("notices:mail")),
    Shown("people:me", "attendee", at("people:me")),
    Shown("a page that is not there", "attendee", lambda data: "/after-actions/AA-NOTHING/", 404),
]  # fmt: skip

# Not pages of their own: steps that are only posted, parts of pages, and files.
NO_PAGES = {
    "search_suggestions", "healthz", "readyz", "metrics", "favicon", "notices:bell",
    "incidents:people", "incidents:services", "incidents:live", "incidents:line", "incidents:export",
    "incidents:step_of", "incidents:vendor_terms", "incidents:mtm_step",
    "afteractions:evidence_file", "afteractions:export", "afteractions:ask_evidence", "afteractions:withdraw_evidence",
    "afteractions:reading_list_tick",
    "afteractions:guest_evidence",
    "afteractions:rca", "afteractions:take_gap", "afteractions:take_row",
    "afteractions:take_close_out", "afteractions:people_known", "afteractions:row", "afteractions:draft_live",
    "afteractions:confirm",
    "afteractions:not_a_name", "afteractions:attendance",
    "afteractions:acknowledge", "afteractions:comment", "afteractions:resolve", "afteractions:propose",
    "afteractions:add_attendee", "afteractions:decide_attendee", "afteractions:answer",
    "afteractions:let_guest_in", "afteractions:take_back_link", "afteractions:start", "afteractions:start_meeting",
    "afteractions:decision", "afteractions:action_captured", "afteractions:anti_pattern", "afteractions:finish",
    "afteractions:publish", "afteractions:erratum", "afteractions:settle", "afteractions:answer_message",
    "afteractions:send_note",
    "afteractions:vendor", "afteractions:guest_read", "afteractions:guest_comment",
    "afteractions:guest_answer", "afteractions:guest_bring", "afteractions:people_to_ask",
    "afteractions:meeting_question", "afteractions:guest_question",
    "afteractions:overdue_together", "afteractions:open_view",
    "account_email", "notices:read_all", "notices:try_again", "notices:open", "notices:mail_detail",
    "people:make_token", "people:revoke", "people:away", "people:back_again", "people:end_session",
    "people:end_other_sessions", "afteractions:close_day",
    "afteractions:hide_first_steps", "afteractions:people_example", "afteractions:enable_person",
    "afteractions:invite_person", "afteractions:remove_second_factor", "afteractions:forget_tries",
    "afteractions:end_persons_session", "afteractions:end_persons_token", "afteractions:delete_service",
    "afteractions:delete_team",
    # There is none once somebody administers; tests/web/people/test_first_day.py looks at it.
    "afteractions:setup",
    "scim:config", "scim:resource_types", "scim:resource_type", "scim:schemas", "scim:schema", "scim:not_offered",
    "scim:users", "scim:user", "scim:groups", "scim:group", "scim:nowhere",
}  # fmt: skip


@pytest.fixture(scope="module")
def data(demonstration: None) -> Iterator[Data]:
    """The demonstration with its mail folder; one person has a name that tries things, and logs a lot."""
    with override_settings(EMAIL_BACKEND="majorops.notices.delivery.mail_folder.MailFolder"):
        yield loaded()


def a_view(now: datetime) -> SavedView:
    """What the manager comes back to on the dashboard."""
    manager = Person.objects.get(email=address("manager"))
    return save_view(name="Critical ones below me", filters="severity=critical", by=manager, now=now)


def loaded() -> Data:
    Person.objects.filter(email=address("attendee")).update(full_name=HOSTILE)
    hostile = Person.objects.get(email=address("attendee"))
    now = clock.now()
    deliver(now=now)
    long = declare(
        by=hostile,
        at=now - timedelta(hours=6),
        now=now - timedelta(hours=6),
        title="Checkout <b>answers</b> with errors & “odd” signs: " + "a-word-without-any-space-" * 5,
        severity="critical",
        services=["<img src=x onerror=alert(2)>"],
    )
    for number in range(EVENTS):
        instant = now - timedelta(hours=6) + timedelta(minutes=number)
        log_event(
            long, kind=EventKind.ACTION, text=f"{HOSTILE} step {number}", by=hostile, at=instant, now=instant
        )
    calm = declare(
        by=hostile,
        at=now - timedelta(hours=9),
        now=now - timedelta(hours=9),
        title="A queue was slow",
        severity="low",
    )
    unasked = close(calm, by=hostile, at=now - timedelta(hours=8), now=now - timedelta(hours=8))
    administrator = Person.objects.get(email=address("admin"))
    free = business_calendar().business_day_after((now + timedelta(days=90)).date(), 1)
    closing_day = close_day(free, name="Founders’ day", by=administrator, now=now).day
    going_on = AfterAction.objects.going_on().select_related("incident").order_by("pk")

    def one(**said: Any) -> str:
        return str(going_on.filter(**said)[0].reference)

    action = Change.objects.filter(
        owner__email=address("owner"), resolved_at__isnull=True, after_action__published_at__isnull=False
    )[0]
    under_way = {"meetings__held_from__isnull": False, "meetings__held_until__isnull": True}
    return Data(
        long=long.reference,
        running=Incident.objects.running().get(mim__email=address("mim2")).reference,
        closed=Incident.objects.filter(closed_at__isnull=False, restricted=False).order_by("-pk")[0].reference,
        unasked=unasked.reference,
        closing_day=closing_day.isoformat(),
        undecided=one(decision=""),
        owed=Obligation.objects.get(after_action__reference=one(decision=""), kind="decide").pk,
        draft=one(status=Status.DRAFT, meetings__isnull=False),
        meeting=one(status=Status.IN_REVIEW, **under_way),
        in_review=str(going_on.filter(status=Status.IN_REVIEW).exclude(**under_way)[0].reference),
        reviewed=one(status=Status.REVIEWED),
        published=str(Revision.objects.filter(after_action__status=Status.CLOSED, number=2)[0].after_action.reference),
        action=action.reference,
        message=ExternalMessage.objects.get(asked_at__isnull=False, approved_at__isnull=True).pk,
        view=a_view(now).reference,
        guest=guest_link(now=now),
        vendor=Vendor.objects.get(name="Chainguard").pk,
        leaver=Person.objects.get(email=address("owner")).pk,
        service=Service.objects.order_by("pk")[0].pk,
        team=Team.objects.order_by("pk")[0].pk,
    )  # fmt: skip


@pytest.fixture(scope="module")
def axe() -> str:
    return AXE.read_text()


def found_by_axe(page: Page, axe: str, *rules: str) -> list[str]:
    """What axe finds, one line each; all rules of WCAG 2.2 A and AA unless some are named."""
    only = {"type": "rule", "values": list(rules)} if rules else {"type": "tag", "values": WCAG}
    if not page.evaluate("'axe' in window"):
        page.evaluate(axe)
    found = page.evaluate("only => axe.run(document, {runOnly: only, resultTypes: ['violations']})", only)
    return [
        f"{violation['id']}: {node['html'][:200]} {node['failureSummary'][:200]}"
        for violation in found["violations"]
        for node in violation["nodes"]
    ]


WIDE = """() => {
  const {scrollWidth, clientWidth} = document.scrollingElement;
  if (scrollWidth <= clientWidth) return [];
  const isCut = part => part && part !== document.body
    && (getComputedStyle(part).overflowX !== "visible" || isCut(part.parentElement));
  const wide = [...document.body.querySelectorAll("*")]
    .filter(part => part.getBoundingClientRect().right > clientWidth + 1 && !isCut(part.parentElement));
  return [`${scrollWidth} of ${clientWidth}`, ...wide.slice(0, 5).map(part => part.outerHTML.slice(0, 120))];
}"""


def beyond_the_window(page: Page) -> list[str]:
    """What makes the page scroll sideways; empty when it does not."""
    return list(page.evaluate(WIDE))


@pytest.fixture(scope="module")
def browsers() -> Iterator[dict[str | None, BrowserContext]]:
    """Of each person one, which keeps the stylesheets and scripts that every page needs."""
    found: dict[str | None, BrowserContext] = {}
    yield found
    for context in found.values():
        context.close()


@pytest.fixture
def visitor(
    shown: Shown,
    data: Data,
    browsers: dict[str | None, BrowserContext],
    browser: Browser,
    browser_context_args: dict[str, Any],
) -> Iterator[Visitor]:
    """Whoever opens the page, at a page of their own."""
    if shown.who not in browsers:
        person = Person.objects.get(email=address(shown.who)) if shown.who else None
        browsers[shown.who] = browser_for(partial(browser.new_context, **browser_context_args), person)
    visitor = Visitor(browsers[shown.who].new_page())
    yield visitor
    visitor.page.close()


@pytest.mark.parametrize("shown", PAGES, ids=lambda shown: shown.name)
def test_a_page_is_accessible_fits_and_breaks_no_rule(
    shown: Shown, data: Data, axe: str, visitor: Visitor
) -> None:
    page = visitor.page
    answer = page.goto(shown.place(data))
    assert answer is not None
    assert (answer.status, page.get_by_role("heading", level=1).count()) == (shown.status, 1)
    problems = {}
    problems["axe"] = found_by_axe(page, axe)
    problems["wide at 1280"] = beyond_the_window(page)
    page.set_viewport_size(DESK)
    problems["wide at 1360"] = beyond_the_window(page)
    page.set_viewport_size(PHONE)
    problems["wide at 360"] = beyond_the_window(page)
    if LONG:
        page.emulate_media(color_scheme="dark")
        page.reload()
        problems["axe at 360 in the dark"] = found_by_axe(page, axe, "color-contrast", *OF_THE_LAYOUT)
    problems["complaints"] = [each for each in visitor.complaints if each != f"{shown.status}: {page.url}"]
    assert {kind: found for kind, found in problems.items() if found} == {}


# What was fetched for the first view of a page, with nothing in the browser's cache, and its bytes as they came. A name
# beyond the letters of Western Europe takes one font more; what is asked again and again does not count.
FIRST_VIEW = """() => {
  const loads = performance.getEntriesByType("resource").filter(load => !/latin-ext|[/]live[/]/.test(load.name));
  const [page] = performance.getEntriesByType("navigation");
  const bytes = [page, ...loads].reduce((sum, load) => sum + load.encodedBodySize, 0);
  return [1 + loads.length, bytes, loads.map(load => load.name)];
}"""


@pytest.mark.parametrize(
    ("who", "place", "limit"),
    [
        ("mim", at("home"), 100_000),
        ("mim2", at("incidents:detail", "running"), 100_000),
        ("mim", at("afteractions:draft", "draft"), 100_000),
        ("mim", at("afteractions:meeting", "in_review"), 100_000),
    ],
    ids=["home", "console", "document", "meeting"],
)
def test_the_first_view_of_a_page_takes_few_and_small_files(
    who: str, place: Callable[[Data], str], limit: int, data: Data, new_context: NewContext
) -> None:
    page = visit(new_context, Person.objects.get(email=address(who))).page
    page.goto(place(data), wait_until="networkidle")
    requests, size, names = page.evaluate(FIRST_VIEW)
    assert requests <= 12, names
    assert size <= limit, names


UNDER_THE_BAR = """() => {
  const bar = document.querySelector(".read-bar").getBoundingClientRect();
  const held = document.activeElement;
  if (held === document.body || held.closest(".read-bar")) return "";
  const place = held.getBoundingClientRect();
  return place.top >= bar.top && place.top < bar.bottom ? held.outerHTML.slice(0, 120) : "";
}"""


def test_on_a_phone_the_button_is_at_hand_and_hides_nothing_that_has_the_focus(
    data: Data, new_context: NewContext
) -> None:
    reader = Person.objects.get(email=address("engineer"))
    page = visit(new_context, reader, viewport=PHONE).page
    page.goto(at("afteractions:read", "in_review")(data))
    button = page.get_by_role("button", name="I have read this")
    assert button.count() == 1
    place = button.bounding_box()
    assert place is not None
    assert place["y"] + place["height"] <= PHONE["height"]
    hidden = set()
    for _ in range(60):
        page.keyboard.press("Tab")
        hidden.add(page.evaluate(UNDER_THE_BAR))
    assert hidden == {""}
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    last = page.locator(".report > section").last.bounding_box()
    bar = page.locator(".read-bar").bounding_box()
    assert last is not None
    assert bar is not None
    assert last["y"] + last["height"] <= bar["y"]
    button.click()
    page.get_by_text("You read revision").wait_for()
    assert page.locator(".read-bar").count() == 0


def test_every_page_of_the_product_is_looked_at() -> None:
    def names(resolver: URLResolver, space: str = "") -> Iterator[str]:
        for pattern in resolver.url_patterns:
            if isinstance(pattern, URLPattern):
                yield f"{space}{pattern.name}"
            elif pattern.app_name not in ("admin", "allauth") and not str(pattern.pattern).startswith(
                ("accounts/", "api/")
            ):
                yield from names(pattern, f"{pattern.namespace}:" if pattern.namespace else space)

    looked_at = {shown.name.partition(",")[0].partition(" ")[0] for shown in PAGES}
    known = set(names(get_resolver()))
    assert known - looked_at - NO_PAGES == set()
    assert NO_PAGES - known == set()


def test_axe_is_the_one_that_was_vendored() -> None:
    listed = (VENDOR / "README.md").read_text()
    assert f"{hashlib.sha256(AXE.read_bytes()).hexdigest()}  axe-core/axe.min.js" in listed
    assert (AXE.parent / "LICENSE").exists()
