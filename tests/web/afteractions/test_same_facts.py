"""What the workspace says is missing is what the step refuses: both ask one function."""

import pytest
from django.core.cache import caches

from afteractions.access import get_after_action
from afteractions.models import AfterAction
from afteractions.operations.review.distribution import distribute
from afteractions.operations.review.publication import publish
from afteractions.views.workspace.context import Workspace
from majorops.errors import RuleViolation
from majorops.people.models import Person
from tests.factories.afteractions import (
    COMPLETE,
    DISTRIBUTED,
    PUBLISHED,
    SCHEDULED,
    a_drafted_review,
    fresh,
    hold_meeting,
    read_by_all,
    write,
)
from tests.factories.people import a_person

pytestmark = pytest.mark.django_db
NAMED = "Harold Winterbourne"


def a_draft_that_names_somebody(mim: Person) -> AfterAction:
    after_action = a_drafted_review(mim)
    failure = f"the certificate of {NAMED} ran out"
    write(after_action, "root_cause", {**COMPLETE["root_cause"], "failure": failure})
    return fresh(after_action)


def blocking(after_action: AfterAction, person: Person) -> list[str]:
    found = get_after_action(person, after_action.reference)
    return [each.text for each in Workspace(found, person=person, at=PUBLISHED).blocking]


def test_a_name_that_somebody_bears_since_is_missing_on_the_page_and_for_the_distribution(
    mim: Person,
) -> None:
    after_action = a_draft_that_names_somebody(mim)
    caches["process"].clear()
    assert blocking(after_action, mim) == []
    a_person(NAMED)
    (said,) = blocking(after_action, mim)
    with pytest.raises(RuleViolation) as refused:
        distribute(after_action, by=mim, at=SCHEDULED, now=SCHEDULED)
    assert [problem.message for problem in refused.value.problems] == [said]
    assert NAMED in said


def test_an_agreed_root_cause_that_names_somebody_who_joined_since_is_missing_on_the_page_and_for_publishing(
    mim: Person,
) -> None:
    after_action = a_draft_that_names_somebody(mim)
    distribute(after_action, by=mim, at=DISTRIBUTED, now=DISTRIBUTED)
    read_by_all(after_action)
    hold_meeting(after_action)
    assert blocking(after_action, mim) == []
    a_person(NAMED)
    (said,) = blocking(after_action, mim)
    with pytest.raises(RuleViolation) as refused:
        publish(after_action, by=mim, at=PUBLISHED, now=PUBLISHED)
    assert said in refused.value.sentence
    assert NAMED in said
