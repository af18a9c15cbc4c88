"""Action items: the lists, one item, its steps, and what each refuses."""

import csv
import io
from datetime import date, timedelta
from typing import Any

import pytest

from afteractions.models import Change
from afteractions.vocabulary import ActionStatus, Status
from majorops.audit.models import AuditEntry
from majorops.people.models import Person, Team
from tests.factories.afteractions import (
    DISTRIBUTED,
    PUBLISHED,
    SCHEDULED,
    a_distributed_review,
    a_drafted_review,
    a_published_review,
)
from tests.factories.people import a_mim, a_person, an_auditor
from tests.web.browsing import browser_of
from tests.web.overview.looking import HTMX, look, main_of, many_overdue, statements, the_time

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
LATER = PUBLISHED + DAY


def an_item(owner: Person, mim: Person | None = None) -> Change:
    return a_published_review(mim, action_owner=owner).changes.get()


def take(person: Person, change: Change, step: str, said: dict[str, Any] | None = None, **more: Any) -> Any:
    with the_time(LATER):
        path = f"/actions/{change.reference}/{step}/"
        return browser_of(person).post(path, {"version": change.version, **(said or {})}, **more)


def test_mine_shows_what_i_owe_and_nothing_of_others() -> None:
    mim, owner = a_mim(), a_person("Oskar Wrenfield")
    many_overdue(1, mim, owner=owner, due_at=SCHEDULED, status=Status.CLOSED, title="Owed by Oskar")
    many_overdue(1, mim, due_at=SCHEDULED, status=Status.CLOSED, title="Owed by Mira")
    page = main_of(look(owner, "/actions/", SCHEDULED))
    assert "Owed by Oskar" in page
    assert "Owed by Mira" not in page
    assert "Owed by Mira" in main_of(look(owner, "/actions/?whose=all", SCHEDULED))


def test_my_teams_are_my_team_those_i_lead_and_whoever_is_below_me() -> None:
    platform, desk = Team.objects.create(name="Platform"), Team.objects.create(name="Desk")
    me = a_person("Petra Vasquez", team=platform)
    Team.objects.filter(pk=desk.pk).update(lead=me)
    mim = a_mim()
    owners = {
        "a colleague": a_person("Jun Castellane", team=platform),
        "a member": a_person("Ines Faro", team=desk),
        "a report": a_person("Oskar Wrenfield", manager=me),
        "a stranger": a_person("Ravi Sundaram"),
    }
    for who, owner in owners.items():
        many_overdue(1, mim, owner=owner, due_at=SCHEDULED, status=Status.CLOSED, title=f"Of {who}")
    page = main_of(look(me, "/actions/?whose=teams", SCHEDULED))
    assert all(f"Of {who}" in page for who in ("a colleague", "a member", "a report"))
    assert "Of a stranger" not in page


def test_filters_narrow_by_status_owner_and_overdue() -> None:
    mim, owner = a_mim(), a_person("Oskar Wrenfield")
    late = many_overdue(1, mim, owner=owner, due_at=SCHEDULED, status=Status.CLOSED, title="Late")[0]
    ahead = many_overdue(1, mim, due_at=SCHEDULED + 9 * DAY, status=Status.CLOSED, title="Ahead")[0]
    Change.objects.filter(after_action=ahead).update(status=ActionStatus.IN_PROGRESS)
    at = SCHEDULED + DAY
    for query, there, absent in (
        ("overdue=true", late, ahead),
        ("status=in_progress", ahead, late),
        (f"owner={owner.email}", late, ahead),
    ):
        page = main_of(look(mim, f"/actions/?whose=all&{query}", at))
        assert there.incident.title in page, query
        assert absent.incident.title not in page, query


