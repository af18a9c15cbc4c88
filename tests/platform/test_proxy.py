"""The web process behind a proxy that ends TLS, as an operator has it: real sockets, a real certificate."""

import http.client
import re
import signal
import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from majorops.embedded.account import before_exec, current_account
from majorops.embedded.processes import wait_until
from majorops.embedded.state import CHECKOUT
from tests.platform.ports import free_port, listens
from tests.services import services

NAME = "after.example.com"


def own_address() -> str:
    """An address of this machine that is not its loopback: what a proxy of another machine looks like."""
    for addresses in psutil.net_if_addrs().values():
        for each in addresses:
            if each.family is socket.AF_INET and not each.address.startswith("127."):
                return each.address
    raise AssertionError("This machine has no address beside its loopback.")


@dataclass
class Proxy:
    """Ends TLS and hands each request to the web process, from `own_address`, in one connection each."""

    certificate: Path
    upstream: int

    def __post_init__(self) -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate)
        self.listener = context.wrap_socket(socket.create_server((own_address(), 0)), server_side=True)
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                client, (address, _) = self.listener.accept()
            except ssl.SSLError:
                continue
            except OSError:
                return
            with client:
                self._pass_on(client, address)

    def _pass_on(self, client: socket.socket, address: str) -> None:
        head, _, body = client.recv(65536).partition(b"\r\n\r\n")
        length = re.search(rb"(?i)content-length: (\d+)", head)
        while length and len(body) < int(length[1]):
            body += client.recv(65536)
        said = re.search(rb"X-Forwarded-For: ([^\r]*)", head)
        before = f"{said[1].decode()}, " if said else ""
        head = re.sub(rb"\r\n(X-Forwarded-[^\r]*|Connection: [^\r]*)", b"", head)
        head += f"\r\nX-Forwarded-For: {before}{address}\r\nX-Forwarded-Proto: https\r\nConnection: close".encode()
        with socket.create_connection(
            (own_address(), self.upstream), timeout=20, source_address=(own_address(), 0)
        ) as web:
            web.sendall(head + b"\r\n\r\n" + body)
            while answer := web.recv(65536):
                client.sendall(answer)


@dataclass
class Answer:
    status: int
    headers: http.client.HTTPMessage
    text: str


@dataclass
class Site:
    web: int
    proxy: Proxy
    log: Path
    process: int

    def secure(self, path: str, method: str = "GET", body: str = "", **headers: str) -> Answer:
        """What a browser gets that asks for https://NAME."""
        context = ssl.create_default_context(cafile=str(self.proxy.certificate))
        connection = http.client.HTTPSConnection(NAME, context=context, timeout=20)
        connection._create_connection = lambda *said, **more: socket.create_connection(  # type: ignore[attr-defined]
            (own_address(), self.proxy.port), 20
        )
        return ask(connection, path, method, body, headers)

    def plain(self, path: str, **headers: str) -> Answer:
        """What somebody gets who speaks to the web process itself, from a machine that is no proxy."""
        connection = http.client.HTTPConnection("127.0.0.1", self.web, timeout=20)
        return ask(connection, path, "GET", "", {"Host": NAME, **headers})


def ask(
    connection: http.client.HTTPConnection, path: str, method: str, body: str, headers: dict[str, str]
) -> Answer:
    said = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request(method, path, body or None, said)
    answer = connection.getresponse()
    found = Answer(answer.status, answer.headers, answer.read().decode())
    connection.close()
    return found


def a_certificate(folder: Path) -> Path:
    made, key = folder / "certificate.pem", folder / "key.pem"
    kind = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2"
    names = ["-subj", f"/CN={NAME}", "-addext", f"subjectAltName=DNS:{NAME}"]
    files = ["-keyout", str(key), "-out", str(made)]
    subprocess.run(["openssl", *kind.split(), *names, *files], check=True, capture_output=True)
    made.write_text(made.read_text() + key.read_text())
    return made


