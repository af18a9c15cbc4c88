"""What is overdue over HTTP, and the nudge."""

import pytest

from afteractions.models import Obligation
from afteractions.vocabulary import ObligationKind
from majorops.people.models import Person
from tests.api.caller import Caller, paths
from tests.api.test_statements import statements
from tests.factories.afteractions import SCHEDULED, a_published_review
from tests.factories.people import a_mim, a_person
from tests.web.overview.looking import many_overdue

pytestmark = pytest.mark.django_db


def late_ones(manager: Person, number: int = 2) -> Person:
    mim = a_mim(manager=manager)
    many_overdue(number, mim, due_at=SCHEDULED)
    return mim


def test_a_manager_lists_what_is_overdue_below_and_narrows_it() -> None:
    manager = Caller(a_person("Helena Brandauer"))
    mim = late_ones(manager.person)
    many_overdue(1, a_mim("Tomasz Okonkwo"), due_at=SCHEDULED)
    listed = manager.get("obligations/").json()["results"]
    assert len(listed) == 4
    assert {row["responsible"] for row in listed} == {mim.email}
    assert len(manager.get("obligations/", whose="all").json()["results"]) == 6
    narrowed = manager.get("obligations/", kind="action_item", severity="high", age="over_30").json()[
        "results"
    ]
    assert [row["kind"] for row in narrowed] == ["action_item", "action_item"]
    assert manager.get("obligations/", due="soon").json()["results"] == []
    for query in ({"kind": "lost"}, {"age": "in_1"}, {"team": "x"}, {"branch": "-"}):
        assert paths(manager.get("obligations/", **query)) == list(query)


def test_a_nudge_is_sent_once_a_day() -> None:
    manager = Caller(a_person("Helena Brandauer"))
    mim = late_ones(manager.person, 1)
    row = Obligation.objects.get(kind=ObligationKind.SCHEDULE)
    path = f"obligations/{row.pk}/nudge/"
    assert Caller(mim).post(path, {}).status_code == 403
    assert paths(manager.post(path, {"word": "x" * 1001})) == ["word"]
    nudged = manager.made(path, {"word": "Today?"})["nudged"]
    assert (nudged["by"], nudged["word"]) == (manager.person.email, "Today?")
    assert manager.post(path, {}).status_code == 409
    assert manager.post("obligations/999999/nudge/", {}).status_code == 404


def test_a_deadline_of_a_restricted_incident_is_not_there_for_others() -> None:
    manager = Caller(a_person("Helena Brandauer"))
    a_published_review(a_mim(manager=manager.person), restricted=True)
    row = Obligation.objects.open().first()
    assert row is not None
    assert manager.get("obligations/").json()["results"] == []
    assert manager.post(f"obligations/{row.pk}/nudge/", {}).status_code == 404


def test_the_list_takes_the_same_few_statements_at_5_and_50_rows() -> None:
    manager = Caller(a_person("Helena Brandauer"))
    mim = late_ones(manager.person, 3)
    few = statements(manager, "obligations/")
    many_overdue(25, mim, due_at=SCHEDULED)
    assert len(manager.get("obligations/").json()["results"]) == 50
    assert statements(manager, "obligations/") == few <= 12
