"""The people and the things of the access matrix: three incidents with all that can follow one.

`own` and `restricted` have the same cast; `others` belongs to other people. What is written in a thing carries its
word, so that a page can be searched for it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from afteractions.models import (
    AfterAction,
    Change,
    Comment,
    EvidenceFile,
    ExternalMessage,
    GuestLink,
    StatusNote,
    VendorFollowUp,
)
from afteractions.operations.evidence.close_out import close_out
from afteractions.operations.evidence.evidence import ask_for_evidence, attach_evidence
from afteractions.operations.followup.vendors import add_item, attach_rca, follow_up_of, plan_rca
from afteractions.operations.guest_links import path_of
from afteractions.operations.meeting.attendees import set_attendees
from afteractions.operations.readers.comments import add_comment
from afteractions.operations.readers.guests import create_guest_link
from afteractions.operations.review.distribution import amend, distribute
from incidents.models import (
    CommandAssignment,
    Incident,
    Milestone,
    Mtm,
    PhaseEntry,
    RecoveryTrack,
    StatusUpdate,
    TimelineEvent,
)
from incidents.models.vendors import VendorEngagement
from incidents.operations.log import send_status_update
from incidents.operations.response.command import open_track
from incidents.operations.response.mtm import ActionOfMtm, record_mtm
from incidents.operations.response.vendors import engage
from majorops import clock
from majorops.people.groups import GroupName
from majorops.people.models import Person, Team
from majorops.people.operations.own_account import say_away
from tests.factories.afteractions import (
    CLOSED,
    DISTRIBUTED,
    HOUR,
    MEETING,
    SCHEDULED,
    a_change,
    a_meeting,
    an_after_action,
    fresh,
    hold_meeting,
    write,
    write_prose,
)
from tests.factories.incidents import an_event
from tests.factories.people import a_contact, a_mim, a_person, a_token, an_administrator, an_auditor

# What the restricted incident is about: no page of anybody outside may say it.
SECRET = "harbour"
# Long after everything that is due.
FAR_DAY = "2099-01-05"
PDF = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


@dataclass(frozen=True)
class Cast:
    mim: Person
    owner: Person
    attendee: Person
    trl: Person
    action_owner: Person

    def __getitem__(self, role: str) -> Person:
        person: Person = getattr(self, role)
        return person


@dataclass
class Thing:
    """One incident with its After Action and one of each thing that hangs on it."""

    word: str
    cast: Cast
    after_action: AfterAction
    change: Change
    comment: Comment
    message: ExternalMessage
    note: StatusNote
    follow_up: VendorFollowUp
    engagement: VendorEngagement
    track: RecoveryTrack
    mtm: Mtm
    link: GuestLink
    evidence: EvidenceFile
    names: frozenset[str] = field(default_factory=frozenset)

    @property
    def incident(self) -> Incident:
        return self.after_action.incident

    @property
    def token(self) -> str:
        return path_of(self.link).split("/")[2]

    def guest_or_attendee(self, url: str) -> Person:
        """Links are for people without an account."""
        return self.link.person if url == "afteractions:let_guest_in" else self.cast.attendee

    def entry_of(self, step: str) -> int:
        """An entry of the record that the step can be taken on."""
        kinds: Mapping[str, Any] = {
            "event": TimelineEvent,
            "milestone": Milestone,
            "phase": PhaseEntry,
            "status": StatusUpdate,
            "track-change": RecoveryTrack,
            "role-end": CommandAssignment,
            "role-confirm": CommandAssignment,
            "lead-confirm": RecoveryTrack,
            "vendor-change": VendorEngagement,
            "mtm-change": Mtm,
        }
        key: int = kinds[step].objects.filter(incident=self.incident).latest("pk").pk
        return key


def a_cast(*, manager: Person | None = None) -> Cast:
    """Five people; the MIM has a token and will be away one day, the owner is of a team."""
    cast = Cast(
        mim=a_mim(manager=manager),
        owner=a_person("Ottilie Renner", manager=manager, team=Team.objects.get_or_create(name="Harbour")[0]),
        attendee=a_person("Abel Costa", manager=manager),
        trl=a_person("Tomas Lindqvist", manager=manager),
        action_owner=a_person("Amina Duarte", manager=manager),
    )
    a_token(cast.mim)
    cast.mim.browser_sessions.create(
        session_key=f"{cast.mim.pk:032}",
        device="Firefox on Linux",
        signed_in_at=clock.now(),
        last_used_at=clock.now(),
    )
    day = date.fromisoformat(FAR_DAY)
    say_away(cast.mim, substitute=cast.attendee, from_on=day, until_on=day, by=cast.mim, now=clock.now())
    return cast


def a_thing(word: str, cast: Cast, *, restricted: bool = False) -> Thing:
    """A Critical incident whose review was agreed and waits for its publication, one External Message planned."""
    said = {"by": cast.mim, "at": CLOSED + timedelta(minutes=5), "now": CLOSED + timedelta(minutes=5)}
    after_action = an_after_action(
        cast.mim,
        lead=cast.trl,
        title=f"The {word} does not answer",
        restricted=restricted,
        services=[f"Service of the {word}"],
        impact={"business": f"The {word} was closed", "external": True},
    )
    incident = after_action.incident
    an_event(incident, f"The {word} was restarted", by=cast.mim, at=said["at"])
    track = open_track(incident, name=f"Track of the {word}", **said)
    engagement = engage(incident, vendor=f"Vendor of the {word}", root_cause_related=True, **said)
    mtm = record_mtm(
        incident,
        notes={"recovery_status": f"The {word} recovers"},
        actions=[ActionOfMtm(f"Call the pilot of the {word}")],
        **said,
    )
    send_status_update(
        incident, audience="internal", channel="chat", text=f"The {word} is being restored", **said
    )
    said = {"by": cast.mim, "at": SCHEDULED, "now": SCHEDULED}
    a_meeting(after_action, owner=cast.owner, location=f"Room of the {word}")
    guest = a_contact(incident.reference, f"noc-{word}", f"Desk of the {word}", f"desk@{word}.example")
    set_attendees(
        after_action,
        [
            {"person": person, "included": True, "reason": f"Knows the {word}"}
            for person in (cast.attendee, guest)
        ],
        **said,
    )
    close_out(after_action, worked=f"The {word} was near", slowed="", **{**said, "by": cast.trl})
    asked = after_action.attendees.get(person=cast.attendee)
    ask_for_evidence(asked, bring=f"Log of the {word}", bring_by=date(2026, 3, 6), **said)
    evidence = attach_evidence(
        after_action,
        name=f"{word}.log",
        content=f"The {word} failed".encode(),
        **{**said, "by": cast.attendee},
    )
    write_prose(after_action)
    cause = {
        "failure": f"a pump of the {word} without power",
        "contributing_factors": [f"no drill at the {word}"],
        "certainty": "known",
    }
    write(after_action, "root_cause", cause)
    row = a_change(cast.action_owner, change=f"Drill the {word} each month")
    write(after_action, "changes", [{**row, "gap": f"The {word} was never drilled"}])
    follow_up = plan_rca(
        follow_up_of(engagement, now=SCHEDULED), service_manager=cast.owner, due_on=date(2026, 3, 20), **said
    )
    add_item(follow_up, text=f"Logs of the {word}", due_on=date(2026, 3, 12), **said)
    attach_rca(follow_up, name=f"rca-{word}.pdf", content=PDF, **said)
    distribute(fresh(after_action), by=cast.owner, at=DISTRIBUTED, now=DISTRIBUTED)
    later = DISTRIBUTED + HOUR
    comment = add_comment(
        after_action,
        section="root_cause",
        text=f"Was the {word} warned?",
        by=cast.attendee,
        at=later,
        now=later,
    )
    write(after_action, "went_well", [{"text": f"The {word} was found", "kind": "tool"}], at=later)
    amend(fresh(after_action), reason=f"The {word} was named", by=cast.owner, at=later, now=later)
    message = {"text": f"The {word} is open again", "audience": "Customers", "due_at": MEETING + 48 * HOUR}
    hold_meeting(after_action, external_messages=[message], override_reason=f"The {word} cannot wait")
    now = clock.now()
    link, _ = create_guest_link(after_action, guest, by=cast.mim, at=now, now=now)
    after_action = fresh(after_action)
    change = after_action.changes.get(mtm_action__isnull=True)
    return Thing(
        word,
        cast,
        after_action,
        change,
        comment,
        after_action.external_messages.get(),
        StatusNote.objects.filter(after_action=after_action).latest("pk"),
        follow_up,
        engagement,
        track,
        mtm,
        link,
        evidence,
        frozenset({word, incident.reference, after_action.reference, change.reference}),
    )


@dataclass
class House:
    """Everybody and everything."""

    people: dict[str, Person | None]
    things: dict[str, Thing]


def outsiders() -> dict[str, Person | None]:
    """Those without a part in any of the things. The administrator may open every page that there is."""
    administrator = an_administrator()
    return {
        "anonymous": None,
        "guest": None,
        "outsider": a_person("Olga Petrov"),
        "manager": a_person("Marta Keller"),
        "communications": a_person("Colin Reyes", groups=[GroupName.COMMUNICATIONS]),
        "auditor": an_auditor(),
        "administrator": administrator,
    }


def a_house(first: Callable[[dict[str, Person | None]], None] = lambda people: None) -> House:
    """Everybody and everything; `first` looks round before anything restricted is there."""
    people = outsiders()
    cast = a_cast(manager=people["manager"])
    people |= {role: cast[role] for role in ("mim", "owner", "attendee", "trl", "action_owner")}
    things = {"own": a_thing("lighthouse", cast), "others": a_thing("windmill", a_cast())}
    first(people)
    things["restricted"] = a_thing(SECRET, cast, restricted=True)
    return House(people, things)
