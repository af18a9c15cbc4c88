"""Nudging whoever must meet a deadline: kept, told once a day, by those above and those who answer for it."""

from datetime import timedelta

import pytest

from afteractions.models import AfterAction, Nudge, Obligation
from afteractions.operations.deadlines.nudging import nudge
from afteractions.operations.followup.handover import hand_over
from afteractions.operations.saved_views import MOST_VIEWS, delete_view, save_view
from afteractions.vocabulary import ObligationKind
from majorops.audit.models import AuditEntry
from majorops.errors import BadInput, NotAllowed, NotFound, RuleViolation
from majorops.people.models import Person
from tests.factories.afteractions import CLOSED, SCHEDULED, a_published_review, an_after_action
from tests.factories.people import a_mim, a_person, an_administrator, an_auditor

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
LATE = CLOSED + timedelta(hours=30)


def a_late_one(**said: object) -> tuple[Person, Obligation]:
    """A manager, and a meeting that somebody below should have scheduled."""
    manager = a_person("Helena Brandauer")
    after_action: AfterAction = an_after_action(a_mim(manager=manager), **said)
    return manager, after_action.obligations.get(kind=ObligationKind.SCHEDULE)


def now(at=LATE):
    return {"at": at, "now": at}


def test_a_nudge_is_kept_told_and_audited() -> None:
    manager, row = a_late_one()
    kept = nudge(row, word="  Can you do it today?", by=manager, **now())
    assert (kept.by, kept.to, kept.word) == (manager, row.responsible, "Can you do it today?")
    told = row.responsible.notices.get(channel="inbox", step=f"nudge:{kept.pk}")
    assert told.subject.startswith("Helena Brandauer asks you: Schedule the After Action of")
    assert "“Can you do it today?”" in told.text
    audited = AuditEntry.objects.get(verb="nudged")
    assert (audited.by, audited.reason, audited.scope) == (
        manager, "Can you do it today?", row.incident.reference,
    )  # fmt: skip


def test_one_deadline_is_nudged_about_once_in_24_hours_whoever_does() -> None:
    manager, row = a_late_one()
    nudge(row, by=manager, **now())
    for at in (LATE, LATE + timedelta(hours=23)):
        with pytest.raises(RuleViolation, match="one nudge a day"):
            nudge(row, by=an_administrator(), **now(at))
    nudge(row, by=manager, **now(LATE + DAY))
    assert Nudge.objects.count() == 2


def test_nobody_nudges_themself_and_nobody_else_s_people() -> None:
    _, row = a_late_one()
    for person in (row.responsible, a_person(), an_auditor()):
        with pytest.raises(NotAllowed, match="nobody nudges themself"):
            nudge(row, by=person, **now())
    assert not Nudge.objects.exists()


def test_the_mim_nudges_the_owner_of_an_item() -> None:
    after_action = a_published_review(action_owner=a_person("Ingrid Falk"))
    row = Obligation.objects.open().get(kind=ObligationKind.ACTION_ITEM)
    kept = nudge(row, by=after_action.incident.mim, **now(row.due_at + DAY))
    assert kept.to.full_name == "Ingrid Falk"


def test_what_is_met_or_far_off_is_not_nudged_about() -> None:
    manager, row = a_late_one()
    hold = row.after_action.obligations.get(kind=ObligationKind.HOLD)
    far = row.due_at - timedelta(days=8)
    with pytest.raises(RuleViolation, match="more than 7 days"):
        nudge(row, by=manager, at=far, now=far)
    Obligation.objects.filter(pk=hold.pk).update(
        state="met", met_at=LATE, ended_at=LATE, next_step_at=None, next_step=""
    )
    with pytest.raises(RuleViolation, match="not open any more: it is met"):
        nudge(hold, by=manager, **now())


def test_too_long_a_word_is_refused() -> None:
    manager, row = a_late_one()
    with pytest.raises(BadInput):
        nudge(row, word="x" * 1001, by=manager, **now())


def test_a_manager_outside_a_restricted_incident_hears_nothing_more_by_nudging() -> None:
    manager, row = a_late_one(restricted=True)
    nudge(row, by=manager, **now())
    assert not manager.notices.filter(step__startswith="nudge").exists()


def test_an_item_is_handed_over_by_the_manager_of_its_owner() -> None:
    manager = a_person("Helena Brandauer")
    owner, other = a_person("Ingrid Falk", manager=manager), a_person("Noor Vance")
    a_published_review(action_owner=owner)
    row = Obligation.objects.open().get(kind=ObligationKind.ACTION_ITEM)
    said = {"owner": other, "reason": "She has the time.", **now(row.due_at)}
    with pytest.raises(NotAllowed, match="A manager above its owner may hand it on"):
        hand_over(row, by=a_person(), **said)
    hand_over(row, by=manager, **said)
    assert Obligation.objects.open().get(kind=ObligationKind.ACTION_ITEM).responsible == other


def test_what_goes_with_the_command_is_told_where() -> None:
    manager, row = a_late_one()
    with pytest.raises(RuleViolation, match="goes with the command of the incident"):
        hand_over(row, owner=a_person(), reason="Too much", by=manager, **now())
    with pytest.raises(BadInput, match="Say why"):
        hand_over(row, owner=a_person(), reason=" ", by=manager, **now())


def test_a_view_has_a_name_of_its_own_and_is_deleted_by_its_person() -> None:
    person = a_person()
    view = save_view(name="  Critical   of mine ", filters="severity=critical", by=person, now=SCHEDULED)
    assert view.name == "Critical of mine"
    for name in ("", "x" * 81, "CRITICAL of mine"):
        with pytest.raises(BadInput):
            save_view(name=name, filters="", by=person, now=SCHEDULED)
    save_view(name="Critical of mine", filters="", by=a_person(), now=SCHEDULED)
    with pytest.raises(NotFound):
        delete_view(view, by=a_person(), now=SCHEDULED)
    delete_view(view, by=person, now=SCHEDULED)
    assert not person.saved_views.exists()


def test_nobody_keeps_views_without_end() -> None:
    person = a_person()
    for number in range(MOST_VIEWS):
        save_view(name=f"View {number}", filters="", by=person, now=SCHEDULED)
    with pytest.raises(RuleViolation, match="delete one"):
        save_view(name="One more", filters="", by=person, now=SCHEDULED)
