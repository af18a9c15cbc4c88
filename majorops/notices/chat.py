"""Chat messages, by apprise: to services whose addresses are known, and to the organisation's own chat servers.

An address is somebody's input and is fetched from inside our network: nothing else may be reached by it.
"""

import logging

import apprise
from apprise.plugins import NotifyBase
from django.conf import settings

from majorops.refusal import BadInput

# Services whose host is written into apprise itself: what a person types is only a key.
KNOWN = frozenset({"slack", "discord", "tgram", "gchat", "wxteams", "webex", "zulip"})
# Services that give each customer a host below a domain of theirs.
DOMAINS = {
    "workflows": (".logic.azure.com", ".api.powerplatform.com"),
    "workflow": (".logic.azure.com", ".api.powerplatform.com"),
}
LONGEST_TEXT = 3500


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
    schemas = _schemas(found)
    host = str(getattr(found, "host", "") or "").lower()
    if schemas & KNOWN:
        return found
    domains = next((DOMAINS[schema] for schema in schemas if schema in DOMAINS), ())
    if host in settings.CHAT_HOSTS or (domains and host.endswith(domains)):
        return found
    raise BadInput.of(
        "chat_url",
        f"Chat messages are not sent to {host or 'this service'}. An administrator names the chat servers of the "
        "organisation in MAJOROPS_CHAT_HOSTS.",
    )


def say(address: str, *, subject: str, text: str, link: str) -> None:
    """Sends one message. Raises ChatRefused when the service did not take it, BadInput when the address may not be
    reached (any more)."""
    body = text[:LONGEST_TEXT] + (f"\n\n{link}" if link else "")
    logging.getLogger("apprise").setLevel(logging.ERROR)  # its warnings quote keys
    if not channel_of(address).notify(body=body, title=subject):
        raise ChatRefused("The chat service did not take the message.")


def shown(address: str) -> str:
    """The service of an address, without its keys."""
    try:
        return str(channel_of(address).service_name)
    except BadInput:
        return "a chat that may not be reached any more"


def _schemas(found: NotifyBase) -> set[str]:
    named: set[str] = set()
    for schemas in (found.protocol, found.secure_protocol):
        named |= {schemas} if isinstance(schemas, str) else set(schemas or ())
    return named
