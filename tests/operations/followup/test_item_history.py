"""Progress on an action item, and who hears of it when its owner gives it up or takes longer."""

from datetime import date, timedelta

import pytest

from afteractions.models import ActionProgress, Change
from afteractions.operations.followup.actions import (
    cancel_action,
    extend_action,
    report_progress,
    settle_item,
    start_action,
)
from majorops.errors import BadInput, NotAllowed, RuleViolation
from majorops.people.models import Person
from tests.changed_rows import last_entry
from tests.factories.afteractions import PUBLISHED, REVIEW_DUE, a_published_review
from tests.factories.people import a_mim, a_person

pytestmark = pytest.mark.django_db
LATER = PUBLISHED + timedelta(days=5)
NOW = {"at": LATER, "now": LATER}


def an_item() -> Change:
    owner = a_person("Ingrid Falk", manager=a_person("Helena Brandauer"))
    return a_published_review(a_mim("Mira Anand"), action_owner=owner).changes.get()


def heard(person: Person) -> set[str]:
    return set(person.notices.filter(channel="inbox").values_list("subject", flat=True))


def test_an_owner_reports_progress_and_the_owner_of_the_review_is_told() -> None:
    item = an_item()
    with pytest.raises(RuleViolation, match="start it"):
        report_progress(item, text="Half of it.", by=item.owner, **NOW)
    start_action(item, by=item.owner, **NOW)
    with pytest.raises(BadInput):
        report_progress(item, text=" ", by=item.owner, **NOW)
    with pytest.raises(NotAllowed):
        report_progress(item, text="I think so.", by=a_person("Ravi Sundaram"), **NOW)
    version = Change.objects.get(pk=item.pk).version
    report_progress(item, text="Two of four sites.", by=item.owner, **NOW)
    assert Change.objects.get(pk=item.pk).version == version
    assert list(ActionProgress.objects.values_list("text", "by")) == [("Two of four sites.", item.owner_id)]
    assert last_entry("reported progress on") == (item.owner, {})
    review_owner = item.after_action.owner
    assert review_owner is not None
    assert any(item.reference in subject and "Progress" in subject for subject in heard(review_owner))
    assert not any("Progress" in subject for subject in heard(item.owner))


@pytest.mark.parametrize("step", ["Cancelled", "Extended"])
def test_what_an_owner_gives_up_or_takes_longer_for_is_told_at_once(step: str) -> None:
    item = an_item()
    owner, mim = item.owner, item.after_action.incident.mim
    if step == "Cancelled":
        cancel_action(item, reason="The system is gone.", by=owner, **NOW)
    else:
        extend_action(item, due_on=date(2026, 5, 29), reason="The site is not ready.", by=owner, **NOW)
    for person in (mim, owner.manager):
        assert any(subject.startswith(f"{step}: ") for subject in heard(person)), person
    assert not any(subject.startswith(step) for subject in heard(owner))


def test_an_owner_hears_that_the_mim_cancelled_the_item() -> None:
    item = an_item()
    cancel_action(item, reason="Bought instead.", by=item.after_action.incident.mim, **NOW)
    assert any(subject.startswith("Cancelled: ") for subject in heard(item.owner))


def test_at_the_review_the_mim_decides_and_nobody_is_told_twice() -> None:
    item = an_item()
    at = REVIEW_DUE
    mim = item.after_action.incident.mim
    settle_item(item, disposition="cancelled", reason="Bought instead.", by=mim, at=at, now=at)
    assert not any(subject.startswith("Cancelled: ") for subject in heard(mim))
