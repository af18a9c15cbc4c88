"""External Messages through the browser: the queue, and one message from its first words to sent."""

import re
from datetime import timedelta

import pytest
from django.test import Client

from afteractions.models import AfterAction, ExternalMessage
from afteractions.vocabulary import MessageStage, Status
from majorops.people.groups import GroupName
from majorops.people.models import Person
from tests.factories.afteractions import HOUR, PUBLISHED, a_published_review, an_approval, fresh
from tests.factories.people import a_person
from tests.web.afteractions.pages import MESSAGE_DUE, local, message_page, statements, words
from tests.web.browsing import browser_of
from tests.web.overview.looking import look, main_of

pytestmark = pytest.mark.django_db


def typed(message: ExternalMessage, **said: object) -> dict[str, object]:
    return {
        "audience": message.audience,
        "channel": message.channel,
        "text": message.text,
        "due_at": local(message.due_at),
        "version": message.version,
        **said,
    }


def test_communications_bring_a_message_from_its_first_words_to_closed(
    mim: Person, team: Client, planned: ExternalMessage
) -> None:
    assert "Prepare" in words(team.get("/messages/"))
    saved = team.post(
        message_page(planned), typed(planned, text="We are very sorry", channel="Mail", ask="yes")
    )
    assert saved.status_code == 302
    planned.refresh_from_db()
    assert planned.stage is MessageStage.ASKED
    assert team.post(message_page(planned, "answer/"), {"answer": "approve"}).status_code == 403
    chair = browser_of(mim)
    assert "Approve" in words(chair.get("/messages/"))
    assert "We are very sorry" in words(chair.get(message_page(planned)))
    chair.post(message_page(planned, "answer/"), {"answer": "approve", "version": planned.version})
    sent = {"status": "sent", "where": "https://status.example/7", "version": planned.version + 1}
    assert team.post(message_page(planned, "settle/"), sent).status_code == 302
    assert fresh(planned.after_action).status == Status.CLOSED
    page = words(team.get(message_page(planned)))
    assert "https://status.example/7" in page
    assert "approved it" in page


def test_messages_are_settled_by_the_communications_team_alone(
    mim: Person, team: Client, planned: ExternalMessage
) -> None:
    client = browser_of(mim)
    assert client.post(message_page(planned, "settle/"), {"status": "sent"}).status_code == 403
    assert "The Communications team prepares" in words(client.get(message_page(planned)))
    refused = team.post(message_page(planned, "settle/"), {"status": "withdrawn", "reason": ""})
    assert refused.status_code == 422
    assert "Say why the message is not sent." in words(refused)
    early = team.post(message_page(planned, "settle/"), {"status": "sent"})
    assert early.status_code == 409
    assert "not approved yet" in words(early)
    team.post(message_page(planned, "settle/"), {"status": "withdrawn", "reason": "Not needed"})
    assert fresh(planned.after_action).status == Status.CLOSED


def test_a_second_writer_sees_both_texts(team: Client, planned: ExternalMessage) -> None:
    mine = typed(planned, text="Mine")
    team.post(message_page(planned), typed(planned, text="Theirs"))
    conflict = team.post(message_page(planned), mine)
    assert conflict.status_code == 412
    page = words(conflict)
    assert "Somebody else saved this message" in page
    assert "Theirs" in page
    assert "Mine" in page


def test_another_date_is_refused_without_a_reason_and_keeps_what_was_typed(
    team: Client, planned: ExternalMessage
) -> None:
    later = local(MESSAGE_DUE + timedelta(days=1))
    refused = team.post(message_page(planned), typed(planned, due_at=later, text="Typed already"))
    assert refused.status_code == 422
    assert "Say why the date moves." in words(refused)
    assert "Typed already" in words(refused)


def test_a_text_to_begin_with_is_offered_and_nothing_kept_until_it_is_saved(
    team: Client, planned: ExternalMessage
) -> None:
    page = words(team.get(message_page(planned) + "?start=customers"))
    assert "We are sorry for what that cost you." in page
    planned.refresh_from_db()
    assert planned.text == "We are sorry"


