"""What the steps of a walk are made of: who takes one, what it may change, and what is looked at after it."""

from collections.abc import Callable, Iterator
from copy import copy
from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.db import connection, transaction
from django.db.models import QuerySet
from hypothesis import note
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from afteractions.models import (
    AfterAction,
    Obligation,
)
from afteractions.operations.enforcement import close_reminders, sweep
from afteractions.operations.review import antipatterns
from incidents.access import get_incident
from incidents.models import Incident
from majorops.audit.models import AuditEntry
from majorops.errors import RuleViolation
from majorops.people.models import Person
from majorops.prepared import prepared
from tests.changed_rows import audited
from tests.operations.walk import forbidden
from tests.operations.walk.cast import Cast

REASON = "The bridge agreed on it."
# Who takes the step: most often whoever it belongs to.
WHO = st.sampled_from(
    [*["its own"] * 6, "administrator", "engineer", "second mim", "auditor", "outsider", "manager", "lead"]
)
PASSING = st.sampled_from([0.05, 0.5, 3, 20, 26, 50, 100, 24 * 8, 24 * 31])

# What `look` keeps of a state.
SEEN = ("memory", "last", "running", "mandatory", "has_review", "status", "published", "decided", "there")
# What there is to take a step with.
THERE = """
    SELECT 'mtm' FROM incidents_mtm WHERE incident_id = %(incident)s
    UNION SELECT 'vendor' FROM incidents_vendorengagement WHERE incident_id = %(incident)s
    UNION SELECT 'message' FROM afteractions_externalmessage said
        JOIN afteractions_afteraction own ON own.id = said.after_action_id WHERE own.incident_id = %(incident)s
    UNION SELECT 'proposal' FROM afteractions_itemproposal said
        JOIN afteractions_change item ON item.id = said.change_id
        JOIN afteractions_afteraction own ON own.id = item.after_action_id
        WHERE own.incident_id = %(incident)s AND said.state = 'waiting'
"""


def when(stands: Callable[[Any], bool]) -> Callable[[Any], Any]:
    """The step is tried where it belongs; where it does not, `out_of_turn` tries it."""
    return precondition(lambda walk: stands(walk) or walk.out_of_turn)


@prepared
def last_entry() -> QuerySet[AuditEntry, int]:
    return AuditEntry.objects.order_by("-pk").values_list("pk", flat=True)[:1]


@prepared
def incident_of(*, reference: str) -> QuerySet[Incident]:
    return Incident.objects.select_related("mim__account").filter(reference=reference)


@prepared
def after_actions_of(*, reference: str) -> QuerySet[AfterAction]:
    found = AfterAction.objects.select_related("incident__mim__account", "owner")
    return found.filter(incident__reference=reference)


@prepared
def obligations_of(*, incident: int) -> QuerySet[Obligation]:
    return Obligation.objects.filter(incident=incident).select_related("responsible")


