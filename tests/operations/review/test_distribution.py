"""Showing the draft: what must be there, what blocks, what is frozen, and what readers see."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from afteractions.documents.revision import content_hash
from afteractions.models import Revision, RevisionPdf
from afteractions.operations.readers.reading import acknowledge, differences
from afteractions.operations.review.distribution import amend, distribute, withdraw
from afteractions.operations.review.readiness import draft_as_it_stands
from afteractions.operations.review.revisions import freeze
from afteractions.operations.review.section_editing import section_content
from afteractions.queries.after_actions import readers
from afteractions.rules.review.readiness import before_distributing
from afteractions.vocabulary import AntiPattern, RevisionKind, SectionKey, Status
from incidents.models import IncidentAccess
from majorops.errors import BadInput, NotAllowed, RuleViolation
from majorops.notices.models import Notice
from majorops.people.models import Person
from tests.changed_rows import last_entry
from tests.factories.afteractions import (
    COMPLETE,
    DISTRIBUTED,
    HOUR,
    READ,
    SCHEDULED,
    a_change,
    a_distributed_review,
    a_drafted_review,
    a_meeting,
    an_after_action,
    fresh,
    read_by_all,
    write,
    write_prose,
)
from tests.factories.incidents import an_event
from tests.factories.people import a_person

pytestmark = pytest.mark.django_db
LATER = DISTRIBUTED + HOUR


def by_mim(after_action, at=DISTRIBUTED):
    return {"by": after_action.incident.mim, "at": at, "now": at}


def test_a_draft_that_lacks_a_section_is_refused_and_says_which() -> None:
    after_action = an_after_action()
    a_meeting(after_action)
    with pytest.raises(RuleViolation) as refused:
        distribute(after_action, **by_mim(after_action))
    assert [problem.path for problem in refused.value.problems] == [
        "summary",
        "expected",
        "root_cause",
        "went_well",
    ]
    assert fresh(after_action).status == Status.DRAFT


def test_the_cause_may_be_marked_as_not_yet_known() -> None:
    after_action = an_after_action()
    write_prose(after_action)
    write(after_action, "root_cause", {"failure": "", "certainty": "unknown"})
    distribute(after_action, **by_mim(after_action))
    assert fresh(after_action).status == Status.IN_REVIEW


def test_names_in_the_root_cause_block_and_the_refusal_is_kept_as_a_blame_session() -> None:
    after_action = an_after_action(lead=a_person("Tomas Lindqvist"))
    write_prose(after_action)
    write(after_action, "root_cause", {"failure": "Tomas Lindqvist dropped the table"})
    for _ in range(2):
        with pytest.raises(RuleViolation, match="What system allowed that error to occur"):
            distribute(after_action, **by_mim(after_action))
    named = after_action.anti_patterns.get()
    assert (named.kind, named.by) == (AntiPattern.BLAME_SESSION, None)
    mim = after_action.incident.mim
    assert last_entry("was refused for names in the root cause") == (mim, {"step": [None, "distribute"]})
    assert not after_action.revisions.exists()
    write(after_action, "root_cause", COMPLETE["root_cause"])
    distribute(after_action, **by_mim(after_action))
    assert after_action.anti_patterns.count() == 1


def test_blaming_words_that_stay_are_distributed_and_named() -> None:
    after_action = an_after_action()
    write_prose(after_action)
    write(after_action, "root_cause", {"failure": "human error during the deployment"})
    distribute(after_action, **by_mim(after_action))
    assert "human error" in after_action.anti_patterns.get(kind="blame_session").evidence


def test_the_name_of_a_responder_in_another_section_does_not_block() -> None:
    after_action = an_after_action(lead=a_person("Tomas Lindqvist"))
    write_prose(after_action)
    write(
        after_action,
        "went_well",
        [{"text": "Tomas Lindqvist found the cause in minutes.", "kind": "action"}],
    )
    distribute(after_action, **by_mim(after_action))


def test_only_the_owner_distributes() -> None:
    after_action = a_drafted_review()
    with pytest.raises(NotAllowed):
        distribute(after_action, by=a_person(), at=DISTRIBUTED, now=DISTRIBUTED)


def test_a_draft_that_is_out_is_amended_or_withdrawn_not_distributed_again() -> None:
    after_action = a_distributed_review()
    with pytest.raises(RuleViolation, match="out already"):
        distribute(after_action, **by_mim(after_action, LATER))


def test_a_revision_holds_the_whole_review_and_its_hash() -> None:
    revision = a_distributed_review().revisions.get()
    document = revision.content
    assert set(document["sections"]) == set(SectionKey.keys())
    assert revision.sha256 == content_hash(document)
    assert document["after_action"]["mim"] == "Mira Okafor"
    assert document["sections"]["root_cause"]["failure"] == COMPLETE["root_cause"]["failure"]
    assert document["sections"]["action_items"][0]["owner"] == "Mira Okafor"


def test_what_is_written_later_leaves_the_revision_as_it_was() -> None:
    after_action = a_distributed_review()
    write(after_action, "root_cause", {"failure": "something else"}, at=LATER)
    revision = after_action.revisions.get()
    assert revision.content["sections"]["root_cause"]["failure"] == COMPLETE["root_cause"]["failure"]
    assert content_hash(revision.content) == revision.sha256


def test_the_draft_is_sent_to_everybody_who_attends_and_its_pdf_asked_for() -> None:
    after_action = a_distributed_review()
    lead = after_action.attendees.get(person__full_name="Tomas Lindqvist").person
    notice = Notice.objects.get(recipient=lead, channel="inbox", step="read")
    assert notice.subject.startswith(
        f"Read the draft of {after_action.incident.reference} before the meeting"
    )
    assert notice.url == f"/after-actions/{after_action.reference}/read/"
    assert RevisionPdf.objects.get().made_at is None


def test_who_owns_an_action_item_of_a_restricted_review_is_let_in() -> None:
    owner = a_person("Ingrid Falk")
    after_action = a_distributed_review(action_owner=owner, restricted=True)
    assert IncidentAccess.objects.filter(incident=after_action.incident, person=owner).exists()


def test_an_amendment_of_the_summary_starts_no_new_count_and_one_of_the_cause_does() -> None:
    after_action = a_distributed_review()
    read_by_all(after_action)
    write(after_action, "summary", {"customer_impact": "One in four."}, at=LATER)
    at = READ + HOUR
    assert amend(after_action, **by_mim(after_action, at)).substantial is False
    assert len(readers(after_action)) == 2
    write(after_action, "root_cause", {"failure": "a wrong default"}, at=at)
    amended = amend(fresh(after_action), **by_mim(after_action, at + HOUR))
    assert (amended.number, amended.kind, amended.substantial) == (3, RevisionKind.AMENDED, True)
    assert readers(after_action) == {}


def test_a_reader_sees_what_changed_since_the_revision_that_was_read() -> None:
    after_action = a_distributed_review()
    reader = a_person("Noor Vance")
    first = after_action.revisions.get()
    assert differences(after_action, reader) == []
    acknowledge(first, by=reader, at=LATER, now=LATER)
    assert differences(after_action, reader) == []
    cause = {**COMPLETE["root_cause"], "failure": "a standby database without the grants of the primary"}
    write(after_action, "root_cause", cause, at=LATER)
    amend(fresh(after_action), **by_mim(after_action, LATER))
    (change,) = differences(after_action, reader)
    assert change.section == SectionKey.ROOT_CAUSE
    assert [(run.op, run.text) for run in change.runs if run.op != "equal"] == [
        ("delete", "permissions"),
        ("insert", "grants"),
    ]


def test_reading_counts_once_with_the_first_click() -> None:
    after_action = a_distributed_review()
    reader = a_person("Noor Vance")
    revision = after_action.revisions.get()
    with pytest.raises(BadInput):
        acknowledge(revision, by=reader, at=DISTRIBUTED - HOUR, now=LATER)
    acknowledge(revision, by=reader, at=LATER, now=LATER)
    again = acknowledge(revision, by=reader, at=READ, now=READ)
    assert again.read_at == LATER


def test_a_withdrawal_takes_a_reason_and_opens_the_deadline_of_the_draft_again() -> None:
    after_action = a_distributed_review()
    with pytest.raises(BadInput):
        withdraw(after_action, reason="", **by_mim(after_action, LATER))
    withdraw(after_action, reason="The cause was wrong.", **by_mim(after_action, LATER))
    after_action = fresh(after_action)
    assert after_action.status == Status.DRAFT
    assert after_action.obligations.open().filter(kind="distribute").exists()
    assert after_action.transitions.last().reason == "The cause was wrong."
    distribute(after_action, **by_mim(after_action, LATER + HOUR))
    assert [revision.number for revision in after_action.revisions.all()] == [1, 2]


def test_distributing_cannot_lie_before_the_close_or_in_the_future() -> None:
    after_action = a_drafted_review()
    mim = after_action.incident.mim
    for at in (after_action.incident.closed_at - HOUR, DISTRIBUTED + HOUR):
        with pytest.raises(BadInput):
            distribute(after_action, by=mim, at=at, now=DISTRIBUTED)


def test_what_is_missing_and_what_is_only_said_are_told_apart() -> None:
    after_action = a_drafted_review()
    missing = before_distributing(draft_as_it_stands(after_action, now=SCHEDULED))
    assert [(each.section, each.blocks) for each in missing] == [("expected", False), ("root_cause", False)]


@pytest.mark.parametrize("key", SectionKey.keys())
def test_a_section_takes_the_same_number_of_statements_at_5_rows_and_at_50(key) -> None:
    counts = []
    for number in (5, 50):
        after_action = a_long_review(number)
        with CaptureQueriesContext(
            connection,
        ) as statements:
            section_content(fresh(after_action), key, now=LATER)
        counts.append(len(statements))
    assert counts[0] == counts[1]


def test_freezing_takes_the_same_number_of_statements_at_5_rows_and_at_50() -> None:
    counts = []
    for number in (5, 50):
        after_action = fresh(a_long_review(number))
        with CaptureQueriesContext(connection) as statements:
            freeze(after_action, kind=RevisionKind.DRAFT, **by_mim(after_action, LATER))
        counts.append(len(statements))
    assert counts[0] == counts[1]
    assert Revision.objects.count() == 2


def a_long_review(number: int):
    """A draft with so many rows of everything."""
    after_action = an_after_action()
    incident = after_action.incident
    for minute in range(number):
        an_event(incident, f"Step {minute}", by=incident.mim, at=SCHEDULED + timedelta(minutes=minute))
    people = Person.objects.bulk_create(
        Person(email=f"expert.{incident.pk}.{n}@majorops.example", full_name=f"Expert {n}")
        for n in range(number)
    )
    write(after_action, "changes", [a_change(person, change=f"Change for {person.pk}") for person in people])
    deviation = COMPLETE["expected"][0]
    write(after_action, "expected", [{**deviation, "assessed_by": person.identifier} for person in people])
    write(after_action, "went_well", [{"text": f"Well {n}", "kind": "tool"} for n in range(number)])
    return after_action
