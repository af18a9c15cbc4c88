"""One walk: a stage to begin at, then steps through the operations as anybody might take them, in or out of turn.

A step may be refused; then it has changed nothing. Whatever else goes wrong, and every state that domain.md forbids,
ends the walk.
"""

from datetime import timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from afteractions.models import (
    Attendee,
    Meeting,
    Obligation,
    Revision,
)
from afteractions.operations import intake
from afteractions.operations.deadlines import waiving
from afteractions.operations.meeting import attendees, meeting, scheduling
from afteractions.operations.readers import comments, reading
from afteractions.operations.review import distribution, section_editing
from incidents.models import TimelineEvent
from incidents.operations import close, log
from incidents.operations.response import command
from incidents.vocabulary import CommandRole, EventKind, ImpactField, MilestoneKind, Phase, Severity
from majorops.people.models import Person
from majorops.people.operations.own_account import say_away
from tests.factories.afteractions import COMPLETE
from tests.operations.walk.going import REASON, WHO, when
from tests.operations.walk.meetings_and_vendors import MeetingsAndVendors
from tests.operations.walk.thirty_days import ThirtyDays

AN_HOUR = timedelta(hours=1)
SOMEBODY = st.sampled_from(["engineer", "lead", "owner", "second mim", "liaison", "manager"])
AHEAD = st.sampled_from([1, 20, 49, 74, 24 * 6, 24 * 20])


