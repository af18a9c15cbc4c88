"""The inbox and the mail folder as their readers see them."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from majorops.notices.delivery import sending
from majorops.notices.models import Notice
from majorops.notices.outbox import Calendar, NoticeWords, tell
from majorops.people.models import Person
from tests.factories.incidents import an_incident
from tests.factories.people import a_mim, a_person, an_administrator

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 3, 12, 0, tzinfo=UTC)


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def say(person: Person, subject: str = "Schedule it by Tue 3 Mar", step: str = "breach", **more: Any) -> None:
    words = NoticeWords(subject, "It is overdue.", masked="Something is overdue\n\nAsk Mira.")
    tell([person], about=person, step=step, words=words, url="/library/", now=NOW, **more)


def test_the_inbox_shows_what_was_said_and_opening_marks_it_read() -> None:
    person = a_person()
    say(person)
    client = signed_in(person)
    assert "Schedule it by Tue 3 Mar" in client.get("/inbox/").content.decode()
    notice = Notice.objects.inbox_of(person).get()
    answer = client.get(f"/inbox/{notice.pk}/")
    assert (answer.status_code, answer["Location"]) == (302, "/library/")
    assert not Notice.objects.inbox_of(person).unread().exists()


def test_the_inbox_of_another_cannot_be_opened() -> None:
    person = a_person()
    say(person)
    notice = Notice.objects.inbox_of(person).get()
    assert signed_in(a_person()).get(f"/inbox/{notice.pk}/").status_code == 404
    assert Notice.objects.inbox_of(person).unread().exists()
    assert Client().get("/inbox/").status_code == 302


def test_marking_all_as_read_spares_what_came_after_the_page_was_shown() -> None:
    person = a_person()
    say(person, step="one")
    newest = Notice.objects.inbox_of(person).first()
    say(person, step="two")
    signed_in(person).post("/inbox/read/", {"newest": newest.pk})
    assert [each.step for each in Notice.objects.inbox_of(person).unread()] == ["two"]


def test_the_inbox_has_fifty_a_page_and_costs_the_same_with_five(django_assert_num_queries: Any) -> None:
    person = a_person()
    client = signed_in(person)
    for number in range(5):
        say(person, subject=f"Number {number:03}", step=str(number))
    client.get("/inbox/")
    with django_assert_num_queries(5) as few:
        client.get("/inbox/")
    for number in range(5, 60):
        say(person, subject=f"Number {number:03}", step=str(number))
    with django_assert_num_queries(len(few.captured_queries)):
        page = client.get("/inbox/").content.decode()
    assert page.count("Number 0") == 50
    cursor = list(Notice.objects.inbox_of(person).values_list("pk", flat=True))[49]
    assert client.get(f"/inbox/?cursor={cursor}").content.decode().count("Number 0") == 10


def test_a_restricted_incident_is_masked_in_the_inbox_of_somebody_outside() -> None:
    incident = an_incident(a_mim(), restricted=True)
    person = a_person()
    say(person, subject=f"Schedule {incident.reference}", scope=incident.reference)
    page = signed_in(person).get("/inbox/").content.decode()
    assert incident.reference not in page
    assert "Something is overdue" in page


def test_administrators_see_what_was_set_aside_and_try_it_again() -> None:
    person, administrator = a_person(), an_administrator()
    say(person)
    notice = Notice.objects.get(channel="mail")
    Notice.objects.filter(pk=notice.pk).update(set_aside_at=NOW, attempts=8, last_error="451 Later")
    assert "451 Later" in signed_in(administrator).get("/inbox/").content.decode()
    assert "451 Later" not in signed_in(person).get("/inbox/").content.decode()
    assert signed_in(person).post("/inbox/set-aside/").status_code == 403
    signed_in(administrator).post("/inbox/set-aside/")
    notice.refresh_from_db()
    assert (notice.set_aside_at, notice.attempts) == (None, 0)


def test_the_mail_folder_shows_each_their_mail_with_its_calendar_part(tmp_path: Path, settings: Any) -> None:
    settings.MAIL_FOLDER = tmp_path = tmp_path / "mail"
    settings.EMAIL_BACKEND = "majorops.notices.delivery.mail_folder.MailFolder"
    person, other, administrator = a_person(), a_person(), an_administrator()
    incident = an_incident(a_mim(), restricted=True)
    invitation = (
        "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nURL:https://corp.example/folded-\r\n key\r\nEND:VCALENDAR\r\n"
    )
    say(person, subject="For me", calendar=Calendar(invitation, "REQUEST"))
    say(other, subject="For another")
    say(incident.mim, subject="Of a restricted one", scope=incident.reference)
    assert sending.deliver(now=NOW) == 3
    # Links that open something stand in it: on the disk it is its process's user's alone.
    assert {path.stat().st_mode & 0o777 for path in (tmp_path, *tmp_path.iterdir())} == {0o700, 0o600}
    client = signed_in(person)
    page = client.get("/mail/").content.decode()
    assert "For me" in page
    assert "For another" not in page
    [name] = [path.stem for path in tmp_path.glob("*.eml") if b"For me" in path.read_bytes()]
    detail = client.get(f"/mail/{name}/").content.decode()
    assert "BEGIN:VCALENDAR" in detail
    assert "/library/" in detail
    assert signed_in(other).get(f"/mail/{name}/").status_code == 404
    assert client.get("/mail/..%2F..%2Fsettings/").status_code == 404
    everything = signed_in(administrator).get("/mail/").content.decode()
    assert "For me" in everything
    assert "For another" in everything
    assert "Of a restricted one" not in everything
    # What opens something by itself opens it to whoever it was mailed to.
    Client().post("/accounts/password/reset/", {"email": person.email})
    key = next(path.stem for path in tmp_path.glob("*.eml") if b"/reset/key/" in path.read_bytes())
    assert "/reset/key/" in client.get(f"/mail/{key}/").content.decode()
    for each, hidden in ((key, "/reset/key/"), (name, "key\n"), (name, "folded-")):
        seen = signed_in(administrator).get(f"/mail/{each}/").content.decode()
        assert person.email in seen
        assert "link left out" in seen
        assert hidden not in seen


def test_the_mail_folder_is_absent_where_mail_is_sent(settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    assert signed_in(an_administrator()).get("/mail/").status_code == 404


def test_the_bell_of_an_open_page_follows_what_comes_in() -> None:
    person = a_person()
    client = signed_in(person)
    assert 'hx-get="/inbox/bell/"' in client.get("/inbox/").content.decode()
    assert "0 unread" in client.get("/inbox/bell/").content.decode()
    say(person)
    answer = client.get("/inbox/bell/").content.decode()
    assert "1 unread" in answer
    assert "<html" not in answer
