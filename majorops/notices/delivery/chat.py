"""Chat messages, by apprise: to services whose addresses are known, and to the organisation's own chat servers.

An address is somebody's input and is fetched from inside our network: nothing else may be reached by it.
"""

import logging
import re
from urllib.parse import unquote

import apprise
from apprise.plugins import NotifyBase
from apprise.plugins.zulip import NotifyZulip
from django.conf import settings

from majorops.errors import BadInput
from majorops.integrations.outgoing import only_to

# Services whose host is written into apprise itself: what a person types is only a key.
KNOWN = {
    "slack": ("hooks.slack.com", "hooks.slack-gov.com", "slack.com"),
    "discord": ("discord.com",),
    "tgram": ("api.telegram.org",),
    "gchat": ("chat.googleapis.com",),
    "wxteams": ("api.ciscospark.com", "webexapis.com"),
    "webex": ("api.ciscospark.com", "webexapis.com"),
}
# Services that give each customer a host below a domain of theirs.
DOMAINS = {
    "workflows": (".logic.azure.com", ".api.powerplatform.com"),
    "workflow": (".logic.azure.com", ".api.powerplatform.com"),
    "zulip": (".zulipchat.com",),
}
# What may follow a question mark: keys. Others name files and addresses to be read (template=), or turn checks off.
WORDS = frozenset({"sig", "sp", "sv", "ver", "api-version", "key", "token"})
# What is written into an address as the host, and what is a host: an escaped slash, colon or sign for a name ends it.
HOST = re.compile(r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)*|[0-9a-f:.]+")
LONGEST_TEXT = 3500
# What it says of addresses quotes them.
logging.getLogger("apprise").setLevel(logging.CRITICAL)


class ChatRefused(Exception):
    """The chat service did not take the message."""


def channel_of(address: str) -> NotifyBase:
    """The chat that an address names. Raises BadInput (chat_url) unless it is one that may be reached."""
    if not address.isprintable() or " " in address or "\\" in address:
        raise BadInput.of("chat_url", "The address of a chat has no blanks, line breaks or backslashes.")
    asset = apprise.AppriseAsset(http_redirects=False)
    channel = apprise.Apprise.instantiate(address, asset=asset, suppress_exceptions=True)
    if not isinstance(channel, NotifyBase):
        raise BadInput.of(
            "chat_url", "This is not the address of a chat. Write it as in slack://KEY/KEY/KEY."
        )
    # A word in the address could turn them on again, and lead to a host that was not asked for.
    channel.redirects = False
    if words := _words(address) - WORDS:
        raise BadInput.of(
            "chat_url", f"Leave “{min(words)[:40]}” out: the address of a chat has its keys and nothing else."
        )
    host = host_of(channel)
    if _hosts(channel):
        return channel
    raise BadInput.of(
        "chat_url",
        f"Chat messages are not sent to {host or 'this service'}. An administrator names the chat servers of the "
        "organisation in MAJOROPS_CHAT_HOSTS.",
    )


def host_of(channel: NotifyBase) -> str:
    """The host that is asked, where the address decides it; an empty string where the service does."""
    if isinstance(channel, NotifyZulip):
        # It asks the organisation's address; a name without a dot in it is one of Zulip's own.
        return f"{channel.organization}.{channel.hostname}".lower().strip(".")
    return str(getattr(channel, "host", "") or "").lower().strip("[]")


def say(address: str, *, subject: str, text: str, link: str) -> None:
    """Sends one message. Raises ChatRefused when the service did not take it, BadInput when the address may not be
    reached (any more)."""
    body = text[:LONGEST_TEXT] + (f"\n\n{link}" if link else "")
    chosen = channel_of(address)
    own = host_of(chosen) in settings.CHAT_HOSTS
    with only_to(_hosts(chosen), anywhere=own):
        if not chosen.notify(body=body, title=subject):
            raise ChatRefused("The chat service did not take the message.")


def shown(address: str) -> str:
    """The service of an address, without its keys."""
    try:
        return str(channel_of(address).service_name)
    except BadInput:
        return "a chat that may not be reached any more"


def _hosts(channel: NotifyBase) -> tuple[str, ...]:
    """The hosts that this chat may ask, as majorops.integrations.outgoing names them; none where it may ask none."""
    schemas, host = _schemas(channel), host_of(channel)
    for schema in schemas & KNOWN.keys():
        return KNOWN[schema]
    domains = [domain for schema in schemas for domain in DOMAINS.get(schema, ())]
    if HOST.fullmatch(host) and (host in settings.CHAT_HOSTS or host.endswith(tuple(domains))):
        return (host,)
    return ()


def _words(address: str) -> set[str]:
    """The names of what follows the first question mark, wherever it stands: apprise reads it so."""
    data = address.partition("?")[2]
    return {unquote(row.partition("=")[0]).lower() for row in re.split("[&;?]", data) if row}


def _schemas(channel: NotifyBase) -> set[str]:
    named: set[str] = set()
    for schemas in (channel.protocol, channel.secure_protocol):
        if isinstance(schemas, str):
            named.add(schemas)
        elif isinstance(schemas, tuple | list | set | frozenset):
            named |= set(schemas)
    return named
