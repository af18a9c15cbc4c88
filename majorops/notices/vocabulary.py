"""The words of telling somebody."""

from majorops.words import Word


class Channel(Word):
    MAIL = "mail", "Mail"
    INBOX = "inbox", "Inbox"
    CHAT = "chat", "Chat"


class Wanted(Word):
    """How somebody wants a channel to be used. Escalations and invitations come by mail at once, whatever is chosen."""

    AT_ONCE = "at_once", "At once"
    DIGEST = "digest", "Once a day, in one mail"
    NOTHING = "nothing", "Only escalations and invitations"