def test_resolved_items_are_left_out_until_they_are_asked_for() -> None:
    mim = a_mim()
    done = many_overdue(1, mim, due_at=SCHEDULED, status=Status.CLOSED, title="Finished")[0]
    Change.objects.filter(after_action=done).update(status="done", evidence="Link", resolved_at=SCHEDULED)
    assert "Finished" not in main_of(look(mim, "/actions/?whose=all", SCHEDULED))
    assert "Finished" in main_of(look(mim, "/actions/?whose=all&status=done", SCHEDULED))
    assert "Finished" in main_of(look(mim, "/actions/?whose=all&status=any", SCHEDULED))


def test_an_item_without_a_date_does_not_vanish() -> None:
    mim = a_mim()
    many_overdue(1, mim, due_at=SCHEDULED, status=Status.CLOSED, title="Undated", due_on=None)
    page = main_of(look(mim, "/actions/", SCHEDULED))
    assert "Undated" in page
    assert "no date yet" in page


def test_pages_of_fifty_are_turned_on_and_back_and_none_is_left_out() -> None:
    mim = a_mim()
    for days in (0, 0, 3):
        many_overdue(19, mim, due_at=SCHEDULED + days * DAY, status=Status.CLOSED)
    first = look(mim, "/actions/", SCHEDULED)
    second = look(mim, f"/actions/?cursor={first.context['next']}", SCHEDULED)
    again = look(mim, f"/actions/?cursor={second.context['previous']}", SCHEDULED)

    def shown(answer: Any) -> list[int]:
        return [change.pk for change, _, _ in answer.context["rows"]]

    ordered = list(Change.objects.order_by("due_on", "pk").values_list("pk", flat=True))
    assert shown(first) == shown(again) == ordered[:50]
    assert shown(second) == ordered[50:]
    assert not second.context["next"]


def test_the_page_of_an_item_says_why_and_what_was_learned() -> None:
    owner = a_person("Oskar Wrenfield")
    change = an_item(owner)
    page = main_of(look(owner, f"/actions/{change.reference}/", LATER))
    assert change.gap in page
    assert "Captured" in page
    assert "Read the Learning Review" in page


def test_an_item_is_started_and_done_with_evidence() -> None:
    owner = a_person("Oskar Wrenfield")
    change = an_item(owner)
    assert take(owner, change, "start").status_code == 302
    change.refresh_from_db()
    assert change.status == ActionStatus.IN_PROGRESS
    answer = take(owner, change, "complete", {"evidence": "https://ci.example/42 <b>green</b>"})
    assert answer["Location"] == f"/actions/{change.reference}/"
    change.refresh_from_db()
    assert change.status == ActionStatus.DONE
    page = look(owner, f"/actions/{change.reference}/", LATER)
    assert "it is learned once its effect was seen" in main_of(page)
    # Whoever owns it does not say that it works: that is for whoever owns the review.
    assert f"/actions/{change.reference}/effect/" not in page.content.decode()
    assert take(owner, change, "effect", {"outcome": "effective", "seen": "The drill"}).status_code == 403
    mim = change.after_action.incident.mim
    asked = look(mim, f"/actions/{change.reference}/effect/", LATER)
    assert "Does the change work?" in main_of(asked)
    assert take(mim, change, "effect", {"outcome": "effective", "seen": "The drill"}).status_code == 302
    learned = main_of(look(mim, f"/actions/{change.reference}/", LATER))
    assert "Made, and seen to work" in learned
    assert "Looked at: effective" in learned
    assert "<b>green" not in page.content.decode()
    assert 'href="https://ci.example/42"' in page.content.decode()


def test_done_asks_for_evidence() -> None:
    owner = a_person("Oskar Wrenfield")
    change = an_item(owner)
    for typed, asked in ((" ", "Say what shows that it is done"), ("x", "Say where to look: a link, a file")):
        answer = take(owner, change, "complete", {"evidence": typed})
        assert answer.status_code == 422
        assert asked in main_of(answer)
    change.refresh_from_db()
    assert change.status == ActionStatus.OPEN


