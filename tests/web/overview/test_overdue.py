"""What is overdue: for managers their tree, for everybody what they may see, counted by SQL."""

from datetime import timedelta

import pytest

from afteractions.models import Change, Escalation
from afteractions.vocabulary import Status
from majorops.people.models import Team
from tests.factories.afteractions import PUBLISHED, SCHEDULED, a_published_review
from tests.factories.people import a_mim, a_person
from tests.web.overview.looking import HTMX, look, main_of, many_overdue, statements

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def test_a_manager_begins_with_the_people_below() -> None:
    manager = a_person("Helena Brandauer")
    mine, others = a_mim(manager=manager), a_mim("Tomasz Okonkwo")
    many_overdue(1, mine, due_at=SCHEDULED, title="Below me")
    many_overdue(1, others, due_at=SCHEDULED, title="Elsewhere")
    own = main_of(look(manager, "/overdue/", SCHEDULED + HOUR))
    assert "Below me" in own
    assert "Elsewhere" not in own
    assert "Elsewhere" in main_of(look(manager, "/overdue/?whose=all", SCHEDULED + HOUR))


def test_the_oldest_comes_first_with_its_countdown() -> None:
    mim = a_mim()
    newer = many_overdue(1, mim, due_at=SCHEDULED, title="Newer")[0]
    older = many_overdue(1, mim, due_at=SCHEDULED - 3 * DAY, title="Older")[0]
    page = main_of(look(mim, "/overdue/", SCHEDULED + HOUR))
    assert page.index(older.incident.title) < page.index(newer.incident.title)
    assert "overdue by 3 d 1 h" in page


def test_due_soon_is_the_week_ahead() -> None:
    mim = a_mim()
    soon = many_overdue(1, mim, due_at=SCHEDULED + 2 * DAY, title="Soon")[0]
    later = many_overdue(1, mim, due_at=SCHEDULED + 9 * DAY, title="Next month")[0]
    page = main_of(look(mim, "/overdue/?due=soon", SCHEDULED))
    assert soon.incident.title in page
    assert later.incident.title not in page
    assert "Nothing is overdue" in main_of(look(mim, "/overdue/", SCHEDULED))


def test_it_is_counted_by_team_owner_age_and_kind() -> None:
    team = Team.objects.create(name="Platform")
    ravi = a_person("Ravi Sundaram", team=team)
    mim = a_mim()
    many_overdue(2, mim, due_at=SCHEDULED)
    many_overdue(3, ravi, due_at=SCHEDULED - 40 * DAY)
    counts = look(mim, "/overdue/", SCHEDULED + HOUR).context["counts"]
    assert counts.all == 10
    assert {part.label: part.count for part in counts.owners} == {"Ravi Sundaram": 6, "Mira Okafor": 4}
    assert {part.label: part.count for part in counts.teams} == {"Platform": 6, "No team": 4}
    assert [part.count for part in counts.ages] == [4, 0, 0, 6]
    assert {part.label: part.count for part in counts.kinds} == {
        "Complete the action item": 5, "Schedule the After Action": 5,
    }  # fmt: skip


def test_each_count_leads_to_its_rows() -> None:
    team = Team.objects.create(name="Platform")
    ravi, mim = a_person("Ravi Sundaram", team=team), a_mim()
    many_overdue(1, mim, due_at=SCHEDULED, title="Of the MIM")
    many_overdue(1, ravi, due_at=SCHEDULED, title="Of Ravi")
    at = SCHEDULED + HOUR
    for query in (f"team={team.pk}", f"owner={ravi.pk}", f"owner={ravi.email}"):
        page = main_of(look(mim, f"/overdue/?{query}", at))
        assert "Of Ravi" in page, query
        assert "Of the MIM" not in page, query
    only_items = look(mim, "/overdue/?kind=action_item", at)
    assert "Schedule the After Action of" not in main_of(only_items)
    assert only_items.context["counts"].all == 2


