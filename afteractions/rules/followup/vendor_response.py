"""A vendor's response against its stated SLA, in words (domain.md, Vendors; Seed: Vendor After Actions)."""

from datetime import datetime

from majorops.formatting.durations import duration_words


def response_verdict(
    engaged_at: datetime | None, responded_at: datetime | None, sla_minutes: int | None
) -> str:
    """ "1 h 35 min, 35 min over the SLA of 60 min"; what was not captured is said, never guessed."""
    seconds = int((responded_at - engaged_at).total_seconds()) if responded_at and engaged_at else None
    return verdict_of(seconds, sla_minutes)


def verdict_of(seconds: int | None, sla_minutes: int | None) -> str:
    """The same of whole seconds, as a frozen revision holds them."""
    if sla_minutes is None:
        return f"{duration_words(seconds)}, the stated SLA is not captured"
    # An hour is spoken of in minutes, a day is not.
    sla = f"the SLA of {f'{sla_minutes} min' if sla_minutes < 120 else duration_words(sla_minutes * 60)}"
    if seconds is None:
        return f"response not captured, {sla}"
    if seconds < 0:
        return f"{duration_words(seconds)} (out of order), {sla}"
    over = seconds - sla_minutes * 60
    if over <= 0:
        return f"{duration_words(seconds)}, within {sla}"
    return f"{duration_words(seconds)}, {duration_words(over)} over {sla}"
