"""What a manager does from the dashboard: nudge, hand over, keep views, and see what is being done."""

from datetime import timedelta
from typing import Any

import pytest

from afteractions.models import Escalation, Nudge, Obligation, SavedView
from majorops.people.models import Person, Team
from tests.factories.afteractions import SCHEDULED, a_published_review
from tests.factories.people import a_contact, a_mim, a_person, an_auditor
from tests.web.browsing import browser_of
from tests.web.overview.looking import HTMX, look, main_of, many_overdue, statements, the_time, words

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
NOW = SCHEDULED + HOUR


def send(person: Person, path: str, said: Any = None, at: Any = NOW, **more: Any) -> Any:
    with the_time(at):
        return browser_of(person).post(path, said or {}, **more)


def a_team_with_late_ones() -> tuple[Person, Person, list[Obligation]]:
    manager = a_person("Helena Brandauer")
    mim = a_mim(manager=manager)
    many_overdue(2, mim, due_at=SCHEDULED, title="Disk full")
    return manager, mim, list(Obligation.objects.order_by("pk"))


def test_one_click_nudges_and_the_row_says_who_did() -> None:
    manager, mim, (row, *_) = a_team_with_late_ones()
    answer = send(manager, "/overdue/together/", {"only": row.pk, "word": "Today?", "back": "kind=schedule"})
    assert answer["Location"] == "/overdue/?kind=schedule"
    page = main_of(look(manager, "/overdue/", NOW + 2 * HOUR))
    assert "Nudged by Helena Brandauer 2 h ago" in page
    assert "Today?" in words(look(mim, "/inbox/", NOW + 2 * HOUR))
    again = look(manager, "/overdue/", NOW + 2 * HOUR).content.decode()
    assert f'name="only" value="{row.pk}"' not in again


def test_many_are_nudged_at_once_and_each_outcome_is_told() -> None:
    manager, _, rows = a_team_with_late_ones()
    elsewhere = many_overdue(1, a_mim("Tomasz Okonkwo"), due_at=SCHEDULED, title="Elsewhere")[0]
    send(manager, "/overdue/together/", {"only": rows[0].pk})
    picked = [row.pk for row in (*rows, *elsewhere.obligations.all())]
    answer = send(manager, "/overdue/together/", {"do": "nudge", "pick": picked})
    page = main_of(answer)
    assert "Nudged: 3 of 6" in page
    assert "one nudge a day is enough" in page
    assert "nobody nudges themself" in page
    assert Nudge.objects.count() == 4


def test_nothing_chosen_is_said() -> None:
    manager, *_ = a_team_with_late_ones()
    answer = send(manager, "/overdue/together/", {"do": "nudge"}, follow=True)
    assert "Choose at least one row first." in words(answer)


def test_rows_are_handed_over_where_the_rules_let_one() -> None:
    manager = a_person("Helena Brandauer")
    owner, other = a_person("Ingrid Falk", manager=manager), a_person("Noor Vance")
    a_published_review(a_mim(manager=manager), action_owner=owner)
    item = Obligation.objects.get(kind="action_item")
    review = Obligation.objects.get(kind="review_actions")
    at = item.due_at + 3 * DAY
    said = {"do": "hand-over", "pick": [item.pk, review.pk], "back": "severity=critical"}
    asked = send(manager, "/overdue/together/", said, at)
    assert "Hand over to somebody else" in main_of(asked)
    refused = send(manager, "/overdue/together/", {**said, "owner": other.email, "reason": ""}, at)
    assert refused.status_code == 422
    assert other.email in refused.content.decode()
    told = send(manager, "/overdue/together/", {**said, "owner": other.email, "reason": "Has time"}, at)
    page = main_of(told)
    assert "Handed over to Noor Vance: 1 of 2" in page
    assert "goes with the command of the incident" in page
    assert "/overdue/?severity=critical" in told.content.decode()
    assert Obligation.objects.open().get(kind="action_item").responsible == other


def test_an_auditor_sees_the_list_and_is_offered_no_step() -> None:
    a_team_with_late_ones()
    page = look(an_auditor(), "/overdue/", NOW).content.decode()
    assert "Disk full" in page
    assert "Nudge the chosen" not in page


def test_a_view_is_kept_shared_and_deleted() -> None:
    manager, mim, _ = a_team_with_late_ones()
    path = "/overdue/views/new/?severity=high&due=soon"
    assert "Give the view a name" in words(send(manager, path, {"name": ""}))
    answer = send(manager, path, {"name": "High and soon"})
    view = SavedView.objects.get()
    assert (answer["Location"], view.filters) == (view.get_absolute_url(), "due=soon&severity=high")
    assert look(mim, view.get_absolute_url(), NOW)["Location"] == "/overdue/?due=soon&severity=high"
    page = look(manager, "/overdue/?due=soon&severity=high", NOW).content.decode()
    assert 'aria-current="true">High and soon</a>' in page
    drop = f"{view.get_absolute_url()}delete/"
    assert look(mim, drop, NOW).status_code == 404
    assert "The deadlines stay as they are" in words(look(manager, drop, NOW))
    send(manager, drop)
    assert not SavedView.objects.exists()
    assert look(manager, view.get_absolute_url(), NOW).status_code == 404


