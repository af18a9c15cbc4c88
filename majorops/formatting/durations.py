"""A length of time in words, the same on every page, in every reason, mail and PDF."""

NOT_CAPTURED = "not captured"


def duration_words(seconds: int | None) -> str:
    """Whole `seconds` as "1 h 42 min", a negative one with a minus sign, None as "not captured".

    Days and hours, hours and minutes, minutes, or seconds below a minute. What is smaller is cut, never
    rounded up: 1:59:59 is "1 h 59 min".
    """
    if seconds is None:
        return NOT_CAPTURED
    sign = "\N{MINUS SIGN}" if seconds < 0 else ""
    minutes, rest = divmod(abs(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    if days:
        parts = [(days, "d"), (hours, "h")]
    elif hours:
        parts = [(hours, "h"), (minutes, "min")]
    elif minutes:
        parts = [(minutes, "min")]
    else:
        parts = [(rest, "s")]
    visible = [parts[0], *(part for part in parts[1:] if part[0])]
    return sign + " ".join(f"{count} {unit}" for count, unit in visible)