def test_what_nobody_is_named_for_counts_for_its_group() -> None:
    mim = a_mim()
    unnamed = many_overdue(1, mim, due_at=SCHEDULED, title="Of nobody")[0]
    unnamed.obligations.update(responsible=None, responsible_group="Communications")
    page = look(mim, "/overdue/?owner=Communications", SCHEDULED + HOUR)
    assert "Of nobody" in main_of(page)
    assert [part.label for part in page.context["counts"].owners] == ["Communications team"]


def test_the_last_escalation_says_to_whom() -> None:
    manager = a_person("Helena Brandauer")
    mim = a_mim(manager=manager)
    row = many_overdue(1, mim, due_at=SCHEDULED)[0].obligations.get(kind="schedule")
    for step, to in (("breach", mim), ("escalation:1", manager)):
        Escalation.objects.create(obligation=row, due_at=SCHEDULED, step=step, to=to, at=SCHEDULED)
    page = main_of(look(mim, "/overdue/", SCHEDULED + HOUR))
    assert "Escalated, step 1: Helena Brandauer told 1 h ago" in page


def test_the_30_day_completion_is_the_share_of_resolved_items() -> None:
    mim = a_mim()
    done, _ = many_overdue(2, mim, due_at=SCHEDULED, status=Status.CLOSED)
    Change.objects.filter(after_action=done).update(
        status="done", evidence="Pull request 12", resolved_at=SCHEDULED
    )
    early = look(mim, "/overdue/", SCHEDULED + 2 * DAY).context["completion"]
    assert early.percent is None
    completion = look(mim, "/overdue/", SCHEDULED + 31 * DAY).context["completion"]
    assert (completion.resolved, completion.items, completion.percent) == (1, 2, 50)


def test_an_action_item_of_a_real_review_is_overdue_after_its_day() -> None:
    mim = a_mim()
    review = a_published_review(mim)
    item = review.changes.get()
    before = look(mim, "/overdue/?kind=action_item", PUBLISHED)
    after = main_of(look(mim, "/overdue/?kind=action_item", PUBLISHED + 40 * DAY))
    assert before.context["rows"] == []
    assert item.change[:60] in after


def test_a_restricted_one_is_neither_listed_nor_counted_outside() -> None:
    manager = a_person("Helena Brandauer")
    mim = a_mim(manager=manager)
    many_overdue(
        2, mim, due_at=SCHEDULED - 40 * DAY, restricted=True, status=Status.CLOSED, title="Stolen keys"
    )
    answer = look(manager, "/overdue/", SCHEDULED)
    assert "Stolen keys" not in main_of(answer)
    assert answer.context["counts"].all == 0
    assert answer.context["completion"].items == 0
    assert look(mim, "/overdue/", SCHEDULED).context["counts"].all == 4


def test_unknown_words_of_the_address_are_refused_in_words() -> None:
    mim = a_mim()
    for query in ("kind=lost", "severity=huge", "team=x", "cursor=zzz"):
        assert "This is no" in main_of(look(mim, f"/overdue/?{query}", SCHEDULED)), query


def test_the_results_are_also_a_part_of_a_page() -> None:
    assert b"<html" not in look(a_mim(), "/overdue/", SCHEDULED, headers=HTMX).content


def test_pages_of_fifty_are_turned() -> None:
    mim = a_mim()
    many_overdue(26, mim, due_at=SCHEDULED)
    first = look(mim, "/overdue/", SCHEDULED + HOUR)
    assert len(first.context["rows"]) == 50
    second = look(mim, f"/overdue/?cursor={first.context['next']}", SCHEDULED + HOUR)
    assert len(second.context["rows"]) == 2


def test_the_dashboard_takes_the_same_statements_at_5_rows_and_at_50() -> None:
    manager = a_person("Helena Brandauer")
    mim = a_mim(manager=manager)
    many_overdue(3, mim, due_at=SCHEDULED)
    few = statements(manager, "/overdue/", SCHEDULED + HOUR)
    many_overdue(25, mim, due_at=SCHEDULED)
    assert statements(manager, "/overdue/", SCHEDULED + HOUR) == few <= 12
