"""A mail that shows whether mails leave: sent at once, with what came of it in words."""

import smtplib
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage

from majorops.audit import trail
from majorops.notices.delivery import mail_folder
from majorops.people.models import Person


@dataclass(frozen=True)
class Trial:
    """What came of it, as a sentence."""

    worked: bool
    sentence: str


def try_mail(person: Person, *, now: datetime) -> Trial:
    """Sends a mail to somebody's own address while they wait. Audited."""
    message = EmailMessage(
        "A test from MajorOps After Actions",
        f"This came from {settings.SITE_URL}/: its mails reach {person.address}.",
        to=[person.address],
    )
    try:
        message.send()
    except (OSError, smtplib.SMTPException) as error:
        trial = Trial(False, f"The test mail did not leave for {server()}: {_why(error)}")
    else:
        trial = Trial(True, f"{server().capitalize()} took a test mail to {person.address}.")
        if mail_folder.is_in_use():
            trial = Trial(
                False, "The test mail is in the mail folder, and reaches nobody: EMAIL_URL is not set."
            )
    trail.record("tried the mail to", person, by=person, at=now, changes={"outcome": (None, trial.sentence)})
    return trial


def server() -> str:
    """Where mail is handed to, without what signs in there."""
    host = urlsplit(settings.EMAIL_URL).hostname
    return f"the mail server {host}" if host else "the mail folder"


def _why(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        said = (
            error.smtp_error.decode(errors="replace")
            if isinstance(error.smtp_error, bytes)
            else error.smtp_error
        )
        return f"it answered {error.smtp_code} {said[:300]}"
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return "it refused the address"
    return f"{type(error).__name__}: {str(error)[:300]}"
