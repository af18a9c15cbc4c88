from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from majorops import clock
from majorops.errors import RuleViolation
from majorops.people.scim.tokens import revoke_scim_token


class Command(BaseCommand):
    help = "Ends the token of a directory at once and for good."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("name", help="the directory that uses it")

    def handle(self, *args: Any, name: str, **options: Any) -> None:
        try:
            revoke_scim_token(name, now=clock.now())
        except RuleViolation as refused:
            raise CommandError(refused.sentence) from refused