class Walk(MeetingsAndVendors, ThirtyDays):
    """Every step of the process as a rule."""

    @rule()
    def the_next_step_is_out_of_turn(self) -> None:
        self.out_of_turn = True

    @rule(override=st.booleans(), messages=st.booleans(), haste=st.booleans())
    @precondition(lambda walk: not walk.running and walk.has_review)
    def the_process_goes_on(self, override: bool, messages: bool, haste: bool) -> None:
        """The step that it waits for, by whoever owes it; in haste before its time, or with something missing."""
        match self.status:
            case "draft" if not self.mandatory and not self.decided:
                self.decide("its own", "hold")
            case "draft":
                self.schedule("its own", 74)
                self.write_all_that_is_asked_for("its own")
                self.distribute("its own")
            case "in_review":
                self.read("its own")
                self.now += timedelta(hours=3)
                why = REASON if override else ""
                self.finish_the_meeting("its own", True, why, messages, not haste)
            case "reviewed" if not self.published:
                self.add_a_change("its own", "start", None if haste else "engineer", 40)
                self.publish("its own")
            case _:
                self.review_an_action("done", 0, "its own", 1, override)
                if not haste:
                    self.prepare_a_message("approve", 0, "its own")
                self.settle_a_message("sent", 0, "its own")

    the_process_goes_further = the_process_goes_on
    the_process_goes_to_its_end = the_process_goes_on

    # The record

    @rule(who=WHO, kind=st.sampled_from(list(EventKind)))
    @when(lambda walk: walk.running)
    def log_an_event(self, who: str, kind: EventKind) -> None:
        self.take("log", lambda **by: log.log_event(self.incident, kind=kind, text="Failover.", **by), who)

    @rule(who=WHO, number=st.integers(0, 3))
    def correct_an_event(self, who: str, number: int) -> None:
        def step(**by: Any) -> object:
            event = self.one_of(TimelineEvent.objects.filter(incident__reference=self.reference), number)
            return log.log_event(
                self.incident, kind=event.kind, text="It was the other.", corrects=event, **by
            )

        self.take("correct", step, who)

    @rule(who=WHO, kind=st.sampled_from(list(MilestoneKind)))
    @when(lambda walk: walk.running)
    def reach_a_milestone(self, who: str, kind: MilestoneKind) -> None:
        self.take("milestone", lambda **by: log.reach_milestone(self.incident, kind=kind, **by), who)

    @rule(who=WHO, phase=st.sampled_from(list(Phase)))
    @when(lambda walk: walk.running)
    def enter_a_phase(self, who: str, phase: Phase) -> None:
        self.take("phase", lambda **by: log.enter_phase(self.incident, phase=phase, **by), who)

    @rule(
        who=WHO,
        said=st.sampled_from(
            [
                (ImpactField.EXTERNAL, True),
                (ImpactField.EXTERNAL, False),
                (ImpactField.CUSTOMERS_AFFECTED, 0),
                (ImpactField.CUSTOMERS_AFFECTED, 900),
                (ImpactField.UNUSUAL_FACTORS, "A leap second."),
            ]
        ),
    )
    def state_the_impact(self, who: str, said: tuple[ImpactField, object]) -> None:
        field, value = said
        self.take(
            "impact",
            lambda **by: log.state_impact(self.incident, field=field, value=value, reason=REASON, **by),
            who,
        )

    @rule(who=WHO, severity=st.sampled_from(list(Severity)), never_was=st.booleans())
    def change_the_severity(self, who: str, severity: Severity, never_was: bool) -> None:
        self.take(
            "severity",
            lambda **by: log.change_severity(
                self.incident, severity=severity, never_was=never_was, reason=REASON, **by
            ),
            who,
        )

    @rule(who=WHO, repeats=st.booleans())
    def say_whether_it_repeats(self, who: str, repeats: bool) -> None:
        self.take(
            "repeat",
            lambda **by: log.link_repeat(
                self.incident,
                repeat_of=self.cast.earlier if repeats else None,
                is_repeat=repeats,
                reason=REASON,
                **by,
            ),
            who,
        )

    @rule(who=WHO)
    @when(lambda walk: walk.running)
    def close_the_incident(self, who: str) -> None:
        self.take("close", lambda **by: close.close(self.incident, **by), who)

    @rule(who=WHO)
    @when(lambda walk: not walk.running)
    def reopen_the_incident(self, who: str) -> None:
        self.take("reopen", lambda **by: close.reopen(self.incident, reason=REASON, **by), who)

    @rule(who=st.sampled_from(["manager", "administrator", "mim"]))
    @when(lambda walk: not walk.running and walk.mandatory)
    def confirm_that_it_never_was_mandatory(self, who: str) -> None:
        self.take(
            "confirm lowering", lambda **by: close.confirm_lowering(self.incident, reason=REASON, **by), who
        )

    @rule(who=WHO, role=st.sampled_from(list(CommandRole)), somebody=SOMEBODY)
    @when(lambda walk: walk.running)
    def assign_a_role(self, who: str, role: CommandRole, somebody: str) -> None:
        person = self.people[somebody]
        self.take("assign", lambda **by: command.assign(self.incident, role=role, person=person, **by), who)

    @rule(who=WHO, to=st.sampled_from(["second mim", "mim", "engineer"]))
    def hand_over(self, who: str, to: str) -> None:
        person = self.people[to]
        self.take(
            "hand over", lambda **by: command.hand_over(self.incident, to=person, note=REASON, **by), who
        )

    @rule(who=WHO, restricted=st.booleans())
    def restrict(self, who: str, restricted: bool) -> None:
        self.take(
            "restrict",
            lambda **by: command.restrict(self.incident, restricted=restricted, reason=REASON, **by),
            who,
        )

    # Decide, schedule, attend

    @rule(who=WHO, decision=st.sampled_from(["hold", "hold", "skip"]))
    @when(lambda walk: walk.has_review and not walk.mandatory)
    def decide(self, who: str, decision: str) -> None:
        self.take(
            "decide",
            lambda **by: intake.decide(self.after_action, decision=decision, reason=REASON, **by),
            who,
        )

    @rule(who=SOMEBODY)
    @when(lambda walk: not walk.running and not walk.has_review)
    def ask_for_one(self, who: str) -> None:
        self.take("ask", lambda **by: intake.request(self.incident, reason=REASON, **by), who)

    @rule(who=WHO, accepted=st.booleans())
    @when(lambda walk: walk.has_review and not walk.decided and not walk.mandatory)
    def answer_who_asks(self, who: str, accepted: bool) -> None:
        self.take(
            "answer",
            lambda **by: intake.decide(
                self.after_action, decision="hold" if accepted else "skip", reason=REASON, **by
            ),
            who,
        )

    @rule(who=WHO, hours=AHEAD)
    @when(lambda walk: walk.status == "draft")
    def schedule(self, who: str, hours: int) -> None:
        starts_at = self.now + timedelta(hours=hours)
        self.take(
            "schedule",
            lambda **by: scheduling.schedule(
                self.after_action, starts_at=starts_at, ends_at=starts_at + AN_HOUR, reason=REASON, **by
            ),
            who,
        )

    @rule(who=WHO, hours=AHEAD)
    @when(lambda walk: walk.status in ("draft", "in_review"))
    def reschedule(self, who: str, hours: int) -> None:
        starts_at = self.now + timedelta(hours=hours)
        self.take(
            "reschedule",
            lambda **by: scheduling.reschedule(
                self.after_action, starts_at=starts_at, ends_at=starts_at + AN_HOUR, reason=REASON, **by
            ),
            who,
        )

    @rule(who=WHO, somebody=SOMEBODY, included=st.booleans(), reason=st.sampled_from(["", REASON]))
    @when(lambda walk: walk.has_review)
    def decide_who_attends(self, who: str, somebody: str, included: bool, reason: str) -> None:
        row = {"person": self.people[somebody], "included": included, "reason": reason}
        self.take("attendees", lambda **by: attendees.set_attendees(self.after_action, [row], **by), who)

    @rule(number=st.integers(0, 3), answer=st.sampled_from(["accepted", "tentative", "declined"]))
    @when(lambda walk: walk.has_review)
    def answer_the_invitation(self, number: int, answer: str) -> None:
        def step(**by: Any) -> object:
            rows = Attendee.objects.filter(after_action=self.after_action)
            return attendees.respond(self.one_of(rows, number), answer, **by)

        self.take("respond", step, "its own")

    @rule(who=st.sampled_from(["manager", "chief", "administrator"]), number=st.integers(0, 5))
    @when(lambda walk: walk.has_review and not walk.mandatory)
    def waive(self, who: str, number: int) -> None:
        def step(**by: Any) -> object:
            open_ones = Obligation.objects.open().filter(incident__reference=self.reference)
            return waiving.waive(self.one_of(open_ones, number), reason=REASON, **by)

        self.take("waive", step, who)

    # The Learning Review

    @rule(who=WHO, key=st.sampled_from(list(COMPLETE)), named=st.sampled_from([False, False, True]))
    @when(lambda walk: walk.has_review)
    def write_a_section(self, who: str, key: str, named: bool) -> None:
        content: Any = COMPLETE[key]
        if key == "root_cause" and named:
            content = {**content, "failure": "Tomas Lindqvist restarted the wrong standby"}

        def step(**by: Any) -> object:
            after_action = self.after_action
            section = after_action.sections.filter(key=key).first()
            version = section.version if section else None
            return section_editing.save_section(after_action, key, content, version=version, **by)

        self.take("write", step, who, "owner")

    @rule(who=WHO)
    @when(lambda walk: walk.status == "draft")
    def write_all_that_is_asked_for(self, who: str) -> None:
        for key in COMPLETE:
            self.write_a_section(who, key, False)

    @rule(
        who=WHO,
        kind=st.sampled_from(["stop", "start", "continue"]),
        somebody=st.sampled_from([None, "engineer", "owner", "outsider"]),
        days=st.sampled_from([None, 3, 40]),
    )
    @when(lambda walk: walk.has_review and not walk.published)
    def add_a_change(self, who: str, kind: str, somebody: str | None, days: int | None) -> None:
        due_on = (self.now + timedelta(days=days)).date().isoformat() if days else None
        owner = self.people[somebody] if somebody else None
        self.take(
            "change",
            lambda **by: section_editing.add_change(
                self.after_action, kind=kind, change="Drill it.", owner=owner, due_on=due_on, **by
            ),
            who,
            "owner",
        )

    @rule(who=WHO, key=st.sampled_from(["expected", "root_cause"]))
    @when(lambda walk: walk.has_review)
    def confirm_a_section(self, who: str, key: str) -> None:
        self.take(
            "confirm", lambda **by: section_editing.confirm_section(self.after_action, key, **by), who, "lead"
        )

    @rule(who=WHO, key=st.sampled_from(list(COMPLETE)))
    @when(lambda walk: walk.has_review)
    def comment(self, who: str, key: str) -> None:
        self.take(
            "comment",
            lambda **by: comments.add_comment(self.after_action, section=key, text="Why?", **by),
            who,
        )

    @rule(who=WHO)
    @when(lambda walk: walk.status == "draft")
    def distribute(self, who: str) -> None:
        self.take("distribute", lambda **by: distribution.distribute(self.after_action, **by), who, "owner")

    @rule(who=WHO)
    @when(lambda walk: walk.status == "in_review")
    def amend(self, who: str) -> None:
        def step(**by: Any) -> object:
            # What did not change is not sent again.
            section_editing.add_went_well(self.after_action, text="It was seen early.", kind="tool", **by)
            return distribution.amend(self.after_action, reason=REASON, **by)

        self.take("amend", step, who, "owner")

    @rule(who=WHO)
    @when(lambda walk: walk.status == "in_review")
    def withdraw(self, who: str) -> None:
        step = distribution.withdraw
        self.take("withdraw", lambda **by: step(self.after_action, reason=REASON, **by), who, "owner")

    @rule(who=WHO)
    @when(lambda walk: walk.status not in ("", "draft"))
    def read(self, who: str) -> None:
        def step(**by: Any) -> object:
            return reading.acknowledge(
                self.one_of(Revision.objects.filter(after_action=self.after_action), -1), **by
            )

        self.take("read", step, who)

    # The meeting

    @rule(who=WHO, override=st.sampled_from(["", REASON]))
    @when(lambda walk: walk.status == "in_review")
    def start_the_meeting(self, who: str, override: str) -> None:
        self.take(
            "start the meeting",
            lambda **by: meeting.start_meeting(self.after_action, override_reason=override, **by),
            who,
        )

    @rule(
        who=WHO,
        agreed=st.sampled_from([True, True, False]),
        override=st.sampled_from(["", REASON]),
        messages=st.booleans(),
        waits=st.booleans(),
    )
    @when(lambda walk: walk.status == "in_review")
    def finish_the_meeting(self, who: str, agreed: bool, override: str, messages: bool, waits: bool) -> None:
        def step(**by: Any) -> object:
            after_action = self.after_action
            started_at = self.now - AN_HOUR
            there = [
                {"person": attendee.person.identifier, "present": True}
                for attendee in after_action.attendees.filter(included=True).select_related("person")
            ]
            planned = [
                {"text": "What changes.", "audience": "Customers", "due_at": self.now + timedelta(days=2)}
            ]
            return meeting.hold(
                after_action,
                started_at=started_at,
                ended_at=self.now,
                attendance=there,
                agreed=agreed,
                external_messages=planned if messages and agreed else "none",
                override_reason=override,
                **by,
            )

        if waits:
            ahead = Meeting.objects.filter(
                after_action__incident__reference=self.reference, held_until=None
            ).first()
            self.now = max(self.now, ahead.ends_at) if ahead else self.now
        self.take("finish the meeting", step, who)

    @rule(who=WHO, kind=st.sampled_from(["blame_session", "retell"]))
    @when(lambda walk: walk.status == "in_review")
    def name_an_anti_pattern(self, who: str, kind: str) -> None:
        step = meeting.name_anti_pattern
        self.take("name", lambda **by: step(self.after_action, kind, "Heard twice.", **by), who)

    # People

    @rule(somebody=SOMEBODY, substitute=SOMEBODY, days=st.sampled_from([0, 3]))
    def say_that_somebody_is_away(self, somebody: str, substitute: str, days: int) -> None:
        def step(by: Person, at: Any, now: Any) -> object:
            return say_away(
                by,
                substitute=self.people[substitute],
                from_on=self.in_days(0),
                until_on=self.in_days(days),
                by=by,
                now=now,
            )

        self.take("away", step, somebody)