def test_a_view_is_kept_in_a_dialog_too() -> None:
    manager, *_ = a_team_with_late_ones()
    answer = send(manager, "/overdue/views/new/?age=up_to_1", {"name": "Fresh"}, headers=HTMX)
    assert answer["HX-Redirect"] == SavedView.objects.get().get_absolute_url()


def test_the_rows_are_downloaded_defused() -> None:
    manager = a_person("Helena Brandauer")
    team = Team.objects.create(name="=SUM(A1)")
    many_overdue(
        1, a_person("Ravi Sundaram", manager=manager, team=team), due_at=SCHEDULED - 2 * DAY, title="@disk"
    )
    with the_time(NOW):
        answer = browser_of(manager).get("/overdue/?format=csv&kind=schedule")
        head, line = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()
    assert head.startswith('"What","Incident","Title","Severity","Who"')
    assert "'@disk" in line
    assert "'=SUM(A1)" in line
    assert line.count(',"2",') == 1


def test_a_filter_shows_what_choosing_another_value_would_give() -> None:
    mim = a_mim()
    many_overdue(1, mim, due_at=SCHEDULED)
    many_overdue(2, mim, due_at=SCHEDULED - 10 * DAY)
    many_overdue(3, mim, due_at=SCHEDULED + DAY)
    counts = look(mim, "/overdue/?kind=schedule&age=up_to_1", NOW).context["counts"]
    assert (counts.all, counts.late, counts.soon) == (1, 3, 3)
    assert [(part.value, part.count) for part in counts.ages] == [
        ("up_to_1", 1), ("up_to_7", 0), ("up_to_30", 2), ("over_30", 0),
    ]  # fmt: skip
    assert {part.value: part.count for part in counts.kinds} == {"schedule": 1, "action_item": 1}
    soon = look(mim, "/overdue/?due=soon&kind=schedule", NOW)
    assert soon.context["counts"].all == 3
    assert [part.count for part in soon.context["counts"].ages] == [3, 0, 0]
    assert len(soon.context["rows"]) == 3


def test_each_age_opens_its_rows_and_no_others() -> None:
    mim = a_mim()
    for days in (0, 3, 12, 50):
        many_overdue(1, mim, due_at=SCHEDULED - days * DAY, title=f"Late by {days}")
    for age, days in (("up_to_1", 0), ("up_to_7", 3), ("up_to_30", 12), ("over_30", 50)):
        rows = look(mim, f"/overdue/?age={age}&kind=schedule", NOW).context["rows"]
        assert [row["row"].incident.title.rsplit(" ", 1)[0] for row in rows] == [f"Late by {days}"], age


def test_a_branch_is_a_direct_report_with_everybody_below() -> None:
    head = a_person("Helena Brandauer")
    north, south = a_person("North Lead", manager=head), a_person("South Lead", manager=head)
    many_overdue(1, a_mim("Deep North", manager=north), due_at=SCHEDULED, title="In the north")
    many_overdue(2, south, due_at=SCHEDULED, title="In the south")
    counts = look(head, f"/overdue/?branch={north.pk}", NOW).context["counts"]
    assert {part.label: part.count for part in counts.branches} == {"South Lead": 4, "North Lead": 2}
    page = main_of(look(head, f"/overdue/?branch={north.pk}", NOW))
    assert "In the north" in page
    assert "In the south" not in page


def test_a_contact_counts_where_its_account_stands() -> None:
    head = a_person("Helena Brandauer")
    account = a_person("Ingrid Falk", manager=head)
    after_action = many_overdue(1, a_mim(), due_at=SCHEDULED, title="Of a contact")[0]
    contact = a_contact(after_action.incident.reference)
    contact.account = account
    contact.save()
    after_action.obligations.filter(kind="action_item").update(responsible=contact)
    assert "Of a contact" in main_of(look(head, "/overdue/", NOW))


def test_the_escalation_under_way_says_what_comes_next() -> None:
    manager, _, (row, *_) = a_team_with_late_ones()
    Escalation.objects.create(
        obligation=row, due_at=row.due_at, step="escalation:1", to=manager, at=SCHEDULED
    )
    Obligation.objects.filter(pk=row.pk).update(next_step="escalation:2", next_step_at=NOW + 5 * HOUR)
    page = main_of(look(manager, "/overdue/", NOW))
    assert "Escalated, step 1: Helena Brandauer told 1 h ago Step 2 follows in 5 h" in page