def test_an_extension_keeps_the_earlier_date_and_what_was_typed_when_refused() -> None:
    owner = a_person("Oskar Wrenfield")
    change = an_item(owner)
    earlier = change.due_on
    refused = take(owner, change, "extend", {"due_on": "2026-03-11", "reason": "The vendor is late"})
    assert refused.status_code == 422
    assert "The vendor is late" in refused.content.decode()
    assert "Choose a date after" in main_of(refused)
    assert (
        take(owner, change, "extend", {"due_on": "2026-04-14", "reason": "The vendor is late"}).status_code
        == 302
    )
    change.refresh_from_db()
    assert change.due_on == date(2026, 4, 14)
    page = main_of(look(owner, f"/actions/{change.reference}/", LATER))
    assert "Extended from" in page
    assert f"{earlier.day} Mar" in page


def test_cancelling_takes_a_reason_and_is_final() -> None:
    owner = a_person("Oskar Wrenfield")
    change = an_item(owner)
    assert take(owner, change, "cancel", {"reason": ""}).status_code == 422
    assert take(owner, change, "cancel", {"reason": "The service is retired"}).status_code == 302
    change.refresh_from_db()
    again = take(owner, change, "complete", {"evidence": "Done after all"})
    assert again.status_code == 409
    assert "Done after all" in again.content.decode()


def test_an_item_is_handed_on_to_somebody_who_can_sign_in() -> None:
    owner, other = a_person("Oskar Wrenfield"), a_person("Priya Narayan")
    change = an_item(owner)
    unknown = take(owner, change, "hand-on", {"owner": "Nobody Known", "reason": "On leave"})
    assert unknown.status_code == 422
    assert "Nobody Known" in unknown.content.decode()
    taken = take(owner, change, "hand-on", {"owner": f"Priya Narayan <{other.email}>", "reason": "On leave"})
    assert taken.status_code == 302
    change.refresh_from_db()
    assert change.owner == other
    assert AuditEntry.objects.filter(verb="handed on", by=owner).exists()


def test_a_form_that_somebody_overtook_is_stale_and_keeps_its_text() -> None:
    owner = a_person("Oskar Wrenfield")
    change = an_item(owner)
    take(owner, change, "start")
    answer = take(owner, change, "extend", {"due_on": "2026-04-14", "reason": "The vendor is late"})
    assert answer.status_code == 412
    page = answer.content.decode()
    assert "The vendor is late" in page
    assert "In progress" in page
    assert f'name="version" value="{change.version + 1}"' in page


def test_whoever_plays_no_part_reads_why_not() -> None:
    change = an_item(a_person("Oskar Wrenfield"))
    stranger = a_person("Ravi Sundaram")
    assert take(stranger, change, "start").status_code == 403
    assert take(an_auditor(), change, "complete", {"evidence": "x"}).status_code == 403
    page = main_of(look(stranger, f"/actions/{change.reference}/", LATER))
    assert "the MIM may change this item" in page
    change.refresh_from_db()
    assert change.status == ActionStatus.OPEN


def test_in_a_dialog_success_reloads_the_page() -> None:
    owner = a_person("Oskar Wrenfield")
    change = an_item(owner)
    asked = look(owner, f"/actions/{change.reference}/complete/", LATER, headers=HTMX)
    assert asked.content.decode().lstrip().startswith("<h2>")
    answer = take(owner, change, "complete", {"evidence": "Drill 812"}, headers=HTMX)
    assert answer["HX-Refresh"] == "true"


def test_an_item_of_a_restricted_incident_is_absent_outside() -> None:
    mim = a_mim()
    review = many_overdue(
        1, mim, due_at=SCHEDULED, status=Status.CLOSED, restricted=True, title="Stolen keys"
    )[0]
    change = review.changes.get()
    outside = a_mim("Tomasz Okonkwo")
    for path in (
        f"/actions/{change.reference}/",
        f"/actions/{change.reference}/complete/",
        "/actions/ACT-NONE/",
    ):
        assert look(outside, path, SCHEDULED).status_code == 404
    assert take(outside, change, "complete", {"evidence": "x"}).status_code == 404
    for query in ("whose=all", "whose=all&format=csv"):
        answer = look(outside, f"/actions/?{query}", SCHEDULED)
        said = b"".join(answer) if answer.streaming else answer.content
        assert b"Stolen keys" not in said


