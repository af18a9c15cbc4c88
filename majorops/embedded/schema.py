"""Whether two checkouts make the same schema: then there is nothing to migrate."""

import hashlib
import re
from pathlib import Path

from .postgres import ROLES
from .state import CHECKOUT, State

PACKAGES = ("majorops", "incidents", "afteractions")
# A migration written by hand takes what it needs from a module of ours; a generated one only mentions modules.
TAKEN_FROM = re.compile(r"^from ((?:majorops|incidents|afteractions)\.[\w.]+) import", re.MULTILINE)


def schema_digest() -> str:
    """Changes with our migrations, what they are made with, and the versions of all packages."""
    digest = hashlib.sha256()
    for path in _sources():
        digest.update(path.read_bytes())
    return digest.hexdigest()[:32]


def is_current(state: State) -> bool:
    """Whether these very migrations were run to their end on the embedded database of this state."""
    note = _note(state)
    return note.exists() and note.read_text() == schema_digest()


def is_current_now(state: State) -> None:
    """Write down that they were."""
    _note(state).write_text(schema_digest())


def _note(state: State) -> Path:
    return state.home / "migrated"


def migrations_here() -> list[Path]:
    """Every migration of ours, in whatever room."""
    return [path for package in PACKAGES for path in (CHECKOUT / package).rglob("migrations/*.py")]


def _sources() -> list[Path]:
    migrations = migrations_here()
    modules = {name for path in migrations for name in TAKEN_FROM.findall(path.read_text())}
    taken = [CHECKOUT / Path(*name.split(".")).with_suffix(".py") for name in modules]
    sources = [*migrations, *(path for path in taken if path.exists())]
    return [CHECKOUT / "requirements.lock", ROLES, *sorted(sources)]
