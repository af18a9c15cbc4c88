from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from majorops import clock
from majorops.audit import heads
from majorops.audit.sealing import first_broken_entry
from majorops.backup import archive, programs

TABLES = (
    "SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm')"
    " AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = pg_class.oid AND deptype = 'e')"
)
ANOTHER_KEY = (
    "SECRET_KEY is not the one that this backup was made with. Give the process that key (under script/server it is in "
    "the file secret-key of MAJOROPS_HOME). Where it is lost for good, --another-key restores all the same: everybody "
    "signs in anew, links that were sent open nothing, and the audit cannot be verified any more."
)


class Command(BaseCommand):
    help = "Fills an empty database from FILE, all of it or nothing, and migrates it to this release."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE", help="One that `backup` wrote.")
        parser.add_argument(
            "--another-key", action="store_true", help="The SECRET_KEY of the backup is lost."
        )

    def handle(self, *args: Any, file: Path, another_key: bool, **options: Any) -> None:
        try:
            with archive.opened(file) as backup:
                self.require_fitting(backup, another_key)
                backup.require_whole()
                connection.close()
                with backup.database() as dumped:
                    programs.load(dumped)
                kept = backup.heads()
        except (archive.NotABackup, programs.ProgramFailed) as wrong:
            raise CommandError(f"Nothing was restored. {wrong}") from wrong
        except OSError as wrong:
            raise CommandError(f"Nothing was restored. {file} cannot be read: {wrong.strerror}.") from wrong
        call_command("migrate", verbosity=0, interactive=False)
        self.put_back(kept)
        # The supervisor adds no demonstration to what was restored.
        (settings.HOME / "restored").touch()
        self.stdout.write(f"Restored as of {backup.manifest.made_at}.")
        self.say_whether_whole(backup.manifest.has_key(settings.SECRET_KEY))

    def require_fitting(self, backup: archive.Backup, another_key: bool) -> None:
        if unknown := backup.manifest.unknown_migrations():
            raise CommandError(
                f"This backup was made by a newer release, which has {unknown[-1]}. Install that one."
            )
        if not another_key and not backup.manifest.has_key(settings.SECRET_KEY):
            raise CommandError(ANOTHER_KEY)
        with connection.cursor() as cursor:
            cursor.execute(TABLES)
            if cursor.fetchone()[0]:
                raise CommandError("The database is not empty. Restore into one that was just made.")

    def put_back(self, kept: bytes | None) -> None:
        """The heads of the audit as they were; those that are here already are moved aside, never lost."""
        path = heads.path()
        if path.exists():
            aside = path.with_name(f"{path.stem}-before-{clock.now():%Y%m%dT%H%M%SZ}{path.suffix}")
            path.rename(aside)
            self.stdout.write(f"The heads of the audit that were here are in {aside}.")
        if kept is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(kept)

    def say_whether_whole(self, same_key: bool) -> None:
        if not same_key:
            self.stdout.write("The audit cannot be verified with another key.")
        elif (broken := first_broken_entry()) is not None:
            raise CommandError(
                f"All is restored, but the audit was broken from entry {broken} on.", returncode=1
            )
        else:
            self.stdout.write("The audit is whole.")
