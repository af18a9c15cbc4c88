from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from majorops import clock
from majorops.errors import RuleViolation
from majorops.people.operations.administrators import link_to_password, make_administrator


class Command(BaseCommand):
    help = (
        "Makes the person with this address an administrator, who is created when missing, and prints a link to set a "
        "password: good once, for 24 hours."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")

    def handle(self, *args: Any, email: str, **options: Any) -> None:
        now = clock.now()
        try:
            with transaction.atomic():
                person = make_administrator(email, by=None, now=now)
                link = link_to_password(person, by=None, now=now)
        except RuleViolation as refused:
            raise CommandError(refused.sentence) from refused
        self.stdout.write(link)
