from typing import Any

from django.core.management.base import BaseCommand, CommandError

from majorops.audit.heads import last_head
from majorops.audit.models import AuditEntry, AuditSeal
from majorops.audit.sealing import first_broken_entry


class Command(BaseCommand):
    help = (
        "Says whether the audit is whole, by its chain and by the heads kept outside of the database. "
        "Exit status 0: whole; 1: the first entry that does not fit is named."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        broken = first_broken_entry()
        if broken is not None:
            raise CommandError(f"The audit is broken from entry {broken} on.", returncode=1)
        head = last_head()
        outside = f"the last head outside is at entry {head.entry}" if head else "no head is kept outside yet"
        waiting = AuditEntry.objects.filter(seal__isnull=True).count()
        self.stdout.write(
            f"The audit is whole: {AuditSeal.objects.count()} entries sealed, {waiting} to be sealed; {outside}."
        )
