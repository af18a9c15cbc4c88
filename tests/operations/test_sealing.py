"""The chain over the audit shows what was changed behind the triggers."""

import io
import logging
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError

from majorops.audit.alarm import tell_of_broken_seals
from majorops.audit.heads import heads, last_head
from majorops.audit.models import AuditEntry
from majorops.audit.sealing import (
    first_broken_entry,
    first_broken_seal,
    seal_new_entries,
    sealed_head_is_lost,
)
from majorops.audit.tasks import seal
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


def changed_and_covered_up(entry: AuditEntry) -> None:
    """What an owner of the schema can do: a row rewritten, the seals behind it away, for the sealer to make anew."""
    as_superuser("UPDATE audit_auditentry SET reason = 'never said' WHERE id = %s", entry.pk)
    as_superuser("DELETE FROM audit_auditseal WHERE entry_id >= %s", entry.pk)


@pytest.mark.django_db(transaction=True)
def test_an_entry_changed_and_sealed_anew_is_found_by_the_head_kept_outside_and_said_at_once() -> None:
    administrator = an_administrator()
    for _ in range(3):
        an_incident()
    seal_new_entries(at=NOW)
    entry = AuditEntry.objects.order_by("pk")[2]
    before = call_command("verify_audit", stdout=io.StringIO())
    assert before is None
    changed_and_covered_up(entry)
    with time_machine.travel(NOW + timedelta(minutes=1), tick=True):
        seal()
    assert AuditEntry.objects.filter(seal__isnull=True, pk__lte=entry.pk).count() == 0
    assert first_broken_seal() is None, "the chain alone knows nothing of it"
    assert first_broken_entry() == entry.pk
    with pytest.raises(CommandError, match=f"from entry {entry.pk} on") as refused:
        call_command("verify_audit")
    assert refused.value.returncode == 1
    told = Notice.objects.inbox_of(administrator).get()
    assert "changed from outside" in told.subject
    # Later entries are sealed, and none of them covers it up.
    an_incident()
    with time_machine.travel(NOW + timedelta(hours=3), tick=True):
        seal()
    assert first_broken_entry() == entry.pk


@pytest.mark.django_db(transaction=True)
def test_an_entry_of_long_ago_that_lost_its_seal_is_said() -> None:
    administrator = an_administrator()
    an_incident()
    an_incident()
    seal_new_entries(at=NOW)
    Path(settings.AUDIT_HEADS).unlink()
    first = AuditEntry.objects.order_by("pk")[0]
    as_superuser("DELETE FROM audit_auditseal WHERE entry_id = %s", first.pk)
    seal_new_entries(at=NOW, on_late=pytest.fail)  # writers side by side are sealed in any order
    Path(settings.AUDIT_HEADS).unlink()
    as_superuser("DELETE FROM audit_auditseal WHERE entry_id = %s", first.pk)
    with time_machine.travel(NOW + timedelta(hours=2), tick=True):
        seal()
    assert f"Entry {first.pk} lost its seal" in Notice.objects.inbox_of(administrator).get().text


@pytest.mark.django_db(transaction=True)
def test_heads_are_written_down_now_and_then_and_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "majorops.audit")
    for minutes in (0, 1, 2, 11, 12, 60 * 24):
        an_incident()
        seal_new_entries(at=NOW + timedelta(minutes=minutes))
    entries = [head.entry for head in heads()]
    assert len(entries) == 3
    assert entries == sorted(entries)
    assert all(f"at entry {entry}," in caplog.text for entry in entries)
    with Path(settings.AUDIT_HEADS).open("a") as file:
        file.write('{"entry": 1, "se')
    assert [head.entry for head in heads()] == entries
    assert last_head() == list(heads())[-1]
    assert first_broken_entry() is None


@pytest.mark.django_db(transaction=True)
def test_a_head_costs_one_statement_each_time(django_assert_num_queries: Any) -> None:
    an_incident()
    seal_new_entries(at=NOW)
    with django_assert_num_queries(1):
        assert not sealed_head_is_lost()