def test_words_that_were_typed_stay_when_another_beginning_is_chosen(
    team: Client, planned: ExternalMessage
) -> None:
    page = team.post(message_page(planned), typed(planned, text="Typed, not saved", start="regulator"))
    assert page.status_code == 200
    assert "Notice of an incident" in words(page)
    assert "Typed, not saved" in words(page)
    unchanged = team.post(message_page(planned), typed(planned, start="regulator"))
    assert "what you had typed" not in words(unchanged)
    planned.refresh_from_db()
    assert planned.text == "We are sorry"


def test_what_is_refused_for_a_blank_leaves_the_message_and_its_history_as_they_were(
    team: Client, planned: ExternalMessage
) -> None:
    refused = team.post(message_page(planned), typed(planned, text="Dear [whom], sorry", ask="yes"))
    assert refused.status_code == 422
    assert "Dear [whom], sorry" in words(refused)
    assert "nobody changed it since" in words(refused)
    planned.refresh_from_db()
    assert (planned.text, planned.version) == ("We are sorry", 1)


def test_the_history_shows_the_words_that_changed_and_not_the_beginning(
    team: Client, planned: ExternalMessage
) -> None:
    long = "We are sorry for what happened to your orders on Tuesday. " * 6
    team.post(message_page(planned), typed(planned, text=f"{long}It will not happen in June."))
    planned.refresh_from_db()
    team.post(message_page(planned), typed(planned, text=f"{long}It will not happen in July."))
    page = team.get(message_page(planned)).content.decode()
    [now] = [each for each in re.findall(r"<ins>(.*?)</ins>", page, re.DOTALL) if "July" in each]
    assert now.startswith("…")
    assert len(now) < 120


def test_a_message_is_returned_with_words(mim: Person, team: Client, planned: ExternalMessage) -> None:
    team.post(message_page(planned), typed(planned, ask="yes"))
    chair = browser_of(mim)
    refused = chair.post(message_page(planned, "answer/"), {"answer": "return", "reason": ""})
    assert refused.status_code == 422
    chair.post(message_page(planned, "answer/"), {"answer": "return", "reason": "Say who pays"})
    assert "Say who pays" in words(team.get(message_page(planned)))


def test_the_queue_shows_the_overdue_first_and_hides_what_is_restricted(
    mim: Person, planned: ExternalMessage
) -> None:
    writer = a_person("Colin Reyes", groups=[GroupName.COMMUNICATIONS])
    later = {"audience": "Partners", "text": "Read this", "due_at": MESSAGE_DUE + timedelta(days=9)}
    a_published_review(mim, external_messages=[later])
    secret = {"audience": "Regulator", "text": "Keys", "due_at": MESSAGE_DUE}
    a_published_review(mim, external_messages=[secret], restricted=True)
    page = main_of(look(writer, "/messages/", MESSAGE_DUE + HOUR))
    assert page.index("To Customers") < page.index("To Partners")
    assert "overdue by 1 h" in page
    assert "Regulator" not in page
    assert "To Partners" not in main_of(look(writer, "/messages/?overdue=true", MESSAGE_DUE + HOUR))
    assert "No message matches" in main_of(look(writer, "/messages/?stage=approved", MESSAGE_DUE + HOUR))
    assert look(writer, "/messages/?stage=lost", MESSAGE_DUE + HOUR).status_code == 200


def test_the_queue_and_the_message_take_the_same_statements_at_2_rows_and_at_20(
    mim: Person, team: Client, planned: ExternalMessage
) -> None:
    few, one = statements(team, "/messages/"), statements(team, message_page(planned))
    after_action: AfterAction = planned.after_action
    more = ExternalMessage(
        after_action=after_action, audience="Partners", text="Too", due_at=MESSAGE_DUE, created_at=PUBLISHED
    )
    for _ in range(20):
        more.pk = None
        more.save()
    an_approval(planned, at=PUBLISHED)
    assert statements(team, "/messages/") == few <= 12
    assert statements(team, message_page(planned)) == one <= 16
