"""Steps of a walk from the publication on: the Learning Review goes out, messages and notes are sent, items are worked
on."""

from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import rule

from afteractions.models import Change, ExternalMessage, StatusNote
from afteractions.operations.followup import actions, external_messages
from afteractions.operations.review import publication
from tests.operations.walk.going import REASON, WHO, Going, when


class Following(Going):
    """Whoever publishes, sends and does what was agreed."""

    @rule(who=WHO)
    @when(lambda walk: walk.status == "reviewed")
    def publish(self, who: str) -> None:
        self.take("publish", lambda **by: publication.publish(self.after_action, **by), who, "owner")

    @rule(who=WHO)
    @when(lambda walk: walk.published)
    def publish_an_erratum(self, who: str) -> None:
        step = publication.amend_published
        self.take("erratum", lambda **by: step(self.after_action, reason=REASON, **by), who, "owner")

    @rule(
        what=st.sampled_from(["change", "move", "ask", "approve", "return"]),
        number=st.integers(0, 2),
        who=WHO,
    )
    @when(lambda walk: "message" in walk.there)
    def prepare_a_message(self, what: str, number: int, who: str) -> None:
        def step(**by: Any) -> object:
            found = self.one_of(ExternalMessage.objects.filter(after_action=self.after_action), number)
            match what:
                case "change":
                    return external_messages.edit_message(found, text=f"{found.text} It is over.", **by)
                case "move":
                    later = found.due_at + timedelta(days=1)
                    return external_messages.edit_message(found, due_at=later, reason=REASON, **by)
                case "ask":
                    return external_messages.ask_for_approval(found, **by)
            return external_messages.answer_for_message(
                found, approved=what == "approve", reason=REASON, **by
            )

        whose = "owner" if what in ("approve", "return") else "communications"
        self.take("prepare a message", step, who, whose)

    @rule(status=st.sampled_from(["sent", "withdrawn"]), number=st.integers(0, 2), who=WHO)
    @when(lambda walk: "message" in walk.there)
    def settle_a_message(self, status: str, number: int, who: str) -> None:
        def step(**by: Any) -> object:
            found = self.one_of(ExternalMessage.objects.filter(after_action=self.after_action), number)
            return external_messages.settle_message(found, status=status, reason=REASON, **by)

        self.take("message", step, who, "communications")

    @rule(number=st.integers(0, 3), who=WHO)
    @when(lambda walk: walk.status not in ("", "draft"))
    def send_a_status_note(self, number: int, who: str) -> None:
        def step(**by: Any) -> object:
            found = self.one_of(StatusNote.objects.filter(after_action=self.after_action), number)
            return publication.send_status_note(found, **by)

        self.take("status note", step, who, "owner")

    @rule(
        what=st.sampled_from(["start", "complete", "cancel", "extend", "hand on"]),
        number=st.integers(0, 3),
        who=WHO,
        days=st.sampled_from([1, 45]),
    )
    @when(lambda walk: walk.published)
    def work_on_an_action(self, what: str, number: int, who: str, days: int) -> None:
        def step(**by: Any) -> object:
            change = self.one_of(Change.objects.filter(after_action=self.after_action), number)
            match what:
                case "start":
                    return actions.start_action(change, **by)
                case "complete":
                    return actions.complete_action(change, evidence="Drill 812", **by)
                case "cancel":
                    return actions.cancel_action(change, reason=REASON, **by)
                case "extend":
                    return actions.extend_action(change, due_on=self.in_days(days), reason=REASON, **by)
                case _:
                    return actions.hand_on_action(change, owner=self.people["lead"], reason=REASON, **by)

        self.take(what, step, who)

    @rule(
        what=st.sampled_from(["done", "extended", "cancelled"]),
        number=st.integers(0, 3),
        who=WHO,
        days=st.sampled_from([1, 45]),
        waits=st.booleans(),
    )
    @when(lambda walk: walk.published)
    def review_an_action(self, what: str, number: int, who: str, days: int, waits: bool) -> None:
        def step(**by: Any) -> object:
            change = self.one_of(Change.objects.filter(after_action=self.after_action), number)
            said: dict[str, Any] = {"due_on": self.in_days(days)} if what == "extended" else {}
            return actions.settle_item(
                change, disposition=what, evidence="Drill 812", reason=REASON, **said, **by
            )

        if waits:
            self.now += timedelta(days=30)
        self.take("review", step, who)

    def in_days(self, days: int) -> date:
        return (self.now + timedelta(days=days)).date()
