import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db import DatabaseError

from afteractions.operations.meeting.calendar_replies import LARGEST_MESSAGE, receive
from majorops import clock
from majorops.errors import BadInput

# sysexits.h, as mail servers read them: the message is wrong for good; try it again later.
DATA_ERROR, TRY_AGAIN = 65, 75


class Command(BaseCommand):
    help = (
        "Reads one mail from standard input, as a mail server pipes it in, and records the answer to an invitation "
        "that it carries."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", nargs="?", help="the message, instead of standard input")

    def handle(self, *args: Any, file: str | None, **options: Any) -> None:
        if file is None:
            raw = sys.stdin.buffer.read(LARGEST_MESSAGE + 1)
        else:
            with open(file, "rb") as opened:
                raw = opened.read(LARGEST_MESSAGE + 1)
        try:
            read = receive(raw, now=clock.now())
        except BadInput as wrong:
            self.stderr.write(wrong.sentence)
            sys.exit(DATA_ERROR)
        except DatabaseError:
            self.stderr.write("The database cannot be asked now.")
            sys.exit(TRY_AGAIN)
        self.stdout.write(f"{read.outcome.value}: {read.why}")
