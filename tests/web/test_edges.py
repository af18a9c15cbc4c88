"""The edges of calendar, clock and cursor at every place that reads a query or a date: a sentence, never a fault."""

import base64
import re
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import NoReverseMatch, reverse
from hypothesis import example, given
from hypothesis import strategies as st

from afteractions.views.step_forms import LocalInstant
from incidents.views.fields import LaterField
from majorops.errors import BadInput
from majorops.web.form_fields import DayField
from majorops.web.pagination import Cursor
from tests.api.caller import Caller, paths
from tests.factories.afteractions import an_after_action
from tests.factories.people import a_mim, an_administrator
from tests.web.access_urls import names_of_urls, urls
from tests.web.browsing import browser_of

NEW_YORK = ZoneInfo("America/New_York")
# What a query says in the product: paged, filtered, searched, told a time.
PARAMETERS = [
    *(
        "cursor",
        "page_size",
        "page",
        "since",
        "until",
        "after",
        "before",
        "from",
        "to",
        "at",
        "day",
        "date",
        "month",
    ),
    *(
        "months",
        "team",
        "severity",
        "status",
        "owner",
        "whose",
        "search",
        "q",
        "kind",
        "show",
        "revision",
        "service",
    ),
    *(
        "services",
        "incident",
        "group",
        "active",
        "by",
        "verb",
        "subject",
        "start",
        "view",
        "due_on",
        "mine",
        "overdue",
    ),
    *("audience", "vendor", "year", "key", "number"),
]
VALUES = ["[" * 3000, "9" * 30, "10000-01-01", "9999-12-31T23:59:59Z", "²", "-1", "2026-13"]
CURSORS = [
    "[" * 3000,
    base64.urlsafe_b64encode(b"[" * 3000).decode(),
    *(
        Cursor(values, False).written()
        for values in (
            ("\x01", "9" * 40),
            ("a\x00b", "1"),
            ("0001-01-01T00:00:00+24:00", "1"),
            ("9999-12-31T23:59:59-23:59", "1"),
            ("NaN", "Infinity"),
        )
    ),
]


def lists() -> list[str]:
    """The addresses that need no key: lists, searches, boards, forms."""
    found = []
    for name in sorted(set(names_of_urls())):
        try:
            found.append(reverse(name))
        except NoReverseMatch:
            continue
    return [path for path in found if not re.search("logout|/accounts/|/docs/|/schema/", path)]


@pytest.mark.django_db
@pytest.mark.parametrize("path", lists())
def test_no_parameter_of_a_query_is_a_fault(path: str) -> None:
    person = an_administrator()
    caller = Caller(person).client if path.startswith("/api/") else browser_of(person)
    caller.raise_request_exception = False
    refused = False
    for value in VALUES:
        answer = caller.get(path, dict.fromkeys(PARAMETERS, value))
        assert answer.status_code < 500, value
        refused |= answer.status_code == 400
    for cursor in CURSORS:
        answer = caller.get(path, {"cursor": cursor})
        assert answer.status_code < 500, cursor
    # One at a time where one was refused: it would hide the others.
    for name in PARAMETERS if refused else ():
        assert caller.get(path, {name: "9" * 19 + "-"}).status_code < 500, name


@pytest.mark.django_db
def test_what_no_database_keeps_is_refused_at_the_door_of_every_address() -> None:
    caller = Client()
    walked = 0
    for url in urls():
        name = re.sub(r"^\^?django-admin/.*", "", url.name)
        try:
            path = reverse(name, kwargs=dict.fromkeys(url.pattern.pattern.regex.groupindex, "7"))
        except NoReverseMatch:
            continue
        asked = [(f"{path}?search=a%00b", "search")]
        for field in url.pattern.pattern.regex.groupindex:
            with suppress(NoReverseMatch):
                named = {**dict.fromkeys(url.pattern.pattern.regex.groupindex, "7"), field: "a\x00b"}
                asked.append((reverse(name, kwargs=named), field))
        for address, field in asked:
            answer = caller.get(address)
            assert answer.status_code == 400, address
            if url.is_api:
                assert paths(answer) == [field], address
            assert f"{field}: This contains a NUL character" in answer.content.decode(), address
            walked += 1
    assert walked > 300
    answer = caller.post("/accounts/login/", {"login": "a\x00b", "password": "x"})
    assert (answer.status_code, "login: This contains a NUL" in answer.content.decode()) == (400, True)


