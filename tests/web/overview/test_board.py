"""The board and the list by deadline, and the column that both are read by."""

from datetime import timedelta

import pytest
from django.test import Client

from afteractions.models import AfterAction, Obligation
from afteractions.operations.intake import decide
from afteractions.operations.meeting.scheduling import schedule
from afteractions.queries.after_action_board import cards_of
from afteractions.vocabulary import ObligationKind, Status
from incidents.operations.close import reopen
from incidents.operations.log import reach_milestone
from tests.factories.afteractions import MEETING, SCHEDULED, a_published_review, an_after_action, fresh
from tests.factories.incidents import OPENED, a_closed_incident, minutes
from tests.factories.people import a_mim, a_person
from tests.web.overview.looking import HTMX, look, main_of, many_overdue, statements

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def test_the_next_deadline_follows_the_obligations() -> None:
    mim = a_mim()
    after_action = an_after_action(mim)
    row = Obligation.objects.open().get(after_action=after_action, kind=ObligationKind.SCHEDULE)
    assert after_action.next_due_at == row.due_at
    schedule(after_action, starts_at=MEETING, ends_at=MEETING + HOUR, by=mim, at=SCHEDULED, now=SCHEDULED)
    distribute = Obligation.objects.open().get(after_action=after_action, kind=ObligationKind.DISTRIBUTE)
    assert fresh(after_action).next_due_at == distribute.due_at


def test_action_items_are_no_deadline_of_the_after_action() -> None:
    after_action = a_published_review()
    open_kinds = set(
        Obligation.objects.open().filter(after_action=after_action).values_list("kind", flat=True)
    )
    assert ObligationKind.ACTION_ITEM in open_kinds
    ahead = (
        Obligation.objects.open().filter(after_action=after_action).exclude(kind=ObligationKind.ACTION_ITEM)
    )
    assert fresh(after_action).next_due_at == min(ahead.values_list("due_at", flat=True))


def test_of_two_deadlines_at_one_instant_the_first_entered_is_shown() -> None:
    mim = a_mim()
    after_action = an_after_action(mim)
    first, second = after_action.obligations.order_by("id")
    after_action.obligations.update(due_at=first.due_at)
    AfterAction.objects.update(next_due_at=first.due_at)
    [card] = cards_of([fresh(after_action)])
    assert card.next == first
    # A row that was written again lies behind the other.
    Obligation.objects.filter(pk=first.pk).update(due_at=first.due_at)
    [card] = cards_of([fresh(after_action)])
    assert card.next == first
    assert second.kind != first.kind


def test_reopening_takes_the_deadline_away() -> None:
    mim = a_mim()
    after_action = an_after_action(mim)
    assert after_action.next_due_at is not None
    reopen(after_action.incident, reason="It came back", by=mim, at=SCHEDULED, now=SCHEDULED)
    assert fresh(after_action).next_due_at is None


def test_each_status_has_its_column_with_the_most_urgent_first() -> None:
    mim = a_mim()
    later = many_overdue(1, mim, due_at=SCHEDULED + 9 * HOUR, title="Later")[0]
    sooner = many_overdue(1, mim, due_at=SCHEDULED + HOUR, title="Sooner")[0]
    reviewed = many_overdue(1, mim, due_at=SCHEDULED, status=Status.REVIEWED, title="Agreed")[0]
    page = main_of(look(mim, "/after-actions/", SCHEDULED))
    places = [page.index(each.incident.title) for each in (sooner, later, reviewed)]
    assert places == sorted(places)
    assert page.index("In Review") < page.index(reviewed.incident.title)
    assert "Schedule the meeting" in page
    assert "in 1 h" in page


def test_an_undecided_one_stands_in_draft_and_says_decide() -> None:
    mim = a_mim()
    incident = a_closed_incident(mim, severity="high", impact={"external": True})
    assert incident.requirement_level == "recommended"
    page = main_of(look(mim, "/after-actions/", SCHEDULED))
    assert "Decide: hold or skip" in page
    assert "Recommended" in page


def test_a_skipped_one_and_one_of_the_past_stand_on_no_board() -> None:
    mim = a_mim()
    [past] = many_overdue(1, mim, due_at=SCHEDULED)
    AfterAction.objects.filter(pk=past.pk).update(history=True)
    skipped = an_after_action(mim, "high")
    decide(skipped, decision="skip", reason="A drill", by=mim, at=SCHEDULED, now=SCHEDULED)
    for path in ("/after-actions/", "/after-actions/?view=list"):
        page = main_of(look(mim, path, SCHEDULED))
        assert skipped.incident.title not in page
        assert past.incident.title not in page


