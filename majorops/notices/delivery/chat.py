"""Chat messages, by apprise: to services whose addresses are known, and to the organisation's own chat servers.

An address is somebody's input and is fetched from inside our network: nothing else may be reached by it.
"""

import logging
import re
from contextlib import nullcontext
from urllib.parse import unquote

import apprise
from apprise.plugins import NotifyBase
from apprise.plugins.zulip import NotifyZulip
from django.conf import settings

from majorops.errors import BadInput
from majorops.integrations.outgoing import only_to_the_internet

# Services whose host is written into apprise itself: what a person types is only a key.
KNOWN = frozenset({"slack", "discord", "tgram", "gchat", "wxteams", "webex"})
# Services that give each customer a host below a domain of theirs.
DOMAINS = {
    "workflows": (".logic.azure.com", ".api.powerplatform.com"),
    "workflow": (".logic.azure.com", ".api.powerplatform.com"),
    "zulip": (".zulipchat.com",),
}
# What may follow a question mark: keys. Others name files and addresses to be read (template=), or turn checks off.
WORDS = frozenset({"sig", "sp", "sv", "ver", "api-version", "key", "token"})
LONGEST_TEXT = 3500
# What it says of addresses quotes them.
logging.getLogger("apprise").setLevel(logging.CRITICAL)


class ChatRefused(Exception):
    """The chat service did not take the message."""


def channel_of(address: str) -> NotifyBase:
    """The chat that an address names. Raises BadInput (chat_url) unless it is one that may be reached."""
    asset = apprise.AppriseAsset(http_redirects=False)
    found = apprise.Apprise.instantiate(address, asset=asset, suppress_exceptions=True)
    if not isinstance(found, NotifyBase):
        raise BadInput.of(
            "chat_url", "This is not the address of a chat. Write it as in slack://KEY/KEY/KEY."
        )
    # A word in the address could turn them on again, and lead to a host that was not asked for.
    found.redirects = False
    if words := _words(address) - WORDS:
        raise BadInput.of(
            "chat_url", f"Leave “{min(words)[:40]}” out: the address of a chat has its keys and nothing else."
        )
    schemas, host = _schemas(found), host_of(found)
    domains = next((DOMAINS[schema] for schema in schemas if schema in DOMAINS), ())
    if schemas & KNOWN or host in settings.CHAT_HOSTS or (domains and host.endswith(domains)):
        return found
    raise BadInput.of(
        "chat_url",
        f"Chat messages are not sent to {host or 'this service'}. An administrator names the chat servers of the "
        "organisation in MAJOROPS_CHAT_HOSTS.",
    )


def host_of(found: NotifyBase) -> str:
    """The host that is asked, where the address decides it; an empty string where the service does."""
    if isinstance(found, NotifyZulip):
        # It asks the organisation's address; a name without a dot in it is one of Zulip's own.
        return f"{found.organization}.{found.hostname}".lower().strip(".")
    return str(getattr(found, "host", "") or "").lower()


def say(address: str, *, subject: str, text: str, link: str) -> None:
    """Sends one message. Raises ChatRefused when the service did not take it, BadInput when the address may not be
    reached (any more)."""
    body = text[:LONGEST_TEXT] + (f"\n\n{link}" if link else "")
    chosen = channel_of(address)
    own = host_of(chosen) in settings.CHAT_HOSTS
    with nullcontext() if own else only_to_the_internet():
        if not chosen.notify(body=body, title=subject):
            raise ChatRefused("The chat service did not take the message.")


def shown(address: str) -> str:
    """The service of an address, without its keys."""
    try:
        return str(channel_of(address).service_name)
    except BadInput:
        return "a chat that may not be reached any more"


def _words(address: str) -> set[str]:
    """The names of what follows the first question mark, wherever it stands: apprise reads it so."""
    said = address.partition("?")[2]
    return {unquote(each.partition("=")[0]).lower() for each in re.split("[&;?]", said) if each}


def _schemas(found: NotifyBase) -> set[str]:
    named: set[str] = set()
    for schemas in (found.protocol, found.secure_protocol):
        if isinstance(schemas, str):
            named.add(schemas)
        elif isinstance(schemas, tuple | list | set | frozenset):
            named |= set(schemas)
    return named
