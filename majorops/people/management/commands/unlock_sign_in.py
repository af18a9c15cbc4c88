from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from majorops import clock
from majorops.people.authentication.limits import forget_tries
from majorops.people.models import Person


class Command(BaseCommand):
    help = "Lets somebody sign in again at once after too many tries; the tries are counted anew."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")

    def handle(self, *args: Any, email: str, **options: Any) -> None:
        person = Person.objects.accounts().filter(email=email.strip().lower()).first()
        if person is None:
            raise CommandError(f"Nobody can sign in as “{email}”.")
        forget_tries(person, by=None, now=clock.now())
        self.stdout.write(f"{person} can sign in again.")
