"""The compose file's own commands, started by hand on the servers of the tests."""

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

import pytest
import yaml

from majorops.embedded.account import before_exec, current_account
from majorops.embedded.processes import wait_until
from majorops.embedded.state import CHECKOUT
from tests.platform.ports import free_port

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


def test_the_server_starts_neither_postgresql_nor_valkey_where_it_is_given_servers(
    environment: dict[str, str], tmp_path: Path
) -> None:
    port = free_port()
    home = tmp_path / "state"
    own = {**environment, "MAJOROPS_HOME": str(home), "PORT": str(port)}
    log = tmp_path / "server.log"
    with running(f"{sys.executable} -m majorops.embedded serve", own, log) as server:
        assert wait_until(lambda: "Ctrl-C ends everything" in log.read_text(), 300), log.read_text()
        children = json.loads((home / "run" / "running.json").read_text())["children"]
        assert {child["name"] for child in children} == {"web", "worker", "beat", "keeper"}
        # Accounts with known passwords do not enter somebody's database unasked.
        assert "@majorops.example" not in log.read_text()
    assert server.returncode == 0
    assert not (home / "postgresql").exists()
