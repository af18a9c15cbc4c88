"""External Messages: prepared by Communications, approved by who answers for the After Action, then sent."""

from datetime import timedelta

import pytest

from afteractions.models import ExternalMessage, Obligation
from afteractions.operations.followup.external_messages import (
    answer_for_message,
    ask_for_approval,
    edit_message,
    settle_message,
    texts_to_start_with,
)
from afteractions.operations.review.publication import publish
from afteractions.queries.after_actions import message_list
from afteractions.rules.followup.external_messages import blanks
from afteractions.vocabulary import MessageStage, ObligationKind, Status
from majorops.errors import BadInput, NotAllowed, RuleViolation, VersionConflict
from majorops.people.groups import GroupName
from majorops.people.models import Person
from tests.factories.afteractions import (
    HOUR,
    MEETING_END,
    PUBLISHED,
    a_reviewed_review,
    an_approval,
    fresh,
)
from tests.factories.people import a_person

pytestmark = pytest.mark.django_db
DUE = MEETING_END + timedelta(days=2)
STAMP = {"at": PUBLISHED, "now": PUBLISHED}


@pytest.fixture
def planned() -> ExternalMessage:
    message = {"text": "What happened", "audience": "Customers", "due_at": DUE}
    return a_reviewed_review(external_messages=[message]).external_messages.get()


@pytest.fixture
def writer() -> Person:
    return a_person("Casimir Ode", groups=[GroupName.COMMUNICATIONS])


def again(message: ExternalMessage) -> ExternalMessage:
    return ExternalMessage.objects.get(pk=message.pk)


def test_communications_alone_prepare_a_message(planned: ExternalMessage, writer: Person) -> None:
    with pytest.raises(NotAllowed):
        edit_message(planned, text="Mine", by=planned.after_action.incident.mim, **STAMP)
    with pytest.raises(NotAllowed):
        ask_for_approval(planned, by=a_person("Olga Petrov"), **STAMP)
    edit_message(planned, text="Ours", channel="Status page", audience="Guests", by=writer, **STAMP)
    stands = again(planned)
    assert (stands.text, stands.channel, stands.audience) == ("Ours", "Status page", "Guests")
    row = Obligation.objects.open().get(kind=ObligationKind.EXTERNAL_MESSAGE)
    assert row.subject_label == "Guests"


def test_another_date_takes_a_reason_and_moves_the_deadline(planned: ExternalMessage, writer: Person) -> None:
    later = DUE + timedelta(days=1)
    with pytest.raises(BadInput, match="why the date moves"):
        edit_message(planned, due_at=later, by=writer, **STAMP)
    edit_message(planned, due_at=later, reason="The partner reads it first", by=writer, **STAMP)
    assert Obligation.objects.open().get(kind=ObligationKind.EXTERNAL_MESSAGE).due_at == later


def test_what_was_written_over_an_older_version_is_refused_with_what_stands(
    planned: ExternalMessage, writer: Person
) -> None:
    edit_message(planned, text="First", version=1, by=writer, **STAMP)
    with pytest.raises(VersionConflict) as stale:
        edit_message(planned, text="Second", version=1, by=writer, **STAMP)
    assert stale.value.current["text"] == "First"  # type: ignore[index]
    assert again(planned).text == "First"


def test_nothing_goes_out_that_nobody_approved(planned: ExternalMessage, writer: Person) -> None:
    with pytest.raises(RuleViolation, match="not approved yet"):
        settle_message(planned, status="sent", by=writer, **STAMP)
    ask_for_approval(planned, by=writer, **STAMP)
    mim = planned.after_action.incident.mim
    assert mim.notices.filter(subject__startswith="Approve the message to Customers").exists()
    with pytest.raises(NotAllowed):
        answer_for_message(planned, approved=True, by=writer, **STAMP)
    answer_for_message(planned, approved=True, by=mim, **STAMP)
    assert writer.notices.filter(subject__startswith="Approved: the message to Customers").exists()
    settle_message(planned, status="sent", where="https://status.example/7", by=writer, **STAMP)
    stands = again(planned)
    assert (stands.stage, stands.sent_where, stands.approved_by) == (
        MessageStage.SENT,
        "https://status.example/7",
        mim,
    )


