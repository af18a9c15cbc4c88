"""Two people at once: who comes second waits for the first, and then works on what stands."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

import pytest
from django.db import IntegrityError, connection, transaction

from afteractions.operations.followup.contracts import keep_contract
from afteractions.operations.followup.leavers import hand_over_all
from incidents.models import Mtm, Vendor
from incidents.operations.response.mtm import record_mtm, update_mtm
from majorops.people.groups import GroupName
from majorops.people.models import Person
from tests.factories.afteractions import SCHEDULED
from tests.factories.incidents import OPENED, an_incident, minutes
from tests.factories.people import a_mim, a_person, an_administrator

pytestmark = pytest.mark.django_db(transaction=True)
PATIENCE_SECONDS = 30
WAITING = "SELECT count(*) FROM pg_locks WHERE NOT granted"


def one_after_the_other(first: Callable[[], object], second: Callable[[], object]) -> None:
    """Begins `second` while the transaction of `first` is still open, and ends that only once `second` waits for it."""

    def beside() -> None:
        try:
            second()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as thread:
        with transaction.atomic():
            first()
            running: Future[None] = thread.submit(beside)
            wait_until_it_waits(running)
        running.result(PATIENCE_SECONDS)


def wait_until_it_waits(running: "Future[None]") -> None:
    with connection.cursor() as cursor:
        while not running.done():
            cursor.execute(WAITING)
            if cursor.fetchone()[0]:
                return
    raise AssertionError("The second did not wait for the first.")


def test_two_notes_of_one_mtm_that_are_written_at_once_are_both_kept() -> None:
    mim = a_mim()
    incident = an_incident(mim, "critical", OPENED)
    at = OPENED + minutes(130)
    mtm = record_mtm(incident, by=mim, at=at, now=at)

    def note(point: str, text: str) -> Callable[[], object]:
        return lambda: update_mtm(Mtm.objects.get(pk=mtm.pk), notes={point: text}, by=mim, at=at, now=at)

    one_after_the_other(
        note("recovery_status", "Failing over"), note("impact_statement", "One in five orders fails")
    )
    kept = Mtm.objects.get(pk=mtm.pk).notes
    assert (kept["recovery_status"], kept["impact_statement"]) == ("Failing over", "One in five orders fails")


def test_a_vendor_that_was_given_to_somebody_else_meanwhile_is_not_handed_over() -> None:
    administrator = an_administrator()
    leaver, chosen, successor = (
        a_person(name, groups=[GroupName.SERVICE_MANAGER])
        for name in ("Vito Arden", "Noor Vance", "Ines Faro")
    )
    when = {"by": administrator, "at": SCHEDULED, "now": SCHEDULED}
    vendors = [
        keep_contract(None, name=name, service_manager=leaver, **when) for name in ("Cloudgate", "Paylink")
    ]
    one_after_the_other(
        lambda: keep_contract(vendors[0], name="Cloudgate", service_manager=chosen, **when),
        lambda: hand_over_all(leaver, to=successor, note="On leave", **when),
    )
    managers = dict(Vendor.objects.values_list("name", "service_manager__full_name"))
    assert managers == {"Cloudgate": "Noor Vance", "Paylink": "Ines Faro"}


def test_two_administrators_who_disable_each_other_at_once_leave_one() -> None:
    first, second = an_administrator("Anselm Weir"), an_administrator("Zoe Second")

    def disable(person: Person) -> Callable[[], object]:
        return lambda: Person.objects.filter(pk=person.pk).update(is_active=False)

    with pytest.raises(IntegrityError, match="The last administrator stays"):
        one_after_the_other(disable(second), disable(first))
    assert Person.objects.in_group(GroupName.ADMINISTRATOR).get() == first
