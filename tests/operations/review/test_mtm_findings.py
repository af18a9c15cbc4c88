"""What the Major Technical Meetings noted flows into the draft: notes and open actions are findings of the record."""

from datetime import date

import pytest

from afteractions.models import AfterAction, Change
from afteractions.operations.review.distribution import distribute
from afteractions.operations.review.document import Review, full_name_of
from afteractions.operations.review.record_view import Record
from incidents.models import Mtm
from incidents.operations.close import close
from incidents.operations.response.mtm import ActionOfMtm, record_mtm
from incidents.operations.response.mtm_meeting import review_action, take_note
from tests.factories.afteractions import DISTRIBUTED, a_meeting, fresh, write_prose
from tests.factories.incidents import OPENED, an_incident, minutes
from tests.factories.people import a_mim, a_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def after_action() -> AfterAction:
    """A Critical incident with two meetings: of the first one's actions one is done, one goes on."""
    mim, owner = a_mim(), a_person("Rena Holt")
    incident = an_incident(mim, "critical", OPENED - minutes(180))
    at = OPENED - minutes(55)
    first = record_mtm(
        incident,
        ended_at=at + minutes(10),
        notes={"next_mtm": "In an hour", "recovery_status": "Failing over"},
        actions=[
            ActionOfMtm("Ask the vendor", owner=owner, due_on=date(2026, 3, 4)),
            ActionOfMtm("Warn support", owner=owner, due_on=date(2026, 3, 3)),
        ],
        by=mim,
        at=at,
        now=at + minutes(10),
    )
    at += minutes(60)
    record_mtm(incident, actions=[ActionOfMtm("Drain the queue")], by=mim, at=at, now=at)
    vendor, support = first.actions.all()
    review_action(support, number=2, outcome="done", by=mim, at=at, now=at)
    review_action(vendor, number=2, outcome="goes_on", by=mim, at=at, now=at)
    closed = at + minutes(60)
    close(incident, by=mim, at=closed, now=closed)
    return AfterAction.objects.select_related("incident").get(incident=incident)


def findings(after_action: AfterAction) -> list[dict[str, object]]:
    review = Review(fresh(after_action), at=DISTRIBUTED, named=full_name_of)
    return list(review.record_findings()["mtm_notes"])


def items_of(after_action: AfterAction) -> list[Change]:
    """What the meetings agreed, as action items, in their order."""
    return list(after_action.changes.filter(mtm_action__isnull=False).order_by("id"))


def test_notes_and_open_actions_of_every_mtm_are_findings_of_the_record(after_action: AfterAction) -> None:
    first, second = findings(after_action)
    assert first["notes"] == [
        ["Recovery status", "Failing over"],
        ["Set next MTM time and update cadence", "In an hour"],
    ]
    vendor, _, queue = (item.reference for item in items_of(after_action))
    assert first["open_actions"] == [f"Ask the vendor ({vendor}, Rena Holt, due Wed 4 Mar 2026)"]
    assert (second["number"], second["notes"]) == (2, [])
    assert second["open_actions"] == [f"Drain the queue ({queue})"]


def test_a_note_set_right_after_the_close_is_read_once_and_keeps_its_actions(
    after_action: AfterAction,
) -> None:
    mim, now = after_action.incident.mim, DISTRIBUTED
    first = Mtm.objects.get(incident=after_action.incident, number=1)
    take_note(first, point="recovery_status", text="It was failing", by=mim, at=now, now=now)
    assert [mtm.number for mtm in Record(after_action.incident, at=now).mtms] == [1, 2]
    told = findings(after_action)[0]
    assert told["notes"][0] == ["Recovery status", "It was failing"]  # type: ignore[index]
    vendor = items_of(after_action)[0].reference
    assert told["open_actions"] == [f"Ask the vendor ({vendor}, Rena Holt, due Wed 4 Mar 2026)"]


def test_the_distributed_draft_carries_them(after_action: AfterAction) -> None:
    a_meeting(after_action)
    write_prose(after_action)
    at = DISTRIBUTED
    revision = distribute(fresh(after_action), by=after_action.incident.mim, at=at, now=at)
    kept = revision.content["sections"]["record_findings"]["mtm_notes"]
    vendor, _, queue = (item.reference for item in items_of(after_action))
    assert [mtm["open_actions"] for mtm in kept] == [
        [f"Ask the vendor ({vendor}, Rena Holt, due Wed 4 Mar 2026)"],
        [f"Drain the queue ({queue})"],
    ]