def test_a_change_after_the_approval_asks_for_it_again(planned: ExternalMessage, writer: Person) -> None:
    an_approval(planned, at=PUBLISHED)
    edit_message(again(planned), due_at=DUE + HOUR, reason="The page is slow", by=writer, **STAMP)
    assert again(planned).stage is MessageStage.APPROVED
    edit_message(again(planned), text="What else happened", by=writer, **STAMP)
    assert again(planned).stage is MessageStage.PREPARING
    with pytest.raises(RuleViolation, match="not approved yet"):
        settle_message(again(planned), status="sent", by=writer, **STAMP)


def test_nobody_approves_a_text_that_changed_since_they_read_it(
    planned: ExternalMessage, writer: Person
) -> None:
    read = planned.version
    edit_message(planned, text="Something else", by=writer, **STAMP)
    with pytest.raises(VersionConflict):
        answer_for_message(
            planned, approved=True, version=read, by=planned.after_action.incident.mim, **STAMP
        )


def test_a_message_is_returned_with_what_is_to_be_changed(planned: ExternalMessage, writer: Person) -> None:
    mim = planned.after_action.incident.mim
    with pytest.raises(RuleViolation, match="Nobody has asked"):
        answer_for_message(planned, approved=False, reason="Too long", by=mim, **STAMP)
    ask_for_approval(planned, by=writer, **STAMP)
    with pytest.raises(BadInput):
        answer_for_message(planned, approved=False, by=mim, **STAMP)
    answer_for_message(planned, approved=False, reason="Too long", by=mim, **STAMP)
    assert (again(planned).stage, again(planned).returned_reason) == (MessageStage.PREPARING, "Too long")
    ask_for_approval(again(planned), by=writer, **STAMP)
    assert again(planned).returned_reason == ""


def test_a_text_with_a_blank_in_it_is_not_approved(planned: ExternalMessage, writer: Person) -> None:
    [first, *_] = texts_to_start_with(planned, zone=PUBLISHED.tzinfo, now=PUBLISHED)  # type: ignore[arg-type]
    edit_message(planned, text=first.text, by=writer, **STAMP)
    with pytest.raises(BadInput, match="blank to fill in"):
        ask_for_approval(again(planned), by=writer, **STAMP)
    with pytest.raises(BadInput, match="blank to fill in"):
        an_approval(again(planned), at=PUBLISHED)


def test_the_texts_to_begin_with_say_what_the_record_holds_and_leave_the_rest_open(
    planned: ExternalMessage,
) -> None:
    offered = texts_to_start_with(planned, zone=PUBLISHED.tzinfo, now=PUBLISHED)  # type: ignore[arg-type]
    assert [each.key for each in offered] == ["customers", "status_page", "partners", "regulator", "staff"]
    for each in offered:
        assert "Check the permissions of the standby" in each.text or each.key == "partners"
        assert "1 h 30 min" in each.text
        assert blanks(each.text)
    assert blanks("See [the page](https://status.example) and [whom to ask].") == ("whom to ask",)


def test_closed_only_when_published_and_every_message_is_through(
    planned: ExternalMessage, writer: Person
) -> None:
    after_action = planned.after_action
    publish(after_action, by=after_action.incident.mim, **STAMP)
    an_approval(planned, at=PUBLISHED)
    assert fresh(after_action).status == Status.REVIEWED
    settle_message(again(planned), status="sent", by=writer, **STAMP)
    assert fresh(after_action).status == Status.CLOSED
    with pytest.raises(RuleViolation, match="sent already"):
        edit_message(again(planned), text="Too late", by=writer, **STAMP)


def test_the_queue_is_by_date_and_says_the_stage(planned: ExternalMessage, writer: Person) -> None:
    ask_for_approval(planned, by=writer, **STAMP)
    late = DUE + HOUR
    assert list(message_list(writer, {"stage": "asked", "overdue": "true"}, at=late)) == [planned]
    assert not message_list(writer, {"stage": "asked", "overdue": "true"}, at=PUBLISHED).exists()
    assert not message_list(writer, {"stage": "approved"}, at=late).exists()
    with pytest.raises(BadInput):
        message_list(writer, {"stage": "lost"}, at=late)
