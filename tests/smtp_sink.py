"""A real SMTP server that keeps what arrives."""

import email
import email.policy
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller


class Sink:
    """Keeps what arrives, in order; refuses with `refusal` while it is set, and with `hangs_up` takes a mail and
    is gone before it says so. Can go down and come up again."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.refusal = ""
        self.hangs_up = False
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if self.refusal:
            return self.refusal
        self.mails.append(email.message_from_bytes(envelope.content, policy=email.policy.default))
        if self.hangs_up:
            server.transport.abort()
        return "250 OK"

    @property
    def ids(self) -> list[str]:
        """The Message-IDs as they came, repeats included."""
        return [str(mail["Message-ID"]) for mail in self.mails]

    @contextmanager
    def running(self) -> Iterator["Sink"]:
        controller = Controller(self, hostname="127.0.0.1", port=self.port)
        controller.start()
        try:
            yield self
        finally:
            controller.stop()
