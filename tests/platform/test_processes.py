"""The compose file's own commands, started by hand on the servers of the tests."""

import io
import json
import os
import shlex
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
import pytest
import yaml
from django.core.management import CommandError, call_command
from django.test import override_settings

from majorops import clock
from majorops.audit.sealing import seal_new_entries
from majorops.embedded.account import before_exec, current_account
from majorops.embedded.processes import wait_until
from majorops.embedded.state import CHECKOUT
from tests.factories.afteractions import a_published_review
from tests.platform.ports import free_port
from tests.services import services

PROGRAMS = Path(sys.executable).parent
SERVICES: dict[str, Any] = yaml.safe_load((CHECKOUT / "docker-compose.yml").read_text())["services"]


@pytest.fixture(scope="module")
def environment(process_environment: dict[str, str]) -> dict[str, str]:
    return {**process_environment, "PATH": f"{PROGRAMS}:{os.environ['PATH']}"}


@contextmanager
def running(command: str, environment: dict[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A process that is asked to end afterwards, and must."""
    with log.open("wb") as output:
        process = subprocess.Popen(
            shlex.split(command),
            cwd=CHECKOUT,
            env=environment,
            stdout=output,
            stderr=output,
            preexec_fn=before_exec(current_account(), signal.SIGTERM),
        )
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(40)
        except subprocess.TimeoutExpired:
            process.kill()
            raise


def succeeds(command: str, environment: dict[str, str]) -> bool:
    return (
        subprocess.run(command, shell=True, cwd=CHECKOUT, env=environment, capture_output=True).returncode
        == 0
    )


def test_the_migrations_step_of_the_compose_file_succeeds(environment: dict[str, str]) -> None:
    assert succeeds(SERVICES["migrations"]["command"], environment)


def test_web_worker_and_beat_of_the_compose_file_pass_their_health_checks_and_end_when_asked(
    environment: dict[str, str], tmp_path: Path
) -> None:
    port = free_port()
    commands = {name: SERVICES[name]["command"] for name in ("web", "worker", "beat")}
    checks = {name: SERVICES[name]["healthcheck"]["test"] for name in commands}
    commands["web"] = commands["web"].replace("0.0.0.0:8000", f"127.0.0.1:{port}")
    checks["web"] = checks["web"].replace(":8000", f":{port}")
    with ExitStack() as stack:
        processes = {
            name: stack.enter_context(running(command, environment, tmp_path / f"{name}.log"))
            for name, command in commands.items()
        }
        for name, check in checks.items():
            assert wait_until(partial(succeeds, check, environment), 120), (
                tmp_path / f"{name}.log"
            ).read_text()
    assert {name: process.returncode for name, process in processes.items()} == dict.fromkeys(commands, 0)
    assert not succeeds(checks["web"], environment)


def digests(database: str) -> dict[str, tuple[object, ...]]:
    """Of each table how many rows it has and a digest of all of them, of each sequence where it stands."""
    one = "SELECT count(*), md5(coalesce(string_agg(md5(t::text), '' ORDER BY md5(t::text)), '')) FROM {} t"
    found: dict[str, tuple[object, ...]] = {}
    with services.postgres.connect(database) as owner:
        for (name,) in owner.execute(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
        ).fetchall():
            found[name] = owner.execute(one.format(name).encode()).fetchone() or ()
        for name, last in owner.execute("SELECT sequencename, last_value FROM pg_sequences").fetchall():
            found[name] = (last,)
    return found


@pytest.fixture
def restored(environment: dict[str, str]) -> Iterator[dict[str, str]]:
    """An empty database, and a state folder of its own."""
    with services.postgres.connect("postgres") as owner:
        owner.execute("CREATE DATABASE restored")
    names = ("DATABASE_URL", "DATABASE_OWNER_URL")
    yield {
        **environment,
        **{name: environment[name].removesuffix("/majorops") + "/restored" for name in names},
    }
    with services.postgres.connect("postgres") as owner:
        owner.execute("DROP DATABASE restored WITH (FORCE)")


@pytest.mark.django_db(transaction=True)
def test_what_is_backed_up_and_restored_is_the_same_and_starts_on_servers_that_are_given(
    environment: dict[str, str], restored: dict[str, str], tmp_path: Path
) -> None:
    a_published_review()
    seal_new_entries(at=clock.now())
    file, home, port = tmp_path / "all.backup", tmp_path / "state", free_port()
    call_command("backup", file, stdout=io.StringIO())
    assert file.stat().st_mode & 0o777 == 0o600
    assert environment["SECRET_KEY"].encode() not in file.read_bytes()
    before = digests("majorops")
    assert [before[table][0] for table in ("incidents_incident", "afteractions_revision")] == [1, 2]
    assert before["audit_auditseal"][0] == before["audit_auditentry"][0] != 0

    own = {**restored, "MAJOROPS_HOME": str(home), "PORT": str(port)}
    with override_settings(SECRET_KEY="another"), pytest.raises(CommandError, match="not the one"):
        call_command("restore", file)
    with pytest.raises(CommandError, match="The database is not empty"):
        call_command("restore", file)
    done = subprocess.run(
        [sys.executable, "manage.py", "restore", file], cwd=CHECKOUT, env=own, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert "The audit is whole" in done.stdout
    after = digests("restored")
    assert {name for name in before if before[name] != after.get(name)} == set()
    assert after.keys() == before.keys()
    with services.postgres.connect("restored", role="majorops_app") as application:
        assert application.execute("SELECT count(*) FROM incidents_incident").fetchone() == (1,)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            application.execute("DELETE FROM audit_auditentry")
    log = tmp_path / "server.log"
    with running(f"{sys.executable} -m majorops.embedded serve", own, log) as server:
        assert wait_until(lambda: "Ctrl-C ends everything" in log.read_text(), 300), log.read_text()
        children = json.loads((home / "run" / "running.json").read_text())["children"]
        assert {child["name"] for child in children} == {"web", "worker", "beat", "keeper"}
        # Accounts with known passwords do not enter somebody's database unasked.
        assert "@majorops.example" not in log.read_text()
    assert server.returncode == 0
    assert not (home / "postgresql").exists()
