"""Two beats and two workers at once: each row is written by one of them."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection

from afteractions.models import Escalation, Obligation
from afteractions.operations.enforcement.sweep import sweep as sweep_what_is_due
from majorops.notices.delivery import sending
from majorops.notices.models import Notice
from tests.factories.incidents import OPENED, a_closed_incident
from tests.factories.people import a_mim, a_person

pytestmark = pytest.mark.django_db(transaction=True)
DUE = OPENED + timedelta(hours=30)
COUNT = 1200


def test_two_sweeps_and_two_deliveries_at_once_write_and_send_each_thing_once() -> None:
    mim = a_mim(manager=a_person("Greta Holm"))
    incident = a_closed_incident(mim, severity="low")
    Obligation.objects.bulk_create(
        Obligation(
            kind="status_note",
            incident=incident,
            subject_key=f"transition:{number}",
            due_at=DUE,
            responsible=mim,
            created_at=OPENED,
            next_step="breach",
            next_step_at=DUE,
        )
        for number in range(COUNT)
    )

    def sweep(_: int) -> int:
        try:
            return sweep_what_is_due(now=DUE)
        finally:
            connection.close()

    def claim(worker: int) -> list[int]:
        try:
            found: list[int] = []
            while batch := sending.claim(str(worker), now=DUE):
                found += [notice.pk for notice in batch]
            return found
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as both:
        assert sum(both.map(sweep, range(2))) == COUNT
        assert Escalation.objects.count() == 2 * COUNT
        assert Notice.objects.filter(channel="mail").count() == 2 * COUNT
        leased = Counter(pk for found in both.map(claim, range(2)) for pk in found)
    assert set(leased.values()) == {1}
    assert len(leased) == 2 * COUNT
