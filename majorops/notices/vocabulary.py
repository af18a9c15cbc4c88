"""The words of telling somebody."""

from majorops.words import Word


class Channel(Word):
    MAIL = "mail", "Mail"
    INBOX = "inbox", "Inbox"
