"""The page of the policy and the calendar: everybody reads, administrators change."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.test import Client

from afteractions.models import Meeting
from afteractions.operations.current_policy import current_policy
from afteractions.rules.deadlines.policy import DEFAULT, MINUTE, lead_words
from afteractions.vocabulary import ObligationKind
from majorops.people.models import Person
from tests.factories.afteractions import a_meeting, an_after_action
from tests.factories.incidents import a_closed_incident
from tests.factories.people import a_mim, an_administrator

pytestmark = pytest.mark.django_db
PAGE = "/policy/"


def signed_in(person: Person) -> Client:
    client = Client()
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def administrator() -> Client:
    return signed_in(an_administrator())


def filled(**said: object) -> dict[str, object]:
    """The form as the page sends it, with what is changed."""
    form: dict[str, object] = {"stride": 1, "remind_every": 0, "reason": "Nights are long", "version": 0}
    for kind in ObligationKind:
        form[f"warnings_{kind.value}"] = ", ".join(map(lead_words, DEFAULT.of(kind).warnings))
        form[f"managers_{kind.value}"] = DEFAULT.of(kind).managers
    for severity, every in DEFAULT.updates.items():
        form[f"updates_{severity.value}"] = every // MINUTE
    return {**form, **said}


def a_day_ahead() -> str:
    day = datetime.now(UTC).date() + timedelta(days=14)
    while not current_policy().calendar.is_business_day(day):
        day += timedelta(days=1)
    return day.isoformat()


def test_a_reader_sees_the_figures_and_no_form() -> None:
    page = signed_in(a_mim()).get(PAGE).content.decode()
    assert "12 h, 4 h" in page
    assert "2 business days, 1 business day" in page
    assert "Change the policy" not in page
    assert 'action="/policy/closing-days/"' not in page


def test_the_menu_of_the_account_leads_to_it() -> None:
    assert 'href="/policy/"' in signed_in(a_mim()).get("/").content.decode()


def test_nobody_else_changes_it() -> None:
    client = signed_in(a_mim())
    assert client.post(PAGE, filled(stride=2)).status_code == 403
    assert client.post("/policy/closing-days/", {"day": a_day_ahead(), "name": "Fair"}).status_code == 403
    assert current_policy().number == 0


def test_an_administrator_changes_it_and_the_page_says_who_from_to_and_why(administrator: Client) -> None:
    answer = administrator.post(PAGE, filled(warnings_schedule="18 h, 2 h", stride=2), follow=True)
    page = answer.content.decode()
    assert current_policy().policy.stride == 2
    assert "Schedule the After Action: warnings: 12 h, 4 h → 18 h, 2 h" in page
    assert "“Nights are long”" in page
    assert "The policy is changed." in page


def test_what_is_refused_stands_at_its_field_and_keeps_what_was_typed(administrator: Client) -> None:
    answer = administrator.post(
        PAGE, filled(warnings_schedule="tomorrow", managers_hold=0, reason="", stride=0)
    )
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'value="tomorrow"' in page
    assert "“tomorrow” is no time ahead" in page
    assert "Say why the policy changes." in page
    assert "Give a number from 1 on." in page
    assert 'id="id_managers_hold_error"' in page
    assert current_policy().number == 0


def test_a_form_read_before_another_change_is_refused(administrator: Client) -> None:
    administrator.post(PAGE, filled(stride=2))
    answer = administrator.post(PAGE, filled(stride=3))
    assert answer.status_code == 412
    assert "Somebody changed the policy since you read it" in answer.content.decode()
    assert current_policy().policy.stride == 2


def test_a_closing_day_is_added_asked_about_and_taken_back(administrator: Client) -> None:
    day = a_day_ahead()
    page = administrator.post("/policy/closing-days/", {"day": day, "name": "Fair"}, follow=True)
    assert f'href="/policy/closing-days/{day}/"' in page.content.decode()
    assert "Fair" in administrator.get(f"/policy/closing-days/{day}/").content.decode()
    assert not current_policy().calendar.is_business_day(datetime.fromisoformat(day).date())
    administrator.post(f"/policy/closing-days/{day}/")
    assert current_policy().calendar.is_business_day(datetime.fromisoformat(day).date())
    assert administrator.get("/policy/closing-days/someday/").status_code == 404
    assert administrator.post("/policy/closing-days/", {"day": "", "name": ""}).status_code == 422


def test_whoever_makes_a_day_a_closing_day_reads_which_meetings_are_planned_on_it(
    administrator: Client,
) -> None:
    reviews = [an_after_action(time_zone="Asia/Tokyo"), an_after_action()]
    meeting, _ = (a_meeting(review) for review in reviews)
    day = a_day_ahead()
    # Just after midnight there, which is the day before in UTC.
    at = datetime.fromisoformat(f"{day}T00:30:00").replace(tzinfo=ZoneInfo("Asia/Tokyo"))
    Meeting.objects.filter(pk=meeting.pk).update(starts_at=at, ends_at=at + timedelta(hours=1))
    page = administrator.post("/policy/closing-days/", {"day": day, "name": "Fair"}, follow=True)
    said = page.content.decode()
    assert f"Planned on that day: the meeting of {reviews[0].reference}." in said
    assert reviews[1].reference not in said


def test_a_deadline_that_moved_says_so_on_its_tab_and_in_the_history(administrator: Client) -> None:
    closed = datetime.now(UTC) - timedelta(hours=2)
    mim = a_mim()
    incident = a_closed_incident(mim, severity="critical", opened_at=closed - timedelta(minutes=100))
    day = current_policy().calendar.business_day_after(closed.date(), 3).isoformat()
    administrator.post("/policy/closing-days/", {"day": day, "name": "Fair"})
    place = incident.after_action.get_absolute_url()
    client = signed_in(mim)
    assert "became a closing day (Fair)" in client.get(f"{place}deadlines/").content.decode()
    history = client.get(f"{place}history/").content.decode()
    assert "became a closing day (Fair)" in history