def test_the_list_keeps_its_filters_and_turns_its_pages() -> None:
    mim, other = a_mim(), a_mim("Tomasz Okonkwo")
    rows = many_overdue(51, mim, due_at=SCHEDULED)
    elsewhere = many_overdue(1, other, due_at=SCHEDULED, title="Elsewhere")[0]
    path = f"/after-actions/?view=list&overdue=true&owner={mim.email}&status=draft"
    first = look(mim, path, SCHEDULED + HOUR)
    assert rows[0].incident.title in main_of(first)
    assert elsewhere.incident.title not in main_of(first)
    assert f'value="{mim.email}"' in first.content.decode()
    following = first.context["next"]
    second = look(mim, f"{path}&cursor={following}", SCHEDULED + HOUR)
    assert rows[-1].incident.title in main_of(second)
    assert rows[0].incident.title not in main_of(second)


def test_those_without_a_deadline_come_last_in_the_list() -> None:
    mim = a_mim()
    without = many_overdue(1, mim, due_at=SCHEDULED, title="Nothing due")[0]
    AfterAction.objects.filter(pk=without.pk).update(next_due_at=None)
    without.obligations.update(state="superseded", ended_at=SCHEDULED)
    due = many_overdue(1, mim, due_at=SCHEDULED + 90 * HOUR, title="Far away")[0]
    page = main_of(look(mim, "/after-actions/?view=list", SCHEDULED))
    assert page.index(due.incident.title) < page.index(without.incident.title)


def test_an_unknown_status_or_cursor_says_so() -> None:
    mim = a_mim()
    assert "Choose one of" in main_of(look(mim, "/after-actions/?view=list&status=lost", SCHEDULED))
    assert "no cursor" in main_of(look(mim, "/after-actions/?view=list&cursor=zzz", SCHEDULED))


def test_the_list_is_also_a_part_of_a_page() -> None:
    part = look(a_mim(), "/after-actions/?view=list", SCHEDULED, headers=HTMX)
    assert b"<html" not in part.content
    assert "HX-Request" in part["Vary"]


def test_a_restricted_after_action_stands_on_no_board_outside() -> None:
    mim = a_mim()
    many_overdue(1, mim, due_at=SCHEDULED, restricted=True, title="Stolen keys")
    outside = a_mim("Tomasz Okonkwo")
    for path in ("/after-actions/", "/after-actions/?view=list"):
        assert "Stolen keys" not in main_of(look(outside, path, SCHEDULED))
        assert "Stolen keys" in main_of(look(mim, path, SCHEDULED))
    assert "Draft 0" in main_of(look(outside, "/after-actions/", SCHEDULED))


def test_empty_columns_say_what_belongs_there() -> None:
    page = main_of(look(a_mim(), "/after-actions/", SCHEDULED))
    assert "One begins by itself when an incident closes" in page
    assert "No After Action yet" in main_of(look(a_mim(), "/after-actions/?view=list", SCHEDULED))


@pytest.mark.parametrize("path", ["/after-actions/", "/after-actions/?view=list"])
def test_board_and_list_take_the_same_statements_at_5_rows_and_at_50(path: str) -> None:
    mim = a_mim()
    many_overdue(5, mim, due_at=SCHEDULED)
    few = statements(mim, path, SCHEDULED)
    many_overdue(25, mim, due_at=SCHEDULED)
    many_overdue(20, mim, due_at=SCHEDULED, status=Status.CLOSED)
    assert statements(mim, path, SCHEDULED) == few <= 12


def test_a_later_milestone_keeps_the_deadline_in_step() -> None:
    mim = a_mim()
    after_action = an_after_action(mim)
    at = OPENED + minutes(5)
    reach_milestone(after_action.incident, kind="mitigated", by=mim, at=at, now=SCHEDULED, text="Seen later")
    ahead = Obligation.objects.open().filter(after_action=after_action).earliest("due_at")
    assert fresh(after_action).next_due_at == ahead.due_at


def test_nobody_looks_without_signing_in() -> None:
    for path in ("/", "/after-actions/", "/overdue/", "/actions/", "/library/", "/me/"):
        assert Client().get(path).status_code == 302


def test_somebody_without_a_group_sees_what_is_not_restricted() -> None:
    many_overdue(1, a_mim(), due_at=SCHEDULED, title="Open to all")
    assert "Open to all" in main_of(look(a_person(), "/after-actions/", SCHEDULED))