def test_the_trend_counts_what_was_overdue_at_the_end_of_each_week() -> None:
    mim = a_mim()
    many_overdue(1, mim, due_at=SCHEDULED - 10 * DAY)
    met = many_overdue(1, mim, due_at=SCHEDULED - 20 * DAY)[0]
    met.obligations.update(
        state="met_late", met_at=SCHEDULED - 9 * DAY, ended_at=SCHEDULED - 8 * DAY, next_step="", next_step_at=None
    )  # fmt: skip
    weeks = look(mim, "/overdue/", NOW).context["weeks"]
    assert [number for _, number in weeks] == [0, 0, 0, 0, 0, 0, 2, 2, 2]
    assert [number for _, number in look(mim, "/overdue/?kind=schedule", NOW).context["weeks"]][-3:] == [
        1,
        1,
        1,
    ]


def test_anti_patterns_of_the_same_people_are_counted() -> None:
    manager, mim, _ = a_team_with_late_ones()
    for number, after_action in enumerate(mim.after_actions_owned.all()):
        after_action.anti_patterns.create(
            kind="retell", named_at=SCHEDULED - number * 100 * DAY, evidence="Late", key=f"draft:{number}"
        )
    patterns = look(manager, "/overdue/", NOW).context["patterns"]
    assert [(part.label, part.count) for part in patterns] == [("The Retell", 1)]
    assert look(a_person(), "/overdue/?whose=tree", NOW).context["patterns"] == []


def test_the_filtered_dashboard_takes_the_same_statements_at_5_rows_and_at_50() -> None:
    manager = a_person("Helena Brandauer")
    mim = a_mim(manager=manager)
    path = f"/overdue/?branch={mim.pk}&severity=high&owner={mim.pk}"
    many_overdue(3, mim, due_at=SCHEDULED)
    few = statements(manager, path, NOW)
    many_overdue(25, mim, due_at=SCHEDULED)
    assert statements(manager, path, NOW) == few <= 12


@pytest.mark.parametrize("do", ["nudge", "hand-over"])
def test_the_key_of_a_restricted_deadline_tells_an_outsider_nothing(do: str) -> None:
    chief = a_person("Helena Brandauer")
    hidden = many_overdue(1, a_mim(manager=chief), due_at=SCHEDULED, title="Harbour", restricted=True)[0]
    open_to_all = many_overdue(1, a_mim("Juno Vale", manager=chief), due_at=SCHEDULED, title="Checkout")[0]
    keys = [row.pk for row in (*hidden.obligations.all(), *open_to_all.obligations.all())]
    answer = send(chief, "/overdue/together/", {"do": do, "pick": keys}, follow=True)
    page = answer.content.decode()
    assert open_to_all.reference in page or open_to_all.incident.reference in page
    for told in ("Harbour", hidden.reference, hidden.incident.reference):
        assert told not in page
    # Alone it is as if nothing had been chosen.
    alone = send(
        chief,
        "/overdue/together/",
        {"do": do, "pick": [row.pk for row in hidden.obligations.all()]},
        follow=True,
    )
    assert "Choose at least one row first." in words(alone)
    assert not Nudge.objects.filter(obligation__after_action=hidden).exists()


def test_somebodys_reading_goes_no_other_way_than_by_who_attends() -> None:
    manager, _, (row, *_) = a_team_with_late_ones()
    Obligation.objects.filter(pk=row.pk).update(kind="read_draft")
    heir = a_person("Noor Vance")
    said = {"do": "hand-over", "pick": [row.pk], "owner": heir.email, "reason": "She is here"}
    page = words(send(manager, "/overdue/together/", said))
    assert "Whoever attends reads it themself" in page
    assert "command of the incident" not in page


def test_a_text_for_which_one_person_is_offered_names_that_person() -> None:
    manager, _, rows = a_team_with_late_ones()
    [item] = [row for row in rows if row.kind == "action_item"][:1]
    a_person("Priya Narayan-Holt")
    said = {"do": "hand-over", "pick": [item.pk], "owner": "Priya", "reason": "She knows it"}
    assert "Handed over to Priya Narayan-Holt: 1 of 1" in words(send(manager, "/overdue/together/", said))
    a_person("Priya Nair")
    said["owner"] = "Priya N"
    assert "No single match for “Priya N”" in words(send(manager, "/overdue/together/", said))


def test_what_escalated_to_somebody_stands_on_their_home_until_it_is_met() -> None:
    _, _, (row, *_) = a_team_with_late_ones()
    boss = a_person("Sanne Adeyemi")
    assert "escalated to you" not in main_of(look(boss, "/", NOW))
    Escalation.objects.create(obligation=row, due_at=row.due_at, step="escalation:2", to=boss, at=row.due_at)
    page = look(boss, "/", NOW)
    assert "See to 1 overdue deadline that escalated to you" in main_of(page)
    assert 'href="/overdue/?whose=all"' in page.content.decode()
    Obligation.objects.filter(pk=row.pk).update(
        state="met_late", met_at=NOW, ended_at=NOW, next_step="", next_step_at=None
    )
    assert "escalated to you" not in main_of(look(boss, "/", NOW))
