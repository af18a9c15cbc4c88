from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from majorops import clock
from majorops.errors import RuleViolation
from majorops.people.scim.tokens import create_scim_token


class Command(BaseCommand):
    help = "Prints a token by which a directory provisions people over SCIM. It cannot be printed again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", help="the directory that uses it")

    def handle(self, *args: Any, name: str, **options: Any) -> None:
        try:
            self.stdout.write(create_scim_token(name, now=clock.now()))
        except RuleViolation as refused:
            raise CommandError(refused.sentence) from refused
