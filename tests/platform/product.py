"""One state folder and the script/server that runs on it, as a person has them."""

import json
import os
import signal
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

import psutil

from majorops.embedded.account import before_exec, current_account
from majorops.embedded.processes import wait_until
from majorops.embedded.state import CHECKOUT
from tests.platform.ports import free_port

OURS = (
    "MAJOROPS_HOME",
    "MAJOROPS_DEMO",
    "DATABASE_URL",
    "DATABASE_OWNER_URL",
    "REDIS_URL",
    "SECRET_KEY",
    "ALLOWED_HOSTS",
)


class Product:
    """One state folder, and the script/server that runs on it."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.port = free_port()
        self.process: subprocess.Popen[bytes] | None = None
        self.output = home.parent / "output"
        self.environment = {name: value for name, value in os.environ.items() if name not in OURS}
        self.environment |= {"MAJOROPS_HOME": str(home), "PORT": str(self.port)}

    def command(self, *words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            words, cwd=CHECKOUT, env=self.environment, capture_output=True, text=True, timeout=120
        )

    def seconds_of_a_process(self) -> float:
        """What it takes to load the application once, on this machine at this moment."""
        began = time.monotonic()
        environment = {**self.environment, "DJANGO_SETTINGS_MODULE": "majorops.settings"}
        load = "import django; django.setup(); import majorops.urls"
        subprocess.run([".venv/bin/python", "-c", load], cwd=CHECKOUT, env=environment, check=True)
        return time.monotonic() - began

    def start(self) -> float:
        """Start it and wait for a page; answers how many seconds that took."""
        began = time.monotonic()
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                ["script/server"],
                cwd=CHECKOUT,
                env=self.environment,
                stdout=output,
                stderr=subprocess.STDOUT,
                # Tests that are killed leave no server behind.
                preexec_fn=before_exec(current_account(), signal.SIGTERM),
            )
        wait_until(lambda: self.status("/accounts/login/") == 200 or not self.is_up(), 300, interval=0.1)
        assert self.is_up(), self.told()
        took = time.monotonic() - began
        assert wait_until(lambda: "Ctrl-C ends everything" in self.told(), 90), self.told()
        return took

    def is_up(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def running(self) -> "Product":
        if not self.is_up():
            self.start()
        return self

    def told(self) -> str:
        return self.output.read_text()

    def status(self, path: str, token: str = "") -> int:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=5) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return 0

    def text(self, path: str, token: str) -> str:
        headers = {"Authorization": f"Bearer {token}"}
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", headers=headers)
        with urllib.request.urlopen(request, timeout=5) as answer:
            return str(answer.read().decode())

    def children(self) -> dict[str, int]:
        """The pid of each child."""
        document = json.loads((self.home / "run" / "running.json").read_text())
        return {child["name"]: child["pid"] for child in document["children"]}

    def family(self) -> list[psutil.Process]:
        """The supervisor and everything below it."""
        assert self.process is not None
        supervisor = psutil.Process(self.process.pid)
        return [supervisor, *supervisor.children(recursive=True)]

    def end(self) -> None:
        if self.process is not None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(40)
