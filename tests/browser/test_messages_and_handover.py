"""Communications bring a message to Closed, and a MIM hands over: each step by the person concerned, in Chromium."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from afteractions.models import ExternalMessage, Obligation
from afteractions.vocabulary import Status
from incidents.models import Incident
from majorops import clock
from majorops.people.groups import GroupName
from majorops.people.models import Person
from majorops.people.signals import came_or_left
from tests.browser.visitor import NewContext, sign_in
from tests.factories.afteractions import a_published_review, an_after_action, fresh
from tests.factories.incidents import minutes
from tests.factories.people import a_mim, a_person

pytestmark = pytest.mark.usefixtures("rows")


def test_a_message_goes_from_its_first_words_to_closed(new_context: NewContext) -> None:
    mim = a_mim("Mara Lindqvist")
    due = clock.now() + timedelta(days=2)
    planned = {"audience": "Customers", "text": "We are sorry", "due_at": due}
    after_action = a_published_review(mim, external_messages=[planned])
    writer = a_person("Nadia Ferrante", groups=[GroupName.COMMUNICATIONS])

    team = sign_in(new_context, writer)
    page = team.page
    page.goto("/messages/")
    page.get_by_role("link", name="Prepare: the message to Customers").click()
    text = page.get_by_label("What it says")
    text.fill("Words that nobody saved yet")
    page.get_by_role("button", name="Public status page").click()
    expect(text).to_have_value(re.compile(r"^Resolved: .*Words that nobody saved yet$", re.DOTALL))
    expect(page.get_by_text("what you had typed stands under it")).to_be_visible()
    page.get_by_role("button", name="Save and ask for approval").click()
    expect(page.get_by_text("blank to fill in").first).to_be_visible()
    assert ExternalMessage.objects.get(after_action=after_action).text == "We are sorry"
    text.fill("The checkout works again. We are sorry.")
    page.get_by_label("How it goes out").fill("Status page")
    page.get_by_role("button", name="Save and ask for approval").click()
    expect(page.get_by_text("Waiting for approval").first).to_be_visible()

    chair = sign_in(new_context, mim)
    chair.page.get_by_role("link", name="Approve the message to Customers").first.click()
    expect(chair.page.get_by_text("The checkout works again.").first).to_be_visible()
    chair.page.get_by_role("button", name="Approve this text").click()
    expect(chair.page.get_by_text("Communications can send it")).to_be_visible()

    page.goto("/messages/")
    page.get_by_role("link", name="Send: the message to Customers").click()
    page.get_by_label("Where it went out").fill("https://status.example/7")
    team.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy the text").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert "The checkout works again." in page.evaluate("navigator.clipboard.readText()")
    page.get_by_role("button", name="I have sent it").click()
    expect(page.get_by_text("It is kept that you sent it.")).to_be_visible()
    assert fresh(after_action).status == Status.CLOSED
    assert [team.complaints, chair.complaints] == [[], []]


def test_a_mim_hands_over_and_a_manager_hands_over_for_who_left(new_context: NewContext) -> None:
    manager = a_person("Helena Brandauer")
    first, second, third = (
        a_mim(name, manager=manager) for name in ("Mara Lindqvist", "Tomasz Okonkwo", "Juno Vale")
    )
    incident = an_after_action(first, opened_at=clock.now() - minutes(160)).incident

    mim = sign_in(new_context, first)
    mim.page.goto(f"/incidents/{incident.reference}/hand-over/")
    mim.page.get_by_label("Next Major Incident Manager").fill(str(second.email))
    mim.page.get_by_label("Note").fill("The vendor calls at nine")
    mim.page.get_by_role("button", name="Hand over").click()
    expect(mim.page.get_by_text("Tomasz Okonkwo").first).to_be_visible()
    assert Incident.objects.get(pk=incident.pk).mim == second

    second.is_active = False
    second.save()
    came_or_left.send(Person, person=second, by=None, now=clock.now())
    boss = sign_in(new_context, manager)
    boss.page.get_by_role("link", name="Hand over what Tomasz Okonkwo leaves behind").first.click()
    boss.page.get_by_label("To whom").fill(str(third.email))
    boss.page.get_by_label("Note").fill("He left on Friday")
    boss.page.get_by_role("button", name="Hand over").click()
    expect(boss.page.get_by_text("Nothing is left behind")).to_be_visible()
    assert Incident.objects.get(pk=incident.pk).mim == third
    owed = Obligation.objects.open().filter(incident=incident)
    assert owed.exists()
    assert not owed.exclude(responsible=third).exists()

    heir = sign_in(new_context, third)
    expect(heir.page.get_by_text(f"Schedule the After Action of {incident.reference}").first).to_be_visible()
    assert [mim.complaints, boss.complaints, heir.complaints] == [[], [], []]
