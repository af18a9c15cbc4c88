"""The recipes of everything across After Actions: action items, lists and their filters, overdue, vendors, policy."""

import re
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, expect

from afteractions.demonstration.people import address
from afteractions.models import (
    ActionExtension,
    ActionProgress,
    Change,
    ClosingDay,
    ItemProposal,
    Nudge,
    PolicyVersion,
    SavedView,
)
from afteractions.operations.followup.actions import start_action
from incidents.models import Service, Vendor
from majorops import clock
from majorops.people.models import Person
from tests.browser.controls.recipes import (
    OVERDUE,
    Recipe,
    after_action,
    day,
    in_world,
    noticed,
    page_at,
    sees,
    working_day,
)

ACTION_STEP = "afteractions/action_step.html form 1"


def an_item() -> Change:
    """An open action item of somebody's who can sign in: the first."""
    open_ones = after_action(OVERDUE).changes.filter(resolved_at__isnull=True, owner__is_active=True)
    item: Change = open_ones.exclude(kind="continue").earliest("pk")
    return item


def its(name: str) -> Callable[[], object]:
    return lambda: list(after_action(OVERDUE).changes.order_by("pk").values_list(name))


def a_step(name: str, does: str, **said: Any) -> Recipe:
    """A step of an action item, in the dialog that its button opens."""
    return Recipe(
        does,
        "mim",
        lambda: an_item().get_absolute_url(),
        ACTION_STEP,
        name,
        opens=[f'main [hx-get$="/{name}/"]'],
        **said,
    )


def choose_an_item(page: Page) -> None:
    """An action item: other deadlines pass with the part that somebody has."""
    row = page.locator("li", has=page.locator('[href^="/actions/ACT-"]')).locator('[name="pick"]')
    row.first.check()


def filters(place: str, does: str, path: str, good: dict[str, str], button: str = "[type=submit]") -> Recipe:
    """A list that is narrowed: the address says how, so that it can be shared."""
    [(name, value), *_] = good.items()
    shown = re.compile(rf"[?&]{name}={re.escape(value)}")
    return Recipe(
        does,
        "mim",
        page_at(path),
        place,
        "filter",
        button=button,
        good=good,
        seen=lambda page: expect(page).to_have_url(shown),
    )


ITEMS = (
    Recipe(
        "starts an action item on its page",
        "owner",
        lambda: an_open_one("owner").get_absolute_url(),
        "afteractions/action.html form 1",
        "start",
        kept=lambda: Change.objects.filter(status="in_progress").count(),
        seen=noticed(),
    ),
    Recipe(
        "starts an action item in the list",
        "lead",
        page_at("/actions/"),
        "afteractions/partials/action_rows.html form 1",
        "start",
        kept=lambda: Change.objects.filter(status="in_progress").count(),
        seen=noticed(),
    ),
    a_step(
        "progress",
        "says how far an item is",
        needs="text",
        good={"text": "Two of four nodes are replaced"},
        kept=lambda: ActionProgress.objects.count(),
        before=lambda: start_action(an_item(), by=None, at=clock.now(), now=clock.now()),
    ),
    a_step(
        "extend",
        "extends an item",
        needs="due_on",
        good=lambda: {"due_on": day(30), "reason": "The image is not ready"},
        kept=lambda: ActionExtension.objects.count(),
    ),
    a_step(
        "hand-on",
        "hands an item on",
        needs="owner",
        good={"owner": address("engineer"), "reason": "Priya knows it"},
        kept=its("owner"),
        seen="Priya Narayan-Holt",
    ),
    a_step(
        "propose",
        "proposes a disposition",
        needs="evidence",
        good={"disposition": "done", "evidence": "The board shows it"},
        kept=lambda: ItemProposal.objects.count(),
    ),
    a_step(
        "complete",
        "says that an item is done, with evidence",
        needs="evidence",
        good={"evidence": "The drill of Monday went well"},
        kept=its("status"),
    ),
    a_step(
        "effect",
        "says what was seen of the effect of a change",
        needs="seen",
        good={"outcome": "not_effective", "seen": "The next failover failed in the same way"},
        kept=its("learning"),
        seen="It does not work",
    ),
    a_step(
        "cancel", "cancels an item", needs="reason", good={"reason": "The nodes are gone"}, kept=its("status")
    ),
)


def an_open_one(key: str) -> Change:
    item: Change = (
        Change.objects.filter(owner__email=address(key), status="open")
        .exclude(kind="continue")
        .earliest("pk")
    )
    return item


