"""What looks like a name in the root cause and is none: said once, kept, and asked no more."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from afteractions.models import AfterAction, DismissedName
from afteractions.operations.review.readiness import draft_as_it_stands
from afteractions.operations.review.wording import check_wording, dismiss_name
from afteractions.rules.review.readiness import before_distributing
from afteractions.wording.check import Checked
from majorops.audit.models import AuditEntry
from majorops.errors import NotAllowed, RuleViolation
from tests.factories.afteractions import SCHEDULED, an_after_action, fresh, write
from tests.factories.people import a_mim, a_person

pytestmark = pytest.mark.django_db
AT = SCHEDULED + timedelta(hours=1)
SAID: dict[str, Any] = {"at": AT, "now": AT}
LOOKS_LIKE_ONE = "Harold Winterbourne"


def a_draft(failure: str = f"the certificate of {LOOKS_LIKE_ONE} ran out") -> AfterAction:
    after_action = an_after_action(a_mim())
    write(after_action, "root_cause", {"failure": failure, "certainty": "known"})
    return fresh(after_action)


def findings(after_action: AfterAction) -> list[tuple[str, str]]:
    text = f"the certificate of {LOOKS_LIKE_ONE} ran out"
    found = check_wording(Checked.ROOT_CAUSE, text, incident=after_action.incident)
    return [(each.kind.value, each.text) for each in found]


def warnings(after_action: AfterAction) -> list[str]:
    found = before_distributing(draft_as_it_stands(after_action, now=AT))
    return [each.text for each in found if not each.blocks and "may be the name" in each.text]


def test_what_looks_like_a_name_is_mentioned_before_the_distribution_until_it_is_dismissed() -> None:
    after_action, other = a_draft(), a_draft()
    mim = after_action.incident.mim
    assert findings(after_action) == [("possible_name", LOOKS_LIKE_ONE)]
    assert [LOOKS_LIKE_ONE in text for text in warnings(after_action)] == [True]
    kept = dismiss_name(after_action, text=LOOKS_LIKE_ONE.upper(), by=mim, **SAID)
    assert (kept.by, kept.at) == (mim, AT)
    assert AuditEntry.objects.filter(verb="said that it is no name", by=mim).count() == 1
    assert findings(after_action) == []
    assert warnings(after_action) == []
    # Said for this review alone.
    assert findings(other) == [("possible_name", LOOKS_LIKE_ONE)]


def test_saying_it_again_changes_nothing() -> None:
    after_action = a_draft()
    for text in (LOOKS_LIKE_ONE, LOOKS_LIKE_ONE.lower()):
        dismiss_name(after_action, text=text, by=after_action.incident.mim, **SAID)
    assert DismissedName.objects.count() == 1


def test_the_name_of_somebody_here_is_never_dismissed() -> None:
    a_person("Ottilie Brunner")
    after_action = a_draft("the change of Ottilie Brunner")
    with pytest.raises(RuleViolation, match="the name of somebody here"):
        dismiss_name(after_action, text="Ottilie Brunner", by=after_action.incident.mim, **SAID)


def test_a_dismissed_name_blocks_all_the_same_once_somebody_here_bears_it() -> None:
    after_action = a_draft()
    dismiss_name(after_action, text=LOOKS_LIKE_ONE, by=after_action.incident.mim, **SAID)
    a_person(LOOKS_LIKE_ONE)
    assert findings(after_action) == [("name", LOOKS_LIKE_ONE)]


def test_only_what_the_root_cause_says_is_dismissed_and_by_those_who_write_it() -> None:
    after_action = a_draft()
    with pytest.raises(RuleViolation, match="reload the page"):
        dismiss_name(after_action, text="Somebody Else", by=after_action.incident.mim, **SAID)
    with pytest.raises(NotAllowed):
        dismiss_name(after_action, text=LOOKS_LIKE_ONE, by=a_person(), **SAID)


def test_a_dismissal_is_kept_as_it_was_written() -> None:
    after_action = a_draft()
    kept = dismiss_name(after_action, text=LOOKS_LIKE_ONE, by=after_action.incident.mim, **SAID)
    for change in (lambda: kept.delete(), lambda: DismissedName.objects.update(text="Other")):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()
