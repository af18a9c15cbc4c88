from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from majorops import clock
from majorops.backup import archive, programs


class Command(BaseCommand):
    help = (
        "Writes everything but SECRET_KEY to FILE, as of one instant, while the product runs. Keep that key too, and "
        "elsewhere: without it nothing in the backup can be verified."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE", help="One that is not there yet.")

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        if file.exists():
            raise CommandError(f"{file} is there already. Name another file, or move it away.")
        try:
            archive.write(file, at=clock.now())
        except programs.ProgramFailed as failed:
            raise CommandError(f"The database could not be read:\n{failed}") from failed
        except OSError as failed:
            raise CommandError(f"{file} cannot be written: {failed.strerror}.") from failed
        self.stdout.write(f"{file}: {file.stat().st_size:,} bytes.")