LISTS = (
    filters("incidents/list.html form 1", "filters the incidents", "/incidents/", {"severity": "critical"}),
    filters(
        "afteractions/board_list.html form 1",
        "filters the After Actions",
        "/after-actions/?view=list",
        {"status": "draft"},
    ),
    filters(
        "afteractions/actions.html form 1", "filters the actions", "/actions/?whose=all", {"overdue": "true"}
    ),
    filters(
        "afteractions/partials/overdue_filters.html form 1",
        "filters what is overdue",
        "/overdue/",
        {"due": "soon"},
    ),
    filters("afteractions/messages.html form 1", "filters the messages", "/messages/", {"overdue": "true"}),
    filters("afteractions/library.html form 1", "searches the library", "/library/", {"search": "node"}),
    filters("afteractions/vendors.html form 1", "searches the vendors", "/vendors/", {"search": "Cloud"}),
    filters(
        "afteractions/insights.html form 1",
        "chooses the months of the insights",
        "/insights/",
        {"months": "3"},
    ),
    filters("search.html form 1", "searches everything", "/search/", {"q": "node", "kind": "timeline"}),
    Recipe(
        "searches everything from any page",
        "mim",
        page_at("/"),
        "base.html form 1",
        "search",
        good={"q": "node"},
        sends=lambda page: page.locator("#search").press("Enter"),
        seen=sees("#found"),
    ),
    Recipe(
        "compares two revisions",
        "mim",
        lambda: f"{after_action('Popular announcement').get_absolute_url()}history/",
        "afteractions/workspace/history.html form 1",
        "difference",
        seen=lambda page: expect(page).to_have_url(re.compile("/history/difference/")),
    ),
)
OVERSEEING = (
    Recipe(
        "keeps a view of what is overdue",
        "manager",
        page_at("/overdue/?severity=critical"),
        "afteractions/saved_view.html form 1",
        "save_view",
        opens=['[hx-get*="/views/new/"]'],
        needs="name",
        good={"name": "Critical ones"},
        kept=lambda: SavedView.objects.count(),
    ),
    Recipe(
        "deletes a view",
        "manager",
        lambda: SavedView.objects.earliest("pk").get_absolute_url(),
        "afteractions/saved_view_delete.html form 1",
        "delete_view",
        opens=['[hx-get$="/delete/"]'],
        kept=lambda: SavedView.objects.count(),
        seen=sees("#overdue"),
    ),
    Recipe(
        "nudges with a word",
        "manager",
        page_at("/overdue/"),
        "afteractions/partials/overdue_results.html form 1",
        "nudge",
        opens=['[name="pick"]'],
        button='[value="nudge"]',
        good={"word": "Can you say by when?"},
        seen=noticed(),
        kept=lambda: Nudge.objects.count(),
    ),
    Recipe(
        "chooses what to hand over",
        "manager",
        page_at("/overdue/"),
        "afteractions/partials/overdue_results.html form 1",
        "hand-over",
        opens=[choose_an_item],
        button='[value="hand-over"]',
        seen=lambda page: expect(page.locator('[name="owner"]')).to_be_visible(),
    ),
    Recipe(
        "hands the chosen over",
        "manager",
        page_at("/overdue/"),
        "afteractions/overdue_hand_over.html form 1",
        "hand-over",
        opens=[choose_an_item, 'button[value="hand-over"]'],
        needs="owner",
        untouched=True,
        good={"owner": address("engineer"), "reason": "The others are on leave"},
        kept=its("owner"),
        seen=sees("main"),
    ),
    Recipe(
        "hands over what somebody left",
        "manager",
        lambda: f"/left-behind/{Person.objects.get(email=address('former')).pk}/",
        "afteractions/left_by.html form 1",
        "left_by",
        needs="to",
        good={"to": address("engineer"), "note": "He kept notes"},
        kept=lambda: Service.objects.filter(owner__email=address("former")).count(),
        seen=noticed(),
    ),
)
KEEPING = (
    Recipe(
        "takes a vendor in",
        "vendors",
        page_at("/vendors/new/"),
        "afteractions/vendor_contract.html form 1",
        "vendor_new",
        needs="name",
        good={
            "name": "Northern Mirrors",
            "response_sla_minutes": "30",
            "rca_term_days": "5",
            "escalation_contact": "The duty manager",
        },
        kept=lambda: Vendor.objects.count(),
        seen="Northern Mirrors",
    ),
    Recipe(
        "changes a contract",
        "vendors",
        lambda: f"/vendors/{Vendor.objects.get(name='NameSilo').pk}/contract/",
        "afteractions/vendor_contract.html form 1",
        "vendor_contract",
        needs="name",
        good={"name": "NameSilo", "escalation_contact": "Their duty manager"},
        kept=lambda: Vendor.objects.get(name="NameSilo").escalation_contact,
        seen="Their duty manager",
    ),
    Recipe(
        "changes the policy",
        "admin",
        page_at("/policy/"),
        "afteractions/policy.html form 1",
        "policy",
        needs="reason",
        untouched=True,
        good={"stride": "2", "reason": "One day is too fast"},
        kept=lambda: PolicyVersion.objects.count(),
        seen="One day is too fast",
    ),
    Recipe(
        "adds a closing day",
        "admin",
        page_at("/policy/"),
        "afteractions/policy.html form 2",
        "close_day",
        needs="day",
        good=lambda: {"day": working_day(60)[:10], "name": "Founders’ day"},
        kept=lambda: ClosingDay.objects.count(),
        seen="Founders’ day",
    ),
    Recipe(
        "takes a closing day back",
        "admin",
        page_at("/policy/"),
        "afteractions/open_day.html form 1",
        "open_day",
        opens=['[hx-get*="/closing-days/"]'],
        kept=lambda: ClosingDay.objects.count(),
        seen=noticed(),
    ),
)
RECIPES = (*in_world("items", ITEMS), *in_world("lists", LISTS, OVERSEEING, KEEPING))