@pytest.fixture(scope="module")
def site(process_environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("proxy")
    port, log = free_port(), folder / "web.log"
    kept = {name: value for name, value in process_environment.items() if name != "ALLOWED_HOSTS"}
    environment = {
        **kept,
        "MAJOROPS_URL": f"https://{NAME}",
        "MAJOROPS_BEHIND_PROXY": own_address(),
        "WEB_CONCURRENCY": "2",
        "MAJOROPS_LOG_LEVEL": "INFO",
    }
    command = [sys.executable, "-m", "gunicorn", "majorops.wsgi:application", "--bind", f"0.0.0.0:{port}"]
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            cwd=CHECKOUT,
            env=environment,
            stdout=output,
            stderr=output,
            preexec_fn=before_exec(current_account(), signal.SIGTERM),
        )
    site = Site(port, Proxy(a_certificate(folder), port), log, process.pid)
    try:
        assert wait_until(lambda: listens(port) or process.poll() is not None, 60), log.read_text()
        yield site
    finally:
        site.proxy.listener.close()
        process.send_signal(signal.SIGTERM)
        process.wait(40)


def a_token(page: Answer) -> str:
    """What proves that a form was on the page."""
    found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.text)
    assert found
    return found[1]


def test_the_process_is_not_ready_while_a_migration_is_missing(site: Site) -> None:
    """First of all: once complete, the schema of a process is not asked about any more."""
    row = "app = 'afteractions' AND name = '0013_reading_list'"
    with services.postgres.connect() as owner:
        owner.execute("CREATE TEMP TABLE applied AS SELECT * FROM django_migrations WHERE " + row)
        owner.execute("DELETE FROM django_migrations WHERE " + row)
        try:
            assert site.plain("/readyz").status == 503
        finally:
            owner.execute("INSERT INTO django_migrations SELECT * FROM applied")
    # Of two web processes, asked in any order.
    assert wait_until(lambda: {site.plain("/readyz").status for _ in range(12)} == {200}, 15)


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
def test_health_answers_on_plain_http_by_whatever_name(site: Site, path: str) -> None:
    for host in ("10.1.2.3:8000", "some-pod.local", NAME, "a_b"):
        assert site.plain(path, Host=host).status == 200
    assert site.secure(path).status == 200


def test_requests_are_counted_over_all_web_processes_and_a_killed_one_takes_none_along(site: Site) -> None:
    def redirects() -> float:
        name = r'majorops_http_requests_total\{method="GET",status="301",view="none"\} ([\d.]+)'
        found = re.search(name, site.plain("/metrics").text)
        return float(found[1]) if found else 0.0

    before = redirects()
    for _ in range(20):
        assert site.plain("/accounts/login/").status == 301
    assert [redirects() - before for _ in range(6)] == [20] * 6
    workers = psutil.Process(site.process).children()
    assert len(workers) == 2
    workers[0].kill()
    assert wait_until(lambda: len(psutil.Process(site.process).children()) == 2, 20)
    assert redirects() - before == 20


def test_a_page_comes_without_a_redirect_and_says_how_it_is_to_be_asked_for(site: Site) -> None:
    answer = site.secure("/accounts/login/")
    assert answer.status == 200
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=31536000")
    assert "__Host-csrftoken" in answer.headers["Set-Cookie"]
    plain = site.plain("/accounts/login/")
    assert (plain.status, plain.headers["Location"]) == (301, f"https://{NAME}/accounts/login/")


def test_a_form_is_taken_from_the_address_of_the_site(site: Site) -> None:
    page = site.secure("/accounts/login/")
    cookie = page.headers["Set-Cookie"].partition(";")[0]
    body = f"csrfmiddlewaretoken={a_token(page)}&login=x@y.example&password=wrong"
    kind = "application/x-www-form-urlencoded"
    said = {"Cookie": cookie, "Content_Type": kind, "Origin": f"https://{NAME}"}
    assert site.secure("/accounts/login/", "POST", body, **said).status == 200
    said["Origin"] = "https://evil.example"
    assert site.secure("/accounts/login/", "POST", body, **said).status == 403


def test_a_proxy_that_nobody_named_is_told_so_instead_of_a_redirect_without_end(site: Site) -> None:
    answer = site.plain("/accounts/login/", X_Forwarded_Proto="https", X_Forwarded_For="203.0.113.9")
    assert answer.status == 400
    assert "MAJOROPS_BEHIND_PROXY" in answer.text


def test_other_names_are_refused(site: Site) -> None:
    assert site.plain("/accounts/login/", Host="evil.example").status == 400