class Going(RuleBasedStateMachine):
    """`cast` is made once for all walks; what a walk does to it is taken back at its end."""

    cast: ClassVar[Cast]
    taken: ClassVar[dict[str, list[int]]] = {}
    """How often each step was taken and how often refused."""
    written: ClassVar[set[str]] = set()
    """The verbs of what was written into the audit."""

    stage: ClassVar[str]
    seen: ClassVar[dict[str, Any]]
    """What was seen at the stage, before the first step."""

    def __init__(self) -> None:
        super().__init__()
        self.undone = transaction.atomic()
        self.undone.__enter__()
        self.memory = forbidden.Memory()
        self.people = dict(self.cast.people)
        self.left: dict[str, datetime] = {}
        self.last: int | None = None
        self.swept: tuple[datetime, int | None] | None = None
        self.out_of_turn = False
        self.running = self.has_review = self.mandatory = self.published = self.decided = False
        self.status = ""
        self.there: set[str] = set()

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.undone.__exit__(None, None, None)

    @classmethod
    def set_out_from(cls, stage: str) -> None:
        """The walks to come set out from this stage."""
        cls.stage = stage
        cls.seen = {}
        # The other stages stand still: neither sweep nor auditor looks at what is set aside.
        Obligation.objects.filter(incident=cls.cast.stages[stage].incident).update(set_aside_at=None)
        others = Obligation.objects.exclude(incident=cls.cast.stages[stage].incident)
        others.filter(state="open").update(set_aside_at=cls.cast.stages[stage].now)

    @initialize()
    def set_out(self) -> None:
        note(f"From: {self.stage}")
        set_out = self.cast.stages[self.stage]
        self.reference, self.now = set_out.incident.reference, set_out.now
        if not self.seen:
            self.look()
            self.seen.update({name: getattr(self, name) for name in SEEN})
        # Each walk sets out from the same rows.
        for name, seen in self.seen.items():
            setattr(self, name, copy(seen))

    # Time

    @rule(hours=PASSING)
    def time_passes(self, hours: float) -> None:
        self.now += timedelta(hours=hours)

    @rule()
    @precondition(lambda walk: walk.swept != (walk.now, walk.last))
    def deadlines_are_swept(self) -> None:
        """Once in each state: that a second time says nothing is tests/operations/enforcement."""
        handled = sweep.sweep(now=self.now)
        handled += antipatterns.name_overdue(now=self.now)
        close_reminders.remind_to_close(now=self.now)
        found = self.forbidden_after_a_sweep()
        assert found == [], "; ".join(found)
        if handled:
            self.look()
        self.swept = (self.now, self.last)

    # What the steps are made of

    @property
    def incident(self) -> Incident:
        return incident_of(reference=self.reference)[0]

    @property
    def after_action(self) -> AfterAction:
        for after_action in after_actions_of(reference=self.reference):
            return after_action
        raise RuleViolation("There is no After Action.")

    def one_of(self, rows: Any, number: int = 0) -> Any:
        found = list(rows.order_by("pk"))
        if not found:
            raise RuleViolation("There is none.")
        return found[number % len(found)]

    def the(self, who: str, own: str = "mim") -> Person:
        """Somebody of the cast; "its own" is whoever this step belongs to."""
        if who != "its own":
            return self.people[who]
        incident = self.incident
        if own == "owner" and (after_action := AfterAction.objects.filter(incident=incident).first()):
            own_person = after_action.owner or incident.mim
            return own_person if own_person and own_person.is_active else self.the("its own")
        if own in ("mim", "owner"):
            # Without one who can sign in, the group of Major Incident Managers acts.
            mim = incident.mim
            return mim if mim and mim.is_active else self.people["second mim"]
        return self.people[own]

    def take(self, name: str, step: Callable[..., object], who: str, own: str = "mim", **said: Any) -> None:
        """Takes a step as the pages do: whoever may not know of the incident finds nothing. `said` may be callables,
        asked in time."""
        taken = self.taken.setdefault(name, [0, 0])
        before = self.last
        evidence = name in ("distribute", "amend", "finish the meeting")
        try:
            by = self.the(who, own)
            if not by.is_active:
                raise RuleViolation("Whoever left cannot sign in.")
            get_incident(by, self.reference)
            with audited(name) as watched:
                step(by=by, at=self.now, now=self.now, **said)
            self.written.update(watched.verbs)
            taken[0] += 1
        except RuleViolation:
            taken[1] += 1
            if not evidence:
                assert before == self.last_change(), "what was refused has changed something"
        self.out_of_turn = False
        if before != self.last_change():
            self.look()

    def last_change(self) -> int | None:
        """The last entry of the audit: whatever changes something writes one."""
        return next(iter(last_entry()), None)

    def look(self) -> None:
        """What is put off until the commit is looked at now, and nothing forbidden stands there."""
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        incident = self.incident
        after_action = next(iter(after_actions_of(reference=self.reference)), None)
        obligations = obligations_of(incident=incident.pk)
        found = list(self.found_forbidden(incident, after_action, obligations))
        assert found == [], "; ".join(found)
        self.last = self.last_change()
        self.running = incident.closed_at is None
        self.mandatory = incident.requirement_level == "mandatory"
        self.has_review = after_action is not None
        self.status = after_action.status if after_action else ""
        self.published = after_action is not None and after_action.published_at is not None
        self.decided = after_action is not None and after_action.decision != ""
        with connection.cursor() as cursor:
            cursor.execute(THERE, {"incident": incident.pk})
            self.there = {what for (what,) in cursor.fetchall()}

    def found_forbidden(
        self, incident: Incident, after_action: AfterAction | None, obligations: list[Obligation]
    ) -> Iterator[str]:
        """Everything forbidden that is found in this state; whoever adds steps adds what they must not lead to."""
        yield from forbidden.looked_at(incident, after_action, obligations, self.memory, self.cast)

    def forbidden_after_a_sweep(self) -> list[str]:
        return forbidden.after_a_sweep(self.now) + forbidden.said_twice(self.incident)