def test_the_owner_of_a_captured_change_opens_it_once_the_draft_is_out() -> None:
    owner = a_person("Oskar Wrenfield")
    drafted = a_drafted_review(None, action_owner=owner).changes.get()
    assert look(owner, f"/actions/{drafted.reference}/", DISTRIBUTED).status_code == 404
    change = a_distributed_review(None, action_owner=owner).changes.get()
    answer = look(owner, f"/actions/{change.reference}/", DISTRIBUTED)
    assert answer.status_code == 200
    assert "the meeting still has to agree on it" in main_of(answer)
    assert "Captured in a draft" not in main_of(look(owner, f"/actions/{an_item(owner).reference}/", LATER))


def test_what_is_captured_in_a_draft_is_owed_by_nobody_yet() -> None:
    owner = a_person("Oskar Wrenfield")
    change = a_distributed_review(action_owner=owner).changes.get()
    for query in ("whose=mine", "whose=all"):
        assert change.reference not in main_of(look(owner, f"/actions/?{query}", DISTRIBUTED))


@pytest.mark.parametrize("make", [a_drafted_review, a_distributed_review])
def test_a_captured_change_of_a_restricted_incident_is_absent_outside(make: Any) -> None:
    owner = a_person("Oskar Wrenfield")
    change = make(None, action_owner=owner, restricted=True).changes.get()
    outside = a_mim("Tomasz Okonkwo")
    assert look(outside, f"/actions/{change.reference}/", DISTRIBUTED).status_code == 404
    is_out = make is a_distributed_review
    assert look(owner, f"/actions/{change.reference}/", DISTRIBUTED).status_code == (200 if is_out else 404)


def test_the_csv_defuses_formulas() -> None:
    mim = a_mim()
    said = {"title": "=HYPERLINK(1)", "change": "@SUM(A1)", "gap": "-2+3"}
    many_overdue(1, mim, due_at=SCHEDULED, status=Status.CLOSED, **said)
    answer = look(mim, "/actions/?whose=all&format=csv", SCHEDULED)
    assert answer["Content-Type"].startswith("text/csv")
    rows = list(csv.DictReader(io.StringIO(b"".join(answer).decode("utf-8-sig"))))
    # The verb stands before it: no spreadsheet takes that for a formula.
    assert rows[0]["Action item"] == "Start: @SUM(A1)"
    assert rows[0]["Gap"] == "'-2+3"
    assert rows[0]["Title"].startswith("'=HYPERLINK")


def test_people_are_offered_by_the_beginning_of_their_name() -> None:
    other = a_person("Priya Narayan")
    assert other.email in look(a_mim(), "/actions/people/?owner=Priy", SCHEDULED).content.decode()


def test_empty_lists_say_what_belongs_there() -> None:
    person = a_person()
    assert "You owe nothing" in main_of(look(person, "/actions/", SCHEDULED))
    assert "No open action item" in main_of(look(person, "/actions/?whose=all", SCHEDULED))
    assert "No action item matches" in main_of(look(person, "/actions/?overdue=true", SCHEDULED))


@pytest.mark.parametrize("whose", ["mine", "teams", "all"])
def test_the_list_takes_the_same_statements_at_5_rows_and_at_50(whose: str) -> None:
    mim = a_mim()
    mim.team = Team.objects.create(name="Operations")
    mim.save()
    many_overdue(5, mim, due_at=SCHEDULED, status=Status.CLOSED)
    few = statements(mim, f"/actions/?whose={whose}", SCHEDULED)
    many_overdue(45, mim, due_at=SCHEDULED, status=Status.CLOSED)
    assert statements(mim, f"/actions/?whose={whose}", SCHEDULED) == few <= 12


def test_the_page_of_an_item_takes_few_statements() -> None:
    owner = a_person("Oskar Wrenfield")
    change = an_item(owner)
    assert statements(owner, f"/actions/{change.reference}/", LATER) <= 12
