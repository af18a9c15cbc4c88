"""The library of published Learning Reviews."""

from datetime import timedelta

import pytest

from afteractions.models import Change
from afteractions.queries import after_actions
from afteractions.vocabulary import Status
from incidents.models import IncidentService, Service
from tests.factories.afteractions import PUBLISHED, SCHEDULED, a_published_review, a_reviewed_review
from tests.factories.people import a_mim, a_person
from tests.web.overview.looking import HTMX, look, main_of, many_overdue, statements

pytestmark = pytest.mark.django_db
LATER = PUBLISHED + timedelta(days=1)


def test_a_published_review_is_there_with_its_root_cause_and_its_changes() -> None:
    review = a_published_review()
    answer = look(a_person(), "/library/", LATER)
    page = main_of(answer)
    assert review.incident.title in page
    assert "The incident was caused by a standby database without the permissions of the primary." in page
    assert "0 of 1 change done, 0 learned" in page
    assert f"{review.get_absolute_url()}pdf/" in answer.content.decode()


def test_a_review_that_is_not_published_is_not_there() -> None:
    review = a_reviewed_review()
    page = main_of(look(a_person(), "/library/", LATER))
    assert review.incident.title not in page
    assert "Nothing is published yet" in page


@pytest.mark.parametrize(
    ("words", "most_found"), [("permissions", 200), ("standby", 200), ("deployment", 200), ("permissions", 0)]
)
def test_words_of_the_root_cause_and_of_the_changes_find_it(
    monkeypatch: pytest.MonkeyPatch, words: str, most_found: int
) -> None:
    monkeypatch.setattr(after_actions, "MOST_FOUND", most_found)
    review = a_published_review()
    many_overdue(1, a_mim(), due_at=SCHEDULED, status=Status.CLOSED, title="Disk full")
    page = main_of(look(a_person(), f"/library/?search={words}", LATER))
    assert review.incident.title in page
    assert "Disk full" not in page


@pytest.mark.parametrize("most_found", [0, 200])
def test_words_and_reference_of_the_incident_find_it(
    monkeypatch: pytest.MonkeyPatch, most_found: int
) -> None:
    monkeypatch.setattr(after_actions, "MOST_FOUND", most_found)
    one, other = many_overdue(2, a_mim(), due_at=SCHEDULED, status=Status.CLOSED)
    page = main_of(look(a_person(), f"/library/?search={one.incident.reference.lower()}", LATER))
    assert one.incident.title in page
    assert other.incident.title not in page
    assert "No review says that" in main_of(look(a_person(), "/library/?search=volcano", LATER))


def test_severity_and_service_narrow_it() -> None:
    one, other = many_overdue(2, a_mim(), due_at=SCHEDULED, status=Status.CLOSED)
    service = Service.objects.create(name="Checkout")
    IncidentService.objects.create(incident=one.incident, service=service)
    page = main_of(look(a_person(), "/library/?service=Checkout", LATER))
    assert one.incident.title in page
    assert other.incident.title not in page
    assert "No review says that" in main_of(look(a_person(), "/library/?severity=low", LATER))


def test_a_learned_change_is_counted() -> None:
    one = many_overdue(1, a_mim(), due_at=SCHEDULED, status=Status.CLOSED)[0]
    Change.objects.filter(after_action=one).update(
        status="done", evidence="Link", resolved_at=SCHEDULED, learning="learned", effect_checked_at=SCHEDULED
    )
    assert "1 of 1 change done, 1 learned" in main_of(look(a_person(), "/library/", LATER))


def test_a_restricted_review_is_not_found_outside() -> None:
    mim = a_mim()
    many_overdue(1, mim, due_at=SCHEDULED, status=Status.CLOSED, restricted=True, title="Stolen keys")
    for path in ("/library/", "/library/?search=stolen", "/library/?search=database"):
        assert "Stolen keys" not in main_of(look(a_person(), path, LATER))
        assert "Stolen keys" in main_of(look(mim, path, LATER))


def test_the_rows_are_also_a_part_of_a_page() -> None:
    assert b"<html" not in look(a_person(), "/library/", LATER, headers=HTMX).content


@pytest.mark.parametrize("path", ["/library/", "/library/?search=disk"])
def test_the_library_takes_the_same_statements_at_5_rows_and_at_50(path: str) -> None:
    mim = a_mim()
    many_overdue(5, mim, due_at=SCHEDULED, status=Status.CLOSED)
    few = statements(mim, path, LATER)
    many_overdue(45, mim, due_at=SCHEDULED, status=Status.CLOSED)
    assert statements(mim, path, LATER) == few <= 12
