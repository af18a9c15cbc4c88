"""People who leave: nothing that is open stays with somebody who cannot sign in without others seeing it."""

from datetime import date, datetime

import pytest

from afteractions.models import AfterAction, Change, Obligation, VendorFollowUp
from afteractions.operations.followup.leavers import hand_over_all
from afteractions.operations.followup.vendors import follow_up_of, plan_rca
from afteractions.queries.leavers import LeftBehind, those_who_left
from incidents.models import Handover, Incident, Service, Vendor
from incidents.operations.response.vendors import engage
from majorops.audit.models import AuditEntry
from majorops.errors import BadInput, NotAllowed, RuleViolation
from majorops.people.groups import GroupName
from majorops.people.models import Person
from majorops.people.signals import came_or_left
from tests.factories.afteractions import (
    HOUR,
    MEETING_END,
    SCHEDULED,
    a_change,
    a_meeting,
    a_reviewed_review,
    an_after_action,
    write,
)
from tests.factories.people import a_mim, a_person, an_administrator

pytestmark = pytest.mark.django_db
NOW = MEETING_END + HOUR


def disable(person: Person, *, now: datetime = NOW) -> None:
    """As the administration does."""
    person.is_active = False
    person.save()
    came_or_left.send(Person, person=person, by=None, now=now)


def everything_of(leaver: Person) -> AfterAction:
    """A review agreed and to be published whose MIM, owner, liaison, action owner and Service Manager `leaver` is."""
    after_action = a_reviewed_review(leaver)
    incident = after_action.incident
    after_action.internal_liaison = leaver
    after_action.save()
    said = {"by": leaver, "at": SCHEDULED, "now": SCHEDULED}
    engagement = engage(incident, vendor="Cumulus", root_cause_related=True, **said)
    plan_rca(
        follow_up_of(engagement, now=SCHEDULED), service_manager=leaver, due_on=date(2026, 3, 20), **said
    )
    Vendor.objects.filter(name="Cumulus").update(service_manager=leaver)
    Service.objects.create(name="Checkout", owner=leaver)
    return after_action


def owned_by_the_disabled() -> dict[str, int]:
    """Whatever is open and names somebody who cannot sign in: by what it is, how many."""
    counts = {
        "deadlines": Obligation.objects.open().filter(responsible__is_active=False).count(),
        "chairs": Incident.objects.filter(mim__is_active=False).count(),
        "owners": AfterAction.objects.exclude(status="closed").filter(owner__is_active=False).count(),
        "liaisons": AfterAction.objects.exclude(status="closed")
        .filter(internal_liaison__is_active=False)
        .count(),
        "items": Change.objects.filter(owner__is_active=False, resolved_at=None, removed_at=None).count(),
        "follow ups": VendorFollowUp.objects.filter(service_manager__is_active=False).count(),
        "vendors": Vendor.objects.filter(service_manager__is_active=False).count(),
        "services": Service.objects.filter(owner__is_active=False).count(),
    }
    return {what: count for what, count in counts.items() if count}


def test_nothing_open_is_owned_by_somebody_disabled_without_being_shown_to_somebody_who_is_not() -> None:
    manager, leaver = a_person("Helena Brandauer"), a_mim()
    leaver.manager = manager
    leaver.save()
    everything_of(leaver)
    assert not those_who_left().exists()
    disable(leaver)
    assert set(owned_by_the_disabled()) == {
        "deadlines", "chairs", "owners", "liaisons", "items", "follow ups", "vendors", "services",
    }  # fmt: skip
    assert list(those_who_left()) == [leaver]
    behind = LeftBehind(leaver, manager)
    shown = {
        "deadlines": behind.deadlines, "chairs": behind.chairs, "owners": behind.drafts,
        "liaisons": behind.liaisons, "items": behind.items, "follow ups": behind.follow_ups,
        "vendors": behind.vendors, "services": behind.services,
    }  # fmt: skip
    assert {what: len(rows) for what, rows in shown.items()} == owned_by_the_disabled()


