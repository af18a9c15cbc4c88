"""Reading through the browser: what is asked, the click, what changed since, comments, and guests."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from afteractions.models import AfterAction, Comment, GuestLink, Reading
from afteractions.operations.guest_links import guest_path
from afteractions.operations.meeting.attendees import set_attendees
from afteractions.operations.readers.guests import create_guest_link
from afteractions.operations.review.distribution import amend
from afteractions.operations.review.section_editing import confirm_section
from majorops import clock
from majorops.people.models import Person
from tests.api.caller import Caller
from tests.factories.afteractions import (
    DISTRIBUTED,
    SCHEDULED,
    a_distributed_review,
    an_after_action,
    fresh,
    write,
)
from tests.factories.people import a_contact, a_person, an_auditor
from tests.web.afteractions.pages import at, words
from tests.web.browsing import browser_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def after_action(mim: Person) -> AfterAction:
    return a_distributed_review(mim)


@pytest.fixture
def lead(after_action: AfterAction) -> Person:
    return Person.objects.get(full_name="Tomas Lindqvist")


def test_an_attendee_sees_what_is_asked_and_says_so_with_one_button(
    after_action: AfterAction, lead: Person
) -> None:
    reader = browser_of(lead)
    page = words(reader.get(at(after_action, "read/")))
    assert "What is asked of you" in page
    assert "I have read this" in page
    answer = reader.post(at(after_action, "read/acknowledge/"), {"revision": "1"})
    assert answer.status_code == 302
    assert Reading.objects.filter(person=lead, revision__number=1).exists()
    after = words(reader.get(at(after_action, "read/")))
    assert "You read revision 1" in after
    assert "I have read this" not in after


def test_a_revision_that_there_is_not_cannot_be_read(after_action: AfterAction, lead: Person) -> None:
    for number in ("2", "", "x", "9" * 30):
        assert (
            browser_of(lead).post(at(after_action, "read/acknowledge/"), {"revision": number}).status_code
            == 404
        )


def test_before_the_draft_is_out_readers_are_told_so_and_writers_read_the_draft(mim: Person) -> None:
    after_action = an_after_action(mim)
    assert "Nothing is out to be read yet" in words(
        browser_of(a_person("Rhea Castellan")).get(at(after_action, "read/"))
    )
    assert "The draft as it stands now" in words(browser_of(mim).get(at(after_action, "read/")))


def test_what_changed_since_the_revision_that_was_read_is_marked_in_its_place(
    after_action: AfterAction, lead: Person, mim: Person
) -> None:
    reader = browser_of(lead)
    reader.post(at(after_action, "read/acknowledge/"), {"revision": "1"})
    write(
        after_action, "went_well", [{"text": "The bridge was staffed within two minutes.", "kind": "action"}]
    )
    later = DISTRIBUTED + timedelta(hours=1)
    amend(fresh(after_action), reason="Measured again", by=mim, at=later, now=later)
    page = reader.get(at(after_action, "read/")).content.decode()
    assert "Changed since revision 1, which you read" in page
    assert '<li><a href="#went_well">What went well</a></li>' in page
    # In its place, before the text as it is now, and nowhere else.
    section = page.partition('<section id="went_well">')[2].partition("</section>")[0]
    assert "<del>five</del>" in section
    assert "<ins>two</ins>" in section
    assert page.count("Changed since you read it") == 1


def test_a_comment_is_answered_and_resolved(after_action: AfterAction, lead: Person, mim: Person) -> None:
    reader, owner = browser_of(lead), browser_of(mim)
    reader.post(at(after_action, "comments/"), {"section": "root_cause", "text": "Is this **all**?"})
    comment = Comment.objects.get()
    assert comment.revision is not None
    assert comment.revision.number == 1
    owner.post(
        at(after_action, "comments/"), {"section": "root_cause", "text": "It is.", "parent": comment.pk}
    )
    page = owner.get(at(after_action, "read/")).content.decode()
    assert "<strong>all</strong>" in page
    assert "It is." in page
    stranger = browser_of(a_person("Rhea Castellan"))
    assert (
        stranger.post(at(after_action, f"comments/{comment.pk}/resolve/"), {"resolved": "yes"}).status_code
        == 403
    )
    owner.post(at(after_action, f"comments/{comment.pk}/resolve/"), {"resolved": "yes"})
    assert "Resolved by Mira Okafor" in words(owner.get(at(after_action, "read/")))


def test_an_empty_comment_is_refused_beside_its_section(after_action: AfterAction, lead: Person) -> None:
    answer = browser_of(lead).post(at(after_action, "comments/"), {"section": "went_well", "text": "  "})
    assert (answer.status_code, Comment.objects.count()) == (422, 0)
    assert "Write a comment" in words(answer)


def test_a_comment_on_a_section_that_is_none_keeps_its_text(after_action: AfterAction, lead: Person) -> None:
    for section in ("", "nowhere", "learning_statements"):
        text = "" if section == "learning_statements" else "Forty minutes of quiet"
        answer = browser_of(lead).post(at(after_action, "comments/"), {"section": section, "text": text})
        assert (answer.status_code, Comment.objects.count()) == (422, 0), section
        assert f"autofocus>{text}</textarea>" in answer.content.decode(), section
        assert ("Write a comment" if not text else "This review has no such section") in words(answer)


def test_whoever_comments_faster_than_a_person_writes_is_refused_and_keeps_the_text(
    after_action: AfterAction, lead: Person
) -> None:
    now = clock.now()
    rows = [comment_of(after_action, lead, number, at=now - timedelta(minutes=59)) for number in range(60)]
    Comment.objects.bulk_create(rows)
    said = {"section": "root_cause", "text": "And one more"}
    refused = browser_of(lead).post(at(after_action, "comments/"), said)
    assert refused.status_code == 429
    assert "wait a little" in words(refused)
    assert ">And one more</textarea>" in refused.content.decode()
    machine = Caller(lead).post(f"after-actions/{after_action.reference}/comments/", said)
    assert machine.status_code == 429
    assert 1 <= int(machine["Retry-After"]) <= 60
    with time_machine.travel(now + timedelta(minutes=2), tick=False):
        assert browser_of(lead).post(at(after_action, "comments/"), said).status_code == 302


def comment_of(after_action: AfterAction, by: Person, number: int, **said: Any) -> Comment:
    return Comment(
        **{
            "after_action": after_action, "section": "root_cause", "by": by, "at": DISTRIBUTED,
            "text": f"Comment {number:03}", **said,
        }
    )  # fmt: skip


def test_fifty_comments_on_a_section_are_shown_at_a_time_the_latest_first(
    after_action: AfterAction, lead: Person, mim: Person
) -> None:
    begun = Comment.objects.bulk_create(comment_of(after_action, lead, number) for number in range(60))
    # The thread that goes over a page is the one that ends the first.
    Comment.objects.bulk_create(
        comment_of(after_action, mim, number, parent=begun[55]) for number in range(100, 160)
    )
    Comment.objects.bulk_create([comment_of(after_action, lead, 900, section="summary")])
    reader = browser_of(lead)

    def seen(page: str = "") -> list[int]:
        shown = reader.get(at(after_action, "read/") + page).content.decode()
        assert "Comment 900" in shown
        return [number for number in range(900) if f"Comment {number:03}" in shown]

    earlier = "?discussed=root_cause&comments="
    assert seen() == [*range(55, 60), *range(114, 160)]
    assert seen(f"{earlier}1") == list(range(20))
    assert seen(f"{earlier}2") == [*range(20, 56), *range(100, 114)]
    assert seen(f"{earlier}3") == seen(f"{earlier}99") == seen(f"{earlier}x") == seen()
    page = reader.get(at(after_action, "read/"))
    assert "120 comments" in words(page)
    assert (
        f"{at(after_action, 'read/')}?discussed=root_cause&amp;comments=2#root_cause" in page.content.decode()
    )
    said = {"section": "root_cause", "parent": begun[3].pk, "comments": "1", "text": "", "back": "read"}
    refused = reader.post(at(after_action, "comments/"), said).content.decode()
    assert f'id="answer-{begun[3].pk}" name="text" rows="2" required aria-invalid="true"' in refused
    kept = reader.post(at(after_action, "comments/"), {**said, "text": "Late, but here"})
    assert kept["Location"].endswith("read/?discussed=root_cause&comments=1#root_cause")


def test_what_counts_nowhere_is_not_offered_and_an_auditor_who_attends_says_that_it_was_read(
    after_action: AfterAction, mim: Person
) -> None:
    auditor = an_auditor()
    reader = browser_of(auditor)
    assert "I have read this" not in words(reader.get(at(after_action, "read/")))
    assert "Have you read it?" not in words(reader.get(at(after_action, "read/")))
    row = {"person": auditor, "included": True, "reason": "Security"}
    set_attendees(after_action, [row], by=mim, at=DISTRIBUTED, now=DISTRIBUTED)
    assert "I have read this" in words(reader.get(at(after_action, "read/")))
    assert reader.post(at(after_action, "read/acknowledge/"), {"revision": "1"}).status_code == 302
    assert "You read revision 1" in words(reader.get(at(after_action, "read/")))


def test_an_auditor_reads_and_cannot_comment(after_action: AfterAction) -> None:
    auditor = browser_of(an_auditor())
    page = auditor.get(at(after_action, "read/"))
    assert page.status_code == 200
    assert "A comment on this section" not in words(page)
    answer = auditor.post(at(after_action, "comments/"), {"section": "summary", "text": "No."})
    assert answer.status_code == 403


def test_a_comment_of_another_after_action_cannot_be_answered_here(
    after_action: AfterAction, mim: Person
) -> None:
    other = an_after_action(mim, title="Another one")
    browser_of(mim).post(at(other, "comments/"), {"section": "summary", "text": "There"})
    comment = Comment.objects.get()
    said = {"section": "summary", "text": "Here", "parent": comment.pk}
    refused = browser_of(mim).post(at(after_action, "comments/"), said)
    assert (refused.status_code, Comment.objects.count()) == (422, 1)
    assert "The comment that you answer is not here" in words(refused)
    assert ">Here</textarea>" in refused.content.decode()
    assert browser_of(mim).post(at(after_action, f"comments/{comment.pk}/resolve/")).status_code == 404


@pytest.mark.parametrize(
    "page",
    ["", "draft/", "draft/root_cause/", "read/", "meeting/", "people/", "publication/", "deadlines/", "history/",
     "pdf/", "schedule/", "distribute/", "decide/", "actions-review/", "people/named/", "draft/people/?q=to"],
)  # fmt: skip
def test_a_restricted_one_is_absent_for_whoever_has_no_part_in_it(mim: Person, page: str) -> None:
    after_action = an_after_action(mim, restricted=True)
    stranger = browser_of(a_person("Rhea Castellan"))
    answer, absent = stranger.get(at(after_action, page)), stranger.get("/after-actions/AA-ZZZZZZ/")
    assert answer.status_code == 404 == absent.status_code
    assert after_action.incident.title not in answer.content.decode()


def test_nobody_reads_without_signing_in(after_action: AfterAction) -> None:
    answer = Client().get(at(after_action, "read/"))
    assert answer.status_code == 302
    assert "/accounts/login/" in answer["Location"]


@pytest.fixture
def guest_token(after_action: AfterAction, mim: Person) -> str:
    contact = a_contact(after_action.incident.reference, "acme-lead", "Vera Lindholm")
    row = {"person": contact, "included": True, "reason": "Speaks for the vendor"}
    set_attendees(after_action, [row], by=mim, at=DISTRIBUTED, now=DISTRIBUTED)
    now = clock.now()
    _, token = create_guest_link(after_action, contact, by=mim, at=now, now=now)
    return token


def test_a_guest_reads_the_one_draft_comments_and_says_that_it_was_read(
    after_action: AfterAction, guest_token: str
) -> None:
    guest = Client()
    page = guest.get(guest_path(guest_token))
    assert page.status_code == 200
    assert "a standby database without the permissions" in words(page)
    assert "rail-nav" not in page.content.decode()
    assert page["Referrer-Policy"] == "same-origin"
    assert words(page).count("Not yet confirmed") == 2
    guest.post(f"{guest_path(guest_token)}read/")
    guest.post(f"{guest_path(guest_token)}comments/", {"section": "vendors", "text": "We shipped a fix."})
    lead, now = Person.objects.get(full_name="Tomas Lindqvist"), clock.now()
    confirm_section(after_action, "root_cause", by=lead, at=now, now=now)
    again = words(guest.get(guest_path(guest_token)))
    assert "Confirmed by Tomas Lindqvist." in again
    assert "You read revision 1" in again
    assert "We shipped a fix." in again
    assert guest.get(at(after_action, "read/")).status_code == 302


def test_an_empty_comment_of_a_guest_is_refused(guest_token: str) -> None:
    answer = Client().post(f"{guest_path(guest_token)}comments/", {"section": "summary", "text": ""})
    assert answer.status_code == 422
    assert "Write a comment" in words(answer)


def test_a_link_that_was_taken_back_or_has_ended_or_never_was_says_the_same(
    after_action: AfterAction, mim: Person, guest_token: str
) -> None:
    link = GuestLink.objects.get()
    browser_of(mim).post(at(after_action, f"people/guest-links/{link.pk}/revoke/"))
    revoked = Client().get(guest_path(guest_token))
    forged = Client().get(guest_path(guest_token[:-2] + "xx"))
    # One that was given when the draft was scheduled has ended by now.
    _, old = create_guest_link(after_action, link.person, by=mim, at=SCHEDULED, now=SCHEDULED)
    expired = Client().get(guest_path(old))
    assert revoked.status_code == forged.status_code == expired.status_code == 404
    assert words(revoked) == words(forged) == words(expired)
    assert "is not valid, or no longer is" in words(expired)
    assert Client().post(f"{guest_path(old)}read/").status_code == 404


def test_the_link_is_shown_once(after_action: AfterAction, mim: Person) -> None:
    contact = a_contact(after_action.incident.reference, "acme-lead", "Vera Lindholm")
    row = {"person": contact, "included": True, "reason": "Speaks for the vendor"}
    set_attendees(after_action, [row], by=mim, at=DISTRIBUTED, now=DISTRIBUTED)
    chair = browser_of(mim)
    attendee = after_action.attendees.get(person=contact)
    made = chair.post(at(after_action, f"people/{attendee.pk}/guest-link/"), {"days": "14"})
    assert "/guest/" in made.content.decode()
    assert "shown this once" in words(made)
    assert "/guest/" not in chair.get(at(after_action, "people/")).content.decode()
    reader = browser_of(a_person("Rhea Castellan"))
    assert (
        reader.post(at(after_action, f"people/{attendee.pk}/guest-link/"), {"days": "14"}).status_code == 403
    )
