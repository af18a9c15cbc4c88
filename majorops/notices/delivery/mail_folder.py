"""The mail of the embedded default: one file a mail in a folder, read in the browser."""

import email
import email.policy
import hashlib
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage as ParsedMessage
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from majorops import clock

SCOPE_HEADER = "X-MajorOps-Scope"
ADDRESS = re.compile(r"https?://\S+")
FOLD = re.compile(r"\r?\n[ \t]")
LEFT_OUT = "[link left out]"
NAME = re.compile(r"\d{8}T\d{12}-[0-9a-f]{16}-[0-9a-f]{16}")


class MailFolder(BaseEmailBackend):
    """An e-mail backend of Django that writes `.eml` files into settings.MAIL_FOLDER."""

    def open(self) -> bool:
        folder().mkdir(parents=True, exist_ok=True)
        return True

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        self.open()
        for message in email_messages:
            content = message.message()
            mailbox = digest(",".join(message.to).lower())
            path = (
                folder() / f"{clock.now():%Y%m%dT%H%M%S%f}-{digest(str(content['Message-ID']))}-{mailbox}.eml"
            )
            draft = path.with_suffix(".part")
            draft.write_bytes(content.as_bytes())
            os.replace(draft, path)
        return len(email_messages)


@dataclass(frozen=True)
class Mail:
    """A mail of the folder; `name` is what its page's address ends with. Shown to others than its addressee, it
    `keeps_links` from them: some open something by themselves, as a key does."""

    name: str
    content: ParsedMessage
    keeps_links: bool = False

    @property
    def subject(self) -> str:
        return str(self.content["Subject"] or "")

    @property
    def to(self) -> str:
        return str(self.content["To"] or "")

    @property
    def scope(self) -> str:
        """The reference whose visibility decides who may read it."""
        return str(self.content[SCOPE_HEADER] or "")

    @property
    def sent_at(self) -> datetime:
        """When it was written into the folder."""
        return datetime.strptime(f"{self.name.partition('-')[0]}+0000", "%Y%m%dT%H%M%S%f%z")

    @property
    def text(self) -> str:
        return self._part("text/plain")

    @property
    def calendar(self) -> str:
        return self._part("text/calendar")

    @property
    def calendar_method(self) -> str:
        for part in self.content.walk():
            if part.get_content_type() == "text/calendar":
                return str(part.get_param("method") or "")
        return ""

    @property
    def links(self) -> list[str]:
        """The addresses that the text leads to, inside this product."""
        return [
            address.removeprefix(settings.SITE_URL)
            for address in ADDRESS.findall(self.text)
            if address.startswith(f"{settings.SITE_URL}/")
        ]

    def _part(self, kind: str) -> str:
        for part in self.content.walk():
            if part.get_content_type() == kind:
                content = str(part.get_content())
                if not self.keeps_links:
                    return content
                # A long line of a calendar goes on behind a line break, and so may an address.
                return ADDRESS.sub(LEFT_OUT, FOLD.sub("", content) if kind == "text/calendar" else content)
        return ""


def folder() -> Path:
    return Path(settings.MAIL_FOLDER)


def is_in_use() -> bool:
    """Whether mail goes to the folder, and not to a server."""
    return f"{MailFolder.__module__}.{MailFolder.__qualname__}" == settings.EMAIL_BACKEND


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def is_to(name: str, address: str) -> bool:
    """Whether the mail of that name went to `address`, told without opening it."""
    return name.endswith(f"-{digest(address.lower())}")


def names(*, to: str | None = None) -> list[str]:
    """Every mail of the folder, or those to one address, the latest first."""
    if not folder().is_dir():
        return []
    stems = (path.stem for path in folder().glob("*.eml") if NAME.fullmatch(path.stem))
    return sorted((name for name in stems if to is None or is_to(name, to)), reverse=True)


def read(name: str) -> Mail | None:
    """The mail of that name, None when there is none."""
    if not NAME.fullmatch(name):
        return None
    try:
        content = (folder() / f"{name}.eml").read_bytes()
    except FileNotFoundError:
        return None
    return Mail(name, email.message_from_bytes(content, policy=email.policy.default))
