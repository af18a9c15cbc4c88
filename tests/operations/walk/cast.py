"""Who takes part in a random walk, and where one begins: the same process at each of its stages, made once."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from afteractions.models import AfterAction, VendorFollowUp
from afteractions.operations.followup.actions import settle_item
from afteractions.operations.followup.proposals import propose
from afteractions.operations.followup.vendors import add_item
from afteractions.operations.review.distribution import distribute
from afteractions.operations.review.publication import publish
from afteractions.operations.review.section_editing import add_change
from incidents.models import Incident, Service
from incidents.operations.response.mtm import ActionOfMtm, record_mtm
from incidents.operations.response.vendors import engage
from majorops.people.groups import GroupName
from majorops.people.models import Person
from tests.factories.afteractions import (
    CLOSED,
    DISTRIBUTED,
    MEETING_END,
    PUBLISHED,
    READ,
    REVIEW_DUE,
    SCHEDULED,
    a_distributed_review,
    a_drafted_review,
    a_published_review,
    a_reviewed_review,
    an_after_action,
    fresh,
    hold_meeting,
    read_by_all,
)
from tests.factories.incidents import OPENED, a_closed_incident, an_incident, minutes
from tests.factories.people import a_mim, a_person, an_administrator, an_auditor


@dataclass(frozen=True)
class Stage:
    """An incident, and the instant at which the walk sets out from it."""

    incident: Incident
    now: datetime


@dataclass(frozen=True)
class Cast:
    """Everybody by the word that the walk calls them; "outsider" has no part in anything."""

    people: dict[str, Person]
    earlier: Incident
    stages: dict[str, Stage] = field(default_factory=dict)


def a_cast() -> Cast:
    """People, an earlier incident whose learning was never put into practice, and a stage for each place of the way."""
    chief = a_person("Greta Holm")
    manager = a_person("Paul Adeyemi", manager=chief)
    mim = a_mim(manager=manager)
    people = {
        "mim": mim,
        "second mim": a_mim("Yuki Tan", manager=manager),
        "manager": manager,
        "chief": chief,
        "owner": a_person("Olga Reyes", manager=manager),
        "lead": a_person("Tomas Lindqvist", manager=manager),
        "engineer": a_person("Ingrid Falk", manager=manager, time_zone="Asia/Tokyo"),
        "keeper": a_person("Kofi Baah", manager=manager),
        "communications": a_person("Cleo Marsh", groups=[GroupName.COMMUNICATIONS]),
        "liaison": a_person("Ilse Brandt", groups=[GroupName.INTERNAL_LIAISON]),
        "service manager": a_person("Sana Qureshi", groups=[GroupName.SERVICE_MANAGER]),
        "administrator": an_administrator(),
        "auditor": an_auditor(),
        "outsider": a_person("Xavier Nobody"),
    }
    Service.objects.create(name="Payments", owner=a_person("Sven Aalto", manager=manager))
    earlier = a_published_review(mim, action_owner=people["engineer"], opened_at=OPENED - minutes(20))
    cast = Cast(people, earlier.incident)
    for name, make in STAGES.items():
        cast.stages[name] = make(people)
    return cast


def _of(after_action: AfterAction, now: datetime) -> Stage:
    return Stage(after_action.incident, now)


def _running(severity: str, **said: object) -> Callable[[dict[str, Person]], Stage]:
    return lambda people: Stage(
        an_incident(people["mim"], severity, services=["Payments"], **said), OPENED + minutes(5)
    )


def _closed(severity: str, **said: object) -> Callable[[dict[str, Person]], Stage]:
    return lambda people: Stage(a_closed_incident(people["mim"], severity, **said), CLOSED + minutes(5))


def _held_with_messages(people: dict[str, Person]) -> Stage:
    message = {"text": "What happened, and what changes.", "audience": "Customers", "due_at": PUBLISHED}
    return _of(
        a_reviewed_review(people["mim"], external_messages=[message], lead=people["lead"]), MEETING_END
    )


def _read(people: dict[str, Person]) -> Stage:
    after_action = a_distributed_review(people["mim"], lead=people["lead"])
    read_by_all(after_action)
    return _of(after_action, READ + timedelta(hours=16))


def _in_a_meeting(people: dict[str, Person]) -> Stage:
    """The second meeting of a Critical incident, the first one having ended with an action."""
    incident, by = an_incident(people["mim"], "critical"), people["mim"]
    at = OPENED + minutes(125)
    owed = ActionOfMtm("Ask the vendor.", people["engineer"], at.date())
    record_mtm(incident, ended_at=at, actions=[owed], by=by, at=at, now=at)
    at += minutes(60)
    record_mtm(incident, by=by, at=at, now=at)
    return Stage(incident, at)


def _waiting_for_a_vendor(people: dict[str, Person]) -> Stage:
    """A vendor engaged, its RCA and an open item awaited."""
    after_action = an_after_action(people["mim"], lead=people["lead"])
    said = {"by": people["mim"], "at": SCHEDULED, "now": SCHEDULED}
    engage(after_action.incident, vendor="Cloudgate", root_cause_related=True, **said)
    follow_up = VendorFollowUp.objects.get(after_action=after_action)
    add_item(follow_up, text="Logs.", due_on=SCHEDULED.date() + timedelta(days=3), **said)
    return _of(after_action, SCHEDULED)


def _with_two_items(people: dict[str, Person]) -> AfterAction:
    """Published, one item the keeper's and one the engineer's."""
    lead, mim = people["lead"], people["mim"]
    after_action = a_drafted_review(mim, lead=lead, action_owner=people["keeper"])
    add_change(
        after_action,
        kind="start",
        change="Drill the failover.",
        owner=people["engineer"],
        due_on="2026-04-02",
        by=mim,
        at=SCHEDULED,
        now=SCHEDULED,
    )
    distribute(after_action, by=mim, at=DISTRIBUTED, now=DISTRIBUTED)
    read_by_all(after_action)
    hold_meeting(after_action)
    publish(after_action, by=mim, at=PUBLISHED, now=PUBLISHED)
    return fresh(after_action)


def _at_its_review(people: dict[str, Person]) -> Stage:
    """The first 30-day review falls due; for one item something is proposed."""
    after_action = _with_two_items(people)
    item, at = after_action.changes.get(owner=people["keeper"]), REVIEW_DUE - timedelta(days=3)
    propose(item, disposition="done", evidence="Drill 812", by=people["keeper"], at=at, now=at)
    return _of(after_action, REVIEW_DUE)


def _extended(people: dict[str, Person]) -> Stage:
    """Both items extended at the first review, which comes back in a day."""
    after_action = _with_two_items(people)
    at = REVIEW_DUE - timedelta(days=1)
    for item in after_action.changes.all():
        until = (at + timedelta(days=40)).date()
        settle_item(
            item,
            disposition="extended",
            due_on=until,
            reason="A part is late.",
            by=people["mim"],
            at=at,
            now=at,
        )
    return _of(after_action, REVIEW_DUE + timedelta(days=29))


STAGES: dict[str, Callable[[dict[str, Person]], Stage]] = {
    "critical, running": _running("critical"),
    "high, running": _running("high"),
    "critical, in a meeting": _in_a_meeting,
    "waiting for a vendor": _waiting_for_a_vendor,
    "medium, running, restricted": _running("medium", restricted=True),
    "high, closed": _closed("high"),
    "high and internal, closed": _closed("high", impact={"external": False, "customers_affected": 0}),
    "low, closed": _closed("low"),
    "mandatory, to be scheduled": lambda people: _of(
        an_after_action(people["mim"], lead=people["lead"]), CLOSED
    ),
    "drafted": lambda people: _of(
        a_drafted_review(people["mim"], lead=people["lead"], action_owner=people["engineer"]), SCHEDULED
    ),
    "distributed": lambda people: _of(a_distributed_review(people["mim"], lead=people["lead"]), DISTRIBUTED),
    "read": _read,
    "reviewed": lambda people: _of(
        a_reviewed_review(people["mim"], lead=people["lead"], action_owner=people["engineer"]), MEETING_END
    ),
    "reviewed, with a message": _held_with_messages,
    "published": lambda people: _of(
        a_published_review(people["mim"], lead=people["lead"], action_owner=people["engineer"]), PUBLISHED
    ),
    "published, at its 30-day review": _at_its_review,
    "published, extended at its 30-day review": _extended,
}
