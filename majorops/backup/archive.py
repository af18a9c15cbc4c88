"""The file of a backup: a ZIP of what it is, the heads of the audit, and PostgreSQL's dump."""

import json
import os
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import IO

from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from majorops.audit import heads
from majorops.backup import programs
from majorops.web.health.readiness import expected_migrations

FORMAT = "majorops.backup/1"
MANIFEST, HEADS, DATABASE = "manifest.json", "audit-heads.jsonl", "database.dump"
LONGEST_MANIFEST = 1024 * 1024


class NotABackup(Exception):
    """The sentence says what is wrong with the file."""


@dataclass(frozen=True)
class Manifest:
    """What a backup says of itself. `key`: a salted hash of SECRET_KEY, to compare and never to recover it.
    `migrations`: those that its database has, as `application.name`."""

    format: str
    made_at: str
    key: str
    migrations: list[str]

    def has_key(self, secret: str) -> bool:
        return check_password(secret, self.key)

    def unknown_migrations(self) -> list[str]:
        """Those that this release does not have: it is older than the one that made the backup."""
        return sorted(set(self.migrations) - {".".join(name) for name in expected_migrations()})


def write(path: Path, *, at: datetime) -> None:
    """Writes a backup to `path`, which appears once it is whole. Raises ProgramFailed, OSError."""
    half = path.with_name(f"{path.name}.part")
    applied = MigrationRecorder(connection).applied_migrations()
    manifest = Manifest(
        FORMAT, at.isoformat(), make_password(settings.SECRET_KEY), sorted(".".join(name) for name in applied)
    )
    try:
        descriptor = os.open(half, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            with zipfile.ZipFile(file, "w") as archive:
                archive.writestr(MANIFEST, json.dumps(asdict(manifest)))
                # Before the dump: each head that is written down is of a seal that is in the database by then.
                if heads.path().exists():
                    archive.write(heads.path(), HEADS, zipfile.ZIP_DEFLATED)
                # It is compressed already.
                with archive.open(zipfile.ZipInfo(DATABASE), "w", force_zip64=True) as member:
                    programs.dump(member)
            file.flush()
            os.fsync(file.fileno())
        half.rename(path)
    finally:
        half.unlink(missing_ok=True)


@contextmanager
def opened(path: Path) -> Iterator["Backup"]:
    """A backup to read from. Raises NotABackup for any other file and for one that was damaged."""
    try:
        with zipfile.ZipFile(path) as archive:
            yield Backup(archive, _manifest(archive))
    except zipfile.BadZipFile as wrong:
        raise NotABackup(f"{path} is no backup, or was cut off: {wrong}.") from wrong


@dataclass(frozen=True)
class Backup:
    archive: zipfile.ZipFile
    manifest: Manifest

    def require_whole(self) -> None:
        """Reads all of it once, and compares it with its checksums. Raises NotABackup."""
        if damaged := self.archive.testzip():
            raise NotABackup(f"It is damaged: {damaged} is not what was written.")

    def database(self) -> IO[bytes]:
        return self.archive.open(DATABASE)

    def heads(self) -> bytes | None:
        """The heads of the audit at the time; None: there was none yet."""
        return self.archive.read(HEADS) if HEADS in self.archive.namelist() else None


def _manifest(archive: zipfile.ZipFile) -> Manifest:
    try:
        if archive.getinfo(MANIFEST).file_size > LONGEST_MANIFEST:
            raise ValueError(MANIFEST)
        manifest = Manifest(**json.loads(archive.read(MANIFEST)))
        archive.getinfo(DATABASE)
    except (KeyError, ValueError, TypeError):
        raise NotABackup("This file is no backup of MajorOps After Actions.") from None
    if manifest.format != FORMAT:
        raise NotABackup(f"This is a backup of the format {manifest.format}; this release reads {FORMAT}.")
    return manifest
