from typing import Any

from django.core.management.base import BaseCommand

from majorops import clock
from majorops.people.operations.setup import new_setup_address


class Command(BaseCommand):
    help = (
        "Prints the address by which the first administrator comes in, with a new key; nothing once there is one "
        "(create_administrator makes further ones)."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        if address := new_setup_address(by=None, now=clock.now()):
            self.stdout.write(address)
