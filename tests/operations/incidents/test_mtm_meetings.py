"""Running a Major Technical Meeting: notes that nobody loses, the review of earlier actions, the summary."""

from datetime import date, datetime

import pytest
from django.db import IntegrityError, transaction

from incidents.models import Mtm
from incidents.operations.close import close
from incidents.operations.response.command import assign
from incidents.operations.response.mtm import ActionOfMtm, publish_summary, record_mtm, told_of, update_mtm
from incidents.operations.response.mtm_meeting import (
    note_tag,
    prior_actions,
    review_action,
    said_at,
    take_note,
)
from incidents.rules.response.mtm_summary import not_said_yet, summary_text
from majorops.errors import BadInput, NotAllowed, RuleViolation, VersionConflict
from majorops.notices.models import Notice
from tests.changed_rows import last_entry
from tests.factories.incidents import OPENED, an_incident, minutes
from tests.factories.people import a_mim, a_person, an_auditor

pytestmark = pytest.mark.django_db
LATER = OPENED + minutes(130)
NEXT = OPENED + minutes(190)


@pytest.fixture
def first() -> Mtm:
    """The first meeting of a Critical incident, with one action that somebody owes."""
    incident = an_incident(a_mim("Mara Lindqvist"), severity="critical")
    said = {"by": incident.mim, "at": LATER, "now": LATER}
    owed = ActionOfMtm("Ask the vendor", owner=a_person("Rena Holt"), due_on=date(2026, 3, 4))
    return record_mtm(incident, attendees=[incident.mim], actions=[owed], **said)


def ended(mtm: Mtm, begun_at: datetime = LATER) -> Mtm:
    at = begun_at + minutes(20)
    return update_mtm(mtm, ended_at=at, by=mtm.incident.mim, at=at, now=at)


def the_second(first: Mtm) -> Mtm:
    ended(first)
    return record_mtm(first.incident, by=first.incident.mim, at=NEXT, now=NEXT)


def test_a_note_is_taken_point_by_point_and_never_over_somebody_elses(first: Mtm) -> None:
    said = {"by": first.incident.mim, "at": LATER, "now": LATER}
    take_note(first, point="recovery_status", text=" Failing over ", read=note_tag(None), **said)
    take_note(first, point="impact_statement", text="A third of all orders", **said)
    with pytest.raises(VersionConflict) as refused:
        take_note(first, point="recovery_status", text="Failed over", read=note_tag(None), **said)
    assert refused.value.current == "Failing over"
    take_note(
        first, point="recovery_status", text="Failing over; done", read=note_tag("Failing over"), **said
    )
    first.refresh_from_db()
    assert first.notes == {
        "recovery_status": "Failing over; done",
        "impact_statement": "A third of all orders",
    }
    with pytest.raises(BadInput, match="no such point"):
        take_note(first, point="gossip", text="x", **said)
    with pytest.raises(NotAllowed):
        take_note(first, point="recovery_status", text="x", by=an_auditor(), at=LATER, now=LATER)


def test_the_next_meeting_reviews_what_the_one_before_left_open(first: Mtm) -> None:
    by, action = first.incident.mim, first.actions.get()
    with pytest.raises(RuleViolation, match="those before it"):
        review_action(action, number=1, outcome="done", by=by, at=LATER, now=LATER)
    second = the_second(first)
    elsewhere = an_incident(a_mim("Noor Adeyemi"), severity="critical")
    for at in (LATER, NEXT):
        ended(record_mtm(elsewhere, by=elsewhere.mim, at=at, now=at), at)
    assert [one.action.title for one in prior_actions(second)] == ["Ask the vendor"]
    said = {"number": 2, "by": by, "at": NEXT, "now": NEXT}
    with pytest.raises(BadInput, match="in a word"):
        review_action(action, outcome="dropped", **said)
    assert review_action(action, outcome="goes_on", text="They call back at noon", **said).mtm == second
    said_of_it = {"Ask the vendor": ["open", "Goes on: They call back at noon"]}
    assert last_entry("reviewed an action of an MTM") == (by, said_of_it)
    action.refresh_from_db()
    assert action.status == "open"
    review_action(action, outcome="dropped", text="The vendor is not involved", **said)
    action.refresh_from_db()
    reviewed = prior_actions(second)
    assert (action.status, [one.review.word for one in reviewed if one.review]) == (
        "cancelled",
        ["The vendor is not involved"],
    )


