"""The recipes of an After Action until its draft: decided, prepared, written."""

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, expect

from afteractions.demonstration.people import address
from afteractions.models import (
    AfterAction,
    Attendee,
    Change,
    CloseOutAnswer,
    DismissedName,
    EvidenceFile,
    EvidenceWithdrawal,
    Meeting,
    Obligation,
    ReadingListNote,
    SectionText,
)
from afteractions.operations.review.section_editing import save_section
from incidents.models import Incident
from incidents.operations.close import close
from incidents.operations.declare import declare
from majorops import clock
from majorops.people.models import Person
from tests.browser.controls.recipes import (
    DRAFT,
    UNDECIDED,
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
    review,
    sees,
    working_day,
)

# An incident after which nothing is required.
SMALL = "One page was slow"


def saved_at(key: str) -> Callable[[Page], None]:
    """The section is saved by itself: nobody presses a button."""
    place = f'#form-{key} [data-saved][data-state="saved"]'
    return lambda page: expect(page.locator(place)).to_be_visible()


def a_small_one_closed() -> None:
    """Nothing is required after it."""
    now, by = clock.now(), Person.objects.get(email=address("mim"))
    small = declare(title=SMALL, severity="low", by=by, at=now, now=now)
    close(small, by=by, at=now, now=now)


def small() -> Incident:
    return Incident.objects.get(title=SMALL)


def something_went_otherwise() -> None:
    """Than it was expected to."""
    now, review = clock.now(), after_action(UNSCHEDULED)
    written = review.sections.filter(key="expected").first()
    save_section(
        review,
        "expected",
        [
            {
                "expected": "The copy is whole",
                "actual": "It lacked an hour",
                "kind": "procedure",
                "reference": "Runbook 9",
            }
        ],
        version=written.version if written else None,
        by=review.incident.mim,
        at=now,
        now=now,
    )


def section(key: str, does: str, title: str = UNSCHEDULED, **said: Any) -> Recipe:
    return a_form(
        f"section/{key}",
        does,
        "mim",
        title,
        "draft/",
        "section.html form 1",
        where=f"#form-{key}",
        sends=saved_at(key),
        seen=saved_at(key),
        **said,
        kept=lambda: (
            SectionText.objects.filter(section__after_action=after_action(title)).count(),
            list(Change.objects.filter(after_action=after_action(title)).values_list("change")),
        ),
    )


def highlight(page: Page) -> None:
    page.locator("[name=highlighted]:not(:checked)").first.check()


DECIDING = (
    Recipe(
        "asks for an After Action that is not required",
        "lead",
        lambda: f"/after-actions/ask/{small().reference}/",
        "afteractions/ask.html form 1",
        "request",
        before=a_small_one_closed,
        needs="reason",
        good={"reason": "It is the third time this month"},
        kept=lambda: AfterAction.objects.filter(incident=small()).count(),
        seen=noticed(),
    ),
    a_form(
        "decide hold",
        "accepts an After Action that somebody asked for",
        "mim",
        SMALL,
        "decide/",
        "decide.html form 1",
        button='[value="hold"]',
        seen=noticed(),
        kept=fact(SMALL, "decision"),
    ),
    a_form(
        "waive",
        "waives a deadline of what is not mandatory",
        "manager",
        SMALL,
        "deadlines/",
        "step.html form 1",
        opens=['a[href$="/waive/"]'],
        needs="reason",
        good={"reason": "The registry is switched off next week"},
        kept=of(Obligation, SMALL, state="waived"),
        seen=noticed(),
    ),
    a_form(
        "decide skip",
        "skips a recommended After Action with a reason",
        "mim2",
        UNDECIDED,
        "decide/",
        "decide.html form 1",
        button='[value="skip"]',
        needs="reason",
        good={"reason": "The cause is known and mended"},
        seen=noticed(),
        kept=fact(UNDECIDED, "decision"),
    ),
)
WRITING = (
    section(
        "summary",
        "writes the summary",
        good={"business_impact": "Builds waited", "customer_impact": "Downloads failed"},
    ),
    section(
        "expected",
        "writes what was supposed to happen",
        good={
            "expected-0-expected": "Mirrors are tried first",
            "expected-0-actual": "Nobody tried them",
            "expected-0-reference": "Runbook 7",
        },
    ),
    section(
        "root_cause",
        "writes the root cause",
        good={
            "failure": "a wrong redirect",
            "contributing_factors": "the redirect had no test",
            "certainty": "known",
        },
    ),
    section("went_well", "writes what went well", good={"went_well-0-text": "The rollback took a minute"}),
    section(
        "changes",
        "writes a change",
        good=lambda: {
            "changes-0-change": "Test each redirect",
            "changes-0-gap": "the redirect had no test",
            "changes-0-owner": address("engineer"),
            "changes-0-due_on": day(20),
        },
    ),
    section("timeline", "highlights an entry of the timeline", opens=["#entries > summary", highlight]),
    a_form(
        "not_a_name",
        "says that what looks like a name is none",
        "mim",
        UNSCHEDULED,
        "draft/",
        "hints.html form 1",
        opens=[lambda page: page.locator("[name=failure]").fill("a mail that Boris Petrov forgot")],
        seen=lambda page: expect(page.locator("#root_cause-hints form")).to_have_count(0),
        kept=lambda: DismissedName.objects.count(),
    ),
    a_form(
        "take_gap",
        "turns a gap into a change",
        "mim",
        UNSCHEDULED,
        "draft/",
        "gaps.html form 1",
        kept=of(Change, UNSCHEDULED),
        seen=sees("#changes-heading"),
    ),
    a_form(
        "take_row",
        "turns what went otherwise into a change",
        "mim",
        UNSCHEDULED,
        "draft/",
        "rows_to_take.html form 1",
        before=something_went_otherwise,
        kept=of(Change, UNSCHEDULED),
        seen=noticed("was added"),
    ),
    a_form(
        "confirm",
        "confirms a section",
        "lead",
        UNSCHEDULED,
        "draft/",
        "confirmation.html form 1",
        seen=sees(".confirmed"),
        kept=lambda: after_action(UNSCHEDULED).sections.filter(confirmed_at__isnull=False).count(),
    ),
    a_form(
        "take_close_out",
        "takes over what was said at the close",
        "mim",
        DRAFT,
        "draft/",
        "close_out_lines.html form 1",
        seen=sees("#went_well-heading"),
        kept=lambda: str(
            sorted(SectionText.objects.filter(section__after_action=after_action(DRAFT)).values_list("pk"))
        ),
    ),
)


