"""Who is told while somebody is away: the substitute beside them, and nobody of what is not theirs to see."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from afteractions.operations.enforcement import sweep
from incidents.operations.response.command import restrict
from majorops.errors import BadInput, NotFound
from majorops.notices.delivery import sending
from majorops.notices.models import Notice
from majorops.people.models import Absence, Person
from majorops.people.operations.own_account import say_away, take_absence_back
from tests.changed_rows import last_entry
from tests.factories.incidents import OPENED, a_closed_incident
from tests.factories.people import a_contact, a_mim, a_person

pytestmark = pytest.mark.django_db
CLOSED = OPENED + timedelta(minutes=100)  # Tuesday 3 March 2026, 10:40 UTC
SCHEDULE_BY = CLOSED + timedelta(hours=24)
TUESDAY, WEDNESDAY = date(2026, 3, 3), date(2026, 3, 4)


@pytest.fixture
def mim() -> Person:
    return a_mim(manager=a_person("Greta Holm"))


def away(person: Person, substitute: Person, **days: Any) -> Absence:
    said = {"from_on": WEDNESDAY, "until_on": WEDNESDAY, **days}
    return say_away(person, substitute=substitute, **said, by=person, now=OPENED)


def steps_told(person: Person) -> list[str]:
    return list(
        Notice.objects.inbox_of(person)
        .filter(about_type="obligation")
        .order_by("id")
        .values_list("step", flat=True)
    )


def test_the_substitute_is_told_beside_whoever_is_away_on_those_days_only(mim: Person) -> None:
    substitute = a_person("Ola Berg")
    away(mim, substitute)
    a_closed_incident(mim, severity="critical")
    days = {"from_on": [None, "2026-03-04"], "until_on": [None, "2026-03-04"]}
    assert last_entry("said to be away") == (mim, {**days, "substitute": [None, str(substitute)]})
    sweep.sweep(now=datetime(2026, 3, 3, 17, 0, tzinfo=UTC))
    assert (steps_told(mim), steps_told(substitute)) == (["warning:4h"], [])
    sweep.sweep(now=SCHEDULE_BY)
    assert "breach" in steps_told(mim)
    assert steps_told(substitute) == ["breach"]
    text = Notice.objects.inbox_of(substitute).get().text
    assert f"It is for {mim.full_name} to do, who is away" in text


def test_a_substitute_of_a_manager_gets_the_escalation(mim: Person) -> None:
    assert mim.manager is not None
    substitute = a_person("Ola Berg")
    away(mim.manager, substitute)
    a_closed_incident(mim, severity="critical")
    sweep.sweep(now=SCHEDULE_BY)
    assert steps_told(substitute) == ["escalation:1"]


def test_substitutes_of_substitutes_are_told_and_a_circle_ends(mim: Person) -> None:
    second, third = a_person("Ola Berg"), a_person("Ugo Lind")
    away(mim, second)
    away(second, third)
    away(third, mim)
    a_closed_incident(mim, severity="critical")
    sweep.sweep(now=SCHEDULE_BY)
    assert steps_told(second) == steps_told(third) == ["breach"]
    assert steps_told(mim).count("breach") == 1


def test_a_substitute_who_left_meanwhile_is_passed_over(mim: Person) -> None:
    substitute = a_person("Ola Berg")
    away(mim, substitute)
    Person.objects.filter(pk=substitute.pk).update(is_active=False)
    a_closed_incident(mim, severity="critical")
    sweep.sweep(now=SCHEDULE_BY)
    assert "breach" in steps_told(mim)
    assert steps_told(substitute) == []


def test_an_absence_taken_back_tells_nobody_else(mim: Person) -> None:
    substitute = a_person("Ola Berg")
    absence = away(mim, substitute)
    take_absence_back(mim, absence.pk, by=mim, now=OPENED)
    a_closed_incident(mim, severity="critical")
    sweep.sweep(now=SCHEDULE_BY)
    assert steps_told(substitute) == []
    with pytest.raises(NotFound):
        take_absence_back(substitute, absence.pk, by=substitute, now=OPENED)


def test_standing_in_opens_nothing_restricted(mim: Person) -> None:
    substitute = a_person("Ola Berg")
    away(mim, substitute)
    incident = a_closed_incident(mim, severity="critical")
    restrict(incident, restricted=True, reason="A person is concerned", by=mim, at=CLOSED, now=CLOSED)
    sweep.sweep(now=SCHEDULE_BY)
    sending.deliver(now=SCHEDULE_BY)
    mail = Notice.objects.get(recipient=substitute, channel="mail", step="breach")
    assert incident.title not in mail.masked_text


@pytest.mark.parametrize(
    ("days", "path"),
    [
        ({"until_on": TUESDAY}, "until_on"),
        ({"from_on": date(2026, 2, 2), "until_on": date(2026, 2, 3)}, "until_on"),
        ({"from_on": TUESDAY, "until_on": date(2026, 3, 9)}, "from_on"),
    ],
)
def test_days_that_cannot_be_are_refused_by_their_name(mim: Person, days: dict[str, date], path: str) -> None:
    substitute = a_person("Ola Berg")
    away(mim, substitute)
    with pytest.raises(BadInput) as refused:
        away(mim, substitute, **days)
    assert [problem.path for problem in refused.value.problems] == [path]
    assert Absence.objects.count() == 1


def test_who_cannot_stand_in_is_refused_here_and_by_the_database(mim: Person) -> None:
    for substitute in (mim, a_contact("Vera Contact")):
        with pytest.raises(BadInput) as refused:
            away(mim, substitute)
        assert [problem.path for problem in refused.value.problems] == ["substitute"]
    said = {"from_on": TUESDAY, "until_on": WEDNESDAY, "said_by": mim, "said_at": OPENED}
    with pytest.raises(IntegrityError, match="nobody_is_their_own"), transaction.atomic():
        Absence.objects.create(person=mim, substitute=mim, **said)
    with pytest.raises(IntegrityError, match="ends_after_it_began"), transaction.atomic():
        Absence.objects.create(
            person=mim, substitute=a_person("Ola"), **{**said, "from_on": date(2026, 3, 5)}
        )
