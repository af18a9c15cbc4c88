"""The chain over the audit shows what was changed behind the triggers."""

from datetime import UTC, datetime

import pytest

from majorops.audit.alarm import tell_of_broken_seals
from majorops.audit.models import AuditEntry
from majorops.audit.sealing import first_broken_seal, seal_new_entries
from majorops.notices.models import Notice
from tests.factories.incidents import an_incident
from tests.factories.people import an_administrator
from tests.services import services

NOW = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)


def as_superuser(statement: str, *values: object) -> None:
    """Does what the application's role and the triggers refuse."""
    with services.postgres.connect() as owner:
        owner.execute("SET session_replication_role = replica")
        owner.execute(statement.encode(), values)
        owner.commit()


@pytest.mark.django_db
def test_each_entry_is_sealed_once() -> None:
    an_incident()
    assert seal_new_entries(at=NOW) == AuditEntry.objects.count() > 0
    assert seal_new_entries(at=NOW) == 0
    assert first_broken_seal() is None
    assert not tell_of_broken_seals(now=NOW)


@pytest.mark.django_db(transaction=True)
def test_an_entry_changed_behind_the_triggers_is_found() -> None:
    an_incident()
    an_incident()
    seal_new_entries(at=NOW)
    entry = AuditEntry.objects.order_by("pk")[1]
    as_superuser("UPDATE audit_auditentry SET reason = 'never said' WHERE id = %s", entry.pk)
    assert first_broken_seal() == entry.pk
    administrator = an_administrator()
    assert tell_of_broken_seals(now=NOW)
    assert tell_of_broken_seals(now=NOW)
    assert f"entry {entry.pk} " in Notice.objects.inbox_of(administrator).get().text


@pytest.mark.django_db(transaction=True)
def test_an_entry_taken_out_is_found_at_the_next_one() -> None:
    an_incident()
    an_incident()
    seal_new_entries(at=NOW)
    first, second = AuditEntry.objects.order_by("pk")[:2]
    as_superuser("DELETE FROM audit_auditseal WHERE entry_id = %s", first.pk)
    as_superuser("DELETE FROM audit_auditentry WHERE id = %s", first.pk)
    assert first_broken_seal() == second.pk
