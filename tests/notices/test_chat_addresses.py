"""An address of a chat is somebody's input and is asked from inside: for every service that the library knows, what is
asked in the end is a host of that service."""

import socket
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import apprise
import pytest
import requests

from majorops.errors import BadInput
from majorops.integrations.outgoing import NotPublic, is_public, only_to
from majorops.notices.delivery import chat
from tests.chat_sink import ChatSink

INSIDE = ("169.254.169.254", "metadata.internal", "127.0.0.1", "[::1]", "10.0.0.7:8080")
# Words that some service or other takes for its keys.
KEYS = (
    "a" * 24,
    "4" * 10,
    "T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ",
    "a" * 32,
    "8" * 24 + "/" + "b" * 64,
    "123456789:abcdefg_hijklmnop",
    "bot@acme/" + "a" * 32,
)
FIXED = (
    "hooks.slack.com",
    "slack.com",
    "discord.com",
    "api.telegram.org",
    "chat.googleapis.com",
    "webexapis.com",
    "api.ciscospark.com",
    ".zulipchat.com",
)
# What ends a host where it is asked for, and may not where it is judged.
ENDS = (
    "%2F",
    "%2f",
    "%252F",
    "%3A8080%2F",
    "%40",
    "%23",
    "%3F",
    "%5C",
    "#",
    "?",
    "\\",
    "@",
    "/",
    "%00",
    "%0D%0A",
    "%20",
    "\t",
)


def escapes(host: str, end: str) -> Iterator[str]:
    """Hosts that end like a service's and lead elsewhere, or that begin like it."""
    yield f"evil.example{end}.{host.partition('.')[2]}"
    yield f"evil.example{end}{host}"
    yield f"127.0.0.1{end}.{host.partition('.')[2]}"
    yield f"{host}{end}.evil.example"


