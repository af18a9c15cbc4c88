"""Times are typed in the zone in which they are shown, which stands at the field; a label is that of the instant."""

import csv
import io
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from incidents.models import TimelineEvent
from incidents.operations.response.mtm import record_mtm
from incidents.operations.response.vendors import engage
from incidents.views.actions import STEPS
from majorops.people.groups import GroupName
from majorops.people.models import Person
from tests.factories.afteractions import (
    MEETING,
    PUBLISHED,
    a_distributed_review,
    a_drafted_review,
    a_published_review,
    a_reviewed_review,
)
from tests.factories.incidents import OPENED, a_closed_incident, an_event, an_incident, minutes
from tests.factories.people import a_person
from tests.web.browsing import browser_of
from tests.web.overview.looking import look, many_overdue, the_time, words

pytestmark = pytest.mark.django_db

SUMMER = datetime(2026, 7, 7, 11, 0, tzinfo=UTC)
NOVEMBER = datetime(2026, 11, 17, 12, 0, tzinfo=UTC)
PLANNED = {
    "text": "We are sorry",
    "audience": "Customers",
    "due_at": MEETING + timedelta(days=3),
}
# Fields of a time, with what describes them.
TIMED = re.compile(r'<input (?=[^>]*(?:type="datetime-local"|class="moment"))[^>]*>')


@pytest.fixture
def mim() -> Person:
    groups = [GroupName.MIM, GroupName.COMMUNICATIONS]
    return a_person("Mira Okafor", time_zone="Asia/Kathmandu", groups=groups)


def test_a_summer_event_read_in_november_says_summer_time() -> None:
    reader = a_person("Ola Brandt", time_zone="Europe/London")
    page = words(look(reader, a_closed_incident(opened_at=SUMMER).get_absolute_url(), NOVEMBER))
    assert "Tue 7 Jul, 4 months ago BST" in page
    assert "times in Europe/London" in page
    assert "GMT" not in page


def test_on_the_day_the_clocks_go_back_two_rows_that_read_alike_are_told_apart() -> None:
    back = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    reader = a_person("Ola Brandt", time_zone="Europe/Berlin", groups=[GroupName.MIM])
    incident = an_incident(reader, opened_at=back)
    an_event(incident, "Failover started", by=reader, at=back + minutes(60))
    page = words(look(reader, incident.get_absolute_url(), back + minutes(70)))
    assert "02:30 CET Failover started" in page
    assert re.search(r"02:30 CEST (?!Failover)", page)


def test_a_zone_without_letters_is_never_a_bare_offset() -> None:
    mim = a_person("Rui Alves", time_zone="America/Sao_Paulo", groups=[GroupName.MIM])
    incident = an_incident(mim, "critical", time_zone="Asia/Kathmandu")
    page = words(look(mim, incident.get_absolute_url(), OPENED + minutes(200)))
    assert "UTC−03:00" in page
    step = words(look(mim, f"{incident.get_absolute_url()}close/", OPENED + minutes(200)))
    assert "UTC+05:45" in step
    for text in (page, step):
        assert not re.search(r"\d\d:\d\d [+-]\d", text)


def test_the_line_reads_times_in_the_zone_in_which_the_page_shows_them(mim: Person) -> None:
    incident = an_incident(mim, time_zone="Europe/Berlin")
    with the_time(OPENED + minutes(30)):
        client = browser_of(mim)
        page = words(client.get(incident.get_absolute_url()))
        assert "Times are read as they are shown, in Asia/Kathmandu" in page
        # 09:10 UTC is 10:10 in Berlin and 14:55 in Kathmandu.
        answer = client.post(f"{incident.get_absolute_url()}line/", {"line": "14:55 failover started"})
        assert answer.status_code == 302
        assert "14:55 failover started" in words(client.get(incident.get_absolute_url()))
    assert TimelineEvent.objects.get(text="failover started").at == OPENED + minutes(10)


