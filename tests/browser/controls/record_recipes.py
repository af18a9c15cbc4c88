"""The recipes of the record: the console of a running incident, the record of a closed one, declaring and importing."""

import json
from collections.abc import Callable, Mapping
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import QuerySet
from playwright.sync_api import Page, expect

from afteractions.demonstration.documents import worked
from afteractions.demonstration.people import address
from incidents.models import (
    CommandAssignment,
    Handover,
    ImpactStatement,
    Incident,
    IncidentAccess,
    IncidentService,
    Milestone,
    Mtm,
    MtmDecision,
    PhaseEntry,
    RecoveryTrack,
    Reopening,
    RepeatDecision,
    SeverityChange,
    StatusUpdate,
    TimelineEvent,
    TrackMember,
    VendorEngagement,
)
from incidents.operations.log import change_severity
from incidents.operations.response.command import assign, open_track
from majorops import clock
from majorops.people.models import Person
from tests.browser.controls.recipes import (
    CRITICAL,
    DISTRIBUTED,
    LEARNED,
    OVERDUE,
    RUNNING,
    UNDECIDED,
    UNSCHEDULED,
    Recipe,
    in_world,
    incident,
    page_at,
    record,
)

STEP = "incidents/step.html form 1"


def of(model: Any, title: str, **where: Any) -> Callable[[], object]:
    """How many such entries one incident has."""
    return lambda: model.objects.filter(incident__title__startswith=title, **where).count()


def latest(model: Any, title: str, **where: Any) -> QuerySet[Any]:
    entries: QuerySet[Any] = model.objects.filter(incident__title__startswith=title, **where).order_by("-pk")
    return entries


def fact(title: str, name: str) -> Callable[[], object]:
    return lambda: getattr(incident(title), name)


def moment(title: str, name: str) -> str:
    """An instant of an incident, as somebody types it into its forms."""
    zone = ZoneInfo(incident(title).time_zone)
    return f"{getattr(incident(title), name).astimezone(zone):%Y-%m-%d %H:%M}"


def dialog_is_gone(page: Page) -> None:
    expect(page.locator("#dialog")).to_be_hidden()


def in_place(text: str) -> Callable[[Page], None]:
    """The dialog is gone, and the page behind it says so."""

    def look(page: Page) -> None:
        expect(page.locator("#dialog")).to_be_hidden()
        expect(page.locator("#main").get_by_text(text).first).to_be_visible()

    return look


def a_step(name: str, does: str, *, title: str = CRITICAL, who: str = "mim2", **said: Any) -> Recipe:
    """A step that is taken in the dialog which its button opens."""
    said.setdefault("opens", [f'[hx-get$="/{name}/"]'])
    return Recipe(does, who, record(title), STEP, name, **said)


def an_entry_step(name: str, does: str, *, title: str = CRITICAL, **said: Any) -> Recipe:
    """A step on one entry of the record: the first that offers it."""
    return a_step(name, does, title=title, opens=[f'[hx-get*="/{name}/"]'], **said)


def another(title: str, reason: str) -> Callable[[], Mapping[str, str]]:
    return lambda: {"reference": incident(title).reference, "reason": reason}


def lower_it_after_the_close() -> None:
    """A Critical incident that never was one: its After Action stays mandatory until the manager confirms."""
    now, closed = clock.now(), incident(UNSCHEDULED)
    change_severity(
        closed, severity="low", reason="It never was one.", never_was=True, by=closed.mim, at=now, now=now
    )


def it_is_critical() -> None:
    """Meetings are called of a Critical incident alone."""
    now, running = clock.now(), incident(RUNNING)
    change_severity(running, severity="critical", reason="It spread", by=running.mim, at=now, now=now)


def nobody_commands_it() -> None:
    now = clock.now()
    CommandAssignment.objects.filter(incident=incident(RUNNING), role="mim").update(until_at=now)
    Incident.objects.filter(pk=incident(RUNNING).pk).update(mim=None)


