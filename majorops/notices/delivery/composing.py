"""A notice as a mail: subject, plain text and HTML with one link, the headers that thread it, its calendar part."""

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string

from majorops.formatting.directions import isolated_html, isolated_quotations
from majorops.notices.delivery.digests import Item, subject_of
from majorops.notices.delivery.identity import mail_domain
from majorops.notices.delivery.mail_folder import SCOPE_HEADER
from majorops.notices.delivery.places import path_to
from majorops.notices.digest_sources import DigestGroup
from majorops.notices.models import Notice


def compose(notice: Notice, *, masked: bool) -> EmailMultiAlternatives:
    """The mail of a notice; `masked` for a recipient who may not see what it speaks of."""
    subject, text = said(notice, masked=masked)
    context = {
        "subject": subject,
        "paragraphs": [paragraph.splitlines() for paragraph in text.split("\n\n")],
        "text": text,
        "link": "" if masked else link(notice),
    }
    address = notice.address or (notice.recipient.address if notice.recipient else "")
    message = EmailMultiAlternatives(
        subject=one_line(subject),
        body=render_to_string("mail/notice.txt", context),
        to=[address],
        headers=headers(notice, masked=masked),
    )
    message.attach_alternative(isolated_html(render_to_string("mail/notice.html", context)), "text/html")
    if notice.calendar and not masked:
        message.attach_alternative(notice.calendar, f"text/calendar; method={notice.calendar_method}")
    return message


def compose_digest(digest: Notice, items: list[Item], groups: list[DigestGroup]) -> EmailMultiAlternatives:
    """The mail of a digest that tells `items` and what needs the reader, at least one of them."""
    assert digest.recipient is not None
    context = {
        "subject": subject_of(items, groups),
        "items": items,
        "groups": groups,
        "site": settings.SITE_URL,
        "settings_link": f"{settings.SITE_URL}/me/notices/",
    }
    message = EmailMultiAlternatives(
        subject=isolated_quotations(one_line(subject_of(items, groups))),
        body=isolated_quotations(render_to_string("mail/digest.txt", context)),
        to=[digest.recipient.address],
        # Of several scopes none is named.
        headers=headers(digest, masked=True),
    )
    message.attach_alternative(isolated_html(render_to_string("mail/digest.html", context)), "text/html")
    return message


def said(notice: Notice, *, masked: bool) -> tuple[str, str]:
    """Subject and text as the recipient may read them."""
    subject, text = notice.subject, notice.text
    if masked:
        subject, _, text = notice.masked_text.partition("\n\n")
    return isolated_quotations(subject), isolated_quotations(text)


def link(notice: Notice) -> str:
    """Where the notice leads, as an address; empty where it leads nowhere."""
    path = path_to(notice.url)
    return f"{settings.SITE_URL}{path}" if path else ""


def headers(notice: Notice, *, masked: bool) -> dict[str, str]:
    """The same for every try, so that a mail server or reader can tell a repeat."""
    domain = mail_domain()
    fields = {
        "Message-ID": notice.message_id,
        "List-Id": f"MajorOps After Actions <after-actions.{domain}>",
        "Auto-Submitted": "auto-generated",
    }
    if masked:
        # No scope that anybody sees: it is its recipient's alone to read.
        return fields | {SCOPE_HEADER: "masked"}
    if notice.scope:
        fields[SCOPE_HEADER] = notice.scope
    if notice.thread:
        root = f"<thread.{notice.thread}@{domain}>"
        fields["In-Reply-To"] = fields["References"] = root
    return fields


def one_line(subject: str) -> str:
    """A header has no line breaks."""
    return " ".join(subject.split())
