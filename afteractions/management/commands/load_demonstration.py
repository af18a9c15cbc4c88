from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import transaction

from afteractions.demonstration.people import (
    PASSWORD,
    address,
    describe_the_organisation,
    make_people,
    sign_ins,
)
from afteractions.demonstration.simulation import play
from afteractions.demonstration.stories import stories
from afteractions.demonstration.vendors import guest_link, know_vendors
from majorops import clock
from majorops.people.models import Person


class Command(BaseCommand):
    help = "Loads the demonstration data, once; with --sign-ins also says who can sign in."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--sign-ins", action="store_true")

    def handle(self, *args: Any, sign_ins: bool, **options: Any) -> None:
        if not Person.objects.filter(email=address("mim")).exists():
            self.load()
        if sign_ins:
            self.say_who_signs_in()

    @transaction.atomic
    def load(self) -> None:
        now = clock.now()
        describe_the_organisation(now)
        people = make_people()
        know_vendors(people)
        play(stories(people, now), now=now)

    def say_who_signs_in(self) -> None:
        for row, email in sign_ins():
            self.stdout.write(f"  {row:<16} {email}")
        self.stdout.write(f"  {'Password':<16} {PASSWORD}")
        path = guest_link(now=clock.now())
        if path:
            self.stdout.write(f"  {'Vendor guest':<16} {settings.SITE_URL}{path}")