WELL = (
    "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ",
    "discord://" + "4" * 18 + "/" + "a" * 68,
    "tgram://123456789:abcdefg_hijklmnop/12315544/",
    "gchat://workspace/key/token",
    "wxteams://" + "a" * 80,
    "zulip://bot@acme/" + "a" * 32,
    "workflows://prod-1.westeurope.logic.azure.com:443/643e69f83c8944438d68119179a10a64/sIgNaTuRe/",
)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The hosts whose addresses are looked up, in the place of the network."""
    hosts: list[str] = []

    def look_up(host: Any, *said: Any, **more: Any) -> Any:
        hosts.append(host.decode() if isinstance(host, bytes) else str(host))
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    # The library waits between two messages to one service, and here nothing is sent.
    monkeypatch.setattr(apprise.URLBase, "throttle", lambda *said, **more: None)
    return hosts


def addresses() -> Iterator[str]:
    """For each service a handful of addresses that lead inside, as its own templates have them and as one would try."""
    for service in apprise.Apprise().details()["schemas"]:
        schemas = [*(service["protocols"] or ()), *(service["secure_protocols"] or ())]
        yield from (f"{schema}://{INSIDE[0]}/" for schema in schemas)
        yield from (f"{schemas[-1]}://{host}/" for host in INSIDE)
        for key in KEYS[::2]:
            yield f"{schemas[-1]}://bot:word@{INSIDE[0]}/{key}/{key}"
        yield from (f"{schemas[-1]}://{key}" for key in KEYS)


def test_no_service_that_the_library_knows_leads_inside(asked: list[str], settings: Any) -> None:
    settings.CHAT_HOSTS = set()
    tried = taken = 0
    services = set()
    for address in addresses():
        tried += 1
        try:
            found = chat.channel_of(address)
        except BadInput:
            continue
        taken += 1
        services.add(found.service_name)
        with suppress(chat.ChatRefused):
            chat.say(address, subject="s", text="t", link="")
    assert tried > 2_000
    assert taken, "some of the keys are those of a service with a host of its own"
    assert {host for host in asked if not host.endswith(FIXED)} == set()
    assert len(services) <= len(FIXED)


@pytest.mark.parametrize("address", WELL)
def test_the_services_that_are_offered_ask_their_own_host(asked: list[str], address: str) -> None:
    with pytest.raises(chat.ChatRefused):
        chat.say(address, subject="s", text="t", link="")
    assert asked
    assert set(asked) <= {*FIXED, "acme.zulipchat.com", "prod-1.westeurope.logic.azure.com"}


@pytest.mark.parametrize(
    "address",
    [
        "zulip://bot@169.254.169.254/" + "a" * 32,
        "zulip://bot@acme.zulipchat.com.evil.example/" + "a" * 32,
        "workflows://evil.example:443/643e69f83c8944438d68119179a10a64/sIgNaTuRe/",
        "workflows://x.logic.azure.com.evil.example:443/643e69f83c8944438d68119179a10a64/sIgNaTuRe/",
        f"{WELL[0]}?template=/etc/passwd",
        f"{WELL[0]}/#general?template=http://169.254.169.254/",
        f"{WELL[1]}?%74emplate=http://169.254.169.254/",
        f"{WELL[0]}?verify=no",
        f"{WELL[0]}?+Host=inside",
    ],
)
def test_an_address_that_asks_more_than_its_service_is_refused(address: str) -> None:
    with pytest.raises(BadInput):
        chat.channel_of(address)


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("203.0.114.9", True),
        ("2606:4700::1111", True),
        ("127.0.0.1", False),
        ("10.1.2.3", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("0.0.0.0", False),
        ("224.0.0.1", False),
        ("::1", False),
        ("fe80::1%eth0", False),
        ("::ffff:10.0.0.1", False),
        ("64:ff9b::a9fe:a9fe", False),
        ("2002:a00:1::", False),
        ("localhost", False),
    ],
)
def test_which_addresses_are_of_the_internet(address: str, public: bool) -> None:
    assert is_public(address) is public


def test_a_name_of_a_service_that_points_inside_connects_to_nothing(
    monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    """The name was judged well; whoever answers for it says a private address."""
    settings.CHAT_HOSTS = set()
    with ChatSink().running() as inside:
        answer = socket.getaddrinfo("127.0.0.1", inside.port, 0, socket.SOCK_STREAM)
        monkeypatch.setattr(socket, "getaddrinfo", lambda *asked, **said: answer)
        with pytest.raises(chat.ChatRefused):
            chat.say(WELL[0], subject="s", text="t", link="")
        assert inside.texts == []
        with only_to({"hooks.slack.com"}), pytest.raises(NotPublic):
            socket.create_connection(("hooks.slack.com", inside.port))
        # Elsewhere connections are as they were.
        socket.create_connection(("127.0.0.1", inside.port)).close()


@pytest.mark.parametrize("end", ENDS)
def test_a_host_that_only_looks_like_a_services_is_never_asked(
    end: str, asked: list[str], settings: Any
) -> None:
    settings.CHAT_HOSTS = set()
    addresses = [
        *(f"zulip://bot@{host}/{'a' * 32}/x" for host in escapes("acme.zulipchat.com", end)),
        *(f"workflows://{host}:443/{'6' * 32}/sIgNaTuRe/" for host in escapes("x.logic.azure.com", end)),
    ]
    for address in addresses:
        with suppress(BadInput, chat.ChatRefused):
            chat.say(address, subject="s", text="t", link="")
    assert {host for host in asked if not host.endswith((".zulipchat.com", ".logic.azure.com"))} == set()


def test_no_server_of_the_organisation_leads_to_another_host(asked: list[str], settings: Any) -> None:
    """An administrator named one chat server; others resemble it."""
    own = "chat.example.org"
    settings.CHAT_HOSTS = {own}
    taken = 0
    for schema in ("mmosts", "rocket", "jsons", "zulip", "workflows", "matrix", "ncs", "slack"):
        for host in [own, *(host for end in ENDS for host in escapes(own, end))]:
            address = f"{schema}://bot:word@{host}/{KEYS[3]}/x"
            with suppress(BadInput, chat.ChatRefused):
                chat.channel_of(address)
                taken += 1
                chat.say(address, subject="s", text="t", link="")
    assert taken
    assert {host for host in asked if host != own and not host.endswith(FIXED)} == set()


def test_what_is_asked_in_the_end_is_looked_at_again() -> None:
    """The judgement was deceived, and the library asks for another host, by name or by number."""
    with ChatSink().running() as inside:
        for asked in ("127.0.0.1", "localhost", "evil.example"):
            with only_to({"hooks.slack.com"}), pytest.raises(NotPublic):
                socket.create_connection((asked, inside.port))
        with only_to({"127.0.0.1"}, anywhere=True):
            socket.create_connection(("127.0.0.1", inside.port)).close()


@contextmanager
def a_proxy() -> Iterator[tuple[int, list[str]]]:
    """The machine's way out: its port, and the first lines of what it was asked."""
    asked: list[str] = []

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            if line := self.rfile.readline().decode().strip():
                asked.append(" ".join(line.split()[:2]))

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True

    with Server(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server.server_address[1], asked
        finally:
            server.shutdown()
            thread.join()


def test_a_proxy_is_asked_for_the_judged_hosts_and_no_others(monkeypatch: pytest.MonkeyPatch) -> None:
    with a_proxy() as (port, asked), ChatSink().running() as inside:
        for name in ("HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{port}")
        for name in ("NO_PROXY", "no_proxy"):
            monkeypatch.delenv(name, raising=False)
        with only_to({"hooks.slack.com"}):
            for address in ("https://evil.example/", "https://169.254.169.254/", "http://hooks.slack.com/"):
                with pytest.raises(requests.ConnectionError):
                    requests.post(address, timeout=5)
            assert asked == []
            with pytest.raises(requests.RequestException):
                requests.post("https://hooks.slack.com/services/x", timeout=5)
            assert asked == ["CONNECT hooks.slack.com:443"]
        # Past the proxy nothing goes inside.
        monkeypatch.setenv("NO_PROXY", "hooks.slack.com")
        answer = socket.getaddrinfo("10.0.0.7", inside.port, 0, socket.SOCK_STREAM)
        with only_to({"hooks.slack.com"}):
            monkeypatch.setattr(socket, "getaddrinfo", lambda *asked, **said: answer)
            with pytest.raises(requests.ConnectionError, match="no host that may be asked"):
                requests.post("https://hooks.slack.com/services/x", timeout=5)
