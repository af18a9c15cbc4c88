"""What the dashboard says of the ladder, of anti-patterns, and of what was chosen."""

import pytest

from afteractions.models import Escalation, Obligation
from tests.factories.afteractions import SCHEDULED
from tests.factories.people import a_mim, a_person
from tests.web.overview.looking import look, main_of, many_overdue
from tests.web.overview.test_overseeing import DAY, NOW, a_team_with_late_ones, send

pytestmark = pytest.mark.django_db


def test_the_end_of_the_ladder_is_said_with_who_knows() -> None:
    manager, mim, (row, other, *_) = a_team_with_late_ones()
    Obligation.objects.exclude(pk__in=[row.pk, other.pk]).update(next_step="breach", next_step_at=NOW)
    Escalation.objects.create(
        obligation=row, due_at=row.due_at, step="escalation:1", to=manager, at=row.due_at
    )
    page = main_of(look(manager, "/overdue/", NOW))
    assert page.count("That was the last step: nobody higher is told, Helena Brandauer knows") == 1
    assert page.count("No manager is told of this kind of deadline") == 1
    assert "last step" not in main_of(look(mim, "/overdue/?due=soon", NOW))


def test_each_count_of_an_anti_pattern_lists_where_it_was_named() -> None:
    manager = a_person("Helena Brandauer")
    [after_action] = many_overdue(1, a_mim(manager=manager), due_at=SCHEDULED, title="Disk full")
    for number in range(2):
        after_action.anti_patterns.create(
            kind="retell", named_at=SCHEDULED - number * DAY, evidence="Late", key=f"draft:{number}"
        )
    page = look(manager, "/overdue/", NOW)
    [part] = page.context["patterns"]
    assert part.count == len(part.places) == 2
    assert page.content.decode().count(f'<li><a href="{after_action.get_absolute_url()}">') == 2


def test_the_chosen_are_laid_out_as_a_list() -> None:
    manager, _, rows = a_team_with_late_ones()
    answer = send(manager, "/overdue/together/", {"do": "hand-over", "pick": [rows[0].pk, rows[1].pk]})
    assert answer.content.decode().count('<li><label class="check">') == 2
