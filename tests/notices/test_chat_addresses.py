"""An address of a chat is somebody's input and is asked from inside: for every service that the library knows, what is
asked in the end is a host of that service."""

import socket
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import apprise
import pytest

from majorops.errors import BadInput
from majorops.integrations.outgoing import NotPublic, is_public, only_to_the_internet
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
        real = socket.getaddrinfo
        monkeypatch.setattr(
            socket,
            "getaddrinfo",
            lambda host, port, *more, **said: real("127.0.0.1", inside.port, 0, socket.SOCK_STREAM),
        )
        with pytest.raises(chat.ChatRefused):
            chat.say(WELL[0], subject="s", text="t", link="")
        assert inside.texts == []
        with only_to_the_internet(), pytest.raises(NotPublic):
            socket.create_connection(("127.0.0.1", inside.port))
        # Elsewhere connections are as they were.
        socket.create_connection(("127.0.0.1", inside.port)).close()
