"""What a notice is known by on the wire: it follows from what makes it unique, so that a repeat carries the same."""

import hashlib
from datetime import datetime
from email.utils import parseaddr
from functools import lru_cache

from django.conf import settings

from majorops.notices.vocabulary import Channel


def message_id(
    about_type: str, about_id: int, due_at: datetime | None, step: str, recipient: int, channel: Channel
) -> str:
    key = "|".join(map(str, (about_type, about_id, due_at and due_at.timestamp(), step, recipient, channel)))
    return f"<{about_type}.{about_id}.{hashlib.sha256(key.encode()).hexdigest()[:24]}@{mail_domain()}>"


def mail_domain() -> str:
    """The domain that this organisation's mail is sent from."""
    return _domain_of(settings.DEFAULT_FROM_EMAIL)


@lru_cache(maxsize=8)
def _domain_of(sender: str) -> str:
    return parseaddr(sender)[1].rpartition("@")[2] or "majorops.example"
