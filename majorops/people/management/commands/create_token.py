from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email
from django.db import transaction

from majorops import clock
from majorops.people.models import ApiToken, Person
from majorops.people.operations.administrators import make_administrator


class Command(BaseCommand):
    help = "Prints a fresh API token for the person with this address, who is created when missing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")
        parser.add_argument(
            "--administrator", action="store_true", help="also make the person an administrator"
        )

    @transaction.atomic
    def handle(self, *args: Any, email: str, administrator: bool, **options: Any) -> None:
        email = email.strip().lower()
        try:
            validate_email(email)
        except ValidationError as error:
            raise CommandError(f"“{email}” is not an e-mail address.") from error
        if administrator:
            person = make_administrator(email, by=None, now=clock.now())
        else:
            person = Person.objects.filter(email=email).first() or Person.objects.create_user(
                email, full_name=email.partition("@")[0]
            )
        self.stdout.write(ApiToken.issue(person, name="command line", at=clock.now()))
