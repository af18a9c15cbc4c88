"""The recipes of who attends an After Action, of reading its draft, and of sending the draft out."""

import re
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, expect

from afteractions.demonstration.people import address
from afteractions.demonstration.vendors import guest_link
from afteractions.models import (
    Attendee,
    Comment,
    EvidenceFile,
    GuestLink,
    QuestionTally,
    Reading,
    Revision,
)
from afteractions.operations.review.section_editing import save_section
from majorops import clock
from tests.browser.controls.recipes import (
    DISTRIBUTED,
    LEARNED,
    Recipe,
    a_file,
    a_form,
    after_action,
    fact,
    in_world,
    noticed,
    of,
    sees,
)


def of_revision(model: Any, title: str) -> Callable[[], object]:
    return lambda: model.objects.filter(revision__after_action=after_action(title)).count()


def answer(response: str, who: str, does: str) -> Recipe:
    return a_form(
        f"answer {response}",
        does,
        who,
        DISTRIBUTED,
        "people/",
        "people.html form 1",
        button=f'[value="{response}"]',
        seen=lambda page: expect(page.locator(f'[value="{response}"]').first).to_have_attribute(
            "aria-pressed", "true"
        ),
        kept=of(Attendee, DISTRIBUTED, response=response),
    )


def a_step(name: str, does: str, **said: Any) -> Recipe:
    return a_form(name, does, "mim", DISTRIBUTED, f"{name}/", "step.html form 1", **said)


def one_thing_more_went_well() -> None:
    """What is sent again differs from what was sent."""
    review, now = after_action(DISTRIBUTED), clock.now()
    rows = [{"text": "The runbook was found at once", "kind": "tool"}]
    save_section(review, "went_well", rows, version=None, by=review.owner, at=now, now=now)


def a_guests(name: str, does: str, form: int, **said: Any) -> Recipe:
    """What somebody without an account does by the link."""
    return Recipe(
        does,
        "guest",
        lambda: guest_link(now=clock.now()) or "",
        f"afteractions/guest.html form {form}",
        name,
        **said,
    )


def on_a_phone(page: Page) -> None:
    page.set_viewport_size({"width": 360, "height": 760})


def commented(text: str) -> Callable[[Page], None]:
    """The comment stands in its thread, folded or not."""
    return lambda page: expect(page.locator(".thread", has_text=text).first).to_be_attached()


