"""Steps of a walk through the 30-day review: proposals and their answers, reviews that come back, nudges, what is owed
passed on, and people who leave."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import rule

from afteractions.models import AfterAction, Change, ItemProposal, Obligation
from afteractions.operations.deadlines import nudging
from afteractions.operations.followup import actions, handover, leavers, proposals
from afteractions.vocabulary import Disposition
from incidents.models import Incident
from majorops.errors import RuleViolation
from majorops.people.models import Person
from majorops.people.signals import came_or_left
from tests.operations.walk import forbidden_after
from tests.operations.walk.following import Following
from tests.operations.walk.going import REASON, when

# The items belong to their owner, whatever else to the MIM.
WHO = st.sampled_from(
    [*["its own"] * 6, "administrator", "engineer", "second mim", "auditor", "outsider", "manager"]
)
DISPOSITION = st.sampled_from(list(Disposition))
NUMBER = st.integers(0, 3)
DAYS = st.sampled_from([1, 45, 90])
A_REVIEW = timedelta(days=30)


class ThirtyDays(Following):
    """Those who owe an item, those who settle it, and those who watch."""

    @rule(what=DISPOSITION, number=NUMBER, who=WHO, days=DAYS)
    @when(lambda walk: walk.published)
    def propose_a_disposition(self, what: Disposition, number: int, who: str, days: int) -> None:
        def step(**by: Any) -> object:
            due_on = self.in_days(days) if what == Disposition.EXTENDED else None
            return proposals.propose(
                self.item(number), disposition=what, evidence="Drill 812", due_on=due_on, reason=REASON, **by
            )

        self.take("propose", step, who, self.owner_of(number))

    @rule(what=st.sampled_from(["accept", "accept", "accept", "decline"]), who=WHO)
    @when(lambda walk: "proposal" in walk.there)
    def answer_what_is_proposed(self, what: str, who: str) -> None:
        def step(**by: Any) -> object:
            proposed = ItemProposal.objects.filter(change__after_action=self.after_action, state="waiting")
            waiting = self.one_of(proposed.select_related("change"))
            if what == "decline":
                return proposals.decline(waiting.change, word="The drill was not held.", **by)
            said = {name: getattr(waiting, name) for name in ("disposition", "evidence", "due_on", "reason")}
            return actions.settle_item(waiting.change, **said, word="Agreed.", **by)

        self.take(f"{what} what is proposed", step, who)

    @rule(rounds=st.integers(1, 3), number=NUMBER, settled=st.booleans())
    @when(lambda walk: walk.published)
    def reviews_come_back(self, rounds: int, number: int, settled: bool) -> None:
        """Month by month; an item that is extended each time, or that nobody speaks of."""
        for _ in range(rounds):
            self.now += A_REVIEW
            self.deadlines_are_swept()
            if settled:
                self.propose_a_disposition(Disposition.EXTENDED, number, "its own", 45)
                self.answer_what_is_proposed("accept", "its own")

    @rule(
        number=st.integers(0, 6), who=st.sampled_from(["manager", "chief", "its own", "engineer", "outsider"])
    )
    @when(lambda walk: walk.published)
    def nudge(self, number: int, who: str) -> None:
        def step(**by: Any) -> object:
            return nudging.nudge(self.owed(number), word="Today?", **by)

        self.take("nudge", step, who)

    @rule(number=st.integers(0, 6), who=WHO, to=st.sampled_from(["lead", "keeper", "outsider"]))
    @when(lambda walk: walk.published)
    def pass_on_what_is_owed(self, number: int, who: str, to: str) -> None:
        def step(**by: Any) -> object:
            return handover.hand_over(self.owed(number), owner=self.people[to], reason=REASON, **by)

        self.take("pass on", step, who, "manager")

    @rule(who=st.sampled_from(["keeper", "keeper", "keeper", "manager", "manager", "mim"]))
    @when(lambda walk: walk.published)
    def somebody_leaves(self, who: str) -> None:
        """Their account is disabled, as an administrator does it."""
        if who in self.left:
            return
        Person.objects.filter(pk=self.people[who].pk).update(is_active=False)
        self.people[who] = person = Person.objects.select_related("manager").get(pk=self.people[who].pk)
        self.left[who] = self.now
        came_or_left.send(Person, person=person, by=self.people["administrator"], now=self.now)
        self.out_of_turn = False
        self.look()

    @rule(
        who=st.sampled_from(["its own", "its own", "chief", "engineer"]),
        to=st.sampled_from(["lead", "engineer"]),
    )
    @when(lambda walk: walk.left)
    def hand_over_what_is_left(self, who: str, to: str) -> None:
        def step(**by: Any) -> object:
            if not self.left:
                raise RuleViolation("Nobody left.")
            leaver = self.people[min(self.left)]
            return leavers.hand_over_all(leaver, to=self.people[to], note=REASON, **by)

        self.take("hand over what is left", step, who, "administrator")

    def item(self, number: int) -> Change:
        items = Change.objects.filter(after_action=self.after_action, removed_at=None).exclude(
            kind="continue"
        )
        found: Change = self.one_of(items, number)
        return found

    def owner_of(self, number: int) -> str:
        """Whom the walk calls the owner of an item."""
        try:
            owner = self.item(number).owner_id
        except RuleViolation:
            return "engineer"
        return next((name for name, person in self.people.items() if person.pk == owner), "engineer")

    def owed(self, number: int) -> Obligation:
        open_ones = Obligation.objects.open().filter(incident__reference=self.reference)
        found: Obligation = self.one_of(open_ones, number)
        return found

    def found_forbidden(
        self, incident: Incident, after_action: AfterAction | None, obligations: list[Obligation]
    ) -> Iterator[str]:
        yield from super().found_forbidden(incident, after_action, obligations)
        if after_action is not None:
            yield from forbidden_after.looked_at(after_action, obligations)
        left = {self.people[name].pk: since for name, since in self.left.items()}
        yield from forbidden_after.of_those_who_left(incident, obligations, left)

    def forbidden_after_a_sweep(self) -> list[str]:
        found = super().forbidden_after_a_sweep()
        if self.published:
            after_action = self.after_action
            found += forbidden_after.after_a_sweep(after_action, self.now, self.people["auditor"])
        return found
