import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from incidents.exchange.exporting import export_document
from incidents.models import Incident


class Command(BaseCommand):
    help = "Writes incidents (without a reference, all) as JSON Lines of the format majorops.incident/1."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("references", nargs="*", metavar="REFERENCE")

    def handle(self, *args: Any, references: list[str], **options: Any) -> None:
        incidents = Incident.objects.order_by("id")
        if references:
            incidents = incidents.filter(reference__in=references)
            missing = set(references) - set(incidents.values_list("reference", flat=True))
            if missing:
                raise CommandError(f"There is no incident {', '.join(sorted(missing))}.")
        for incident in incidents.iterator(chunk_size=200):
            self.stdout.write(json.dumps(export_document(incident), ensure_ascii=False))
