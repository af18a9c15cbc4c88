"""What the steps of a walk are made of: who takes one, what it may change, and what is looked at after it."""

from collections.abc import Callable
from typing import Any, ClassVar

from django.db import connection, transaction
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize

from afteractions.models import (
    AfterAction,
    Obligation,
)
from incidents.models import Incident
from majorops.audit.models import AuditEntry
from majorops.people.models import Person
from majorops.refusal import Refused
from tests.operations.walk import forbidden
from tests.operations.walk.cast import STAGES, Cast


class Going(RuleBasedStateMachine):
    """`cast` is made once for all walks; what a walk does to it is taken back at its end."""

    cast: ClassVar[Cast]
    taken: ClassVar[dict[str, list[int]]] = {}
    """How often each step was taken and how often refused."""

    def __init__(self) -> None:
        super().__init__()
        self.undone = transaction.atomic()
        self.undone.__enter__()
        self.memory = forbidden.Memory()
        self.out_of_turn = False
        self.running = self.has_review = False
        self.status = ""

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.undone.__exit__(None, None, None)

    @initialize(stage=st.sampled_from(list(STAGES)))
    def set_out(self, stage: str) -> None:
        set_out = self.cast.stages[stage]
        self.reference, self.now = set_out.incident.reference, set_out.now
        # The other stages stand still: neither sweep nor auditor looks at what was set aside.
        Obligation.objects.exclude(incident=set_out.incident).update(set_aside_at=self.now)
        self.look()

    # What the steps are made of

    @property
    def incident(self) -> Incident:
        return Incident.objects.select_related("mim__account").get(reference=self.reference)

    @property
    def after_action(self) -> AfterAction:
        found = AfterAction.objects.select_related("incident__mim__account", "owner").filter(
            incident__reference=self.reference
        )
        for after_action in found:
            return after_action
        raise Refused("There is no After Action.")

    def one_of(self, rows: Any, number: int = 0) -> Any:
        found = list(rows.order_by("pk"))
        if not found:
            raise Refused("There is none.")
        return found[number % len(found)]

    def the(self, who: str, own: str = "mim") -> Person:
        """Somebody of the cast; "its own" is whoever this step belongs to."""
        if who != "its own":
            return self.cast.people[who]
        incident = self.incident
        if own == "owner" and (after_action := AfterAction.objects.filter(incident=incident).first()):
            return after_action.owner or incident.mim or self.cast.people["mim"]
        if own in ("mim", "owner"):
            return incident.mim or self.cast.people["mim"]
        return self.cast.people[own]

    def take(self, name: str, step: Callable[..., object], who: str, own: str = "mim", **said: Any) -> None:
        """Takes a step as the pages do: whoever may not know of the incident finds nothing. `said` may be callables,
        asked in time."""
        taken = self.taken.setdefault(name, [0, 0])
        before = self.last_change()
        evidence = name in ("distribute", "amend", "finish the meeting")
        try:
            by = self.the(who, own)
            if not Incident.objects.visible_to(by).filter(reference=self.reference).exists():
                raise Refused("There is no such incident.")
            step(by=by, at=self.now, now=self.now, **said)
            taken[0] += 1
        except Refused:
            taken[1] += 1
            if not evidence:
                assert before == self.last_change(), "what was refused has changed something"
        self.out_of_turn = False
        if before != self.last_change():
            self.look()

    def last_change(self) -> int | None:
        return AuditEntry.objects.order_by("-pk").values_list("pk", flat=True).first()

    def look(self) -> None:
        """What is put off until the commit is looked at now, and nothing forbidden stands there."""
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        incident = self.incident
        after_action = AfterAction.objects.filter(incident=incident).first()
        found = forbidden.looked_at(incident, after_action, self.memory, self.cast)
        assert found == [], "; ".join(found)
        self.running = incident.closed_at is None
        self.mandatory = incident.requirement_level == "mandatory"
        self.has_review = after_action is not None
        self.status = after_action.status if after_action else ""
        self.published = after_action is not None and after_action.published_at is not None
        self.decided = after_action is not None and after_action.decision != ""
