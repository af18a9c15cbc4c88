"""Two more things of the access matrix, at stages that those of `access_cast` have left behind: an incident that runs,
and a review whose draft was never distributed. The words of the draft stand nowhere else."""

from dataclasses import dataclass
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

from afteractions.operations.evidence.close_out import close_out
from afteractions.operations.evidence.evidence import ask_for_evidence, attach_evidence
from afteractions.operations.followup.vendors import add_item, attach_rca, follow_up_of, plan_rca
from afteractions.operations.meeting.attendees import set_attendees
from afteractions.operations.meeting.meeting import name_anti_pattern
from afteractions.operations.readers.comments import add_comment
from afteractions.operations.readers.guests import create_guest_link
from incidents.models import Incident
from incidents.operations.log import reach_milestone, send_status_update
from incidents.operations.response.command import assign, open_track
from incidents.operations.response.mtm import ActionOfMtm, record_mtm
from incidents.operations.response.vendors import engage
from incidents.vocabulary import CommandRole
from majorops import clock
from tests.factories.afteractions import (
    CLOSED,
    HOUR,
    SCHEDULED,
    a_change,
    a_meeting,
    an_after_action,
    fresh,
    write,
    write_prose,
)
from tests.factories.incidents import OPENED, an_event, an_incident, minutes
from tests.factories.people import a_contact
from tests.web.access_cast import PDF, Cast, Thing

# Stands in drafts that are not out, and nowhere else.
UNTOLD = "mooring"
# What an attendee is asked to bring to it: theirs to read as well.
ASKED = "Its logbook"


@dataclass
class Running(Thing):
    """An incident that still runs: nothing follows it yet."""

    runs: Incident | None = None

    @property
    def incident(self) -> Incident:
        assert self.runs is not None
        return self.runs


def _thing(kind: type[Thing], word: str, cast: Cast, **said: Any) -> Any:
    """A thing of which some parts are not there yet; what is not has an address that leads nowhere."""
    nowhere = dict.fromkeys(Thing.__dataclass_fields__, SimpleNamespace(pk=0))
    return kind(**{**nowhere, "names": frozenset(), "word": word, "cast": cast, **said})


def a_running_thing(word: str, cast: Cast, other: Thing) -> Running:
    """A Critical incident half an hour after it was opened, with one of each entry. What forms name of a review is
    the `other` thing's."""
    said = {"by": cast.mim, "at": OPENED + minutes(5), "now": OPENED + minutes(5)}
    incident = an_incident(cast.mim, "critical", title=f"The {word} does not answer")
    assign(incident, role=CommandRole.TECHNICAL_RECOVERY_LEAD, person=cast.trl, **said)
    an_event(incident, f"The {word} was restarted", by=cast.mim, at=said["at"])
    reach_milestone(incident, kind="confirmed", **said)
    send_status_update(incident, audience="internal", text=f"The {word} is being restored", **said)
    return _thing(
        Running,
        word,
        cast,
        runs=incident,
        after_action=other.after_action,
        change=other.change,
        link=other.link,
        comment=other.comment,
        evidence=other.evidence,
        follow_up=other.follow_up,
        track=open_track(incident, name=f"Track of the {word}", **said),
        engagement=engage(incident, vendor=f"Vendor of the {word}", **said),
        mtm=record_mtm(incident, actions=[ActionOfMtm(f"Call the pilot of the {word}")], **said),
    )


def a_drafted_thing(word: str, cast: Cast) -> Thing:
    """A review written to the end and not distributed: all that is written in it carries UNTOLD."""
    said = {"by": cast.mim, "at": CLOSED + timedelta(minutes=5), "now": CLOSED + timedelta(minutes=5)}
    after_action = an_after_action(cast.mim, lead=cast.trl, title=f"The {word} does not answer")
    incident = after_action.incident
    engagement = engage(incident, vendor=f"Vendor of the {word}", root_cause_related=True, **said)
    track = open_track(incident, name=f"Track of the {word}", **said)
    mtm = record_mtm(incident, actions=[ActionOfMtm(f"Call the pilot of the {word}")], **said)
    said = {"by": cast.mim, "at": SCHEDULED, "now": SCHEDULED}
    a_meeting(after_action, owner=cast.owner, location=f"Room of the {word}")
    guest = a_contact(incident.reference, f"noc-{word}", f"Desk of the {word}", f"desk@{word}.example")
    rows = [{"person": one, "included": True, "reason": "Knows it"} for one in (cast.attendee, guest)]
    set_attendees(after_action, rows, **said)
    close_out(after_action, worked=f"The {UNTOLD} was near", slowed="", **{**said, "by": cast.trl})
    asked = after_action.attendees.get(person=cast.attendee)
    ask_for_evidence(asked, bring=ASKED, bring_by=date(2026, 3, 6), **said)
    ask_for_evidence(
        after_action.attendees.get(person=guest),
        bring=f"The {UNTOLD}'s plan",
        bring_by=date(2026, 3, 6),
        **said,
    )
    name_anti_pattern(fresh(after_action), "blame_session", f"The {UNTOLD} was blamed", **said)
    evidence = attach_evidence(
        after_action,
        name=f"{UNTOLD}.log",
        content=f"The {UNTOLD} failed".encode(),
        **{**said, "by": cast.owner},
    )
    write_prose(after_action)
    write(after_action, "summary", {"business_impact": f"The {UNTOLD} was closed", "customer_impact": ""})
    write(after_action, "went_well", [{"text": f"The {UNTOLD} held", "kind": "tool"}])
    cause = {
        "failure": f"a pump of the {UNTOLD} without power",
        "contributing_factors": [f"no drill at the {UNTOLD}"],
        "certainty": "known",
    }
    write(after_action, "root_cause", cause)
    row = a_change(cast.action_owner, change=f"Drill the {UNTOLD} each month")
    write(after_action, "changes", [{**row, "gap": f"The {UNTOLD} was never drilled"}])
    follow_up = plan_rca(
        follow_up_of(engagement, now=SCHEDULED), service_manager=cast.owner, due_on=date(2026, 3, 20), **said
    )
    add_item(follow_up, text=f"Logs of the {UNTOLD}", due_on=date(2026, 3, 12), **said)
    attach_rca(follow_up, name=f"rca-{word}.pdf", content=PDF, **said)
    later = SCHEDULED + HOUR
    comment = add_comment(
        after_action,
        section="root_cause",
        text=f"Was the {UNTOLD} warned?",
        by=cast.owner,
        at=later,
        now=later,
    )
    now = clock.now()
    link, _ = create_guest_link(after_action, guest, by=cast.mim, at=now, now=now)
    after_action = fresh(after_action)
    return _thing(
        Thing,
        word,
        cast,
        after_action=after_action,
        change=after_action.changes.get(mtm_action__isnull=True),
        comment=comment,
        follow_up=follow_up,
        engagement=engagement,
        track=track,
        mtm=mtm,
        link=link,
        evidence=evidence,
    )
