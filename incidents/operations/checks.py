"""What an operation says about its input: the place, and a sentence with the way out."""

from datetime import datetime
from typing import TypeVar
from zoneinfo import available_timezones

from incidents.rules.formatting import moment_words
from incidents.vocabulary import ImpactField
from majorops.errors import BadInput
from majorops.texts import LONGEST_NAME, LONGEST_TEXT, typed_name, typed_text, web_address
from majorops.words import Word

MOST_CUSTOMERS = 10**12
W = TypeVar("W", bound=Word)


def word(vocabulary: type[W], key: str, path: str) -> W:
    """The member of `vocabulary` with this key."""
    try:
        return vocabulary(key)
    except ValueError:
        known = ", ".join(vocabulary.keys())
        raise BadInput.of(path, f"“{str(key)[:80]}” is not known here. It is one of: {known}.") from None


def text(value: str, path: str, *, limit: int = LONGEST_TEXT) -> str:
    """`value` without the blanks around it; refused when nothing is left, or more than `limit` characters."""
    return typed_text(
        value, path, most=limit, empty="Say something here: an empty text tells nobody anything."
    )


def name(value: str, path: str, *, limit: int = LONGEST_NAME) -> str:
    """The same for the name of a service, a vendor or somebody, on one line."""
    return typed_name(
        value, path, most=limit, empty="Say something here: an empty name tells nobody anything."
    )


def optional_text(value: str | None, path: str, *, limit: int = LONGEST_TEXT) -> str | None:
    """The same, with None for what says nothing: not captured."""
    return text(value, path, limit=limit) if value is not None and value.strip() else None


def link(value: str | None, path: str) -> str | None:
    """A web address, or None."""
    data = optional_text(value, path, limit=1000)
    if data is None:
        return None
    if (address := web_address(data)) is None:
        raise BadInput.of(path, "Give a whole web address without blanks, as in https://graphs.example/d/42.")
    return address


def known_zone(name: str, path: str) -> str:
    """The name of an IANA time zone."""
    if name not in available_timezones():
        raise BadInput.of(path, f"“{name[:80]}” is not an IANA time zone. Write it as in Europe/Berlin.")
    return name


def number(value: object, path: str, *, most: int) -> int | None:
    """A count from 0 to `most`, or None."""
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= most:
        raise BadInput.of(path, f"Give a whole number from 0 to {most:,}, or nothing while it is not known.")
    return value


def happened(
    at: datetime | None, now: datetime, path: str = "at", *, after: datetime | None = None, what: str = ""
) -> None:
    """Refuses an instant in the future of `now`, or before `after`, which `what` names in words."""
    if at is None:
        return
    if at > now:
        raise BadInput.of(path, "This lies in the future. Give the time at which it happened, up to now.")
    if after is not None and at < after:
        raise BadInput.of(path, f"This lies before {what} ({moment_words(after, 'UTC')}): check the time.")


def stated(field: ImpactField, value: object, path: str) -> bool | int | str | None:
    """What may be said of a field of alert info: yes or no, a count, or a text; None for not known."""
    if value is None:
        return None
    if field in (ImpactField.EXTERNAL, ImpactField.REGULATORY_EXPOSURE):
        if not isinstance(value, bool):
            raise BadInput.of(path, "Say true or false, or nothing while it is not known.")
        return value
    if field is ImpactField.CUSTOMERS_AFFECTED:
        return number(value, path, most=MOST_CUSTOMERS)
    if not isinstance(value, str):
        raise BadInput.of(path, "Give a text, or nothing while it is not known.")
    return optional_text(value, path)
