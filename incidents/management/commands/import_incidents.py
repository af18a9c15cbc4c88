from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from incidents.exchange.document import check_document
from incidents.exchange.importing import import_document
from majorops import clock
from majorops.errors import Problem, RuleViolation
from majorops.people.models import Person
from majorops.strict_json import read_json


def documents(path: Path) -> Iterator[tuple[str, Any, tuple[Problem, ...]]]:
    """Each document of a file with the place it stands at: one JSON document, or JSON Lines with one a line."""
    body = path.read_bytes()
    whole, problems = read_json(body)
    if not problems:
        yield str(path), whole, ()
        return
    lines = [(number, line) for number, line in enumerate(body.splitlines(), 1) if line.strip()]
    if path.suffix == ".json" or len(lines) < 2:
        yield str(path), None, problems
        return
    for number, line in lines:
        document, problems = read_json(line)
        yield f"{path}:{number}", document, problems


class Command(BaseCommand):
    help = (
        "Imports incidents from documents of the format majorops.incident/1 (JSON, or JSON Lines with one a line). "
        "Everything is checked first: one bad document, and nothing is imported."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
        parser.add_argument("--history", action="store_true", help="tell nobody and escalate nothing")
        parser.add_argument("--by", metavar="EMAIL", help="the person who imports; without it, the system")

    def handle(self, *args: Any, files: list[Path], history: bool, by: str | None, **options: Any) -> None:
        person = None
        if by is not None:
            person = Person.objects.accounts().filter(email=by.lower()).first()
            if person is None:
                raise CommandError(f"Nobody with an account has the address {by}.")
        read = []
        bad = []
        for path in files:
            if not path.is_file():
                raise CommandError(f"There is no file {path}.")
            for place, raw, problems in documents(path):
                problems = problems or check_document(raw).problems
                bad += [f"{place}: {problem.path or 'document'}: {problem.message}" for problem in problems]
                read.append((place, raw))
        if bad:
            raise CommandError("Nothing was imported.\n" + "\n".join(bad))
        created = 0
        for place, raw in read:
            try:
                imported = import_document(raw, history=history, by=person, now=clock.now())
            except RuleViolation as refusal:
                raise CommandError(
                    f"{place}: {refusal.sentence} ({created} imported before it; run again to go on.)"
                ) from refusal
            created += imported.created
            if options["verbosity"] > 1:
                self.stdout.write(f"{imported.incident.reference} {imported.incident.title}")
        self.stdout.write(f"{created} imported, {len(read) - created} already there.")
