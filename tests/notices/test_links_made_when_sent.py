"""A guest's link stands in no table: it is made when it is mailed, and anew for each try."""

import importlib
import re

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client

from afteractions.models import GuestLink
from afteractions.operations.guest_links import path_of
from afteractions.operations.meeting.attendees import set_attendees
from majorops import clock
from majorops.notices.delivery import sending
from majorops.notices.models import Notice
from tests.factories.afteractions import a_meeting, an_after_action
from tests.smtp_sink import Sink

pytestmark = pytest.mark.django_db


def tables_that_hold(text: str) -> list[str]:
    """Every table with a row in which this stands."""
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
        held = []
        for table in tables:
            cursor.execute(f'SELECT 1 FROM "{table}" t WHERE strpos(t::text, %s) > 0 LIMIT 1', [text])
            held += [table] if cursor.fetchone() else []
    return held


@pytest.fixture
def link() -> GuestLink:
    """Of somebody from outside, who was invited to a meeting."""
    after_action = an_after_action()
    a_meeting(after_action)
    now = clock.now()
    row = {"person": "Priority support <support@cloudgate.example>", "included": True, "reason": "Their desk"}
    set_attendees(after_action, [row], by=after_action.incident.mim, at=now, now=now)
    return GuestLink.objects.get()


def test_a_guests_link_stands_in_no_table_and_each_try_mails_one_that_opens(
    link: GuestLink, sink: Sink
) -> None:
    assert tables_that_hold("/guest/") == []
    now, told = clock.now(), Notice.objects.filter(recipient=link.person)
    Notice.objects.exclude(recipient=link.person).update(sent_at=now)
    for _ in range(2):
        # Whoever sent it before died, and it was not marked.
        told.update(sent_at=None, leased_by="", next_try_at=now)
        assert sending.deliver(now=now) == 1
    assert tables_that_hold("/guest/") == []
    mailed = [mail.get_body(("plain",)).get_content() for mail in sink.mails]
    paths = [re.findall(r"/guest/[^/]+/", text)[0] for text in mailed]
    assert [Client().get(path).status_code for path in paths] == [200, 200]


def test_links_that_older_notices_kept_are_forgotten(link: GuestLink) -> None:
    kept, forged = Notice.objects.order_by("pk")[:2]
    Notice.objects.filter(pk=kept.pk).update(url=path_of(link))
    Notice.objects.filter(pk=forged.pk).update(url="/guest/x:y:z/")
    importlib.import_module("afteractions.migrations.0030_no_guest_link_is_kept").forget_links(apps, None)
    urls = Notice.objects.in_bulk([kept.pk, forged.pk])
    assert (urls[kept.pk].url, urls[forged.pk].url) == (f"guest-link:{link.pk}", "")