@given(st.text(max_size=60) | st.binary(max_size=60).map(lambda raw: raw.decode("latin-1")))
@example("[" * 3000)
@example("W10")
def test_a_cursor_is_one_that_we_wrote_or_is_refused(text: str) -> None:
    with suppress(BadInput):
        read = Cursor.read(text)
        assert Cursor.read(read.written()) == read


def in_the_record(zone: ZoneInfo) -> forms.Field:
    field = LaterField()
    field.read_in(zone)
    return field


def in_what_follows(zone: ZoneInfo) -> forms.Field:
    return LocalInstant(zone=zone)


# How fields for an instant read the clocks of a zone.
Read = Callable[[ZoneInfo], forms.Field]
WALL_CLOCKS: tuple[Read, ...] = (in_the_record, in_what_follows)
each_wall_clock = pytest.mark.parametrize("read", WALL_CLOCKS)


def later(read: Read, typed: str, zone: ZoneInfo = NEW_YORK) -> datetime | None:
    return read(zone).clean(typed)


@each_wall_clock
def test_a_time_that_the_clocks_skip_is_refused_with_the_one_after_it(read: Read) -> None:
    with pytest.raises(ValidationError) as refused:
        later(read, "2027-03-14T02:30")
    assert refused.value.messages == [
        "The clocks in America/New_York skip 02:30 on 2027-03-14: the first time after it is 03:30. Choose a time that "
        "they show."
    ]


@each_wall_clock
def test_of_two_equal_times_the_first_is_taken(read: Read) -> None:
    taken = later(read, "2026-11-01T01:30")
    assert taken is not None
    assert taken.astimezone(UTC) == datetime(2026, 11, 1, 5, 30, tzinfo=UTC)


@each_wall_clock
@pytest.mark.parametrize(
    "typed", ["9999-12-31T23:00", "0001-01-01T00:00", "1969-12-31T23:00", "2200-01-01T00:00"]
)
def test_a_year_that_nobody_means_is_refused(typed: str, read: Read) -> None:
    for zone in (NEW_YORK, ZoneInfo("Pacific/Kiritimati")):
        with pytest.raises(ValidationError, match="The year must be between 1970 and 2199"):
            later(read, typed, zone)
    with pytest.raises(ValidationError, match="The year must be between 1970 and 2199"):
        DayField().clean(typed[:10])


@given(
    st.datetimes(),
    st.sampled_from(["UTC", "America/New_York", "Pacific/Kiritimati", "Pacific/Niue", "Australia/Lord_Howe"]),
    st.sampled_from(WALL_CLOCKS),
)
def test_a_typed_time_is_what_the_clocks_show_or_is_refused(wall: datetime, zone: str, read: Read) -> None:
    wall = wall.replace(second=0, microsecond=0)
    with suppress(ValidationError):
        taken = later(read, f"{wall:%Y-%m-%dT%H:%M}".rjust(16, "0"), ZoneInfo(zone))
        assert taken is not None
        assert taken.astimezone(UTC).astimezone(ZoneInfo(zone)).replace(tzinfo=None) == wall


@pytest.mark.parametrize("typed", ["9999-12-31T23:59-23:59", "0001-01-01T00:00+23:59", "2200-01-01T00:00Z"])
def test_an_offered_time_of_a_year_that_nobody_means_is_refused(typed: str) -> None:
    with pytest.raises(ValidationError, match="The year must be between 1970 and 2199"):
        later(in_what_follows, typed)


@pytest.mark.django_db
@pytest.mark.parametrize("typed", ["9999-12-31T23:00", "0001-01-01T00:00", "2026-02-30T10:00", "x", "\x00"])
def test_the_schedule_form_answers_with_a_sentence(typed: str) -> None:
    mim = a_mim()
    after_action = an_after_action(mim)
    browser = browser_of(mim)
    path = reverse("afteractions:schedule", args=[after_action.reference])
    answer = browser.post(path, {"starts_at": typed, "ends_at": typed, "minutes": "60", "location": "Room 2"})
    assert answer.status_code in (200, 400, 409, 422)
    assert after_action.__class__.objects.get(pk=after_action.pk).meetings.count() == 0