CONSOLE = (
    Recipe(
        "logs a line of the console",
        "mim2",
        record(CRITICAL),
        "incidents/console.html form 1",
        good={"line": "the spare provider answers"},
        needs="",
        seen=in_place("the spare provider answers"),
        kept=of(TimelineEvent, CRITICAL),
    ),
    a_step(
        "event",
        "logs an event",
        good={"text": "The second database answers", "evidence_url": "https://example.org/graph"},
        needs="text",
        seen=in_place("The second database answers"),
        kept=of(TimelineEvent, CRITICAL),
    ),
    a_step(
        "status",
        "records a status update",
        good={
            "text": "We restore from the backup of the night",
            "channel": "status-page",
            "audience": "public",
        },
        needs="text",
        seen=in_place("We restore from the backup"),
        kept=of(StatusUpdate, CRITICAL),
    ),
    a_step(
        "phase",
        "enters a phase",
        good={"phase": "recovering"},
        needs="phase",
        seen=in_place("Recovering"),
        kept=of(PhaseEntry, CRITICAL),
    ),
    a_step(
        "milestone",
        "reaches a milestone",
        good={"kind": "mitigated", "text": "The provider is reachable"},
        seen=in_place("Mitigation applied"),
        kept=of(Milestone, CRITICAL),
    ),
    a_step(
        "impact",
        "states the impact",
        needs="",
        untouched=True,
        good={"business": "Two customers could not ship", "customers_affected": "412"},
        seen=in_place("Two customers could not ship"),
        kept=of(ImpactStatement, CRITICAL),
    ),
    a_step(
        "track",
        "opens a recovery track",
        needs="name",
        good={"name": "Move the status page", "service": "Status page", "lead": address("lead")},
        seen=in_place("Move the status page"),
        kept=of(RecoveryTrack, CRITICAL),
    ),
    an_entry_step(
        "track-change",
        "says what is new of a track",
        needs="",
        untouched=True,
        good={"outcome": "It answers from the new provider", "member": address("engineer")},
        seen=in_place("It answers from the new provider"),
        kept=lambda: TrackMember.objects.count(),
    ),
    a_step(
        "role",
        "assigns a role",
        needs="person",
        good={"person": address("engineer"), "role": "scribe"},
        seen=in_place("Priya Narayan-Holt"),
        kept=of(CommandAssignment, CRITICAL),
    ),
    an_entry_step(
        "role-end",
        "ends a role",
        seen=in_place("until"),
        kept=of(CommandAssignment, CRITICAL, until_at__isnull=False),
    ),
    a_step(
        "vendor",
        "engages a vendor",
        needs="vendor",
        good={"vendor": "Cloudflare", "service_name": "DNS", "effect": "Names resolve again"},
        seen=in_place("Cloudflare"),
        kept=of(VendorEngagement, CRITICAL),
    ),
    an_entry_step(
        "vendor-change",
        "says what a vendor did",
        good={"responded_at": "now", "effect": "They sent an engineer", "root_cause_related": "yes"},
        seen=in_place("responded"),
        kept=of(VendorEngagement, CRITICAL, responded_at__isnull=False),
    ),
    a_step(
        "service",
        "names a service affected",
        needs="name",
        good={"name": "Customer portal"},
        seen=in_place("Customer portal"),
        kept=of(IncidentService, CRITICAL),
    ),
    a_step(
        "severity",
        "changes the severity",
        good={"severity": "high", "reason": "Reads work for all again"},
        seen=in_place("High (P2)"),
        kept=of(SeverityChange, CRITICAL),
    ),
    a_step(
        "no-mtm",
        "decides against a further meeting",
        needs="reason",
        good={"reason": "Everybody is on the bridge already"},
        seen=in_place("Everybody is on the bridge already"),
        kept=lambda: MtmDecision.objects.count(),
    ),
    a_step(
        "mtm",
        "starts a Major Technical Meeting",
        before=it_is_critical,
        title=RUNNING,
        who="mim",
        seen="Major Technical Meeting 1",
        kept=of(Mtm, RUNNING),
    ),
    a_step(
        "repeat",
        "says that it repeats an earlier one",
        title=RUNNING,
        who="mim",
        needs=None,
        good=another(LEARNED, "The same image failed"),
        seen=dialog_is_gone,
        kept=of(RepeatDecision, RUNNING),
    ),
    a_step(
        "restrict",
        "restricts an incident",
        title=UNDECIDED,
        needs="reason",
        good={"reason": "It names a customer"},
        seen="Restricted",
        kept=fact(UNDECIDED, "restricted"),
    ),
    a_step(
        "admit",
        "lets somebody into a restricted incident",
        title=UNDECIDED,
        needs="person",
        good={"person": address("vendors"), "reason": "She knows the registry"},
        seen=dialog_is_gone,
        kept=of(IncidentAccess, UNDECIDED),
    ),
    a_step(
        "unrestrict",
        "opens a restricted incident to everybody",
        title=UNDECIDED,
        needs="reason",
        good={"reason": "The name is taken out"},
        seen=lambda page: expect(page.locator("#lead")).not_to_contain_text("Restricted"),
        kept=fact(UNDECIDED, "restricted"),
    ),
)

