"""The recipes of an After Action from its meeting on: captured, agreed, published, sent, followed up."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from playwright.sync_api import Page

from afteractions.demonstration.people import address
from afteractions.models import (
    AntiPatternOccurrence,
    Change,
    ExternalMessage,
    ItemDisposition,
    ItemProposal,
    MeetingDecision,
    Revision,
    StatusNote,
    VendorFollowUp,
    VendorItem,
    VendorItemMove,
)
from afteractions.operations.followup.external_messages import answer_for_message, ask_for_approval
from afteractions.operations.followup.vendors import add_item, follow_up_of
from majorops import clock
from majorops.people.models import Person
from tests.browser.controls.recipes import (
    DISTRIBUTED,
    IN_MEETING,
    MESSAGES,
    OVERDUE,
    UNSCHEDULED,
    Recipe,
    a_file,
    a_form,
    after_action,
    day,
    fact,
    in_world,
    noticed,
    of,
    sees,
)

PDF = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def the_chair_ticks_everybody(page: Page) -> None:
    """Attendance is kept as it is ticked."""
    for box in page.locator("[name=present]:not(:checked)").all():
        with page.expect_response("**/attendance/"):
            box.check()


def message(audience: str) -> ExternalMessage:
    return ExternalMessage.objects.get(after_action=after_action(MESSAGES), audience=audience)


def of_message(audience: str, name: str) -> Callable[[], object]:
    return lambda: getattr(message(audience), name)


def a_message(name: str, does: str, who: str, audience: str, place: str, **said: Any) -> Recipe:
    return Recipe(
        does,
        who,
        lambda: f"{after_action(MESSAGES).get_absolute_url()}messages/{message(audience).pk}/",
        f"afteractions/workspace/{place}",
        name,
        **said,
    )


def it_is_approved() -> None:
    now, partners = clock.now(), message("Hosting partners")
    asked = ask_for_approval(partners, by=partners.after_action.owner, at=now, now=now) or message(
        "Hosting partners"
    )
    answer_for_message(
        message("Hosting partners"), approved=True, by=asked.after_action.incident.mim, at=now, now=now
    )


def vendor(name: str, does: str, form: int, step: str, **said: Any) -> Recipe:
    return a_form(
        f"vendor {name}",
        does,
        "vendors",
        said.pop("title", UNSCHEDULED),
        "publication/",
        f"publication.html form {form}",
        where=f':has([name="step"][value="{step}"])',
        **said,
    )


def something_is_owed() -> None:
    """By the first vendor of the review."""
    now, review = clock.now(), after_action(UNSCHEDULED)
    manager = Person.objects.get(email=address("vendors"))
    engagement = review.incident.vendorengagements.earliest("pk")
    add_item(
        follow_up_of(engagement, now=now),
        text="The state of the cache",
        due_on=(now + timedelta(days=5)).date(),
        by=manager,
        at=now,
        now=now,
    )


def finish(name: str, does: str, good: Any, **said: Any) -> Recipe:
    return a_form(name, does, "mim", IN_MEETING, "meeting/", "meeting.html form 5", good=good, **said)


MEETING = (
    a_form(
        "start_meeting",
        "starts the meeting early, with a reason",
        "mim",
        DISTRIBUTED,
        "meeting/",
        "meeting.html form 1",
        needs="reason",
        good={"reason": "The regulator asks for it today"},
        seen=sees("#decisions"),
        kept=lambda: after_action(DISTRIBUTED).meetings.filter(held_from__isnull=False).count(),
    ),
    a_form(
        "decision",
        "captures a decision",
        "mim",
        IN_MEETING,
        "meeting/",
        "meeting.html form 2",
        needs="text",
        good={"text": "Nothing is scanned before it is listed"},
        kept=lambda: MeetingDecision.objects.count(),
    ),
    a_form(
        "action_captured",
        "captures a change",
        "mim",
        IN_MEETING,
        "meeting/",
        "meeting.html form 3",
        needs="change",
        good=lambda: {"change": "List what runs each night", "owner": address("engineer"), "due_on": day(20)},
        kept=of(Change, IN_MEETING),
    ),
    a_form(
        "anti_pattern",
        "names an anti-pattern",
        "mim",
        IN_MEETING,
        "meeting/",
        "meeting.html form 4",
        needs="kind",
        good={"kind": "blame_session", "evidence": "It was asked who forgot the list"},
        kept=of(AntiPatternOccurrence, IN_MEETING),
    ),
    finish(
        "finish",
        "records that the content was not agreed",
        {"agreed": "no", "messages": "none"},
        needs="agreed",
        untouched=True,
        opens=[the_chair_ticks_everybody],
        button=".actions .button-primary",
        kept=fact(IN_MEETING, "status"),
        seen=noticed(),
    ),
    a_form(
        "actions_review accept",
        "accepts what is proposed",
        "mim",
        OVERDUE,
        "actions-review/",
        "actions_review.html form 1",
        button='[name="all"]',
        kept=lambda: ItemDisposition.objects.count(),
        seen=sees("main"),
    ),
)
AGREED = (
    finish(
        "finish publish",
        "agrees, publishes and closes",
        {"agreed": "yes", "messages": "none"},
        button='[name="publish"]',
        seen=sees("#confirm-publish"),
    ),
    finish(
        "finish agreed",
        "records that the content is agreed",
        {"agreed": "yes", "messages": "none"},
        opens=[the_chair_ticks_everybody],
        button=".actions .button-primary",
        seen=noticed(),
        kept=fact(IN_MEETING, "status"),
    ),
    a_form(
        "publish",
        "is asked once before publishing",
        "mim",
        IN_MEETING,
        "publication/",
        "publication.html form 2",
        seen=sees('[value="confirmed"]'),
    ),
    a_form(
        "publish confirmed",
        "publishes the Learning Review",
        "mim",
        IN_MEETING,
        "publication/",
        "publication.html form 2",
        opens=["form[action$='/publish/'] button"],
        button='[value="confirmed"]',
        seen=noticed(),
        kept=fact(IN_MEETING, "published_at"),
    ),
)
PUBLISHING = (
    a_form(
        "send_note",
        "sends a status note",
        "liaison",
        DISTRIBUTED,
        "publication/",
        "publication.html form 3",
        needs="text",
        good={"text": "The draft is out; the meeting is on Thursday", "to": address("director")},
        kept=of(StatusNote, DISTRIBUTED, sent_at__isnull=False),
    ),
    a_form(
        "erratum",
        "publishes an erratum",
        "mim",
        MESSAGES,
        "publication/",
        "publication.html form 1",
        needs="reason",
        good={"reason": "One time was wrong"},
        kept=of(Revision, MESSAGES),
    ),
    vendor(
        "plan",
        "plans the RCA of a vendor",
        6,
        "plan",
        good=lambda: {"service_manager": address("vendors"), "due_on": day(9)},
        kept=lambda: VendorFollowUp.objects.filter(rca_due_at__isnull=False).count(),
        seen=noticed(),
    ),
    vendor(
        "item",
        "notes what a vendor owes",
        7,
        "item",
        needs="text",
        good=lambda: {"text": "The log of the mirror", "due_on": day(5)},
        kept=lambda: VendorItem.objects.count(),
    ),
    vendor(
        "move",
        "gives what a vendor owes another date",
        4,
        "move",
        before=something_is_owed,
        needs="due_on",
        good=lambda: {"due_on": day(12), "note": "Their expert is back then"},
        kept=lambda: VendorItemMove.objects.count(),
        seen="Their expert is back then",
    ),
    vendor(
        "close",
        "closes what a vendor owed",
        5,
        "close",
        before=something_is_owed,
        needs="outcome",
        good={"outcome": "The log came by mail"},
        kept=lambda: VendorItem.objects.filter(closed_at__isnull=False).count(),
    ),
    vendor(
        "rca",
        "attaches the RCA of a vendor",
        8,
        "rca",
        good=lambda: {"file": a_file("rca.pdf", PDF)},
        kept=lambda: VendorFollowUp.objects.filter(rca_received_at__isnull=False).count(),
        seen="rca.pdf",
    ),
)
SENDING = (
    a_message(
        "message",
        "saves a message",
        "communications",
        "Hosting partners",
        "message_prepare.html form 1",
        needs="audience",
        good=lambda: {
            "audience": "Hosting partners",
            "channel": "Mail and phone",
            "text": "What to expect next time",
            "due_at": f"{day(3)}T12:00",
            "reason": "They are at a fair until then",
        },
        button=":not([name]).button",
        kept=of_message("Hosting partners", "channel"),
        seen=noticed(),
    ),
    a_message(
        "message ask",
        "asks for the approval of a message",
        "communications",
        "Hosting partners",
        "message_prepare.html form 1",
        button='[name="ask"]',
        kept=of_message("Hosting partners", "asked_at"),
        seen=noticed(),
    ),
    a_message(
        "answer_message return",
        "returns a message with a reason",
        "mim",
        "Hosting partners",
        "message.html form 1",
        button='[value="return"]',
        needs="reason",
        good={"reason": "It promises a date"},
        kept=of_message("Hosting partners", "returned_reason"),
        seen="It promises a date",
    ),
    a_message(
        "answer_message approve",
        "approves a message",
        "mim",
        "Users of the public service",
        "message.html form 1",
        button='[value="approve"]',
        kept=of_message("Users of the public service", "approved_at"),
        seen=noticed(),
    ),
    a_message(
        "settle sent",
        "says where a message was sent",
        "communications",
        "Users of the public service",
        "message_settle.html form 1",
        button='[value="sent"]',
        good={"where": "The blog, at noon"},
        kept=of_message("Users of the public service", "status"),
        seen="The blog, at noon",
    ),
    a_message(
        "settle withdrawn",
        "withdraws a message",
        "communications",
        "Hosting partners",
        "message_settle.html form 1",
        button='[value="withdrawn"]',
        needs="reason",
        good={"reason": "They know already"},
        kept=of_message("Hosting partners", "status"),
        seen="They know already",
    ),
)
REVIEWING = (
    a_form(
        "actions_review",
        "settles an item at the 30-day review",
        "mim",
        OVERDUE,
        "actions-review/",
        "actions_review.html form 1",
        button=".actions .button-primary",
        good=lambda: {f"{waiting()}-choice": "cancelled", f"{waiting()}-reason": "The nodes are gone"},
        kept=lambda: ItemDisposition.objects.count(),
        seen=sees("main"),
    ),
)


def waiting() -> str:
    """The item that waits for its disposition."""
    return str(ItemProposal.objects.get(state="waiting").change.reference)


RECIPES = (*MEETING, *in_world("agreeing", AGREED, PUBLISHING, SENDING, REVIEWING))
