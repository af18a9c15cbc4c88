"""The day to look again, as those who are held to it meet it (domain.md, Learned means proved)."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from afteractions.models import Change, Obligation
from afteractions.operations.enforcement import auditor, sweep
from afteractions.operations.followup.effects import check_effect
from majorops.notices.models import Notice
from majorops.people.models import Person
from tests.factories.afteractions import PUBLISHED, a_published_review
from tests.factories.people import a_mim, a_person, an_administrator
from tests.web.browsing import browser_of
from tests.web.overview.looking import look, main_of, the_time

pytestmark = pytest.mark.django_db
LOOK_AGAIN = datetime(2026, 4, 30, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def boss() -> Person:
    return a_person("Greta Holm")


@pytest.fixture
def mim(boss: Person) -> Person:
    return a_mim(manager=boss)


@pytest.fixture
def change(mim: Person) -> Change:
    return a_published_review(mim, action_owner=a_person("Oskar Wrenfield")).changes.get()


def told(person: Person, subject: str) -> bool:
    return Notice.objects.filter(recipient=person, subject__startswith=subject).exists()


def test_whoever_owns_the_review_is_asked_reminded_and_escalated_to(
    change: Change, mim: Person, boss: Person
) -> None:
    home = look(mim, "/", LOOK_AGAIN - DAY)
    assert f"Say whether “{change.sentence}” of {change.after_action.incident.reference} works" in main_of(
        home
    )
    assert f'href="/actions/{change.reference}/#effect"' in home.content.decode()
    sweep.sweep(now=LOOK_AGAIN - DAY)
    assert told(mim, f"Say whether “{change.sentence}”")
    deadlines = main_of(look(mim, f"{change.after_action.get_absolute_url()}deadlines/", LOOK_AGAIN))
    assert "Check the effect of the change" in deadlines
    sweep.sweep(now=LOOK_AGAIN + DAY)
    assert told(mim, f"Overdue: Say whether “{change.sentence}”")
    assert told(boss, f"Overdue with {mim}: Say whether “{change.sentence}”")
    assert "Check the effect of the change" in main_of(
        look(boss, "/overdue/?kind=effect_check", LOOK_AGAIN + DAY)
    )
    # What enforcement lost is found by the auditor.
    Obligation.objects.filter(kind="effect_check").update(
        state="superseded", ended_at=LOOK_AGAIN, next_step="", next_step_at=None
    )
    an_administrator()
    assert auditor.audit(now=LOOK_AGAIN + DAY) > 0
    assert Obligation.objects.filter(kind="effect_check", state="open").exists()


def test_what_is_not_effective_is_asked_for_in_the_draft_until_another_takes_it_up(
    change: Change, mim: Person
) -> None:
    at = PUBLISHED + DAY
    check_effect(change, outcome="not_effective", seen="It failed again", by=mim, at=at, now=at)
    assert told(change.owner, f"Not effective: {change.sentence}")  # type: ignore[arg-type]
    assert "It does not work" in main_of(look(mim, f"/actions/{change.reference}/", at))
    after_action = change.after_action
    with the_time(at):
        page = browser_of(mim).get(f"{after_action.get_absolute_url()}draft/changes/", follow=True)
        body = page.content.decode()
        assert "Instead of what was not effective" in body
        assert f'<option value="{change.reference}" selected>' in body
    # What nobody chose is left empty, and goes on following the words and the due date.
    for field in ("look_on", "strength"):
        assert re.search(
            rf'name="changes-0-{field}" value=""|name="changes-0-{field}"[^>]*><option value="" selected',
            body,
        )
