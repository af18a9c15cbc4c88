"""The two commands as a person types them: script/server, and script/manage beside it."""

import os
import signal
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from majorops.embedded.processes import wait_until
from tests.platform.product import Product


def alive(processes: list[psutil.Process]) -> list[psutil.Process]:
    """Those that still run; one that waits for its exit status to be read has ended."""
    running = []
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            if process.is_running() and process.status() != psutil.STATUS_ZOMBIE:
                running.append(process)
    return running


@pytest.fixture(scope="module")
def product() -> Iterator[Product]:
    with tempfile.TemporaryDirectory(prefix="majorops-", dir="/tmp") as folder:
        product = Product(Path(folder) / "state")
        yield product
        product.end()


def test_a_start_prints_who_can_sign_in_to_the_demonstration(product: Product) -> None:
    told = product.running().told()
    for role in (
        "MIM",
        "Attendee",
        "Manager",
        "Action owner",
        "Communications",
        "Vendor guest",
        "Administrator",
    ):
        assert role in told
    assert f"http://127.0.0.1:{product.port}/guest/" in told


def test_a_page_answers_and_only_its_user_can_enter_the_state_folder(product: Product) -> None:
    product.running()
    assert wait_until(lambda: product.status("/healthz") == 200, 60), product.told()
    assert f"http://127.0.0.1:{product.port}/" in product.told()
    assert product.home.stat().st_mode & 0o777 == 0o700
    assert set(product.children()) == {"postgresql", "valkey", "web", "worker", "beat", "keeper"}


def test_a_second_server_on_the_same_state_says_where_the_first_one_is(product: Product) -> None:
    product.running()
    second = product.command(".venv/bin/python", "-m", "majorops.embedded", "serve")
    assert second.returncode == 1
    assert f"http://127.0.0.1:{product.port}/" in second.stderr


def test_a_port_that_is_taken_is_named_with_the_way_out(product: Product, tmp_path: Path) -> None:
    other = Product(tmp_path / "state")
    other.environment["PORT"] = str(product.running().port)
    refused = other.command(".venv/bin/python", "-m", "majorops.embedded", "serve")
    assert refused.returncode == 1
    assert f"Port {product.port} cannot be used" in refused.stderr
    assert f"PORT={product.port + 1} script/server" in refused.stderr


def test_a_child_that_dies_is_started_again(product: Product) -> None:
    before = product.running().children()
    killed = ("postgresql", "worker")
    for name in killed:
        os.kill(before[name], signal.SIGKILL)

    def all_are_back() -> bool:
        now = product.children()
        return now.keys() == before.keys() and all(now[name] != before[name] for name in killed)

    assert wait_until(all_are_back, 30), product.told()
    assert wait_until(lambda: product.status("/healthz") == 200, 30)


def test_after_kill_9_of_everything_a_start_finds_every_row_and_takes_under_ten_seconds(
    product: Product,
) -> None:
    product.running()
    token = product.command("script/manage", "create_token", "mim@example.org").stdout.strip()
    assert product.status("/api/v1/schema/", token) == 200
    family = product.family()
    for process in family:
        # A task of the worker may have ended by itself meanwhile.
        with suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(family, timeout=10)
    assert product.process is not None
    product.process.wait()
    # Ten seconds where the machine is ours; on a busy one, four times what one process of the application takes.
    assert product.start() < max(10, 4 * product.seconds_of_a_process())
    assert product.status("/api/v1/schema/", token) == 200
    assert "mim@majorops.example" in product.told()


def test_after_kill_9_of_the_supervisor_alone_nothing_of_it_is_left_beside_the_next(product: Product) -> None:
    product.running()
    family = product.family()
    family[0].kill()
    assert product.process is not None
    product.process.wait()
    product.start()
    assert alive(family) == []


def test_manage_prints_the_token_alone_with_the_server_and_without(product: Product) -> None:
    product.running()
    beside = product.command("script/manage", "create_token", "one@example.org", "--administrator")
    product.end()
    alone = product.command("script/manage", "create_token", "two@example.org")
    for printed in (beside, alone):
        assert printed.returncode == 0, printed.stderr
        assert len(printed.stdout.splitlines()) == 1
        assert " " not in printed.stdout.strip()
    product.start()
    for printed in (beside, alone):
        assert product.status("/api/v1/schema/", printed.stdout.strip()) == 200
    assert '"road":"command"' in product.text("/api/v1/audit/?subject=one@example.org", beside.stdout.strip())


def test_sigterm_ends_all_children(product: Product) -> None:
    family = product.running().family()
    assert len(family) > 6
    product.end()
    assert product.process is not None
    assert product.process.returncode == 0
    assert alive(family) == []