def test_what_an_earlier_meeting_settled_is_not_taken_up_again(first: Mtm) -> None:
    by, action, second = first.incident.mim, first.actions.get(), the_second(first)
    review_action(action, number=2, outcome="done", by=by, at=NEXT, now=NEXT)
    update_mtm(second, ended_at=NEXT, by=by, at=NEXT, now=NEXT)
    third = record_mtm(first.incident, by=by, at=NEXT + minutes(60), now=NEXT + minutes(60))
    assert prior_actions(third) == []
    with pytest.raises(RuleViolation, match="settled before"):
        review_action(
            action, number=3, outcome="goes_on", by=by, at=NEXT + minutes(60), now=NEXT + minutes(60)
        )


def test_the_summary_is_written_from_the_notes_and_says_what_was_left_out(first: Mtm) -> None:
    by, second = first.incident.mim, the_second(first)
    said = {"by": by, "at": NEXT, "now": NEXT}

    def told() -> object:
        second.refresh_from_db()
        return said_at(
            second,
            actions=second.actions.all(),
            prior=prior_actions(second),
            attendance=second.attendance.all(),
            now=NEXT,
        )

    assert len(not_said_yet(told())) == 5
    review_action(first.actions.get(), number=2, outcome="goes_on", text="by noon", **said)
    take_note(second, point="recovery_status", text="One node is back", **said)
    update_mtm(
        second,
        attendees=[by],
        severity_confirmed="critical",
        next_at=NEXT + minutes(60),
        cadence_minutes=30,
        actions=[ActionOfMtm("Drain the queue", owner=a_person("Jun Castellane"), due_on=date(2026, 3, 3))],
        **said,
    )
    assert not_said_yet(told()) == ()
    text = summary_text(told())
    for words in (
        "summary of Major Technical Meeting 2",
        f"Present: {by}",
        "Recovery status: One node is back",
        "- Ask the vendor (Rena Holt, by Wed 4 Mar): goes on, by noon",
        "- Drain the queue (Jun Castellane, by Tue 3 Mar)",
        "Severity: Critical (P1), confirmed.",
        "Status updates every 30 min.",
    ):
        assert words in text


def test_the_summary_reaches_the_stakeholders_at_once(first: Mtm) -> None:
    incident, by = first.incident, first.incident.mim
    lead = a_person("Jun Castellane")
    assign(incident, role="technical_recovery_lead", person=lead, by=by, at=LATER, now=LATER)
    first = ended(first)
    publish_summary(first, text="Restored by noon", by=by, at=first.ended_at, now=first.ended_at)
    assert last_entry("published the summary of an MTM") == (
        by,
        {"summary": [None, "Restored by noon"], "sent_to": [None, ["Jun Castellane"]]},
    )
    assert set(told_of(incident)) == {by, lead}
    notice = Notice.objects.get(step="mtm_summary", channel="inbox")
    assert (notice.recipient, notice.text) == (lead, "Restored by noon")
    assert notice.url == f"/incidents/{incident.reference}/mtms/1/"


def test_a_note_after_the_close_is_recorded_after_the_fact(first: Mtm) -> None:
    incident, by = first.incident, first.incident.mim
    first = ended(first)
    at = first.ended_at + minutes(5)
    publish_summary(first, text="Restored by noon", by=by, at=at, now=at)
    close(incident, by=by, at=NEXT, now=NEXT)
    later = NEXT + minutes(5)
    standing = take_note(first, point="recovery_status", text="It was failing", by=by, at=later, now=later)
    assert (standing.corrects, standing.logged_at) == (first, later)
    assert [one.person for one in standing.attendance.all()] == [by]
    assert [one.title for one in standing.actions.all()] == ["Ask the vendor"]
    with pytest.raises(RuleViolation, match="stays as it was sent"):
        publish_summary(standing, text="Once more", by=by, at=later, now=later)


def test_the_actions_of_a_meeting_go_with_the_entry_that_corrects_it_and_nowhere_else(first: Mtm) -> None:
    second = the_second(first)
    incident, mim = first.incident, first.incident.mim
    late = NEXT + minutes(60)
    close(incident, by=mim, at=late, now=late)
    corrected = update_mtm(first, notes={"business_impact": "Two days late"}, by=mim, at=late, now=late)
    assert corrected.pk != first.pk
    assert [one.title for one in corrected.actions.all()] == ["Ask the vendor"]
    with pytest.raises(IntegrityError, match="only to what corrects its meeting"), transaction.atomic():
        corrected.actions.update(mtm=second)