def the_lead_is_the_expert() -> None:
    now, drafted = clock.now(), after_action(UNSCHEDULED)
    row = {"expected": "The mirror answers", "actual": "It did not", "kind": "procedure"}
    asked = [{**row, "assessed_by": Person.objects.get(email=address("lead")).identifier}]
    by = drafted.incident.mim
    save_section(drafted, "expected", asked, version=None, by=by, at=now, now=now)


SCHEDULING = (
    a_form(
        "schedule",
        "schedules the meeting",
        "mim",
        UNSCHEDULED,
        "schedule/",
        "schedule.html form 1",
        button='[name="own"]',
        needs="starts_at",
        good=lambda: {"starts_at": working_day(5), "location": "Room of the bridge"},
        kept=of(Meeting, UNSCHEDULED),
        seen=noticed("is scheduled"),
    ),
)
PREPARING = (
    Recipe(
        "says as the expert what deviated",
        "lead",
        review(UNSCHEDULED, "assessments/"),
        "afteractions/assessments.html form 1",
        "assessments",
        needs="assessment",
        good={"assessment": "A drill would have shown it"},
        before=the_lead_is_the_expert,
        kept=lambda: SectionText.objects.filter(section__after_action=after_action(UNSCHEDULED)).count(),
        seen=sees("main"),
    ),
    Recipe(
        "says what worked and what slowed us",
        "lead",
        review(UNSCHEDULED, "close-out/"),
        "afteractions/close_out.html form 1",
        "close_out",
        needs="",
        good={"worked": "The mirror answered", "slowed": "Nobody had the key"},
        kept=of(CloseOutAnswer, UNSCHEDULED),
        seen=sees("main"),
    ),
    a_form(
        "reading_list",
        "adds something to look into",
        "mim",
        UNSCHEDULED,
        "reading-list/",
        "reading_list_part.html form 2",
        needs="text",
        good={"text": "The ticket of the mirror", "url": "https://example.org/ticket"},
        kept=lambda: ReadingListNote.objects.count(),
    ),
    a_form(
        "reading_list_tick",
        "ticks off what was read",
        "mim",
        UNSCHEDULED,
        "reading-list/",
        "reading_list_part.html form 1",
        seen="Mara Lindqvist-Osei",
        kept=lambda: ReadingListNote.objects.count(),
    ),
    a_form(
        "evidence",
        "attaches a file",
        "mim",
        UNSCHEDULED,
        "evidence/",
        "evidence.html form 1",
        needs="file",
        good=lambda: {"file": a_file("redirects.log", b"302 301 302\n"), "note": "All of that hour"},
        kept=lambda: EvidenceFile.objects.count(),
    ),
    a_form(
        "withdraw_evidence",
        "withdraws a file",
        "mim",
        UNSCHEDULED,
        "evidence/",
        "evidence.html form 2",
        needs="reason",
        good={"reason": "It is of another day"},
        kept=lambda: EvidenceWithdrawal.objects.count(),
    ),
    a_form(
        "ask_evidence",
        "asks for evidence",
        "mim",
        UNSCHEDULED,
        "evidence/",
        "evidence.html form 3",
        good=lambda: {"bring": "The list of mirrors", "bring_by": day(2)},
        kept=of(Attendee, UNSCHEDULED, bring="The list of mirrors"),
    ),
)
RECIPES = (*DECIDING, *WRITING, *in_world("sent", PREPARING, SCHEDULING))
