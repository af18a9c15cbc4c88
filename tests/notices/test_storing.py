"""Many rows by one statement: what is read back is what was given, and what stands already stays as it is."""

from datetime import UTC, datetime, timedelta

import pytest

from majorops.bulk import store_new
from majorops.notices.models import Notice
from majorops.notices.vocabulary import Channel
from tests.factories.people import a_person

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 3, 21, 0, 0, 123_456, tzinfo=UTC)
TEXT = "Zoë O'Brien-Łukasz <script>\n\n“5 %s” \\u0041 \\ {} 🙂 \t end"


def notices(recipient: int, subject: str) -> list[Notice]:
    return [
        Notice(
            about_type="obligation",
            about_id=2**40 + number,
            due_at=NOW + timedelta(days=number) if number else None,
            step="breach",
            recipient_id=recipient,
            channel=Channel.MAIL,
            subject=subject,
            text=TEXT,
            late=bool(number),
            message_id=f"<{number}@majorops.example>",
            created_at=NOW,
            next_try_at=NOW,
        )
        for number in range(3)
    ]


def test_every_column_is_read_back_as_it_was_given() -> None:
    given = notices(a_person("Greta Holm").pk, TEXT)
    store_new(given)
    read = Notice.objects.order_by("about_id")
    columns = [field.attname for field in Notice._meta.concrete_fields if not field.primary_key]
    assert [[getattr(row, name) for name in columns] for row in read] == [
        [getattr(row, name) for name in columns] for row in given
    ]


def test_what_is_there_stays_as_it_is_and_the_others_are_added() -> None:
    recipient = a_person("Greta Holm").pk
    store_new(notices(recipient, "first")[:1])
    store_new(notices(recipient, "second"))
    store_new([])
    assert [row.subject for row in Notice.objects.order_by("about_id")] == ["first", "second", "second"]