TURNS = (
    Recipe(
        "dismisses an earlier look-alike",
        "mim",
        record(RUNNING, "look-alikes/"),
        "incidents/partials/look_alikes.html form 1",
        "not-a-repeat",
        kept=lambda: RepeatDecision.objects.count(),
        seen=lambda page: expect(page.locator("main")).to_be_visible(),
    ),
    Recipe(
        "says why it is no repeat",
        "mim",
        record(RUNNING, "not-a-repeat/"),
        STEP,
        "not-a-repeat",
        needs="reference",
        good=another(OVERDUE, "Another node image"),
        kept=lambda: RepeatDecision.objects.count(),
        seen=lambda page: expect(page.locator("#line-form")).to_be_visible(),
    ),
    a_step(
        "hand-over",
        "hands an incident over",
        needs="to",
        good={"to": address("mim"), "note": "The second database is next"},
        seen="Mara Lindqvist-Osei",
        kept=lambda: Handover.objects.count(),
    ),
    a_step(
        "claim",
        "claims an incident that nobody commands",
        title=RUNNING,
        who="mim2",
        before=nobody_commands_it,
        seen="Tomasz Okonkwo",
        kept=fact(RUNNING, "mim_id"),
    ),
    a_step(
        "close",
        "closes an incident",
        title=RUNNING,
        who="mim2",
        opens=['.page-head [hx-get$="/close/"]'],
        good={"text": "All nodes are replaced"},
        seen="Closed",
        kept=fact(RUNNING, "status"),
    ),
    a_step(
        "reopen",
        "reopens an incident",
        title=RUNNING,
        who="mim2",
        needs="reason",
        good={"reason": "Two nodes flap again"},
        seen=lambda page: expect(page.locator("#line-form")).to_be_visible(),
        kept=lambda: Reopening.objects.count(),
    ),
    a_step(
        "confirm-lowering",
        "confirms that it never was mandatory",
        title=UNSCHEDULED,
        who="manager",
        before=lower_it_after_the_close,
        needs="reason",
        good={"reason": "One mirror, for a minute"},
        seen=lambda page: expect(page.locator("[hx-get$='/confirm-lowering/']")).to_have_count(0),
        kept=fact(UNSCHEDULED, "requirement_level"),
    ),
    a_step(
        "event",
        "adds an entry to a closed record",
        title=DISTRIBUTED,
        who="mim",
        needs="text",
        good=lambda: {"text": "The vendor wrote back", "at": moment(DISTRIBUTED, "closed_at")},
        seen="The vendor wrote back",
        kept=of(TimelineEvent, DISTRIBUTED),
    ),
    an_entry_step(
        "event",
        "corrects an entry of a closed record",
        title=DISTRIBUTED,
        who="mim",
        needs="text",
        good=lambda: {"text": "The upgrade began, of the rules too", "at": moment(DISTRIBUTED, "opened_at")},
        seen="The upgrade began, of the rules too",
        kept=of(TimelineEvent, DISTRIBUTED),
    ),
)

DECLARING = (
    Recipe(
        "declares an incident",
        "lead",
        page_at("/incidents/declare/"),
        "incidents/declare.html form 1",
        needs="title",
        good={
            "title": "Search finds nothing",
            "severity": "medium",
            "services": "Search",
            "external": "no",
            "known": "The index is empty since the night",
        },
        seen="The index is empty since the night",
        kept=lambda: Incident.objects.filter(title="Search finds nothing").count(),
    ),
)


def a_document() -> Mapping[str, str]:
    """One of the worked incidents under a name of its own."""
    document = worked("binder-2017-11-30-oom-proxy")
    return {"pasted": json.dumps({**document, "external_id": "by-hand", "title": "Imported by hand"})}


def a_lead_was_named_after_the_close() -> None:
    """The role carries no rights until somebody confirms it."""
    now, closed = clock.now(), incident(LEARNED)
    person = Person.objects.get(email=address("security"))
    assign(closed, role="technical_recovery_lead", person=person, by=closed.mim, at=closed.opened_at, now=now)


def a_track_was_recorded_after_the_close() -> None:
    """By somebody who may not confirm it: its lead has no part in the incident until somebody does."""
    now, closed = clock.now(), incident(LEARNED)
    by = closed.commandassignments.filter(role="technical_recovery_lead").first().person
    person = Person.objects.get(email=address("security"))
    open_track(closed, name="Forensics", lead=person, by=by, at=closed.opened_at, now=now)


AFTERWARDS = (
    Recipe(
        "imports a document",
        "lead",
        page_at("/incidents/import/"),
        "incidents/import.html form 1",
        needs="",
        good=a_document,
        seen="Imported by hand",
        kept=lambda: Incident.objects.filter(title="Imported by hand").count(),
    ),
    Recipe(
        "corrects a meeting of a closed incident",
        "mim",
        record(DISTRIBUTED, "mtms/1/"),
        STEP,
        "mtm-change",
        opens=['[href*="/mtm-change/"]'],
        needs="",
        untouched=True,
        good={"note_business_impact": "Court listings were two hours late"},
        seen=lambda page: expect(page.locator("#lead")).to_be_visible(),
        kept=of(Mtm, DISTRIBUTED),
    ),
    an_entry_step(
        "role-confirm",
        "confirms a role that was recorded after the close",
        title=LEARNED,
        who="mim",
        before=a_lead_was_named_after_the_close,
        seen=lambda page: expect(page.locator('[hx-get*="/role-confirm/"]')).to_have_count(0),
    ),
    an_entry_step(
        "lead-confirm",
        "confirms the lead of a track that was recorded after the close",
        title=LEARNED,
        who="mim",
        before=a_track_was_recorded_after_the_close,
        seen=lambda page: expect(page.locator('[hx-get*="/lead-confirm/"]')).to_have_count(0),
    ),
)
RECIPES = (*TURNS, *DECLARING, *AFTERWARDS, *in_world("console", CONSOLE))
