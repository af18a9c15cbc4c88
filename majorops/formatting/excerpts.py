"""Of two long texts the part that differs: whoever reads a history looks for the change, not for the beginning."""

BESIDE = 40
MOST = 300


def around_the_change(before: str, now: str) -> tuple[str, str]:
    """Both texts, short ones as they are; of long ones what differs, with some words beside it and an ellipsis for what
    is left out."""
    if max(len(before), len(now)) <= MOST // 2:
        return before, now
    start = 0
    shorter = min(len(before), len(now))
    while start < shorter and before[start] == now[start]:
        start += 1
    end = 0
    while end < shorter - start and before[-1 - end] == now[-1 - end]:
        end += 1
    return _part(before, start, len(before) - end), _part(now, start, len(now) - end)


def _part(text: str, start: int, end: int) -> str:
    first, last = max(0, start - BESIDE), min(len(text), end + BESIDE, max(0, start - BESIDE) + MOST - 2)
    # A word is not cut where the excerpt begins, or it reads as another one.
    if first and (space := text.find(" ", first, start)) >= 0:
        first = space + 1
    if last < len(text) and (space := text.rfind(" ", max(end, first), last)) >= 0:
        last = space
    return f"{'…' if first else ''}{text[first:last]}{'…' if last < len(text) else ''}"