def test_a_step_reads_times_in_that_zone_too(mim: Person) -> None:
    incident = an_incident(mim, time_zone="Europe/Berlin")
    with the_time(OPENED + minutes(30)):
        said = {"text": "Failover started", "kind": "action", "at": "14:55"}
        assert browser_of(mim).post(f"{incident.get_absolute_url()}event/", said).status_code == 302
    assert TimelineEvent.objects.get(text="Failover started").at == OPENED + minutes(10)


def says_the_zone_at_each_field(html: str, zone: str) -> int:
    """How many fields of a time the page has, each described by its zone."""
    fields = TIMED.findall(html)
    for field in fields:
        described = re.search(r'aria-describedby="([^"]+)"', field)
        assert described, field
        hints = "".join(
            re.search(rf'id="{re.escape(key)}">([^<]*)', html)[1]  # type: ignore[index]
            for key in described[1].split()
        )
        assert f"Time in {zone}." in hints, field
    return len(fields)


def test_every_step_of_an_incident_says_the_zone_at_each_field_of_a_time(mim: Person) -> None:
    incident = an_incident(mim, "critical")
    vendor = engage(incident, vendor="Cloudgate", by=mim, at=OPENED, now=OPENED)
    mtm = record_mtm(incident, by=mim, at=OPENED, now=OPENED)
    fields = 0
    with the_time(OPENED + minutes(5)):
        client = browser_of(mim)
        for place in [
            *(f"{name}/" for name, step in STEPS.items() if step.entry is None),
            "event/", "milestone/",
            f"vendor-change/{vendor.pk}/", f"mtm-change/{mtm.pk}/", f"mtms/{mtm.number}/",
        ]:  # fmt: skip
            answer = client.get(f"{incident.get_absolute_url()}{place}")
            assert answer.status_code in (200, 403), place
            fields += says_the_zone_at_each_field(answer.content.decode(), "Asia/Kathmandu")
        declaring = client.get("/incidents/declare/").content.decode()
        fields += says_the_zone_at_each_field(declaring, "Asia/Kathmandu")
    assert fields > 15


@pytest.mark.parametrize(
    ("prepare", "place"),
    [
        (lambda mim: a_drafted_review(mim), "schedule/"),
        (lambda mim: a_distributed_review(mim), "meeting/"),
        (lambda mim: a_reviewed_review(mim, external_messages=[PLANNED]), "messages/"),
    ],
    ids=["schedule", "meeting", "message"],
)
def test_every_page_of_an_after_action_says_the_zone_at_each_field_of_a_time(
    mim: Person, prepare: Callable, place: str
) -> None:
    after_action = prepare(mim)
    if place == "messages/":
        place += f"{after_action.external_messages.get().pk}/"
    answer = look(mim, f"{after_action.get_absolute_url()}{place}", MEETING)
    assert answer.status_code == 200
    assert says_the_zone_at_each_field(answer.content.decode(), "Asia/Kathmandu") > 0


def test_page_and_csv_count_the_same_days_overdue() -> None:
    manager = a_person("Helena Brandauer")
    owner = a_person("Ravi Sundaram", manager=manager, time_zone="Pacific/Auckland")
    many_overdue(1, owner, due_at=OPENED)
    at = OPENED + timedelta(days=18, hours=5)
    page = words(look(manager, "/overdue/", at))
    table = b"".join(look(manager, "/overdue/?format=csv", at).streaming_content).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(table)))
    assert rows
    for row in rows:
        days = int(row["Overdue since (days)"])
        assert re.search(rf"overdue by {days} (days|d )", page), (days, page)


def test_a_list_behind_a_number_shows_days_as_every_page_does(mim: Person) -> None:
    a_published_review(mim)
    page = words(look(mim, "/insights/learning/list/", PUBLISHED + timedelta(days=1)))
    assert "Tue 31 Mar" in page
    assert not re.search(r"\d{4}-\d\d-\d\d", page)