def test_what_a_mim_owed_who_left_falls_to_the_group_and_returns_with_the_account() -> None:
    mim = a_mim()
    after_action = an_after_action(mim)
    owed = Obligation.objects.open().filter(after_action=after_action)
    disable(mim, now=SCHEDULED)
    assert {(row.responsible, row.responsible_group) for row in owed.all()} == {(None, GroupName.MIM.value)}
    mim.is_active = True
    mim.save()
    came_or_left.send(Person, person=mim, by=None, now=SCHEDULED)
    assert {row.responsible for row in owed.all()} == {mim}


def test_one_step_hands_all_of_it_over_to_one_person() -> None:
    manager, leaver, heir = a_person("Helena Brandauer"), a_mim(), a_mim("Juno Vale")
    leaver.manager = manager
    leaver.save()
    after_action = everything_of(leaver)
    disable(leaver)
    count = hand_over_all(leaver, to=heir, note="The vendor calls on Mondays", by=manager, at=NOW, now=NOW)
    # The chair's draft passes with the chair.
    assert count == 6
    assert owned_by_the_disabled() == {}
    assert not those_who_left().exists()
    assert LeftBehind(leaver, manager).is_nothing
    handover = Handover.objects.get(incident=after_action.incident)
    assert (handover.from_person, handover.to_person, handover.by, handover.note) == (
        leaver,
        heir,
        manager,
        "The vendor calls on Mondays",
    )
    assert Obligation.objects.open().filter(responsible=heir).count() >= 4
    assert heir.notices.filter(subject__startswith="You take over from").exists()
    assert AuditEntry.objects.filter(verb="handed over", by=manager, reason__contains="Mondays").count() >= 4
    with pytest.raises(RuleViolation, match="nothing of"):
        hand_over_all(leaver, to=heir, note="", by=manager, at=NOW, now=NOW)


def test_only_those_above_and_administrators_hand_over_and_only_to_somebody_who_can_act() -> None:
    leaver, heir = a_mim(manager=a_person("Helena Brandauer")), a_mim("Juno Vale")
    an_after_action(leaver)
    disable(leaver, now=SCHEDULED)
    said = {"note": "", "at": SCHEDULED, "now": SCHEDULED}
    for stranger in (heir, a_person("Olga Petrov")):
        with pytest.raises(NotAllowed):
            hand_over_all(leaver, to=heir, by=stranger, **said)
    administrator = an_administrator()
    gone = a_person("Rosa Marin")
    gone.is_active = False
    gone.save()
    for nobody in (leaver, gone):
        with pytest.raises(BadInput):
            hand_over_all(leaver, to=nobody, by=administrator, **said)
    assert hand_over_all(leaver, to=heir, by=administrator, **said) == 1


def test_a_restricted_incident_is_counted_and_never_opened_by_a_handover() -> None:
    manager, leaver, heir = a_person("Helena Brandauer"), a_mim(), a_mim("Juno Vale")
    leaver.manager = manager
    leaver.save()
    secret = an_after_action(leaver, restricted=True, title="Stolen keys")
    disable(leaver, now=SCHEDULED)
    behind = LeftBehind(leaver, manager)
    assert (behind.hidden, behind.chairs, behind.deadlines) == (1, [], [])
    with pytest.raises(RuleViolation):
        hand_over_all(leaver, to=heir, note="", by=manager, at=SCHEDULED, now=SCHEDULED)
    assert Incident.objects.get(pk=secret.incident_id).mim == leaver
    assert not Incident.objects.visible_to(heir).filter(pk=secret.incident_id).exists()


def test_an_item_of_a_draft_is_handed_over_with_its_due_date_kept() -> None:
    owner, mim = a_person("Ingrid Falk"), a_mim()
    after_action = an_after_action(mim)
    a_meeting(after_action)
    write(after_action, "changes", [a_change(owner)])
    disable(owner, now=SCHEDULED)
    administrator, heir = an_administrator(), a_person("Rosa Marin")
    assert hand_over_all(owner, to=heir, note="", by=administrator, at=SCHEDULED, now=SCHEDULED) == 1
    change = Change.objects.get()
    assert (change.owner, change.due_on) == (heir, date(2026, 3, 31))
