"""Steps of a walk through Major Technical Meetings and vendors, and what domain.md forbids of them."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from afteractions.models import AfterAction, Obligation, VendorFollowUp, VendorItem
from afteractions.operations.followup import vendors as following
from incidents.models import Incident, Mtm, MtmAction, VendorEngagement
from incidents.operations.response import mtm, mtm_meeting
from incidents.operations.response import vendors as engaging
from tests.operations.walk.going import REASON, Going, when

PDF = b"%PDF-1.7\n%%EOF\n"
WHO = st.sampled_from([*["its own"] * 5, "administrator", "second mim", "auditor", "outsider", "lead"])
POINT = st.sampled_from(["recovery_status", "impact_statement", "prior_actions", "next_mtm"])


class MeetingsAndVendors(Going):
    """What happens beside the straight way: meetings while it runs, vendors until they delivered."""

    # Major Technical Meetings

    def mtm_of(self, number: int) -> Mtm:
        standing = Mtm.objects.filter(incident__reference=self.reference, corrections__isnull=True)
        found: Mtm = self.one_of(standing.select_related("incident"), number)
        return found

    @rule(who=WHO, owed=st.booleans())
    @when(lambda walk: walk.running)
    def call_a_meeting(self, who: str, owed: bool) -> None:
        owner = self.people["engineer"]
        due_on = (self.now + timedelta(days=1)).date()
        actions = [mtm.ActionOfMtm("Ask the vendor.", owner, due_on)] if owed else []
        self.take("mtm", lambda **by: mtm.record_mtm(self.incident, actions=actions, **by), who)

    @rule(who=WHO, number=st.integers(0, 2), point=POINT, is_old=st.booleans())
    @when(lambda walk: walk.running and "mtm" in walk.there)
    def take_a_note(self, who: str, number: int, point: str, is_old: bool) -> None:
        def step(**by: Any) -> object:
            meeting = self.mtm_of(number)
            read = "0" * 16 if is_old else mtm_meeting.note_tag(meeting.notes.get(point))
            said = f"{meeting.notes.get(point) or ''} It recovers."
            return mtm_meeting.take_note(meeting, point=point, text=said, read=read, **by)

        self.take("note", step, who)

    @rule(who=WHO, number=st.integers(0, 2), stood_down=st.booleans())
    @when(lambda walk: walk.running and "mtm" in walk.there)
    def end_a_meeting(self, who: str, number: int, stood_down: bool) -> None:
        next_at = None if stood_down else self.now + timedelta(hours=1)

        def step(**by: Any) -> object:
            return mtm.update_mtm(
                self.mtm_of(number), ended_at=self.now, stood_down=stood_down, next_at=next_at, **by
            )

        self.take("end a meeting", step, who)

    @rule(who=WHO, number=st.integers(0, 2))
    @when(lambda walk: walk.running and "mtm" in walk.there)
    def publish_a_summary(self, who: str, number: int) -> None:
        self.take(
            "summary", lambda **by: mtm.publish_summary(self.mtm_of(number), text="It recovers.", **by), who
        )

    @rule(who=WHO, number=st.integers(0, 3), said=st.sampled_from(["done", "goes_on", "dropped"]))
    @when(lambda walk: walk.running and "mtm" in walk.there)
    def review_what_was_agreed(self, who: str, number: int, said: str) -> None:
        def step(**by: Any) -> object:
            agreed = MtmAction.objects.filter(mtm__incident__reference=self.reference)
            action = self.one_of(agreed.select_related("mtm__incident"), number)
            return mtm_meeting.review_action(
                action, number=action.mtm.number + 1, outcome=said, text=REASON, **by
            )

        self.take("review an mtm action", step, who)

    @rule(number=st.integers(0, 1))
    @precondition(lambda walk: walk.running and "mtm" in walk.there)
    def the_meeting_goes_on(self, number: int) -> None:
        """To its summary, by whoever owes each step."""
        self.take_a_note("its own", number, "recovery_status", False)
        self.review_what_was_agreed("its own", 0, "done")
        self.end_a_meeting("its own", number, False)
        self.publish_a_summary("its own", number)

    @rule(who=WHO)
    @when(lambda walk: walk.running)
    def decide_against_a_meeting(self, who: str) -> None:
        self.take("no mtm", lambda **by: mtm.decide_against_mtm(self.incident, reason=REASON, **by), who)

    # Vendors

    def follow_up(self, number: int) -> VendorFollowUp:
        found: VendorFollowUp = self.one_of(
            VendorFollowUp.objects.filter(engagement__incident__reference=self.reference), number
        )
        return found

    @rule(
        who=WHO, name=st.sampled_from(["Cloudgate", "Cumulus"]), related=st.sampled_from([None, True, False])
    )
    def engage_a_vendor(self, who: str, name: str, related: bool | None) -> None:
        self.take(
            "engage",
            lambda **by: engaging.engage(self.incident, vendor=name, root_cause_related=related, **by),
            who,
        )

    @rule(who=WHO, number=st.integers(0, 2))
    @when(lambda walk: "vendor" in walk.there)
    def hear_from_a_vendor(self, who: str, number: int) -> None:
        def step(**by: Any) -> object:
            standing = VendorEngagement.objects.filter(
                incident__reference=self.reference, corrections__isnull=True
            )
            engagement = self.one_of(standing.select_related("incident"), number)
            return engaging.update_engagement(engagement, responded_at=self.now, **by)

        self.take("response", step, who)

    @rule(who=WHO, number=st.integers(0, 2), days=st.sampled_from([1, 12]), committed=st.booleans())
    @when(lambda walk: walk.has_review and "vendor" in walk.there)
    def plan_an_rca(self, who: str, number: int, days: int, committed: bool) -> None:
        def step(**by: Any) -> object:
            return following.plan_rca(
                self.follow_up(number),
                service_manager=self.people["service manager"],
                due_on=(self.now + timedelta(days=days)).date(),
                committed=committed,
                **by,
            )

        self.take("plan an rca", step, who)

    @rule(who=WHO, number=st.integers(0, 2), days=st.sampled_from([None, 1, 12]))
    @when(lambda walk: walk.has_review and "vendor" in walk.there)
    def wait_for_a_vendor(self, who: str, number: int, days: int | None) -> None:
        def step(**by: Any) -> object:
            due_on = (self.now + timedelta(days=days)).date() if days else None
            return following.add_item(self.follow_up(number), text="Logs.", due_on=due_on, **by)

        self.take("vendor item", step, who)

    @rule(who=WHO, number=st.integers(0, 3))
    @when(lambda walk: walk.has_review and "vendor" in walk.there)
    def close_a_vendors_item(self, who: str, number: int) -> None:
        def step(**by: Any) -> object:
            items = VendorItem.objects.filter(follow_up__engagement__incident__reference=self.reference)
            return following.close_item(
                self.one_of(items.select_related("follow_up"), number), outcome="They came.", **by
            )

        self.take("close a vendor item", step, who)

    @rule(who=WHO, number=st.integers(0, 2), content=st.sampled_from([PDF, PDF, b"MZ"]))
    @when(lambda walk: walk.has_review and "vendor" in walk.there)
    def receive_an_rca(self, who: str, number: int, content: bytes) -> None:
        def step(**by: Any) -> object:
            return following.attach_rca(self.follow_up(number), name="rca.pdf", content=content, **by)

        self.take("rca", step, who)

    @rule(number=st.integers(0, 1), content=st.sampled_from([PDF, b"MZ"]))
    @precondition(lambda walk: walk.has_review and "vendor" in walk.there)
    def the_vendor_delivers(self, number: int, content: bytes) -> None:
        """All that it owes, by whoever follows it up."""
        self.hear_from_a_vendor("its own", number)
        self.plan_an_rca("its own", number, 12, True)
        self.wait_for_a_vendor("its own", number, 12)
        self.close_a_vendors_item("its own", number)
        self.receive_an_rca("its own", number, content)

    def found_forbidden(
        self, incident: Incident, after_action: AfterAction | None, obligations: list[Obligation]
    ) -> Iterator[str]:
        yield from super().found_forbidden(incident, after_action, obligations)
        owed = {(row.kind, row.subject_key) for row in obligations if row.state == "open"}
        yield from forbidden_of_meetings(incident, owed)
        yield from forbidden_of_vendors(incident, owed)


def forbidden_of_meetings(incident: Incident, owed: set[tuple[str, str]]) -> Iterator[str]:
    """One at a time, a summary once and after its end, and what was dropped says why."""
    standing = list(Mtm.objects.filter(incident=incident, corrections__isnull=True).order_by("number"))
    numbers = [meeting.number for meeting in standing]
    if numbers != list(range(1, len(numbers) + 1)):
        yield f"the meetings are numbered {numbers}"
    reopened = incident.reopenings.last()
    for before, after in pairwise(standing):
        # What is entered once the incident is over may not know when the one before ended.
        was_running = incident.closed_at is None and (reopened is None or after.logged_at > reopened.at)
        if before.ended_at is None and was_running:
            yield f"MTM {after.number} began while MTM {before.number} was under way"
    for meeting in standing:
        if meeting.stood_down and meeting.next_at is not None:
            yield f"MTM {meeting.number} is stood down and sets the next one"
        told = [
            each.summary
            for each in Mtm.objects.filter(incident=incident, number=meeting.number).select_related("summary")
            if hasattr(each, "summary")
        ]
        if len(told) > 1:
            yield f"MTM {meeting.number} has {len(told)} summaries"
        if told and (meeting.ended_at is None or told[0].published_at < meeting.ended_at):
            yield f"MTM {meeting.number} has a summary from before its end"
        if told and ("mtm_summary", f"mtm:{meeting.number}") in owed:
            yield f"MTM {meeting.number} owes the summary that it has"
    for action in MtmAction.objects.filter(mtm__incident=incident).prefetch_related("reviews"):
        last = list(action.reviews.all())[-1:]
        if last and (last[0].outcome == "dropped" and not last[0].word):
            yield f"“{action.title}” is dropped without a word"
        if (
            last
            and action.status != {"done": "done", "goes_on": "open", "dropped": "cancelled"}[last[0].outcome]
        ):
            yield f"“{action.title}” is {action.status} after {last[0].outcome}"


def forbidden_of_vendors(incident: Incident, owed: set[tuple[str, str]]) -> Iterator[str]:
    """Nothing waits without a date, and each date has an obligation as long as it is open."""
    for item in VendorItem.objects.filter(follow_up__engagement__incident=incident):
        if item.due_on is None:
            yield f"“{item.text}” is waited for without a date"
        if (item.closed_at is None) != (("vendor_item", f"vendor_item:{item.pk}") in owed):
            yield f"“{item.text}” and its deadline disagree on whether it is open"
    for follow_up in VendorFollowUp.objects.filter(engagement__incident=incident).defer("rca_file"):
        if follow_up.rca_received_at and not follow_up.rca_sha256:
            yield "an RCA is kept without its hash"
        if follow_up.rca_received_at and ("vendor_rca", f"vendor:{follow_up.engagement_id}") in owed:
            yield "an RCA that is here is still owed"