ATTENDING = (
    answer("accepted", "lead", "accepts the invitation"),
    answer("tentative", "engineer", "answers perhaps"),
    answer("declined", "communications", "declines the invitation"),
    a_form(
        "propose",
        "looks at the record again",
        "mim",
        DISTRIBUTED,
        "people/",
        "people.html form 2",
        seen=noticed(),
    ),
    a_form(
        "add_attendee",
        "adds an attendee",
        "mim",
        DISTRIBUTED,
        "people/",
        "people.html form 3",
        needs="person",
        good=lambda: {"person": address("vendors"), "why": "She knows the contract", "bring": "The contract"},
        seen="She knows the contract",
        kept=of(Attendee, DISTRIBUTED),
    ),
    a_form(
        "decide_attendee yes",
        "asks an attendee to bring something",
        "mim",
        DISTRIBUTED,
        "people/",
        "attendee.html form 1",
        button='[value="yes"]',
        good={"bring": "The change calendar"},
        kept=of(Attendee, DISTRIBUTED, bring="The change calendar"),
    ),
    a_form(
        "decide_attendee no",
        "takes an attendee off with a reason",
        "mim",
        DISTRIBUTED,
        "people/",
        "attendee.html form 1",
        button='[value="no"]',
        where=" >> nth=1",
        needs="reason",
        good={"reason": "On leave that week"},
        seen="On leave that week",
        kept=of(Attendee, DISTRIBUTED, included=True),
    ),
    a_form(
        "answer elsewhere",
        "enters an answer that came elsewhere",
        "mim",
        DISTRIBUTED,
        "people/",
        "attendee.html form 2",
        good={"response": "declined"},
        where=" >> nth=2",
        seen=noticed(),
        kept=of(Attendee, DISTRIBUTED, response="declined"),
    ),
    a_form(
        "take_back_link",
        "takes a guest's link back",
        "mim",
        DISTRIBUTED,
        "people/",
        "people.html form 4",
        seen=sees("#guests"),
        kept=lambda: GuestLink.objects.filter(revoked_at__isnull=False).count(),
    ),
    a_form(
        "let_guest_in",
        "makes a guest's link",
        "mim",
        DISTRIBUTED,
        "people/",
        "attendee.html form 3",
        good={"days": "7"},
        seen=lambda page: expect(page.locator("#guest-address")).to_have_value(re.compile("/guest/")),
        kept=lambda: GuestLink.objects.count(),
    ),
    a_form(
        "naming",
        "names who has which part",
        "mim",
        DISTRIBUTED,
        "people/named/",
        "naming.html form 1",
        good={
            "owner": address("mim"),
            "internal_liaison": address("liaison"),
            "editors": address("lead"),
            "stakeholders": address("director"),
        },
        seen="Idris Falkenrath",
        kept=lambda: after_action(DISTRIBUTED).stakeholders.count(),
    ),
)
READING = (
    a_form(
        "acknowledge asked",
        "says in the card that it is read",
        "lead",
        DISTRIBUTED,
        "read/",
        "reader_tasks.html form 1",
        kept=of_revision(Reading, DISTRIBUTED),
        seen=sees(".reader-tasks.card-green"),
    ),
    a_form(
        "acknowledge bar",
        "says in the bar that it is read",
        "attendee",
        DISTRIBUTED,
        "read/",
        "read_bar.html form 1",
        opens=[on_a_phone],
        kept=of_revision(Reading, DISTRIBUTED),
        seen=sees(".reader-tasks.card-green"),
    ),
    a_form(
        "comment",
        "comments on a section",
        "attendee",
        DISTRIBUTED,
        "read/",
        "threads.html form 3",
        where=':has([value="summary"])',
        needs="text",
        good={"text": "Was it two tenants or three?"},
        kept=of(Comment, DISTRIBUTED),
        seen=commented("Was it two tenants or three?"),
    ),
    a_form(
        "comment answer",
        "answers a comment",
        "lead",
        DISTRIBUTED,
        "read/",
        "threads.html form 1",
        needs="text",
        good={"text": "For somebody who may decide"},
        kept=of(Comment, DISTRIBUTED),
        seen=commented("For somebody who may decide"),
    ),
    a_form(
        "resolve",
        "resolves a comment",
        "mim",
        DISTRIBUTED,
        "read/",
        "threads.html form 2",
        kept=of(Comment, DISTRIBUTED, resolved_at__isnull=False),
        seen=lambda page: expect(page.locator(".thread.is-resolved").first).to_be_attached(),
    ),
    a_form(
        "meeting_question",
        "answers a question after the meeting",
        "mim",
        LEARNED,
        "read/",
        "questions.html form 1",
        button='[value="yes"]',
        kept=lambda: QuestionTally.objects.filter(yes=1).count(),
        seen=noticed("your answer is counted"),
    ),
)
STEPS = (
    a_step(
        "amend",
        "sends an amended draft",
        before=one_thing_more_went_well,
        good={"reason": "One time was wrong"},
        kept=of(Revision, DISTRIBUTED),
        seen=noticed("out"),
    ),
    a_step(
        "withdraw",
        "takes the draft back",
        needs="reason",
        good={"reason": "The cause is another one"},
        kept=fact(DISTRIBUTED, "status"),
        seen=noticed(),
    ),
    a_step(
        "distribute", "distributes the draft", good={}, kept=fact(DISTRIBUTED, "status"), seen=noticed("out")
    ),
)
GUESTS = (
    a_guests(
        "guest_answer",
        "answers the invitation as a guest",
        1,
        button='[value="tentative"]',
        kept=lambda: Attendee.objects.filter(response="tentative").count(),
        seen=noticed("the chair sees your answer"),
    ),
    a_guests(
        "guest_read",
        "says as a guest that it is read",
        2,
        kept=lambda: Reading.objects.count(),
        seen=noticed("the chair sees that you have read it"),
    ),
    a_guests(
        "guest_comment",
        "comments as a guest",
        3,
        needs="text",
        good={"section": "root_cause", "text": "We shipped a fix on Thursday"},
        kept=lambda: Comment.objects.count(),
    ),
    a_guests(
        "guest_bring",
        "brings evidence as a guest",
        4,
        needs="file",
        good=lambda: {"file": a_file("gateway.log", b"09:10 refused\n"), "note": "Refused failovers"},
        kept=lambda: EvidenceFile.objects.count(),
        seen=noticed("is attached"),
    ),
)
RECIPES = in_world("sent", READING, GUESTS, ATTENDING, STEPS)
